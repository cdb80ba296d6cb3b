package report

import (
	"cmp"
	"slices"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// SumUp gives what Count, and BoardOf by month and by clause, would give for a plan's rows,
// from the groups that the ledger has summed up. name gives a unit's name.
func SumUp(s ledger.Sums, floor int, name func(unit string) string) (c Counts, months, clauses Board) {
	all := slices.SortedStableFunc(slices.Values(s.Tasks), func(a, b ledger.Summed) int { // the order of the document
		return cmp.Or(a.First-b.First, cmp.Compare(a.Lead, b.Lead), cmp.Compare(a.Month, b.Month))
	})
	c = newCounts(floor)
	unit := c.units()
	for _, n := range all {
		switch n.Kind {
		case plan.Duty:
			c.Duties += n.N
			continue
		case plan.Standing:
			c.Standing += n.N
			continue
		}
		lead := unit(n.Lead, name(n.Lead))
		for _, t := range []*Tally{&c.Tally, &c.ByUnit[lead].Tally, &c.kind(n.Occurrence).Tally} {
			switch n.Phase {
			case act.Cancelled:
				t.Cancelled += n.N
			case act.Carried:
				t.Carried += n.N
			default:
				t.Total += n.N
				t.show(n.Light, n.Overdue, n.N)
			}
		}
		if n.Inherited && (n.Light == plan.Red || n.Light == plan.DoneLate) {
			c.ByUnit[lead].Inherited += n.N
		}
	}
	missed := []string{}
	for id := range s.Missed {
		missed = append(missed, id)
	}
	slices.Sort(missed)
	for _, id := range missed {
		c.ByUnit[unit(id, name(id))].Passed += s.Missed[id]
	}
	for _, t := range s.Talks {
		c.Talks += t.N
		c.kind(t.Occurrence).Talks += t.N
		c.ByUnit[unit(t.Unit, name(t.Unit))].Talks += t.N
	}
	c.finish()
	return c, boardOf(all, name, func(n ledger.Summed) string { return n.Month }, true), boardOf(all, name, func(n ledger.Summed) string { return n.Clause }, false)
}

// boardOf is BoardOf for groups that the ledger has summed up.
func boardOf(all []ledger.Summed, name func(string) string, group func(ledger.Summed) string, months bool) Board {
	b := newBoarder(months)
	for _, n := range all {
		if n.Kind == plan.Dated && n.Light != "" && n.Phase != act.Cancelled && n.Phase != act.Carried {
			b.add(group(n), BoardUnit{n.Lead, name(n.Lead)}, n.Light, n.N)
		}
	}
	return b.board()
}
