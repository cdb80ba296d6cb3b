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

// ErrWhoCarries: a plan carries on tasks of another plan, and LaunchOptions.By, who must
// be of that other plan's office, is not set.
var ErrWhoCarries = errors.New("engine: the plan carries on tasks of another: who orders it is to be said")

// checkCarrying fails when p carries on tasks of another plan and these cannot be
// carried on, or opt.By may not order it: ErrWhoCarries, or *RefusedError.
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

// carryAll carries over every task that the plan takes from another plan and that is not
// in the ledger under this plan yet. over are the IDs of those that have ended in the
// other plan meanwhile: they are not begun.
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
	groups, err := e.sharingTalks(ctx, carried)
	if err != nil {
		return nil, err
	}
	ended := make([]bool, len(carried))
	_, err = e.each(ctx, len(groups), func(ctx context.Context, g int) (bool, error) {
		for _, i := range groups[g] {
			done, err := e.carryOn(ctx, l, carried[i], opt)
			if err != nil {
				return false, err
			}
			ended[i] = !done
		}
		return true, nil
	})
	for i, t := range carried {
		if ended[i] {
			over = append(over, t.ID)
		}
	}
	return over, err
}

// sharingTalks puts the tasks of all, by their indices, into groups: tasks that one talk
// is about, directly or by one of their occurrences, are in one group, in the order of
// all. Groups may be carried at the same time. The tasks of a group are carried one after
// another: the first has the talk in the new plan and the others join it, so that which
// task has the talk does not depend on which is carried faster.
func (e *Engine) sharingTalks(ctx context.Context, all []plan.Task) (groups [][]int, err error) {
	type old struct{ plan, task string }
	at, seen := map[old]int{}, map[string]bool{}
	var plans []string
	for i, t := range all {
		c, err := e.whatIf().CarryingOne(ctx, t)
		if err != nil {
			return nil, err
		}
		at[old{c.Row.Plan, c.Row.ID}] = i
		if !seen[c.Row.Plan] {
			seen[c.Row.Plan] = true
			plans = append(plans, c.Row.Plan)
		}
	}
	var together [][]int
	for _, p := range plans {
		tasks, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: p})
		if err != nil {
			return nil, err
		}
		duty := map[string]string{}
		for _, t := range tasks {
			duty[t.ID] = t.Duty
		}
		talks, err := e.ledger.Talks(ctx, p, "")
		if err != nil {
			return nil, err
		}
		for _, k := range talks {
			if !k.GoesOn() || k.Facts == nil {
				continue
			}
			var about []int
			for _, m := range k.Facts.Of() {
				if i, ok := at[old{p, cmp.Or(duty[m.Task], m.Task)}]; ok {
					about = append(about, i)
				}
			}
			together = append(together, about)
		}
	}
	return grouped(len(all), together), nil
}

// grouped divides 0 to n-1 into groups such that the numbers of each list of together are
// in one group. Numbers ascend in a group, and groups by their first number.
func grouped(n int, together [][]int) [][]int {
	first := make([]int, n) // for each number, the smallest number of its group
	for i := range first {
		first[i] = i
	}
	for _, list := range together {
		for _, i := range list {
			was, is := max(first[i], first[list[0]]), min(first[i], first[list[0]])
			for j := range first {
				if first[j] == was {
					first[j] = is
				}
			}
		}
	}
	groups := make([][]int, 0, n)
	at := map[int]int{} // a group's place by its first number
	for i, f := range first {
		g, ok := at[f]
		if !ok {
			g = len(groups)
			at[f], groups = g, append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// mostTries is how often a carriage is worked out before it is given up, when each time
// somebody has acted on the task meanwhile, or another task of its talk was carried.
const mostTries = 100

// carryOn carries one task over into the plan l. done is false when the task can no
// longer be carried, having ended in its old plan: then the ledger has it under l as
// a task that is over.
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

// lookAt tells the old plan's workflows of the carried tasks and of their talks to read
// the ledger, upon which they end, and starts in the plan l the talks that were carried
// with the tasks. The carried tasks themselves are started with the other tasks of l.
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
			if err != nil && !errors.Is(err, ledger.ErrNotFound) { // not found: the stage that called for the talk was unsaid, and the talk with it
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

// carriage works out what is written to the ledger when one task, or a duty with its open
// occurrences, is carried into the plan l. *RefusedError when opt.By may not order it.
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

// mayCarry gives *RefusedError for a person who is not of the office of the plan l, whose
// task is carried or which ends (act.CheckOnPlan), or whose account does not hold.
func (e *Engine) mayCarry(ctx context.Context, l ledger.Launched, task string, a act.Act) error {
	if r := e.accounts.Credible(l, a, e.now()); r != nil {
		return e.answer(ctx, l, task, a, r, nil)
	}
	return e.answer(ctx, l, task, a, act.CheckOnPlan(l.Plan.Directory.Office, l.Plan.Directory.Leadership, a), nil)
}

// EndPlan ends a plan in which no task, duty or talk goes on; otherwise it fails with
// ledger.ErrGoesOn, and whatif's Undecided names them. Only the plan's office may: anybody
// else gets *RefusedError.
func (e *Engine) EndPlan(ctx context.Context, planID string, by act.Actor, reason, paper string) error {
	return e.onPlan(ctx, planID, act.Act{ID: "end-" + by.Account, Kind: act.EndPlan, By: by, Reason: reason, Paper: paper}, e.ledger.EndPlan)
}

// ArchivePlan archives a plan that has ended: see ledger.Store.ArchivePlan. Only the plan's
// office may.
func (e *Engine) ArchivePlan(ctx context.Context, planID string, by act.Actor, reason string) error {
	return e.onPlan(ctx, planID, act.Act{ID: "archive-" + by.Account, Kind: act.ArchivePlan, By: by, Reason: reason}, e.ledger.ArchivePlan)
}

// TakeBackPlan takes an archived plan back into everyday lists. Only the plan's office may.
func (e *Engine) TakeBackPlan(ctx context.Context, planID string, by act.Actor, reason string) error {
	return e.onPlan(ctx, planID, act.Act{ID: "take-back-" + by.Account, Kind: act.TakeBack, By: by, Reason: reason}, e.ledger.TakeBackPlan)
}

// onPlan has the ledger do what a person does to a whole plan, after it was judged.
func (e *Engine) onPlan(ctx context.Context, planID string, a act.Act, do func(context.Context, string, act.Act, ledger.When) error) error {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return err
	}
	if err := e.stamp(&l, &a); err != nil {
		return err
	}
	if err := e.mayCarry(ctx, l, "", a); err != nil {
		return err
	}
	return do(ctx, planID, a, e.when(l.Clock))
}
