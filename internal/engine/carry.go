package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"duban/activities"
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

// carryAll lets go on in a plan what it carries on from others and has not yet. over are
// the plan's tasks whose work has ended in the other plan meanwhile: they are not begun.
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
			row := ledger.TaskOf(&l.Plan, t, l.At)
			row.State, row.ClosedAt = ledger.Carried, e.when(l.Clock).Plan
			row.Facts.State, row.Facts.From = act.Carried, &act.Elsewhere{Plan: c.Row.Plan, Task: c.Row.ID, On: l.Plan.Issued}
			return false, e.ledger.CarryNothing(ctx, row, opt.By.Account, e.when(l.Clock))
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

// lookAt tells the workflows of what is over in the old plan, which end, and lets the
// talks that go along go on in the plan l. Tasks are armed with the rest of it.
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
	was, err := activities.BookOf(ctx, e.ledger, c.From)
	if err != nil {
		return ledger.Carriage{}, err
	}
	is, err := activities.BookOf(ctx, e.ledger, l)
	if err != nil {
		return ledger.Carriage{}, err
	}
	carriage := ledger.Carriage{From: c.From.Plan.ID, To: l.Plan.ID, Act: a}
	channels, err := activities.OfficeChannels(ctx, e.ledger)
	if err != nil {
		return ledger.Carriage{}, err
	}
	move := moving{Engine: e, was: was, is: is, from: c.From, to: l, act: a, channels: channels, left: map[string]ledger.Talk{}, begun: map[string]ledger.Talk{}}
	if c.Row.Kind != plan.Duty {
		one, err := move.task(ctx, c.Row, c.Task)
		carriage.Tasks = append(carriage.Tasks, one)
		return carriage, err
	}
	carriage.Tasks = append(carriage.Tasks, move.duty(c.Row, c.Task))
	open, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: c.From.Plan.ID, State: ledger.TaskOpen, Duty: c.Row.ID})
	for _, o := range open {
		one, err := move.occurrence(ctx, o, c.Task)
		if err != nil {
			return carriage, err
		}
		carriage.Tasks = append(carriage.Tasks, one)
	}
	return carriage, err
}

// mayCarry refuses whoever is not of the office of the plan whose task is carried.
func (e *Engine) mayCarry(ctx context.Context, l ledger.Launched, task string, a act.Act) error {
	if r := e.accounts.Credible(l.Clock, a, e.now()); r != nil {
		return e.answer(ctx, l, task, a, r, nil)
	}
	return e.answer(ctx, l, task, a, act.CheckOnPlan(l.Plan.Directory.Office, l.Plan.Directory.Leadership, a), nil)
}

// moving works out what goes from one plan into another.
type moving struct {
	*Engine
	was, is  act.Book
	from, to ledger.Launched
	act      act.Act
	channels []string

	left  map[string]ledger.Talk // by ID: talks of the old plan as this carriage leaves them
	begun map[string]ledger.Talk // by the ID of the old plan's: as which they go on in the new one
}

func (m moving) elsewhere(from, to string) (into, out act.Elsewhere) {
	return act.Elsewhere{Plan: m.to.Plan.ID, Task: to, On: m.act.On}, act.Elsewhere{Plan: m.from.Plan.ID, Task: from, On: m.act.On}
}

// task is a dated task, or an occurrence, that goes on as t.
func (m moving) task(ctx context.Context, row ledger.Task, t plan.Task) (ledger.CarriedTask, error) {
	own, err := m.ledger.Talks(ctx, row.Plan, row.ID)
	if err != nil {
		return ledger.CarriedTask{}, err
	}
	before := ledger.CaseOf(row)
	into, from := m.elsewhere(row.ID, t.ID)
	from.Talks = row.Facts.TalksBefore()
	for _, k := range own {
		from.Talks = max(from.Talks, k.Number)
	}
	facts := m.is.CarryIn(before, &m.to.Plan, t, m.act, from)
	out := ledger.CarriedTask{Task: row.ID, Version: row.Version, Facts: m.was.CarryOut(before, m.act, into), Into: m.row(row, t, facts)}
	for _, k := range own {
		if err := m.talk(ctx, &out, row, k, facts, t); err != nil {
			return out, err
		}
	}
	return out, nil
}

// talk adds a talk that goes along with a task. What it has joined goes along about this
// task: as a talk of its own, or as part of the one that the same talk goes on as already.
func (m moving) talk(ctx context.Context, out *ledger.CarriedTask, row ledger.Task, own ledger.Talk, facts act.Case, t plan.Task) error {
	k := own
	for k.Host != "" {
		host, err := m.ledger.Talk(ctx, k.Plan, k.Host)
		if err != nil {
			return err
		}
		k = host
	}
	if now, went := m.left[k.ID]; went { // with another occurrence of the same duty
		k = now
	}
	if !k.GoesOn() || !k.About(row.ID) || slices.ContainsFunc(out.Talks, func(c ledger.CarriedTalk) bool { return c.Talk.ID == k.ID }) {
		return nil
	}
	along := ledger.CarriedTalk{Talk: k, Number: own.Number}
	along.Out, along.In = m.is.CarryTalk(ledger.TalkCaseOf(&m.from.Plan, row, k), row.ID, facts, t.ID, m.act)
	along.In.Number, along.In.Policy, along.In.From = own.Number, act.TalkPolicy(&m.to.Plan, t.Policy), k.Plan+"/"+k.ID
	host, goesOn := m.begun[k.ID]
	if !goesOn {
		there, err := m.ledger.Talks(ctx, m.to.Plan.ID, "")
		if err != nil {
			return err
		}
		i := slices.IndexFunc(there, func(t ledger.Talk) bool { return t.GoesOnFrom(along.In.From) })
		if goesOn = i >= 0; goesOn {
			host = there[i]
		}
	}
	is := ledger.Talk{ID: ledger.CarriedTalkID(t.ID, along), Plan: m.to.Plan.ID, State: string(along.In.State), Facts: &along.In, Version: 2}
	if goesOn {
		whole, was := m.is.Along(*host.Facts, along.In, m.act), host
		along.Host, along.Whole = &was, &whole
		along.In.State, along.In.Into = act.TalkJoined, host.ID
		is = host
		is.Facts, is.Version = &whole, host.Version+1
	}
	if k.Facts != nil {
		left := along.Out
		m.begun[k.ID] = is
		k.State, k.Facts, k.Version = string(left.State), &left, k.Version+1
		m.left[k.ID] = k
	}
	out.Talks = append(out.Talks, along)
	return nil
}

// occurrence is an open occurrence of a duty that goes on as one of t.
func (m moving) occurrence(ctx context.Context, row ledger.Task, duty plan.Task) (ledger.CarriedTask, error) {
	t := act.OccurrenceOf(duty, plan.Occurrence{Task: duty.ID + "." + row.Period, Due: row.Due})
	t.Title, t.Carries = row.Title, ""
	one, err := m.task(ctx, row, t)
	one.Into.Duty, one.Into.Period = duty.ID, row.Period
	return one, err
}

func (m moving) duty(row ledger.Task, t plan.Task) ledger.CarriedTask {
	before := ledger.CaseOf(row)
	var rule plan.Recurrence
	if row.Facts.Rule != nil {
		rule = *row.Facts.Rule
	}
	for _, planned := range m.from.Plan.Tasks {
		if planned.ID == row.ID && planned.Recur != nil {
			rule = *act.AsRuled(planned, row.Facts).Recur
		}
	}
	into, from := m.elsewhere(row.ID, t.ID)
	facts := m.is.CarryDuty(before, rule, &m.to.Plan, t, m.act, from)
	return ledger.CarriedTask{Task: row.ID, Version: row.Version, Facts: m.was.CarryOut(before, m.act, into), Into: m.row(row, t, facts)}
}

// row is the task's row in its new plan.
func (m moving) row(was ledger.Task, t plan.Task, facts act.Case) ledger.Task {
	row := ledger.TaskOf(&m.to.Plan, t, facts.Assigned)
	row.Facts, row.Title, row.Lead, row.Assist, row.Policy = facts, facts.Title, facts.Lead, facts.Assist, facts.Policy
	row.Due, row.FirstDue, row.Revision, row.Light, row.LastStage = facts.Due, facts.FirstDue, facts.Revision, was.Light, was.LastStage
	if s := m.is.OrderAt(facts, m.act.At); s != nil {
		row.Order = orderOf(&m.to.Plan, m.is, row, *s, m.channels)
	}
	return row
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
