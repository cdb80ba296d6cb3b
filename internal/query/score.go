package query

import (
	"context"
	"slices"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
)

// Score is how a unit stands in a plan, by the tally by which units are ranked, and what
// it rests on: Rows is every date whose hour has struck for it.
type Score struct {
	Plan  string
	Title string
	AsOf  calendar.Day
	Unit  string
	Tally report.UnitTally // without Rank: others are not looked at
	Rows  []ScoreRow
	Talks []ScoreTalk // to which it was called
}

// ScoreRow is a date that counts, or why it does not.
type ScoreRow struct {
	ID, Title string
	Due       calendar.Day
	// Why is on_time, late, overdue, passed (it missed the date and another unit leads the
	// task now) or inherited (it was late already when the unit was given it, and does not
	// count).
	Why      string
	Workdays int // late
	DoneOn   calendar.Day
}

// ScoreTalk is a talk that counts.
type ScoreTalk struct{ ID, Task string }

// Scores are how a unit stands in every plan that has it lead something: the viewer's own
// when it is "", or any for who may see all of the plan: ErrNotWhole to others.
func (r *Reader) Scores(ctx context.Context, v Viewer, unit string) (all []Score, err error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	if unit == "" && v.named() {
		unit = v.by.Unit
	}
	plans, err := in.planIDs(ctx, "")
	if err != nil {
		return nil, err
	}
	refused := false
	whole, err := r.as(Operator()) // what is a unit's own is taken out of it below
	if err != nil {
		return nil, err
	}
	for _, id := range plans {
		f, err := in.framed(ctx, id)
		if err != nil {
			return nil, err
		}
		dir := f.Plan.Directory
		if _, known := dir.Unit(unit); !known || !v.knows(dir) {
			continue
		}
		if !v.oversees(dir) && v.by.Unit != unit {
			refused = true
			continue
		}
		t, err := remembered(ctx, r, "scores "+id, f.today, func(ctx context.Context) (report.Table, error) { return whole.bookOf(ctx, id, false) })
		if err != nil {
			return nil, err
		}
		s := Score{Plan: id, Title: f.Plan.Title, AsOf: t.AsOf, Unit: dir.Name(unit)}
		i := slices.IndexFunc(t.Counts.ByUnit, func(u report.UnitTally) bool { return u.UnitID == unit })
		if i < 0 {
			continue
		}
		s.Tally = t.Counts.ByUnit[i]
		s.Tally.Rank = 0
		s.reasons(t.Tasks, unit)
		all = append(all, s)
	}
	if refused && len(all) == 0 {
		return nil, ErrNotWhole
	}
	return all, nil
}

// reasons are the dates and the talks that a tally is made of.
func (s *Score) reasons(rows []report.Row, unit string) {
	for _, r := range rows {
		if r.State == ledger.TaskCancelled || r.State == ledger.TaskCarried {
			continue
		}
		for _, m := range r.Misses {
			if m.UnitID == unit {
				s.Rows = append(s.Rows, ScoreRow{r.ID, r.Title, m.Due, "passed", m.WorkdaysLate, calendar.Day{}})
			}
		}
		for _, k := range r.Talks {
			if k.UnitID == unit && k.Counts() {
				s.Talks = append(s.Talks, ScoreTalk{k.ID, r.Title})
			}
		}
		if r.LeadID != unit {
			continue
		}
		row := ScoreRow{ID: r.ID, Title: r.Title, Due: r.Due, DoneOn: r.DoneOn}
		switch {
		case r.Inherited && (r.Light == plan.Red || r.Light == plan.DoneLate):
			row.Why = "inherited"
		case r.Light == plan.Done:
			row.Why = "on_time"
		case r.Light == plan.DoneLate:
			row.Why, row.Workdays = "late", r.WorkdaysLate
		case r.Light == plan.Red:
			row.Why = "overdue"
			if r.WorkdaysLeft != nil {
				row.Workdays = max(0, -*r.WorkdaysLeft)
			}
		default:
			continue
		}
		s.Rows = append(s.Rows, row)
	}
}
