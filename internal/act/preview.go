package act

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// NewCase is a task, an occurrence or a duty as its plan has it, given to its unit
// at an instant.
func NewCase(p *plan.Plan, t plan.Task, assigned time.Time) Case {
	c := Case{
		Kind: t.Kind, State: Open, Title: t.Title, Lead: t.Lead, Assist: t.Assist,
		Office: p.Directory.Office, Leadership: p.Directory.Leadership, Policy: t.Policy,
		Due: t.Due, Begin: t.Begin, Publish: t.Publish, Number: 1, Assigned: assigned, Track: Track{Revision: 1},
	}
	if t.Kind == plan.Duty {
		c.Rule = t.Recur
	}
	return c
}

// AsRuled is a duty of the plan as acts have changed it since.
func AsRuled(duty plan.Task, c Case) plan.Task {
	duty.Title, duty.Lead, duty.Assist, duty.Policy = c.Title, c.Lead, c.Assist, c.Policy
	if c.Rule != nil && duty.Recur != nil {
		rule := *c.Rule
		rule.Until = duty.Recur.Until
		duty.Recur = &rule
	}
	return duty
}

// OccurrenceAfter is the first occurrence of a duty that is due after a day, by the duty as acts
// have changed it. It opens no earlier than the act that last let the duty go on (Restarted):
// nothing is said of the time before.
func (r Rules) OccurrenceAfter(planned plan.Task, c Case, after calendar.Day) (plan.Occurrence, bool) {
	ruled := AsRuled(planned, c)
	o, ok := r.NextOccurrence(r.Policies[ruled.Policy], ruled, after, c.Assigned)
	if o.Opens.Before(c.Restarted) {
		o.Opens = c.Restarted
	}
	return o, ok
}

// AsOccurrence is the case of one occurrence of a duty.
func (c Case) AsOccurrence() Case {
	c.Occurs = true
	return c
}

// OccurrenceOf is one occurrence of a duty, as a task.
func OccurrenceOf(duty plan.Task, o plan.Occurrence) plan.Task {
	if period, ok := strings.CutPrefix(o.Task, duty.ID); ok && duty.Label != "" {
		duty.Label += period
	}
	duty.ID, duty.Kind, duty.Due, duty.Begin, duty.Recur = o.Task, plan.Dated, o.Due, calendar.Day{}, nil
	return duty
}

// Preview is every stage of a plan launched at launched, sorted by time, then
// task, then stage, when nobody does anything: of every dated task, of every
// occurrence of every duty, and of the talk that each stage of kind talk opens. A
// talk that waits for approval is asked for.
//
// Occurrences end with their duty's Until, and in any case on until; when until
// is zero, a duty without an Until ends with the last period of the plan's year. Slices inside the
// stages are shared: do not change them.
func Preview(p *plan.Plan, cal *calendar.Calendar, launched time.Time, until calendar.Day) []plan.Foretold {
	b, err := NewRules(p, cal)
	if err != nil {
		return nil // Load refuses unknown time zones
	}
	type key struct {
		policy, unit string
		due, begin   calendar.Day
		opens        int64
	}
	lives := map[key][]plan.Stage{} // many tasks share their dates: each life is worked out once
	var all []word
	var calls []call
	for _, c := range chasedOf(p, b, launched, until) {
		k := key{c.of.Policy, c.of.Lead, c.of.Due, c.of.Begin, c.of.Assigned.UnixNano()}
		stages, known := lives[k]
		if !known {
			stages = b.Ahead(c.of)
			lives[k] = stages
		}
		if order := b.Order(c.of); order != nil {
			all = append(all, word{c, order})
		}
		for i, s := range stages {
			all = append(all, word{c, &stages[i]})
			if b.calls(c.of, s) {
				calls = append(calls, call{Called{c.task, s.At}, c})
			}
		}
	}
	return foretold(append(all, b.talksAlone(calls)...))
}

// word is a stage of one thing that is chased.
type word struct {
	of    *chased
	stage *plan.Stage
}

// foretold is what is said in order of time, then task, then stage.
func foretold(words []word) []plan.Foretold {
	slices.SortStableFunc(words, func(x, y word) int {
		if c := x.stage.At.Compare(y.stage.At); c != 0 {
			return c
		}
		return cmp.Or(strings.Compare(x.of.task, y.of.task), strings.Compare(x.stage.ID, y.stage.ID))
	})
	all := make([]plan.Foretold, len(words))
	for i, w := range words {
		all[i] = plan.Foretold{Task: w.of.task, Unit: w.of.of.Lead, Due: w.of.of.Due, Stage: *w.stage}
	}
	return all
}

// chased is one dated task, one duty or one occurrence of a duty.
type chased struct {
	task string
	duty string // ID of the duty of which it is an occurrence
	of   Case
	come *Course // how far it has come if nobody acts: see factsAlone
}

// chasedOf is what will be chased, in document order.
func chasedOf(p *plan.Plan, b Rules, launched time.Time, until calendar.Day) (all []*chased) {
	for _, t := range p.Tasks {
		switch t.Kind {
		case plan.Dated:
			all = append(all, &chased{task: t.ID, of: NewCase(p, t, launched)})
		case plan.Duty:
			all = append(all, &chased{task: t.ID, of: NewCase(p, t, launched)})
			if until.IsZero() && t.Recur != nil && t.Recur.Until.IsZero() {
				rule := *t.Recur
				rule.Until = calendar.NewDay(p.Year, time.December, 31)
				t.Recur = &rule
			}
			after := calendar.Day{}
			for {
				o, ok := b.NextOccurrence(p.Policies[t.Policy], t, after, launched)
				if !ok || !until.IsZero() && o.Due.After(until) {
					break
				}
				all = append(all, &chased{task: o.Task, duty: t.ID, of: NewCase(p, OccurrenceOf(t, o), o.Opens).AsOccurrence()})
				after = o.Due
			}
		}
	}
	return all
}

// end is after everything.
var end = time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)

// call is a stage that calls for a talk.
type call struct {
	Called
	of *chased
}

// talksAlone is what is said of the talks that stages call for when nobody does anything. Each
// unit gets one talk, opened at once or proposed as its policy says, and what the unit misses
// later joins it.
func (r Rules) talksAlone(calls []call) (all []word) {
	slices.SortStableFunc(calls, func(x, y call) int { return x.Compare(y.Called) })
	type sort struct {
		unit  string
		state TalkState
	}
	there := map[sort]bool{}
	for _, c := range calls {
		t := r.OpenTalk(TalkCase{What: plan.ProposeTalk, Lead: c.of.of.Lead, Office: c.of.of.Office, Leadership: c.of.of.Leadership, Policy: c.of.of.Policy}, c.At)
		if s := (sort{c.of.of.Lead, t.State}); !there[s] {
			there[s] = true
			for _, s := range r.TalkAhead(t.TalkCase) {
				all = append(all, word{c.of, &s})
			}
		}
	}
	return all
}
