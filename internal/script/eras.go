package script

import (
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// era is a stretch of the year under one plan and one calendar: an amendment and
// a holiday notice begin another.
type era struct {
	from  time.Time
	plan  *plan.Plan
	cal   *calendar.Calendar
	rules act.Rules
	begun *Entry // the entry that begins the era; nil for the first
	n     int    // number of the amendment
	// Of an amendment: new commitments, and the changes of running ones.
	added   []plan.Task
	changed map[string]plan.TaskChange
	duty    map[string]string // occurrence → changed duty, filled as they open
	gone    []plan.Task       // that left the plan by this amendment or an earlier one
}

// divide parts the year into eras.
func (f *foreteller) divide(p *plan.Plan, cal *calendar.Calendar) error {
	rules, err := act.NewRules(p, cal)
	if err != nil {
		return err
	}
	now := era{from: f.launched, plan: p, cal: cal, rules: rules}
	f.eras = []era{now}
	for i, e := range f.script.Entries {
		at, done := f.done(e.Key(), e.At)
		if !done || e.Sort != Amends && e.Sort != Notice {
			continue
		}
		next := era{from: at.UTC(), plan: now.plan, cal: now.cal, begun: &f.script.Entries[i], n: now.n, gone: now.gone}
		if e.Sort == Notice {
			next.cal = now.cal.With(calendar.Merged(now.cal.Notice(e.Year.Year), *e.Year))
		} else {
			next.n++
			if err := next.amend(now.plan, e.Plan); err != nil {
				return err
			}
		}
		if next.rules, err = act.NewRules(next.plan, next.cal); err != nil {
			return err
		}
		next.rules.Since = now.rules.Since
		if e.Sort == Notice {
			next.rules.Since = next.from
		}
		f.eras, now = append(f.eras, next), next
	}
	return nil
}

// amend is an era under an amended plan. A policy that comes with another version
// has a key of its own, name@version, for new tasks; running ones keep theirs.
func (e *era) amend(old, new *plan.Plan) error {
	taken := map[string]bool{}
	for _, t := range append(slices.Clone(old.Tasks), e.gone...) {
		taken[t.ID] = true
	}
	next, identity, err := plan.Identify(old, new, e.gone, func(id string) bool { return taken[id] })
	if err != nil {
		return err
	}
	merged := act.MergePolicies(*old, next)
	e.plan, e.changed, e.duty = &merged, map[string]plan.TaskChange{}, map[string]string{}
	changes := plan.Diff(old, &merged)
	identity.Note(&changes)
	e.gone = slices.DeleteFunc(slices.Clone(e.gone), func(t plan.Task) bool { return identity.Again[t.ID] })
	for _, c := range changes.Tasks {
		switch {
		case c.What == plan.Added:
			e.added = append(e.added, *c.New)
		case c.What == plan.Removed:
			e.gone = append(e.gone, *c.Old)
		}
		if c.What != plan.Added && c.Kind() != plan.Standing {
			e.changed[c.ID] = c
		}
	}
	return nil
}

// eraAt is the era an instant is in.
func (f *foreteller) eraAt(at time.Time) era {
	for i := len(f.eras) - 1; i > 0; i-- {
		if !at.Before(f.eras[i].from) {
			return f.eras[i]
		}
	}
	return f.eras[0]
}

// eraAfter is when the next era after an instant begins, or never.
func (f *foreteller) eraAfter(at time.Time) time.Time {
	for _, e := range f.eras {
		if e.from.After(at) {
			return e.from
		}
	}
	return never
}

// own are the acts that the engine does on one running thing when an era begins.
func (f *foreteller) own(e era, thing string, kind plan.Kind) (all []moment) {
	add := func(a act.Act) {
		at, done := f.done(thing+"/"+a.ID, e.from)
		if !done {
			return
		}
		a.At, a.On = at.UTC(), calendar.DayOf(at.In(e.rules.Zone))
		all = append(all, moment{act: a})
	}
	if e.begun.Sort == Notice {
		return nil // the era begins with another calendar only
	}
	c, touched := e.changed[thing]
	duty, occurrence := e.duty[thing]
	if occurrence {
		c, touched = e.changed[duty]
	}
	if !touched || kind == plan.Dated && c.Kind() == plan.Duty && !occurrence {
		return nil
	}
	for _, a := range act.ActsOf(c, occurrence) {
		a.ID = act.AmendID(e.n, a.Kind)
		a.By, a.Reason, a.Paper = e.begun.Act.By, e.begun.Act.Reason, e.begun.Act.Paper
		add(a)
	}
	return all
}
