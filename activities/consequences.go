package activities

import (
	"context"
	"errors"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
)

// consequences proposes what the plan's rules ask for when facts add up across a
// unit's tasks, as of the instant at: a named person decides. A rule never
// proposes twice on the same facts, so doing this again proposes nothing.
func (a *Activities) consequences(ctx context.Context, l ledger.Launched, book act.Book, at time.Time, all []ledger.Task, talks []ledger.Talk) error {
	if len(l.Plan.Consequences) == 0 {
		return nil
	}
	tasks, today := map[string]ledger.Task{}, calendar.DayOf(at.In(book.Zone))
	var facts []act.Fact
	for _, t := range all {
		tasks[t.ID] = t
		facts = append(facts, book.Facts(t.ID, ledger.CaseOf(t), today)...)
	}
	for _, k := range talks {
		if k.What != plan.ProposeCircular && (k.State == ledger.TalkOpen || k.State == ledger.TalkClosed) && k.Facts != nil && !k.Facts.Opened.After(today) &&
			k.Facts.Doubt == nil && k.Facts.Founded(tasks[k.Task].Facts) { // one that has lost what it rests on counts for nothing
			facts = append(facts, act.Fact{Kind: act.FactTalk, Unit: k.Lead, Task: k.Task, Talk: k.ID, Day: k.Facts.Opened, State: tasks[k.Task].Facts.State})
		}
	}
	proposals := act.Consequences(l.Plan.Consequences, facts, firedBy(talks), today, book.Calendar)
	for _, p := range proposals {
		for _, grounds := range [][]act.Ground{p.Grounds, p.Before} {
			for i := range grounds {
				grounds[i].Title = tasks[grounds[i].Task].Title
			}
		}
		when := a.when(l.Clock)
		proposal := act.Act{
			ID: act.RuleID(p.Key), Kind: act.Propose, By: act.EngineActor, At: when.Plan.UTC().Truncate(time.Microsecond),
			On: calendar.DayOf(when.Plan.In(book.Zone)), Ref: p.Task, Unit: p.Unit, Reason: a.grounds(l.Plan, p),
			Talk: &act.TalkFacts{What: p.What},
		}
		id, refused, err := Propose(ctx, a.Ledger, a.Starter, l, proposal, &p, when)
		switch {
		case errors.Is(err, ledger.ErrNotOpen): // its task was cancelled between the count and the proposal
			continue
		case err != nil:
			return err
		case refused != nil:
			a.Log.Error("Consequence not proposed", "plan", l.Plan.ID, "rule", p.Rule, "unit", p.Unit, "refused", refused.Key)
			continue
		}
		a.Log.Info("Consequence proposed", "plan", l.Plan.ID, "rule", p.Rule, "unit", p.Unit, "talk", id)
	}
	return nil
}

// firedBy are the facts that rules have named before, as the talks they made keep them.
func firedBy(talks []ledger.Talk) []act.Fired {
	var fired []act.Fired
	for _, t := range talks {
		if t.Origin != act.OriginStage && t.Origin != act.OriginHand && t.Facts != nil {
			fired = append(fired, act.Fired{Rule: t.Origin, Unit: t.Lead, Facts: t.Facts.Facts})
		}
	}
	return fired
}

// grounds are a proposal's facts in words, under the rule's title.
func (a *Activities) grounds(p plan.Plan, proposal act.Proposal) string {
	title := proposal.Rule
	if i := slices.IndexFunc(p.Consequences, func(c plan.Consequence) bool { return c.ID == proposal.Rule }); i >= 0 && p.Consequences[i].Title != "" {
		title = p.Consequences[i].Title
	}
	return title + "\n" + notice.Grounds(a.Words, proposal.Grounds, proposal.Before)
}
