package ledgertest

import (
	"cmp"
	"context"
	"errors"
	"testing"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/seeds"
)

// Verify records that account verified a task 销号, as act id, at the plan
// instant of when: what the engine would record, without an engine.
func Verify(ctx context.Context, s *ledger.Store, planID, task, account, reason, id string, when ledger.When) error {
	l, rules, err := rulesOf(ctx, s, planID)
	if err != nil {
		return err
	}
	t, err := s.Task(ctx, planID, task)
	if err != nil {
		return err
	}
	talks, err := s.Talks(ctx, planID, task)
	if err != nil {
		return err
	}
	before := ledger.CaseOf(t)
	after := before
	after.State, after.ClosedOn, after.Said = act.Closed, calendar.DayOf(when.Plan.In(rules.Zone)), nil
	a := act.Act{ID: id, Kind: act.Verify, By: act.Actor{Account: account, Name: account, Unit: after.Office}, At: when.Plan.UTC(), On: after.ClosedOn, Reason: cmp.Or(reason, "核查通过")}
	_, told, _ := rules.Act(rules.Course(before), a) // whether the act is possible is asked of the ledger below
	acted := ledger.Acted{Plan: planID, Task: task, Act: a, Version: t.Version, Facts: after, Told: told}
	for _, k := range talks {
		if c, _, ok := rules.AffectedBy(rules.TalkCourse(ledger.TalkCaseOf(&l.Plan, t, k)), k.Task, before, after, a); ok {
			acted.Talks = append(acted.Talks, ledger.ActedTalk{Talk: k.ID, Version: k.Version, Facts: c.TalkCase})
		}
	}
	_, _, err = s.Act(ctx, acted, when)
	if errors.Is(err, ledger.ErrBehind) && t.State == ledger.TaskOpen { // it was written meanwhile
		return Verify(ctx, s, planID, task, account, reason, id, when)
	}
	return err
}

// rulesOf work out courses of a launched plan by the seeded calendar.
func rulesOf(ctx context.Context, s *ledger.Store, planID string) (ledger.Launched, act.Rules, error) {
	l, err := s.Plan(ctx, planID)
	if err != nil {
		return l, act.Rules{}, err
	}
	cal, err := calendar.Load(seeds.Calendar())
	if err != nil {
		return l, act.Rules{}, err
	}
	rules, err := act.NewRules(&l.Plan, cal)
	return l, rules, err
}

// Proven sees that the chain holds and makes every table as it is.
func Proven(t testing.TB, s *ledger.Store) {
	t.Helper()
	p, err := s.Prove(context.Background(), ledger.Check{Full: true})
	if err == nil {
		err = p.Err()
	}
	if err != nil {
		t.Error(err)
	}
}
