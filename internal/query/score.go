package query

import (
	"context"
	"slices"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
)

// Score is the tally of one unit in a plan, by which units are ranked, with the due dates
// and talks that it counts.
type Score struct {
	Plan  string
	Title string
	AsOf  calendar.Day
	Unit  string
	Tally report.UnitTally // without Rank, which depends on other units
	Rows  []ScoreRow       // the due dates that are judged: see report.Tally.Struck
	Talks []ScoreTalk      // talks to which the unit was called
}

// ScoreRow is a due date that is judged, and how.
type ScoreRow struct {
	ID, Title string
	Due       calendar.Day
	// Why is on_time, late, overdue, passed (the unit missed the date, and another one leads
	// the task now) or inherited (the task was late already when the unit was given it: the
	// date does not count).
	Why      string
	Workdays int // late
	DoneOn   calendar.Day
}

// ScoreTalk is a talk that counts.
type ScoreTalk struct{ ID, Task string }

// Scores are the scores of a unit in every plan in which it leads or has led a task. unit is
// an ID; "" is the viewer's own unit, and any other is for those who may see all of the plan:
// ErrNotWhole.
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
	whole, err := r.as(Operator()) // reads the whole plan, of which only the unit's part is given
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

// reasons are the due dates and the talks that a tally counts.
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
