package query

import (
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/rollover"
)

// Records are the plan's tasks as they stand on a day, by the IDs that the files of
// the plan give them now: what next year's plan is drafted from.
func (p PlanRecord) Records(today calendar.Day) ([]rollover.Record, error) {
	book, err := act.NewBook(&p.Plan, p.Calendar)
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
		m := book.Measure(c, today)
		all[i] = rollover.Record{Task: t.Shown(), Duty: shown[t.Duty], Title: t.Title, Kind: t.Kind, Lead: t.Lead, Due: t.Due, State: t.State,
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
