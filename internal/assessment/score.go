package assessment

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/shopspring/decimal"
)

// Fact is something of the ledger that a rule may count.
type Fact struct {
	Kind   Kind   `json:"kind"`
	Unit   string `json:"unit"`             // ID
	Assist bool   `json:"assist,omitempty"` // the unit assists in the task, and another one leads it
	Where  Where  `json:"where"`
	ID     string `json:"id"` // of what it leads to
	N      int    `json:"n,omitempty"`
	Title  string `json:"title"`
	On     string `json:"on"` // the day by which it belongs to a period
	// Amount is working days late, progress in percent, or how many projects were admitted;
	// OutOf is the whole of which Amount is a share.
	Amount   int    `json:"amount,omitempty"`
	OutOf    int    `json:"out_of,omitempty"`
	Of       Of     `json:"of,omitempty"`
	Project  bool   `json:"project,omitempty"` // the task is of the annex of key projects
	Priority bool   `json:"priority,omitempty"`
	Finished bool   `json:"finished,omitempty"`
	Note     string `json:"note,omitempty"` // its paper, or what was decided
}

// Where a fact leads.
type Where string

// Where facts lead.
const (
	ToTask      Where = "task"
	ToTalk      Where = "talk"
	ToSection   Where = "section"
	ToEntry     Where = "entry"
	ToObjection Where = "objection"
	ToComplaint Where = "complaint" // the ID is its number in the plan
)

// Adjustment is the decision on an objection: points for or against a unit.
type Adjustment struct {
	Fact   Fact
	Points decimal.Decimal
}

// Scored is a fact with the points that it counts.
type Scored struct {
	Fact
	Points decimal.Decimal `json:"points"`
}

// Line is what one rule comes to for a unit.
type Line struct {
	Rule  string          `json:"rule"` // ID; "" for the decisions on objections
	Facts []Scored        `json:"facts"`
	Sum   decimal.Decimal `json:"sum"`    // of the facts
	Count decimal.Decimal `json:"counts"` // the part of Sum that counts: no more than the rule's total
}

// Score is a unit's score, with the lines that it is made of.
type Score struct {
	Unit  string          `json:"unit"`
	Group string          `json:"group,omitempty"`
	Lines []Line          `json:"lines"`         // of the rules with facts, in the order of the table; decisions on objections last
	Sum   decimal.Decimal `json:"sum"`           // the base and the Count of each line
	Score decimal.Decimal `json:"score"`         // Sum within the table's bounds
	Rank  int             `json:"rank"`          // in its group, from 1; equal scores have equal ranks and the next is skipped
	Was   int             `json:"was,omitempty"` // the rank in the sheet issued before; 0: it had none
}

// Change is how many places the unit has gone up since the sheet before; false without one.
func (s Score) Change() (up int, ok bool) { return s.Was - s.Rank, s.Was > 0 }

// Sheet is the scores of a plan's units in a period, by a table.
type Sheet struct {
	Plan   string  `json:"plan"`
	Period Period  `json:"period"`
	AsOf   string  `json:"as_of"` // the ledger was read as it was at the end of this day
	Table  Table   `json:"table"`
	Units  []Score `json:"units"` // by group in the table's order, then by rank, then in the given order of units
}

// Of is a unit's score; false where it is not scored.
func (s Sheet) Of(unit string) (Score, bool) {
	i := slices.IndexFunc(s.Units, func(u Score) bool { return u.Unit == unit })
	if i < 0 {
		return Score{}, false
	}
	return s.Units[i], true
}

// Only is the sheet with one unit alone.
func (s Sheet) Only(unit string) Sheet {
	s.Units = slices.DeleteFunc(slices.Clone(s.Units), func(u Score) bool { return u.Unit != unit })
	return s
}

// Document is the sheet as it is kept, byte for byte the same for the same sheet, and its
// SHA-256 in hexadecimal.
func (s Sheet) Document() (doc, hash string) {
	raw, err := json.Marshal(s)
	if err != nil {
		panic("assessment: " + err.Error()) // texts and numbers can always be written
	}
	sum := sha256.Sum256(raw)
	return string(raw), hex.EncodeToString(sum[:])
}

// places is how exact points are.
const places = 2

// Work scores units, in the order given, by the facts of the period; before are the ranks of
// the sheet issued before. Facts of units that are not scored count for nobody.
func Work(plan string, t Table, p Period, asOf string, units []string, facts []Fact, decided []Adjustment, before map[string]int) Sheet {
	s := Sheet{Plan: plan, Period: p, AsOf: asOf, Table: t, Units: []Score{}}
	of := map[string][]Fact{}
	for _, f := range pooled(facts, p) {
		of[f.Unit] = append(of[f.Unit], f)
	}
	for _, unit := range units {
		group, scored := t.group(unit)
		if !scored {
			continue
		}
		var own []Adjustment
		for _, a := range decided {
			if a.Fact.Unit == unit {
				own = append(own, a)
			}
		}
		one := t.score(of[unit], own)
		one.Unit, one.Group, one.Was = unit, group, before[unit]
		s.Units = append(s.Units, one)
	}
	t.rank(s.Units)
	return s
}

// pooled are the facts of a period, in one order however they were gathered, and the rates of
// each unit: of its projects, and of those whose complaints it handled.
func pooled(facts []Fact, p Period) (all []Fact) {
	type count struct{ entered, admitted, satisfied, reached int }
	counts := map[string]*count{}
	var units []string
	for _, f := range facts {
		if !p.Has(f.On) {
			continue
		}
		all = append(all, f)
		if counts[f.Unit] == nil {
			counts[f.Unit] = &count{}
			units = append(units, f.Unit)
		}
		n := counts[f.Unit]
		switch f.Kind {
		case Pool:
			n.entered++
		case Admitted:
			n.admitted++
		case ComplaintSatisfied:
			n.satisfied, n.reached = n.satisfied+1, n.reached+1
		case ComplaintUnsatisfied:
			n.reached++
		}
	}
	for _, u := range units {
		n := counts[u]
		if n.entered > 0 {
			all = append(all, Fact{Kind: PoolRate, Unit: u, Where: ToEntry, On: p.Last(), Amount: min(n.admitted, n.entered), OutOf: n.entered})
		}
		if n.reached > 0 {
			all = append(all, Fact{Kind: SatisfiedRate, Unit: u, Where: ToComplaint, On: p.Last(), Amount: n.satisfied, OutOf: n.reached})
		}
	}
	slices.SortStableFunc(all, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Where, b.Where), cmp.Compare(a.ID, b.ID), a.N-b.N, cmp.Compare(a.Title, b.Title))
	})
	return all
}

// score is a unit's, without unit, group and rank.
func (t *Table) score(facts []Fact, decided []Adjustment) Score {
	s := Score{Lines: []Line{}, Sum: t.Base}
	for _, r := range t.Rules {
		line := Line{Rule: r.ID}
		for _, f := range facts {
			if points, ok := t.points(r, f); ok {
				line.Facts = append(line.Facts, Scored{f, points})
				line.Sum = line.Sum.Add(points)
			}
		}
		if len(line.Facts) == 0 {
			continue
		}
		line.Count = within(line.Sum, r.Total)
		s.Lines, s.Sum = append(s.Lines, line), s.Sum.Add(line.Count)
	}
	last := Line{}
	for _, a := range decided {
		a.Fact.Kind = Adjusted
		last.Facts = append(last.Facts, Scored{a.Fact, a.Points.Round(places)})
		last.Sum = last.Sum.Add(a.Points.Round(places))
	}
	if len(last.Facts) > 0 {
		last.Count = last.Sum
		s.Lines, s.Sum = append(s.Lines, last), s.Sum.Add(last.Count)
	}
	s.Score = s.Sum
	if t.Least != nil && s.Score.LessThan(*t.Least) {
		s.Score = *t.Least
	}
	if t.Most != nil && s.Score.GreaterThan(*t.Most) {
		s.Score = *t.Most
	}
	return s
}

// points are the points of a fact by a rule; false where the rule does not count the fact.
func (t *Table) points(r Rule, f Fact) (decimal.Decimal, bool) {
	switch {
	case r.Fact != f.Kind,
		r.Of == OfProjects && !f.Project, r.Of != "" && r.Of != OfProjects && r.Of != f.Of,
		r.Only == OnlyPriority && !f.Priority, r.Only == OnlyFinished && !f.Finished:
		return decimal.Zero, false
	}
	points := r.Points
	if r.Share {
		if f.OutOf == 0 {
			return decimal.Zero, false
		}
		points = points.Mul(decimal.NewFromInt(int64(f.Amount))).Div(decimal.NewFromInt(int64(f.OutOf)))
	}
	if r.Every > 0 && f.Amount > 1 {
		points = points.Add(r.Step.Mul(decimal.NewFromInt(int64((f.Amount - 1) / r.Every))))
	}
	points = within(points, r.Cap)
	if f.Assist {
		share := t.Assist
		if r.Help != nil {
			share = *r.Help
		}
		if share == 0 {
			return decimal.Zero, false
		}
		points = points.Mul(decimal.NewFromInt(int64(share))).Div(decimal.NewFromInt(100))
	}
	return points.Round(places), true
}

// within is a number no further from zero than a bound.
func within(n decimal.Decimal, most *Bound) decimal.Decimal {
	if most == nil || n.Abs().LessThanOrEqual(*most) {
		return n
	}
	if n.IsNegative() {
		return most.Neg()
	}
	return *most
}

// rank orders the units of each group by their scores. Among equals the given order is kept.
func (t *Table) rank(units []Score) {
	group := func(s Score) int { return slices.IndexFunc(t.Groups, func(g Group) bool { return g.Title == s.Group }) }
	slices.SortStableFunc(units, func(a, b Score) int { return cmp.Or(group(a)-group(b), b.Score.Cmp(a.Score)) })
	for i := range units {
		units[i].Rank = 1
		for _, other := range units {
			if other.Group == units[i].Group && other.Score.GreaterThan(units[i].Score) {
				units[i].Rank++
			}
		}
	}
}
