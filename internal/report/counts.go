package report

import (
	"cmp"
	"slices"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Tally counts chased lines: tasks and occurrences of duties. What was
// cancelled is not among Total. Total = Done + Open, Done = OnTime + DoneLate,
// Open = Green + Blue + Yellow + Red. Overdue are those of Red that are their
// units' to do: what was reported late and waits for the office is red and not overdue.
type Tally struct {
	Total     int `json:"total"`
	Done      int `json:"done"`
	OnTime    int `json:"on_time"`
	DoneLate  int `json:"done_late"`
	Open      int `json:"open"`
	Overdue   int `json:"overdue"`
	Green     int `json:"green"`
	Blue      int `json:"blue"`
	Yellow    int `json:"yellow"`
	Red       int `json:"red"`
	Cancelled int `json:"cancelled"`
	Talks     int `json:"talks"` // warning talks called, those declined or void left out
	// OnTimeRate 按期办结率 is OnTime / (Done + Red), of 1: of all whose hour
	// has struck, how many were done in time. null when there is none yet.
	OnTimeRate *float64 `json:"on_time_rate"`
}

// Counts are the tallies of a plan.
type Counts struct {
	Tally
	Duties   int         `json:"duties"`   // recurring commitments; their occurrences are in the tallies
	Standing int         `json:"standing"` // lines without a date, in no tally
	ByUnit   []UnitTally `json:"by_unit"`  // by rank; the unranked last
	ByKind   []KindTally `json:"by_kind"`  // task, occurrence
	ByLight  []LightRow  `json:"by_light"` // red, yellow, blue, green, done_late, done
}

// UnitTally is one accountable unit's tally. Rank counts from 1 by OnTimeRate;
// equal rates have equal ranks and the next rank is skipped (1, 1, 3); it is 0
// without a rate. Units are ranked, never persons.
type UnitTally struct {
	Unit   string `json:"unit"`
	UnitID string `json:"unit_id"`
	Rank   int    `json:"rank"`
	Tally
}

// KindTally is the tally of tasks, or of occurrences of duties 期次.
type KindTally struct {
	Kind string `json:"kind"` // task, occurrence
	Tally
}

// LightRow is how many lines show a light, and their share of all, of 1.
type LightRow struct {
	Light plan.Light `json:"light"`
	Count int        `json:"count"`
	Share float64    `json:"share"`
}

// Kinds of chased lines.
const (
	KindTask       = "task"
	KindOccurrence = "occurrence"
)

// Gravity is the lights from the gravest to the mildest.
var Gravity = []plan.Light{plan.Red, plan.Yellow, plan.Blue, plan.Green, plan.DoneLate, plan.Done}

// Count tallies the rows of a book.
func Count(rows []Row) Counts {
	c := Counts{ByUnit: []UnitTally{}, ByKind: []KindTally{{Kind: KindTask}, {Kind: KindOccurrence}}, ByLight: []LightRow{}}
	places := map[string]int{}
	for _, r := range rows {
		switch r.Kind {
		case plan.Duty:
			c.Duties++
			continue
		case plan.Standing:
			c.Standing++
			continue
		}
		at, ok := places[r.LeadID]
		if !ok {
			at = len(c.ByUnit)
			places[r.LeadID] = at
			c.ByUnit = append(c.ByUnit, UnitTally{Unit: r.Lead, UnitID: r.LeadID})
		}
		kind := &c.ByKind[0]
		if r.Duty != "" {
			kind = &c.ByKind[1]
		}
		for _, t := range []*Tally{&c.Tally, &c.ByUnit[at].Tally, &kind.Tally} {
			t.add(r)
		}
	}
	c.finish()
	return c
}

func (t *Tally) add(r Row) {
	if r.State == ledger.Cancelled {
		t.Cancelled++
		return
	}
	t.Total++
	for _, talk := range r.Talks {
		if talk.What != plan.ProposeCircular && talk.State != ledger.TalkVoid && talk.State != ledger.TalkDeclined {
			t.Talks++
		}
	}
	t.show(r.Light, r.Overdue, 1)
}

// show counts n lines that show a light.
func (t *Tally) show(light plan.Light, overdue bool, n int) {
	switch light {
	case plan.Done:
		t.OnTime += n
	case plan.DoneLate:
		t.DoneLate += n
	case plan.Red:
		t.Red += n
		if overdue {
			t.Overdue += n
		}
	case plan.Yellow:
		t.Yellow += n
	case plan.Blue:
		t.Blue += n
	default:
		t.Green += n
	}
}

// sum works out what follows from the counted.
func (t *Tally) sum() {
	t.Done = t.OnTime + t.DoneLate
	t.Open = t.Green + t.Blue + t.Yellow + t.Red
	if struck := t.Done + t.Red; struck > 0 {
		rate := float64(t.OnTime) / float64(struck)
		t.OnTimeRate = &rate
	}
}

func (c *Counts) finish() {
	c.sum()
	for i := range c.ByUnit {
		c.ByUnit[i].sum()
	}
	for i := range c.ByKind {
		c.ByKind[i].sum()
	}
	rank(c.ByUnit)
	for i, n := range []int{c.Red, c.Yellow, c.Blue, c.Green, c.DoneLate, c.OnTime} {
		row := LightRow{Light: Gravity[i], Count: n}
		if c.Total > 0 {
			row.Share = float64(n) / float64(c.Total)
		}
		c.ByLight = append(c.ByLight, row)
	}
}

// rank orders units by their rate, the best first. Among equals the order of
// the document stands.
func rank(units []UnitTally) {
	slices.SortStableFunc(units, func(a, b UnitTally) int { return byRate(a.Tally, b.Tally) })
	for i := range units {
		switch {
		case units[i].OnTimeRate == nil:
		case i > 0 && byRate(units[i-1].Tally, units[i].Tally) == 0:
			units[i].Rank = units[i-1].Rank
		default:
			units[i].Rank = i + 1
		}
	}
}

// byRate compares in whole numbers, so that 1/3 and 2/6 are equal.
func byRate(a, b Tally) int {
	if a.OnTimeRate == nil || b.OnTimeRate == nil {
		return cmp.Compare(unrated(a), unrated(b))
	}
	return cmp.Compare(b.OnTime*(a.Done+a.Red), a.OnTime*(b.Done+b.Red))
}

func unrated(t Tally) int {
	if t.OnTimeRate == nil {
		return 1
	}
	return 0
}

// CountOf tallies what the ledger has counted of a plan, without units, kinds and lights.
func CountOf(counted []ledger.Counted, talks int) Counts {
	c := Counts{Tally: Tally{Talks: talks}}
	for _, n := range counted {
		switch {
		case n.Kind == plan.Duty:
			c.Duties += n.N
		case n.Kind == plan.Standing:
			c.Standing += n.N
		case n.Phase == act.Cancelled:
			c.Cancelled += n.N
		default:
			c.Total += n.N
			c.show(n.Light, n.Overdue, n.N)
		}
	}
	c.sum()
	return c
}

// ByGravity orders rows for who must act: the gravest light first, then the
// earliest due date, then the document's order. What has no light comes last.
func ByGravity(rows []Row) []Row {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, Graver)
	return sorted
}

// Graver compares rows as ByGravity orders them, without the document's order.
func Graver(a, b Row) int {
	return cmp.Or(cmp.Compare(gravity(a), gravity(b)), a.Due.Compare(b.Due))
}

func gravity(r Row) int {
	if i := slices.Index(Gravity, r.Light); i >= 0 {
		return i
	}
	return len(Gravity)
}
