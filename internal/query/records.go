package query

import (
	"context"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/rollover"
)

// NextYear is the draft of a later year's plan.
type NextYear struct {
	rollover.Draft
	Was      string // hash of the plan in force by the ledger
	Calendar *calendar.Calendar
}

// NextYear drafts the plan of a year from p, the files of an earlier year's plan, and its
// tasks in the ledger as they are on the day at (zero: the plan's today). It is for those who
// may see all of the plan: ErrNotWhole.
func (r *Reader) NextYear(ctx context.Context, v Viewer, p *plan.Plan, year int, at calendar.Day) (NextYear, error) {
	was, err := r.PlanRecord(ctx, v, p.ID)
	if err != nil {
		return NextYear{}, err
	}
	if at.IsZero() {
		at = was.Today
	}
	records, err := was.Records(at)
	return NextYear{rollover.Roll(p, records, year, at), was.Plan.Hash, was.Calendar}, err
}

// Records are the plan's tasks as they are on a day, with the IDs that the plan's files
// give them now. The next year's plan is drafted from them.
func (p PlanRecord) Records(today calendar.Day) ([]rollover.Record, error) {
	rules, err := act.NewRules(&p.Plan, p.Calendar)
	if err != nil {
		return nil, err
	}
	tasks, talks := p.Tasks, p.Talks
	all, shown := make([]rollover.Record, len(tasks)), map[string]string{}
	for _, t := range tasks {
		shown[t.ID] = t.Shown()
	}
	for i, t := range tasks {
		c := ledger.CaseOf(t)
		m := rules.Measure(c, today)
		all[i] = rollover.Record{Task: t.Shown(), Duty: shown[t.Duty], Title: t.Title, Kind: t.Kind, Lead: t.Lead, Due: t.Due, State: string(t.State),
			Assist: t.Assist, Policy: act.PolicyName(t.Policy), Rule: c.Rule, Days: m.LateDays, Workdays: m.Late, Phase: string(c.State),
			Returned: c.Return != nil, Extending: c.Extension != nil}
		for _, k := range talks {
			if k.About(t.ID) && k.GoesOn() {
				all[i].Talks = append(all[i].Talks, t.ShownTalk(k.ID))
			}
		}
	}
	return all, nil
}
