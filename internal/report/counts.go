package report

import (
	"cmp"
	"slices"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Tally counts chased lines: tasks and occurrences of duties. Cancelled and carried
// ones are not among Total. Total = Done + Open, Done = OnTime + DoneLate,
// Open = Green + Blue + Yellow + Red. Overdue are those of Red whose units still owe
// them: a task that was reported late and waits for the office is red and not overdue.
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
	Carried   int `json:"carried"` // into another plan, which counts it
	Talks     int `json:"talks"`   // warning talks called: see Called.Counts
	// Struck 到期 are the lines that are judged: Done + Red. For a unit,
	// UnitTally.Inherited are taken off and UnitTally.Passed added.
	Struck int `json:"struck"`
	// OnTimeRate 按期办结率 is how many of Struck were done in time, of 1; null when
	// there is none yet.
	OnTimeRate *float64 `json:"on_time_rate"`
}

// Counts are the tallies of a plan.
type Counts struct {
	Tally
	RankFloor int         `json:"rank_floor"` // units with fewer than so many in Struck have no rank
	Duties    int         `json:"duties"`     // recurring commitments; their occurrences are in the tallies
	Standing  int         `json:"standing"`   // lines without a date, in no tally
	ByUnit    []UnitTally `json:"by_unit"`    // units that missed nothing first; see UnitTally
	ByKind    []KindTally `json:"by_kind"`    // task, occurrence
	ByLight   []LightRow  `json:"by_light"`   // red, yellow, blue, green, done_late, done
}

// UnitTally is one accountable unit's tally: the tasks that it leads, and, of tasks that it
// led before, the dates it missed and the talks to which it was called. Rank counts from 1
// by OnTimeRate; equal rates have equal ranks and the next rank is skipped (1, 1, 3). Rank
// is 0 for a unit with fewer in Struck than Counts.RankFloor. Such a unit that had something
// due and missed nothing still counts in the ranks of the others: units that missed nothing
// are above all that missed something. Units are ranked, never persons.
type UnitTally struct {
	Unit   string `json:"unit"`
	UnitID string `json:"unit_id"`
	Rank   int    `json:"rank"`
	Tally
	// Inherited are those of DoneLate and Red that were late already when the unit was
	// given them: they count neither for the unit nor against it.
	Inherited int `json:"inherited"`
	// Passed are due dates that the unit missed of tasks that other units lead now.
	Passed int `json:"passed"`
}

// DefaultRankFloor is Counts.RankFloor where the office has not decided one: the on-time
// rate of fewer lines says nothing about a unit.
const DefaultRankFloor = 5

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

// Gravity has the lights from the gravest to the mildest.
var Gravity = []plan.Light{plan.Red, plan.Yellow, plan.Blue, plan.Green, plan.DoneLate, plan.Done}

// Count tallies the rows of a book. Units with fewer than floor lines in Tally.Struck are
// not ranked; a floor of 0 is DefaultRankFloor.
func Count(rows []Row, floor int) Counts {
	c := newCounts(floor)
	place := c.units()
	unit := func(id, name string) *UnitTally { return &c.ByUnit[place(id, name)] }
	talks := map[string]bool{} // those counted, by ID
	for _, r := range rows {
		switch r.Kind {
		case plan.Duty:
			c.Duties++
			continue
		case plan.Standing:
			c.Standing++
			continue
		}
		kind := c.kind(r.Duty != "")
		lead := unit(r.LeadID, r.Lead)
		for _, t := range []*Tally{&c.Tally, &lead.Tally, &kind.Tally} {
			t.add(r)
		}
		if r.State == ledger.TaskCancelled || r.State == ledger.TaskCarried {
			continue
		}
		if r.Inherited && (r.Light == plan.Red || r.Light == plan.DoneLate) {
			unit(r.LeadID, r.Lead).Inherited++
		}
		for _, m := range r.Misses {
			unit(m.UnitID, m.Unit).Passed++
		}
		for _, k := range r.Talks {
			if k.Counts() && !talks[k.ID] { // a talk about several tasks counts once
				talks[k.ID] = true
				c.Talks++
				c.kind(k.occurs).Talks++
				unit(k.UnitID, k.Unit).Talks++
			}
		}
	}
	c.finish()
	return c
}

func newCounts(floor int) Counts {
	return Counts{RankFloor: cmp.Or(floor, DefaultRankFloor), ByUnit: []UnitTally{}, ByKind: []KindTally{{Kind: KindTask}, {Kind: KindOccurrence}}, ByLight: []LightRow{}}
}

// units gives a function that finds the index of a unit in ByUnit, and appends a unit that
// is not there.
func (c *Counts) units() func(id, name string) int {
	places := map[string]int{}
	return func(id, name string) int {
		at, ok := places[id]
		if !ok {
			at = len(c.ByUnit)
			places[id] = at
			c.ByUnit = append(c.ByUnit, UnitTally{Unit: name, UnitID: id})
		}
		return at
	}
}

func (c *Counts) kind(occurrence bool) *KindTally {
	if occurrence {
		return &c.ByKind[1]
	}
	return &c.ByKind[0]
}

// Counts tells whether a talk is among Tally.Talks: not a circular, not one that was
// declined or void, not one that has joined another, and not one that goes on in another
// plan, which counts it.
func (k Called) Counts() bool {
	return k.What != plan.ProposeCircular && k.State != act.TalkVoid && k.State != act.TalkDeclined && k.State != act.TalkCarried && k.State != act.TalkJoined
}

func (t *Tally) add(r Row) {
	if r.State == ledger.TaskCancelled {
		t.Cancelled++
		return
	}
	if r.State == ledger.TaskCarried {
		t.Carried++
		return
	}
	t.Total++
	t.show(r.Light, r.Overdue, 1)
}

// show adds n lines that show the light.
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

// sum computes Done, Open, Struck and OnTimeRate from the counted lights. more is added to
// Struck: a unit's Passed less its Inherited.
func (t *Tally) sum(more int) {
	t.Done = t.OnTime + t.DoneLate
	t.Open = t.Green + t.Blue + t.Yellow + t.Red
	if t.Struck = t.Done + t.Red + more; t.Struck > 0 {
		rate := float64(t.OnTime) / float64(t.Struck)
		t.OnTimeRate = &rate
	}
}

func (c *Counts) finish() {
	c.sum(0)
	for i := range c.ByUnit {
		u := &c.ByUnit[i]
		u.sum(u.Passed - u.Inherited)
	}
	for i := range c.ByKind {
		c.ByKind[i].sum(0)
	}
	rank(c.ByUnit, c.RankFloor)
	for i, n := range []int{c.Red, c.Yellow, c.Blue, c.Green, c.DoneLate, c.OnTime} {
		row := LightRow{Light: Gravity[i], Count: n}
		if c.Total > 0 {
			row.Share = float64(n) / float64(c.Total)
		}
		c.ByLight = append(c.ByLight, row)
	}
}

// Missed is how many dates a unit missed.
func (u UnitTally) Missed() int { return u.Struck - u.OnTime }

// rank orders units and sets their Rank: those that missed nothing first; then those with
// at least floor in Struck before the others; then by their rate, the best first. Among
// equals the order of the document is kept.
func rank(units []UnitTally, floor int) {
	slices.SortStableFunc(units, func(a, b UnitTally) int {
		return cmp.Or(first(a.Missed() == 0, b.Missed() == 0), first(a.Struck >= floor, b.Struck >= floor), byRate(a.Tally, b.Tally))
	})
	for i, u := range units {
		if u.Struck < floor {
			continue
		}
		units[i].Rank = 1
		for _, other := range units {
			counts := other.Struck >= floor || other.Struck > 0 && other.Missed() == 0
			if counts && byRate(other.Tally, u.Tally) < 0 {
				units[i].Rank++
			}
		}
	}
}

// first compares two answers to one question: true comes before false.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// byRate compares two tallies by OnTime/Struck, the higher first, in whole numbers, so
// that 1/3 and 2/6 are equal. A tally with nothing in Struck has no rate and comes last.
func byRate(a, b Tally) int {
	if a.Struck == 0 || b.Struck == 0 {
		return first(a.Struck > 0, b.Struck > 0)
	}
	return cmp.Compare(b.OnTime*a.Struck, a.OnTime*b.Struck)
}

// CountOf makes the counts of a plan from the groups that the ledger has counted, without
// ByUnit, ByKind and ByLight. talks is the number of talks called.
func CountOf(counted []ledger.Counted, talks int) Counts {
	c := Counts{Tally: Tally{Talks: talks}, RankFloor: DefaultRankFloor}
	for _, n := range counted {
		switch {
		case n.Kind == plan.Duty:
			c.Duties += n.N
		case n.Kind == plan.Standing:
			c.Standing += n.N
		case n.Phase == act.Cancelled:
			c.Cancelled += n.N
		case n.Phase == act.Carried:
			c.Carried += n.N
		default:
			c.Total += n.N
			c.show(n.Light, n.Overdue, n.N)
		}
	}
	c.sum(0)
	return c
}

// ByGravity orders rows for somebody who must act: the gravest light first, then the
// earliest due date, then the document's order. Rows without a light come last.
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
