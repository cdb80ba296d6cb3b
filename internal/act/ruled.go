package act

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// AuditAt is the time of day of a plan's audit in the plan's zone, half an hour after the words
// of the morning. On office days the audit counts the rules of consequences; every day it tries
// again what an amendment has still to do.
const AuditAt = 9*time.Hour + 30*time.Minute

// Ruled is a proposal that rules will make, foretold: on which office day it is counted,
// and what is then said of it to the leadership and the office.
type Ruled struct {
	Proposal
	Rules []string // IDs of the rules that call for it on that day, the proposal's first
	On    calendar.Day
	Put   calendar.Day // the office day after, on which it is said
	Said  []plan.Stage
}

// RuledAlone are the proposals that a plan's rules make if nobody does anything, in order of day
// and unit. It gives only the first for each unit and measure: nobody decides about it, and
// later ones join it. foretold is what Preview gives for the same arguments. Facts of other
// plans are not counted.
func RuledAlone(p *plan.Plan, cal *calendar.Calendar, launched time.Time, until calendar.Day, foretold []plan.Foretold) (all []Ruled) {
	b, err := NewRules(p, cal)
	if err != nil || len(p.Consequences) == 0 {
		return nil
	}
	units := map[string][]*chased{}
	for _, c := range chasedOf(p, b, launched, until) {
		if c.of.Kind == plan.Dated {
			units[c.of.Lead] = append(units[c.of.Lead], c)
		}
	}
	talks, days := talksOf(b, foretold), daysOf(b, foretold)
	measures := map[string]bool{}
	for _, r := range p.Consequences {
		measures[r.Propose] = true
	}
	for unit, tasks := range units {
		var fired []Fired
		made := map[string]int{}
		for _, on := range days[unit] {
			if len(made) == len(measures) {
				break // every further proposal joins one of those made
			}
			at := on.At(0, 0, b.Zone).Add(AuditAt)
			for _, r := range Consequences(p.Consequences, b.factsAlone(tasks, talks[unit], at), fired, on, cal) {
				if i, waits := made[r.What]; waits { // this one joins the proposal that waits
					if all[i].On == on && !slices.Contains(all[i].Rules, r.Rule) {
						all[i].Rules = append(all[i].Rules, r.Rule)
					}
					continue
				}
				proposed, refused := b.Propose(TalkCase{Lead: unit, Task: r.Task, Office: p.Directory.Office, Leadership: p.Directory.Leadership, Policy: policyKey(tasks, r.Task, p.Policy)},
					Act{ID: RuleID(r.Key), Kind: Propose, By: EngineActor, At: at.UTC(), On: on, Ref: r.Task, Unit: unit, Reason: p.RuleTitle(r.Rule), Talk: &TalkFacts{What: r.What}})
				if refused != nil {
					continue // the engine would be refused too
				}
				made[r.What] = len(all)
				all = append(all, Ruled{Proposal: r, Rules: []string{r.Rule}, On: on, Put: proposed.Asked, Said: b.TalkAhead(proposed.TalkCase)})
			}
			for what, i := range made {
				if f := (Fired{Rule: all[i].Rule, Unit: unit, Facts: all[i].Facts, What: what, Waits: true}); !slices.ContainsFunc(fired, func(x Fired) bool { return x.What == what && x.Unit == unit }) {
					fired = append(fired, f)
				}
			}
		}
	}
	slices.SortFunc(all, func(x, y Ruled) int {
		return cmp.Or(x.On.Compare(y.On), strings.Compare(x.Unit, y.Unit), strings.Compare(x.What, y.What))
	})
	return all
}

// policyKey is the key of a task's policy; usual when the task is not among tasks.
func policyKey(tasks []*chased, id, usual string) string {
	i := slices.IndexFunc(tasks, func(c *chased) bool { return c.task == id })
	if i < 0 {
		return usual
	}
	return tasks[i].of.Policy
}

// WithRuled is what is foretold of a plan with what its rules propose, in order of time.
func WithRuled(foretold []plan.Foretold, ruled []Ruled) []plan.Foretold {
	all := slices.Clone(foretold)
	for _, r := range ruled {
		for _, s := range r.Said {
			all = append(all, plan.Foretold{Task: r.Task, Unit: r.Unit, Stage: s})
		}
	}
	slices.SortStableFunc(all, func(x, y plan.Foretold) int { return x.At.Compare(y.At) })
	return all
}

// factsAlone are the facts of a unit at an instant, as of its day, when nobody acts. It is asked
// in order of time: each task goes on from where it had come the last time.
func (r Rules) factsAlone(tasks []*chased, talks []Fact, at time.Time) (facts []Fact) {
	today := calendar.DayOf(at.In(r.Zone))
	for _, c := range tasks {
		if !c.of.Due.Before(today) || c.of.Assigned.After(at) {
			continue
		}
		if c.come == nil {
			begun := r.Open(c.of)
			c.come = &begun
		}
		_, *c.come, _ = r.Play(*c.come, nil, at)
		for _, f := range r.Facts(c.task, c.come.Case, today) {
			f.Duty = c.duty
			facts = append(facts, f)
		}
	}
	for _, f := range talks {
		if !f.Day.After(today) {
			facts = append(facts, f)
		}
	}
	return facts
}

// talksOf are the talks that open by what is foretold, by unit. A task opens a talk when steps
// of a talk are foretold of it; a talk that joins another has no steps of its own.
func talksOf(b Rules, foretold []plan.Foretold) map[string][]Fact {
	opens := map[string]bool{}
	for _, f := range foretold {
		if _, round := StageStep(f.ID); round > 0 {
			opens[f.Task] = true
		}
	}
	talks := map[string][]Fact{}
	for _, f := range foretold {
		if f.Kind == plan.Talk && opens[f.Task] {
			opens[f.Task] = false // later calls join that talk
			talks[f.Unit] = append(talks[f.Unit], Fact{Kind: FactTalk, Unit: f.Unit, Task: f.Task, Talk: f.Task + "#1", Day: b.day(f.At), State: Open})
		}
	}
	return talks
}

// daysOf are the office days, by unit, on which something may add up: after a limit, and
// when something grave was said.
func daysOf(b Rules, foretold []plan.Foretold) map[string][]calendar.Day {
	days := map[string][]calendar.Day{}
	for _, f := range foretold {
		add := func(day calendar.Day) { days[f.Unit] = append(days[f.Unit], b.Calendar.OnOrAfter(day)) }
		if !f.Due.IsZero() {
			add(f.Due.AddDays(1))
		}
		if f.Kind.Gravity() > plan.DueDay.Gravity() {
			add(b.day(f.At))
		}
	}
	for unit := range days {
		slices.SortFunc(days[unit], calendar.Day.Compare)
		days[unit] = slices.Compact(days[unit])
	}
	return days
}
