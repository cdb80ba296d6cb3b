package activities

import (
	"context"
	"errors"
	"sync"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/words"
)

// consequences proposes what the plan's rules of consequences ask for by the facts of the
// tasks of each unit, in every plan of the ledger, as of each of the days: see
// act.Consequences. A named person decides about a proposal. A rule never proposes twice on
// the same facts, so a second call proposes nothing; nor does a rule of another plan with
// the same ID. It gives the plan's tasks as they are afterwards. The other plans are
// read once for all the days: an engine that did not run for a week has a week of them.
func (a *Activities) consequences(ctx context.Context, l ledger.Launched, rules act.Rules, days []time.Time, all []ledger.Task, talks []ledger.Talk) ([]ledger.Task, error) {
	others := sync.OnceValues(func() ([]neighbour, error) { return a.neighbours(ctx, l.Plan.ID) })
	for _, day := range days {
		proposed, err := a.propose(ctx, l, rules, calendar.DayOf(day.In(rules.Zone)), all, talks, others)
		if err != nil {
			return all, err
		}
		if proposed {
			if all, err = a.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID}); err != nil {
				return all, err
			}
			if talks, err = a.Ledger.Talks(ctx, l.Plan.ID, ""); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

// propose makes the proposals of one day, and tells whether there were any. On a rest day
// nothing is proposed: the next working day counts the same facts.
func (a *Activities) propose(ctx context.Context, l ledger.Launched, rules act.Rules, today calendar.Day, all []ledger.Task, talks []ledger.Talk, others func() ([]neighbour, error)) (proposed bool, err error) {
	if len(l.Plan.Consequences) == 0 || !rules.Calendar.IsWorkday(today) {
		return false, nil
	}
	tasks := byID(all)
	facts, fired, titles := factsOf(rules, all, talks, today), firedBy(talks), map[string]string{}
	for id, t := range tasks {
		titles[id] = t.Title
	}
	elsewhere, err := others()
	if err != nil {
		return false, err
	}
	for _, other := range elsewhere {
		alive(ctx)
		more, named := a.seenFrom(l.Plan.ID, other, today, titles)
		facts, fired = append(facts, more...), append(fired, named...)
	}
	proposals := act.Consequences(l.Plan.Consequences, facts, fired, today, rules.Calendar)
	for _, p := range proposals {
		for _, grounds := range [][]act.Ground{p.Grounds, p.Before} {
			for i := range grounds {
				grounds[i].Title = titles[grounds[i].Task]
			}
		}
		when := a.when(l.Clock)
		proposal := act.Act{
			ID: act.RuleID(p.Key), Kind: act.Propose, By: act.EngineActor, At: when.Plan.UTC().Truncate(time.Microsecond),
			On: calendar.DayOf(when.Plan.In(rules.Zone)), Ref: p.Task, Unit: p.Unit, Reason: a.grounds(l.Plan, p),
			Talk: &act.TalkFacts{What: p.What},
		}
		id, err := a.docket().Propose(ctx, l, proposal, &p)
		var refused *act.Refusal
		switch {
		case errors.Is(err, ledger.ErrNotOpen): // between the count and the proposal the task was cancelled or carried, or the plan ended
			continue
		case errors.As(err, &refused):
			a.Log.Error("Consequence not proposed", "plan", l.Plan.ID, "rule", p.Rule, "unit", p.Unit, "refused", refused.Key)
			continue
		case err != nil:
			return proposed, err
		}
		proposed = true
		a.Log.Info("Consequence proposed", "plan", l.Plan.ID, "rule", p.Rule, "unit", p.Unit, "talk", id)
	}
	return proposed, nil
}

func byID(all []ledger.Task) map[string]ledger.Task {
	tasks := make(map[string]ledger.Task, len(all))
	for _, t := range all {
		tasks[t.ID] = t
	}
	return tasks
}

// factsOf are the facts of one plan on a day. A talk whose grounds no longer hold, or are
// in doubt, gives no fact.
func factsOf(rules act.Rules, all []ledger.Task, talks []ledger.Talk, today calendar.Day) (facts []act.Fact) {
	tasks := byID(all)
	for _, t := range all {
		for _, f := range rules.Facts(t.ID, ledger.CaseOf(t), today) {
			f.Duty = t.Duty
			facts = append(facts, f)
		}
	}
	for _, k := range talks {
		if k.What != plan.ProposeCircular && (k.State == act.TalkOpen || k.State == act.TalkClosed) && k.Facts != nil && !k.Facts.Opened.After(today) &&
			k.Facts.Doubt == nil && k.Facts.FoundedBy(func(task string) act.Case { return tasks[task].Facts }) {
			facts = append(facts, act.Fact{Kind: act.FactTalk, Unit: k.Lead, Task: k.Task, Talk: k.ID, Day: k.Facts.Opened, State: tasks[k.Task].Facts.State})
		}
	}
	return facts
}

// neighbour is another plan of the ledger as an audit read it.
type neighbour struct {
	plan  plan.Plan
	rules act.Rules
	tasks []ledger.Task
	talks []ledger.Talk
}

// neighbours reads every plan of the ledger but own.
func (a *Activities) neighbours(ctx context.Context, own string) (others []neighbour, err error) {
	plans, err := a.Ledger.Plans(ctx)
	if err != nil {
		return nil, err
	}
	for _, other := range plans {
		if other.ID == own {
			continue
		}
		alive(ctx)
		l, rules, err := a.docket().Plan(ctx, other.ID)
		if err != nil {
			return nil, err
		}
		n := neighbour{plan: l.Plan, rules: rules}
		if n.tasks, err = a.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: other.ID}); err != nil {
			return nil, err
		}
		if n.talks, err = a.Ledger.Talks(ctx, other.ID, ""); err != nil {
			return nil, err
		}
		others = append(others, n)
	}
	return others, nil
}

// seenFrom gives the facts of another plan, with IDs as the plan own names them, and
// what rules of the other have proposed. It adds to titles those of the facts' tasks.
func (a *Activities) seenFrom(own string, other neighbour, today calendar.Day, titles map[string]string) ([]act.Fact, []act.Fired) {
	facts := factsOf(other.rules, other.tasks, other.talks, today)
	tasks := byID(other.tasks)
	for i, f := range facts {
		facts[i] = f.From(other.plan.ID)
		titles[facts[i].Task] = a.Words.T("matter.ground_elsewhere", words.Data{"Title": tasks[f.Task].Title, "Plan": other.plan.Title})
	}
	fired := firedBy(other.talks)
	for i := range fired {
		fired[i] = fired[i].SeenFrom(other.plan.ID, own)
		fired[i].Waits = false // a proposal of this plan cannot join one that waits in another plan
	}
	return facts, fired
}

// firedBy gives, for each talk that a rule proposed, the rule and the facts it named, and
// each proposal, of a rule or a person, that is not decided yet.
func firedBy(talks []ledger.Talk) []act.Fired {
	var fired []act.Fired
	for _, t := range talks {
		f := act.Fired{Unit: t.Lead, What: t.What, Waits: t.State == act.TalkProposed}
		if t.Origin.Kind == act.OriginRule && t.Facts != nil {
			f.Rule, f.Facts = t.Origin.Of, t.Facts.Facts
		}
		if f.Rule != "" || f.Waits {
			fired = append(fired, f)
		}
	}
	return fired
}

// grounds are a proposal's facts in words, under the rule's title.
func (a *Activities) grounds(p plan.Plan, proposal act.Proposal) string {
	return p.RuleTitle(proposal.Rule) + "\n" + notice.Grounds(a.Words, proposal.Grounds, proposal.Before)
}
