package activities

import (
	"context"
	"errors"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/words"
)

// consequences proposes what the plan's rules ask for when facts add up across a
// unit's tasks, those of every plan of the ledger, as of the instant at: a named person
// decides. A rule never proposes twice on the same facts, so doing this again proposes
// nothing; nor does the rule of another plan that bears its name.
func (a *Activities) consequences(ctx context.Context, l ledger.Launched, book act.Book, at time.Time, all []ledger.Task, talks []ledger.Talk) error {
	if len(l.Plan.Consequences) == 0 {
		return nil
	}
	today := calendar.DayOf(at.In(book.Zone))
	if !book.Calendar.IsWorkday(today) {
		return nil // the next office day counts it, and says it the morning after
	}
	tasks := byID(all)
	facts, fired, titles := factsOf(book, all, talks, today), firedBy(talks), map[string]string{}
	for id, t := range tasks {
		titles[id] = t.Title
	}
	others, err := a.Ledger.Plans(ctx)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.ID == l.Plan.ID {
			continue
		}
		alive(ctx)
		more, named, err := a.elsewhere(ctx, l.Plan.ID, other, today, titles)
		if err != nil {
			return err
		}
		facts, fired = append(facts, more...), append(fired, named...)
	}
	proposals := act.Consequences(l.Plan.Consequences, facts, fired, today, book.Calendar)
	for _, p := range proposals {
		for _, grounds := range [][]act.Ground{p.Grounds, p.Before} {
			for i := range grounds {
				grounds[i].Title = titles[grounds[i].Task]
			}
		}
		when := a.when(l.Clock)
		proposal := act.Act{
			ID: act.RuleID(p.Key), Kind: act.Propose, By: act.EngineActor, At: when.Plan.UTC().Truncate(time.Microsecond),
			On: calendar.DayOf(when.Plan.In(book.Zone)), Ref: p.Task, Unit: p.Unit, Reason: a.grounds(l.Plan, p),
			Talk: &act.TalkFacts{What: p.What},
		}
		id, err := a.docket().Propose(ctx, l, proposal, &p)
		var refused *act.Refusal
		switch {
		case errors.Is(err, ledger.ErrNotOpen): // its task was cancelled between the count and the proposal
			continue
		case errors.As(err, &refused):
			a.Log.Error("Consequence not proposed", "plan", l.Plan.ID, "rule", p.Rule, "unit", p.Unit, "refused", refused.Key)
			continue
		case err != nil:
			return err
		}
		a.Log.Info("Consequence proposed", "plan", l.Plan.ID, "rule", p.Rule, "unit", p.Unit, "talk", id)
	}
	return nil
}

func byID(all []ledger.Task) map[string]ledger.Task {
	tasks := make(map[string]ledger.Task, len(all))
	for _, t := range all {
		tasks[t.ID] = t
	}
	return tasks
}

// factsOf are the facts of one plan. A talk that has lost what it rests on counts for
// nothing.
func factsOf(book act.Book, all []ledger.Task, talks []ledger.Talk, today calendar.Day) (facts []act.Fact) {
	tasks := byID(all)
	for _, t := range all {
		for _, f := range book.Facts(t.ID, ledger.CaseOf(t), today) {
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

// elsewhere are the facts of another plan as the plan own counts them, and what rules
// there have named. It adds the titles of the tasks they are about.
func (a *Activities) elsewhere(ctx context.Context, own string, other ledger.PlanInfo, today calendar.Day, titles map[string]string) ([]act.Fact, []act.Fired, error) {
	l, book, err := a.docket().Plan(ctx, other.ID)
	if err != nil {
		return nil, nil, err
	}
	all, err := a.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: other.ID})
	if err != nil {
		return nil, nil, err
	}
	talks, err := a.Ledger.Talks(ctx, other.ID, "")
	if err != nil {
		return nil, nil, err
	}
	facts := factsOf(book, all, talks, today)
	tasks := byID(all)
	for i, f := range facts {
		facts[i] = f.From(other.ID)
		titles[facts[i].Task] = a.Words.T("matter.ground_elsewhere", words.Data{"Title": tasks[f.Task].Title, "Plan": l.Plan.Title})
	}
	fired := firedBy(talks)
	for i := range fired {
		fired[i] = fired[i].SeenFrom(other.ID, own)
		fired[i].Waits = false // what waits in another plan is joined there
	}
	return facts, fired, nil
}

// firedBy are the facts that rules have named before, as the talks they made keep them,
// and what is proposed and not decided.
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
