package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/whatif"
	"duban/workflows"
)

// ErrWhoCarries: a plan carries on tasks of another one, which somebody of that plan's
// office has to order.
var ErrWhoCarries = errors.New("engine: the plan carries on tasks of another: who orders it is to be said")

// checkCarrying fails when what a plan carries on cannot be carried on.
func (e *Engine) checkCarrying(ctx context.Context, p *plan.Plan, opt LaunchOptions) error {
	all, err := e.whatIf().Carrying(ctx, p)
	if err != nil || len(all) == 0 {
		return err
	}
	if opt.By.Account == "" {
		return ErrWhoCarries
	}
	for _, c := range all {
		a := act.Act{ID: "carry-" + p.ID, Kind: act.Carry, By: opt.By, Reason: cmp.Or(opt.Reason, p.Title), Ref: p.ID + "/" + c.Task.ID}
		if err := e.stamp(&c.From, &a); err != nil {
			return err
		}
		if err := e.mayCarry(ctx, c.From, c.Row.ID, a); err != nil {
			return err
		}
	}
	return nil
}

// carryAll carries over every task that a plan carries on from another plan and that was
// not carried yet. over are the plan's tasks whose work has ended in the other plan
// meanwhile: they are not begun.
func (e *Engine) carryAll(ctx context.Context, l ledger.Launched, opt LaunchOptions) (over []string, err error) {
	known, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID})
	if err != nil {
		return nil, err
	}
	var carried []plan.Task
	for _, t := range l.Plan.Tasks {
		if t.Carries != "" && !slices.ContainsFunc(known, func(k ledger.Task) bool { return k.ID == t.ID }) {
			carried = append(carried, t)
		}
	}
	if len(carried) > 0 && opt.By.Account == "" {
		return nil, ErrWhoCarries
	}
	ended := make([]bool, len(carried))
	_, err = e.each(ctx, len(carried), func(ctx context.Context, i int) (done bool, err error) {
		done, err = e.carryOn(ctx, l, carried[i], opt)
		ended[i] = err == nil && !done
		return done, err
	})
	for i, t := range carried {
		if ended[i] {
			over = append(over, t.ID)
		}
	}
	return over, err
}

// mostTries is how often a carriage is worked out anew when the task is acted on
// meanwhile, or another task of its talk is carried.
const mostTries = 100

// carryOn lets one task go on in a plan. done is false when it has ended meanwhile:
// then it stands in the plan as carried, and is over.
func (e *Engine) carryOn(ctx context.Context, l ledger.Launched, t plan.Task, opt LaunchOptions) (done bool, err error) {
	for range mostTries {
		c, err := e.whatIf().CarryingOne(ctx, t)
		if err != nil {
			return false, err
		}
		if r := c.Refused(); r != nil {
			return false, e.docket().CarryNothing(ctx, l, t, c.Row, opt.By.Account)
		}
		carriage, err := e.carriage(ctx, l, c, opt)
		if err != nil {
			return false, err
		}
		err = e.ledger.CarryInto(ctx, carriage, e.when(c.From.Clock), e.when(l.Clock))
		if errors.Is(err, ledger.ErrBehind) {
			continue
		}
		if err != nil {
			return false, err
		}
		return true, e.lookAt(ctx, l, carriage)
	}
	return false, ledger.ErrBehind
}

// lookAt tells the workflows of tasks that were carried away from the old plan to read the
// ledger, upon which they end, and starts in the plan l the talks that go along. The tasks
// themselves are started with the others of l.
func (e *Engine) lookAt(ctx context.Context, l ledger.Launched, c ledger.Carriage) error {
	for i, k := range c.Tasks {
		id := workflows.TaskWorkflowID(c.From, k.Task)
		if i == 0 && k.Facts.Kind == plan.Duty {
			id = workflows.DutyWorkflowID(c.From, k.Task)
		}
		if err := e.look(ctx, id); err != nil {
			return err
		}
		for _, talk := range k.Talks {
			if err := e.LookTalk(ctx, c.From, talk.Talk.ID); err != nil {
				return err
			}
			err := e.StartTalk(ctx, l, ledger.Talk{Plan: c.To, ID: ledger.CarriedTalkID(k.Into.ID, talk)})
			if err != nil && !errors.Is(err, ledger.ErrNotFound) { // what its stage called for was unsaid
				return err
			}
			if talk.Host != nil {
				if err := e.LookTalk(ctx, c.To, talk.Host.ID); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// carriage is what becomes of one task, or of a duty and its open occurrences.
func (e *Engine) carriage(ctx context.Context, l ledger.Launched, c whatif.Carrying, opt LaunchOptions) (ledger.Carriage, error) {
	a := act.Act{ID: "carry-" + l.Plan.ID, Kind: act.Carry, By: opt.By, Reason: cmp.Or(opt.Reason, l.Plan.Title), Paper: l.Plan.Number,
		Ref: l.Plan.ID + "/" + c.Task.ID, Due: c.Task.Due, Unit: c.Task.Lead, Units: c.Task.Assist, Policy: c.Task.Policy, Title: c.Task.Title}
	if err := e.stamp(&c.From, &a); err != nil {
		return ledger.Carriage{}, err
	}
	if err := e.mayCarry(ctx, c.From, c.Row.ID, a); err != nil {
		return ledger.Carriage{}, err
	}
	return e.docket().Carriage(ctx, c.From, l, c.Row, c.Task, a)
}

// mayCarry refuses whoever is not of the office of the plan whose task is carried.
func (e *Engine) mayCarry(ctx context.Context, l ledger.Launched, task string, a act.Act) error {
	if r := e.accounts.Credible(l, a, e.now()); r != nil {
		return e.answer(ctx, l, task, a, r, nil)
	}
	return e.answer(ctx, l, task, a, act.CheckOnPlan(l.Plan.Directory.Office, l.Plan.Directory.Leadership, a), nil)
}

// EndPlan ends a plan of which nothing goes on; ledger.ErrGoesOn otherwise: whatif's
// Undecided tells what. It is the plan's office that ends it: anybody else gets
// *RefusedError.
func (e *Engine) EndPlan(ctx context.Context, planID string, by act.Actor, reason, paper string) error {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return err
	}
	a := act.Act{ID: "end-" + by.Account, Kind: act.EndPlan, By: by, Reason: reason, Paper: paper}
	if err := e.stamp(&l, &a); err != nil {
		return err
	}
	if err := e.mayCarry(ctx, l, "", a); err != nil {
		return err
	}
	return e.ledger.EndPlan(ctx, planID, a, e.when(l.Clock))
}
