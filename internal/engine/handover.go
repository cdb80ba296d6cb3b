package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// mostLooks is how often at most a hand-over looks for what a unit still has.
const mostLooks = 20

// handOver passes the running tasks and talks of units that are dissolved or get another
// ID to the units that take over (plan.Handover).
func (m *amending) handOver(ctx context.Context) error {
	// An amendment that has been told to all has something to pass on only where a
	// hand-over was refused.
	if m.amended.Carried && !slices.ContainsFunc(m.amended.Left, func(l LeftUndone) bool { return l.Kind == act.TakeOver || l.Kind == act.Assist }) {
		return nil
	}
	for _, h := range m.amended.Changes.Handovers {
		before := len(m.report.Left)
		for looks := 1; ; looks++ { // occurrences and talks that are opened meanwhile are passed on too
			m.report.Left = m.report.Left[:before]
			passed, err := m.passAll(ctx, h)
			if err != nil {
				return err
			}
			if passed == 0 {
				break
			}
			if looks == mostLooks { // the amendment stays unfinished, and goes on when it is resumed
				return fmt.Errorf("engine: unit %s still has tasks or talks after %d looks", h.Unit, looks)
			}
		}
	}
	return nil
}

// passAll passes on the talks and then the tasks of one unit, and gives how many it passed
// on. A talk is passed on before its task, or for a moment the talk would be about a task of
// another unit. The tasks are read before the talks: where no task is the unit's any more, no
// talk with it can be opened after the talks were read.
func (m *amending) passAll(ctx context.Context, h plan.Handover) (int, error) {
	tasks, err := m.engine.ledger.Tasks(ctx, ledger.TaskFilter{Plan: m.launched.Plan.ID})
	if err != nil {
		return 0, err
	}
	talks, err := m.engine.ledger.Talks(ctx, m.launched.Plan.ID, "")
	if err != nil {
		return 0, err
	}
	ends, of := map[string]bool{}, map[string]string{}
	for _, c := range m.amended.Changes.Tasks {
		ends[c.ID] = c.What == plan.Removed
	}
	for _, t := range tasks {
		of[t.ID] = t.Duty
	}
	talks = slices.DeleteFunc(talks, func(k ledger.Talk) bool {
		return k.Without(func(task string) bool { return ends[task] || ends[of[task]] })
	})
	tasks = slices.DeleteFunc(tasks, func(t ledger.Task) bool { return t.State != ledger.TaskOpen || ends[t.ID] || ends[t.Duty] })
	passed, err := m.engine.each(ctx, len(talks), func(ctx context.Context, i int) (bool, error) { return m.passTalk(ctx, h, talks[i]) })
	if err != nil {
		return passed, err
	}
	too, err := m.engine.each(ctx, len(tasks), func(ctx context.Context, i int) (bool, error) { return m.passTask(ctx, h, tasks[i].ID) })
	return passed + too, err
}

// handOverOf passes on one task, which was reinstated, and its talks, like handOver.
func (m *amending) handOverOf(ctx context.Context, task string) error {
	for _, h := range m.amended.Changes.Handovers {
		talks, err := m.engine.ledger.TalksAbout(ctx, m.launched.Plan.ID, task)
		if err != nil {
			return err
		}
		for _, k := range talks {
			if _, err := m.passTalk(ctx, h, k); err != nil {
				return err
			}
		}
		if _, err := m.passTask(ctx, h, task); err != nil {
			return err
		}
	}
	return nil
}

// passTalk passes on one talk of the unit h. done is false where it is not the unit's, has
// ended, or refused.
func (m *amending) passTalk(ctx context.Context, h plan.Handover, k ledger.Talk) (done bool, err error) {
	m.cover(k.Task, act.TakeOver)
	if !k.GoesOn() || k.Lead != h.Unit {
		return false, nil
	}
	a := act.Act{ID: act.TakeOverID(m.amended.N, h.Unit), Kind: act.TakeOver, By: m.by, Reason: m.amended.Reason, Paper: m.amended.Paper, Ref: h.Unit, Unit: h.To}
	a.At = m.launched.Clock.Plan(m.engine.now()).Truncate(time.Second) // cut to the second for the reason given in once
	err = m.engine.ActOnTalk(ctx, k.Plan, k.ID, a)
	var said *RefusedError
	if !errors.As(err, &said) {
		if err == nil {
			m.count(act.TakeOver)
		}
		return err == nil, err
	}
	now, err := m.engine.ledger.Talk(ctx, k.Plan, k.ID)
	if err == nil && now.GoesOn() && now.Lead == h.Unit {
		m.mu.Lock()
		m.report.Left = append(m.report.Left, LeftUndone{Task: k.Task, Kind: act.TakeOver, Refused: said.Refusal})
		m.mu.Unlock()
	}
	return false, err // nil: the talk has ended, or has been passed on, meanwhile
}

// passTask passes on what the unit h has in one task. done is false where it has nothing in
// it, the task has ended, or refused.
func (m *amending) passTask(ctx context.Context, h plan.Handover, id string) (done bool, err error) {
	t, err := m.engine.ledger.Task(ctx, m.launched.Plan.ID, id)
	if err != nil {
		return false, err
	}
	c := ledger.CaseOf(t)
	m.cover(id, act.TakeOver)
	if c.Kind == plan.Standing || c.Over() || !c.Names(h.Unit) || c.Lead == h.Unit && m.givenElsewhere(t, h) {
		return false, nil
	}
	a := act.Act{ID: act.TakeOverID(m.amended.N, h.Unit), Kind: act.TakeOver, Ref: h.Unit, Unit: h.To}
	if h.To == "" {
		a = act.Act{ID: act.DropID(m.amended.N, h.Unit), Kind: act.Assist, Units: slices.DeleteFunc(slices.Clone(c.Assist), func(u string) bool { return u == h.Unit })}
	}
	refused, done, err := m.do(ctx, id, a)
	m.mu.Lock()
	m.report.Left = append(m.report.Left, refused...)
	m.mu.Unlock()
	return done, err
}

// cover notes that this amendment itself asks for an act on a task, or on a talk about it.
func (m *amending) cover(target string, k act.Kind) {
	m.mu.Lock()
	m.covered[errand{target, k}] = true
	m.mu.Unlock()
}

// givenElsewhere tells whether the amendment gives a task of the unit that hands over to
// another unit than h.To: then the amendment's change of lead applies, and not the hand-over.
func (m *amending) givenElsewhere(t ledger.Task, h plan.Handover) bool {
	for _, c := range m.amended.Changes.Tasks {
		if c.ID == t.ID || c.ID == t.Duty {
			f, moves := c.Field(plan.FieldLead)
			return moves && f.New != h.To || c.What == plan.Restored && c.New.Lead != h.To
		}
	}
	return false
}
