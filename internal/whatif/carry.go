package whatif

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Carrying is a task that is to go on from a task of another plan, and that task.
type Carrying struct {
	Task plan.Task       // as which it goes on
	From ledger.Launched // the other plan
	Row  ledger.Task     // the task in the other plan
}

// CarryError is a task that cannot go on from the task of another plan that its own plan names,
// and why.
type CarryError struct {
	Task string // as its own plan calls it
	From string // PLAN/TASK
	act.Refusal
	Unit func(id string) string // a unit's name; nil leaves IDs as they are
}

func (e *CarryError) Error() string { return e.Task + " from " + e.From + ": " + e.Key }

// Carrying are the tasks that a plan is to carry on from others and that are not in the ledger
// yet, in the plan's order. It fails with *CarryError for the first that cannot go on.
func (w WhatIf) Carrying(ctx context.Context, p *plan.Plan) (all []Carrying, err error) {
	known := map[string]bool{}
	if slices.ContainsFunc(p.Tasks, func(t plan.Task) bool { return t.Carries != "" }) {
		rows, err := w.ledger.Tasks(ctx, ledger.TaskFilter{Plan: p.ID})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			known[r.ID] = true
		}
	}
	for _, t := range p.Tasks {
		if t.Carries == "" || known[t.ID] {
			continue
		}
		c, err := w.CarryingOne(ctx, t)
		if err != nil {
			return nil, err
		}
		if r := c.Refused(); r != nil {
			return nil, &CarryError{t.Shown(), t.Carries, *r, p.Directory.Name}
		}
		all = append(all, c)
	}
	return all, nil
}

// Refused is why the task cannot go on; nil when it can.
func (c Carrying) Refused() *act.Refusal {
	return ledger.CaseOf(c.Row).CheckCarry(c.Task, c.Row.State == ledger.TaskEnded)
}

// CarryingOne reads the task of another plan that t is to go on from (t.Carries), whether it can
// go on or not. It fails with *CarryError when there is no such plan or task.
func (w WhatIf) CarryingOne(ctx context.Context, t plan.Task) (c Carrying, err error) {
	c.Task = t
	refused := func(key string) error { return &CarryError{t.Shown(), t.Carries, act.Refusal{Key: key}, nil} }
	planID, task, _ := strings.Cut(t.Carries, "/")
	if c.From, err = w.ledger.Plan(ctx, planID); errors.Is(err, ledger.ErrNotFound) {
		return c, refused("act.refused_carry_plan")
	} else if err != nil {
		return c, err
	}
	if c.Row, err = w.ledger.TaskCalled(ctx, planID, task); errors.Is(err, ledger.ErrNotFound) {
		return c, refused("act.refused_carry_task")
	}
	return c, err
}

// Twin is a task of a plan that seems to be the same work as one that is open in
// another plan.
type Twin struct {
	Task  plan.Task
	Other ledger.Task
	Plan  string // the other plan's title
}

// Twins are the tasks of a plan, in its order, that seem to be open in another plan already and
// are not carried on from there: the same unit leads them, and the source sentence or the title
// is the same.
func (w WhatIf) Twins(ctx context.Context, p *plan.Plan) (all []Twin, err error) {
	plans, err := w.ledger.Plans(ctx)
	if err != nil {
		return nil, err
	}
	type work struct{ lead, words string }
	open := map[work]Twin{}
	for _, other := range plans {
		if other.ID == p.ID || !other.Ended.IsZero() {
			continue
		}
		l, err := w.ledger.Plan(ctx, other.ID)
		if err != nil {
			return nil, err
		}
		source := map[string]string{}
		for _, t := range l.Plan.Tasks {
			source[t.ID] = t.Source
		}
		rows, err := w.ledger.Tasks(ctx, ledger.TaskFilter{Plan: other.ID, State: ledger.TaskOpen})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.Kind == plan.Standing || r.Duty != "" {
				continue
			}
			for _, words := range []string{"title " + folded(r.Title), "source " + folded(source[r.ID])} {
				open[work{r.Lead, words}] = Twin{Other: r, Plan: l.Plan.Title}
			}
		}
	}
	for _, t := range p.Tasks {
		if t.Kind == plan.Standing || t.Carries != "" {
			continue
		}
		by := func(words string) string { // a short text may be of any work
			if text := folded(words); len([]rune(text)) >= leastWords {
				return text
			}
			return "-"
		}
		for _, words := range []string{"title " + by(t.Title), "source " + by(t.Source)} {
			if twin, ok := open[work{t.Lead, words}]; ok && twin.Other.Kind == t.Kind {
				twin.Task = t
				all = append(all, twin)
				break
			}
		}
	}
	return all, nil
}

// NewTwins are Twins of the tasks that an amendment adds to a plan, restores, or gives to
// another unit to lead.
func (w WhatIf) NewTwins(ctx context.Context, planID string, changes plan.Changes) ([]Twin, error) {
	p := fresh(planID, changes)
	if len(p.Tasks) == 0 {
		return nil, nil
	}
	return w.Twins(ctx, p)
}

// NewGaps are Gaps of the tasks that an amendment adds to a plan, restores, or gives to another
// unit to lead.
func (w WhatIf) NewGaps(ctx context.Context, planID string, changes plan.Changes) ([]Gap, error) {
	return w.Gaps(ctx, fresh(planID, changes))
}

// fresh is a plan of the tasks alone that an amendment adds, restores, or gives to another unit
// to lead.
func fresh(planID string, changes plan.Changes) *plan.Plan {
	p := &plan.Plan{ID: planID}
	for _, c := range changes.Tasks {
		_, lead := c.Field(plan.FieldLead)
		if c.What == plan.Added && c.From == "" || c.What == plan.Restored || lead {
			p.Tasks = append(p.Tasks, *c.New)
		}
	}
	return p
}

// leastWords is how many characters a title or a source sentence must have for two tasks with
// the same one to count as the same work.
const leastWords = 5

func folded(s string) string { return strings.Join(strings.Fields(s), "") }

// Undecided is what of a plan still goes on, because of which its year cannot be ended.
type Undecided struct {
	Tasks  []ledger.Task   // open tasks, occurrences and duties, in the order of the plan
	Talks  []ledger.Talk   // talks about tasks that are over
	Likely map[string]Twin // the twin in a later plan as which it may go on
}

// Undecided tells what of a plan goes on.
func (w WhatIf) Undecided(ctx context.Context, planID string) (u Undecided, err error) {
	l, err := w.ledger.Plan(ctx, planID)
	if err != nil {
		return u, err
	}
	rows, err := w.ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	if err != nil {
		return u, err
	}
	open := map[string]bool{}
	for _, r := range rows {
		if r.Kind != plan.Standing && r.State == ledger.TaskOpen {
			u.Tasks, open[r.ID] = append(u.Tasks, r), true
		}
	}
	talks, err := w.ledger.Talks(ctx, planID, "")
	for _, k := range talks {
		if k.GoesOn() && k.Without(func(task string) bool { return !open[task] }) {
			u.Talks = append(u.Talks, k)
		}
	}
	if err != nil || len(u.Tasks) == 0 {
		return u, err
	}
	u.Likely = map[string]Twin{}
	plans, err := w.ledger.Plans(ctx)
	if err != nil {
		return u, err
	}
	for _, other := range plans {
		if other.ID == planID || other.Launched.Before(l.At) || !other.Ended.IsZero() {
			continue
		}
		next, err := w.ledger.Plan(ctx, other.ID)
		if err != nil {
			return u, err
		}
		twins, err := w.Twins(ctx, &next.Plan)
		if err != nil {
			return u, err
		}
		for _, twin := range twins {
			if twin.Other.Plan == planID {
				of := twin.Other.ID
				twin.Plan = cmp.Or(next.Plan.ID, twin.Plan)
				u.Likely[of] = twin
			}
		}
	}
	return u, nil
}
