package docket

import (
	"context"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Carriage works out what the ledger is to write when the act a carries a task, or a duty with
// its open occurrences, from the plan from into the plan to, where it goes on as t.
func (d Docket) Carriage(ctx context.Context, from, to ledger.Launched, row ledger.Task, t plan.Task, a act.Act) (c ledger.Carriage, err error) {
	m := moving{Docket: d, is: opening{plan: &to.Plan}, from: from, to: to, act: a, left: map[string]ledger.Talk{}, begun: map[string]ledger.Talk{}}
	if m.was, err = d.Ledger.Rules(ctx, from); err != nil {
		return c, err
	}
	if m.is.rules, err = d.Ledger.Rules(ctx, to); err != nil {
		return c, err
	}
	if m.is.channels, err = d.Channels(ctx); err != nil {
		return c, err
	}
	c = ledger.Carriage{From: from.Plan.ID, To: to.Plan.ID, Act: a}
	if row.Kind != plan.Duty {
		one, err := m.task(ctx, row, t)
		c.Tasks = append(c.Tasks, one)
		return c, err
	}
	c.Tasks = append(c.Tasks, m.duty(row, t))
	open, err := d.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: from.Plan.ID, State: ledger.TaskOpen, Duty: row.ID})
	for _, o := range open {
		one, err := m.occurrence(ctx, o, t)
		if err != nil {
			return c, err
		}
		c.Tasks = append(c.Tasks, one)
	}
	return c, err
}

// CarryNothing writes the row of a task of l that was to go on from a row of another plan, which
// ended there before it could be carried: the new task is over from the start.
func (d Docket) CarryNothing(ctx context.Context, l ledger.Launched, t plan.Task, from ledger.Task, actor string) error {
	when := d.when(l.Clock)
	facts := act.NewCase(&l.Plan, t, l.At)
	facts.State, facts.From = act.Carried, &act.Elsewhere{Plan: from.Plan, Task: from.ID, On: l.Plan.Issued}
	row := opening{plan: &l.Plan}.row(t, facts, time.Time{}, carriedFrom(from))
	row.State, row.ClosedAt = ledger.TaskCarried, when.Plan
	return d.Ledger.CarryNothing(ctx, row, actor, when)
}

// carriedFrom is the origin of what goes on from a row of another plan.
func carriedFrom(was ledger.Task) act.Origin {
	return act.Origin{Kind: act.OriginCarried, Of: was.Plan + "/" + was.ID}
}

// moving works out what one carriage takes from one plan into another.
type moving struct {
	Docket
	was      act.Rules
	is       opening
	from, to ledger.Launched
	act      act.Act

	left  map[string]ledger.Talk // by ID: talks of the old plan, as they are there after this carriage
	begun map[string]ledger.Talk // by the ID of the talk in the old plan: the talk as which it goes on in the new one
}

func (m moving) elsewhere(from, to string) (into, out act.Elsewhere) {
	return act.Elsewhere{Plan: m.to.Plan.ID, Task: to, On: m.act.On}, act.Elsewhere{Plan: m.from.Plan.ID, Task: from, On: m.act.On}
}

// task is a dated task, or an occurrence, that goes on as t.
func (m moving) task(ctx context.Context, row ledger.Task, t plan.Task) (ledger.CarriedTask, error) {
	own, err := m.Ledger.Talks(ctx, row.Plan, row.ID)
	if err != nil {
		return ledger.CarriedTask{}, err
	}
	before := ledger.CaseOf(row)
	into, from := m.elsewhere(row.ID, t.ID)
	from.Talks = row.Facts.TalksBefore()
	for _, k := range own {
		from.Talks = max(from.Talks, k.Number)
	}
	facts := m.is.rules.CarryIn(before, &m.to.Plan, t, m.act, from)
	out := ledger.CarriedTask{Task: row.ID, Version: row.Version, Facts: m.was.CarryOut(before, m.act, into), Into: m.row(row, t, facts)}
	for _, k := range own {
		if err := m.talk(ctx, &out, row, k, facts, t); err != nil {
			return out, err
		}
	}
	return out, nil
}

// talk adds the talk own, or the talk that own has joined, to what goes along with a task. In
// the new plan it is about this task: as a talk of its own, or as part of the talk there as
// which the same old talk goes on already.
func (m moving) talk(ctx context.Context, out *ledger.CarriedTask, row ledger.Task, own ledger.Talk, facts act.Case, t plan.Task) error {
	k := own
	for k.Host != "" {
		host, err := m.Ledger.Talk(ctx, k.Plan, k.Host)
		if err != nil {
			return err
		}
		k = host
	}
	if now, went := m.left[k.ID]; went { // an earlier occurrence of the same duty has taken its part of the talk along
		k = now
	}
	if !k.GoesOn() || !k.About(row.ID) || slices.ContainsFunc(out.Talks, func(c ledger.CarriedTalk) bool { return c.Talk.ID == k.ID }) {
		return nil
	}
	along := ledger.CarriedTalk{Talk: k, Number: own.Number}
	along.Out, along.In = m.is.rules.CarryTalk(ledger.TalkCaseOf(&m.from.Plan, row, k), row.ID, facts, t.ID, m.act)
	along.In.Number, along.In.Policy, along.In.From = own.Number, act.TalkPolicy(&m.to.Plan, t.Policy), k.Plan+"/"+k.ID
	host, goesOn := m.begun[k.ID]
	if !goesOn {
		there, err := m.Ledger.Talks(ctx, m.to.Plan.ID, "")
		if err != nil {
			return err
		}
		i := slices.IndexFunc(there, func(t ledger.Talk) bool { return t.GoesOnFrom(along.In.From) })
		if goesOn = i >= 0; goesOn {
			host = there[i]
		}
	}
	is := ledger.Talk{ID: ledger.CarriedTalkID(t.ID, along), Plan: m.to.Plan.ID, State: along.In.State, Facts: &along.In, Version: 2}
	if goesOn {
		whole, was := m.is.rules.Along(*host.Facts, along.In, m.act), host
		along.Host, along.Whole = &was, &whole
		along.In.State, along.In.Into = act.TalkJoined, host.ID
		is = host
		is.Facts, is.Version = &whole, host.Version+1
	}
	if k.Facts != nil {
		left := along.Out
		m.begun[k.ID] = is
		k.State, k.Facts, k.Version = left.State, &left, k.Version+1
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
	facts := m.is.rules.CarryDuty(before, rule, &m.to.Plan, t, m.act, from)
	return ledger.CarriedTask{Task: row.ID, Version: row.Version, Facts: m.was.CarryOut(before, m.act, into), Into: m.row(row, t, facts)}
}

// row is the task's row in its new plan.
func (m moving) row(was ledger.Task, t plan.Task, facts act.Case) ledger.Task {
	row := m.is.row(t, facts, m.act.At, carriedFrom(was))
	row.FirstDue, row.Light, row.LastStage = was.FirstDue, was.Light, was.LastStage
	return row
}
