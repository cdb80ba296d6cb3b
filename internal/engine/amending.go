package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// amending sends the acts of one amendment to the running tasks, duties and talks.
type amending struct {
	engine   *Engine
	launched ledger.Launched
	amended  ledger.Amended
	by       act.Actor

	mu      sync.Mutex
	report  *AmendReport
	covered map[errand]bool // the acts that this amendment itself asks for, as against those left from earlier ones
}

// errand is one act on one task, occurrence or duty.
type errand struct {
	target string
	kind   act.Kind
}

// owed sends again what tasks refused of earlier amendments, adapted to what the plan
// says by now (act.StillOwed), except for acts that this amendment asks for itself.
func (m *amending) owed(ctx context.Context) error {
	debts := m.amended.Owed
	if m.amended.Carried {
		debts = m.amended.Left
	}
	for _, d := range debts {
		if m.covered[errand{d.Task, d.Kind}] {
			continue
		}
		t, err := m.engine.ledger.Task(ctx, m.launched.Plan.ID, d.Task)
		if err != nil {
			return err
		}
		occurrence := t.Duty != ""
		i := slices.IndexFunc(m.launched.Plan.Tasks, func(p plan.Task) bool { return p.ID == cmp.Or(t.Duty, t.ID) })
		var planned *plan.Task
		if i >= 0 {
			planned = &m.launched.Plan.Tasks[i]
		}
		a, ok := act.StillOwed(d.Kind, t.Kind, planned, occurrence)
		if !ok || m.covered[errand{d.Task, a.Kind}] {
			continue
		}
		m.covered[errand{d.Task, a.Kind}] = true
		refused, _, err := m.do(ctx, d.Task, a)
		if err != nil {
			return err
		}
		m.report.Left = append(m.report.Left, refused...)
	}
	return nil
}

// all sends the amendment's acts to the tasks that it changes, to several tasks at once;
// the acts on one task are sent in order.
func (m *amending) all(ctx context.Context) error {
	var told []plan.TaskChange
	for _, c := range m.amended.Changes.Tasks {
		if c.What != plan.Added && c.Kind() != plan.Standing {
			told = append(told, c)
		}
	}
	left := make([][]LeftUndone, len(told))
	_, err := m.engine.each(ctx, len(told), func(ctx context.Context, i int) (done bool, err error) {
		left[i], err = m.one(ctx, told[i])
		return true, err
	})
	m.report.Left = append(m.report.Left, slices.Concat(left...)...)
	return err
}

// one sends the acts of one change to a task, or to a duty and then to its open
// occurrences. The duty comes first, so that an occurrence which opens meanwhile already
// opens by the changed duty.
func (m *amending) one(ctx context.Context, c plan.TaskChange) ([]LeftUndone, error) {
	left, err := m.tell(ctx, c, c.ID, false)
	if err != nil || c.Kind() != plan.Duty {
		return left, err
	}
	open, err := m.engine.occurrences(ctx, m.launched, c.ID)
	if err != nil {
		return left, err
	}
	if c.What == plan.Restored { // the occurrences that were cancelled with the duty go on too
		ended, err := m.engine.endedWith(ctx, m.launched, c.ID)
		if err != nil {
			return left, err
		}
		open = append(open, ended...)
	}
	for _, id := range open {
		more, err := m.tell(ctx, c, id, true)
		left = append(left, more...)
		if err != nil {
			return left, err
		}
	}
	return left, nil
}

// tell does the acts of one change on one task, occurrence or duty.
func (m *amending) tell(ctx context.Context, c plan.TaskChange, target string, occurrence bool) (left []LeftUndone, err error) {
	told := false
	for _, a := range act.ActsOf(c, occurrence) {
		m.cover(target, a.Kind)
		if m.amended.Carried && !slices.ContainsFunc(m.amended.Left, func(l LeftUndone) bool { return l.Task == target && l.Kind == a.Kind }) {
			continue
		}
		refused, done, err := m.do(ctx, target, a)
		left = append(left, refused...)
		if err != nil {
			return left, err
		}
		if told = told || done; a.Kind == act.Reinstate {
			if err := m.handOverOf(ctx, target); err != nil {
				return left, err
			}
		}
	}
	if told && c.What == plan.Changed {
		m.mu.Lock()
		m.report.Changed++
		m.mu.Unlock()
	}
	return left, nil
}

// do does one act of the amendment, unless it was done before. A date that is earlier
// than a granted extension is left out of the act unless TakeBack names the task.
func (m *amending) do(ctx context.Context, target string, a act.Act) (left []LeftUndone, done bool, err error) {
	if a.Kind == act.Correct && !slices.Contains(m.amended.TakeBack, target) {
		t, err := m.engine.ledger.Task(ctx, m.launched.Plan.ID, target)
		if err != nil {
			return nil, false, err
		}
		kept, left := t.Facts.Kept(a)
		if kept.Due != a.Due {
			m.mu.Lock()
			m.report.Kept = append(m.report.Kept, target)
			m.mu.Unlock()
		}
		if !left {
			return nil, false, nil
		}
		a = kept
	}
	a.ID = cmp.Or(a.ID, act.AmendID(m.amended.N, a.Kind))
	a.By, a.Reason, a.Paper = m.by, m.amended.Reason, m.amended.Paper
	done, refused, err := m.engine.once(ctx, m.launched, target, a)
	switch {
	case errors.Is(err, errEnded):
		m.mu.Lock()
		m.report.Ended = append(m.report.Ended, target)
		m.mu.Unlock()
		return nil, false, nil
	case err != nil:
		return nil, false, err
	case refused != nil:
		return []LeftUndone{{Task: target, Kind: a.Kind, Refused: *refused}}, false, nil
	case done:
		m.count(a.Kind)
	}
	return nil, done, nil
}

func (m *amending) count(k act.Kind) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.report.Acts++
	if k == act.Cancel || k == act.EndDuty {
		m.report.Cancelled++
	}
}

// errEnded is what once gives when a task or duty has ended before the change reached it.
var errEnded = errors.New("engine: it has ended")

// once does an act on a task or duty. It writes nothing, and gives done false, when the
// act was done before or the task already is as the act would make it. When the task has
// ended in another way it fails with errEnded.
func (e *Engine) once(ctx context.Context, l ledger.Launched, task string, a act.Act) (done bool, refused *act.Refusal, err error) {
	t, err := e.ledger.Task(ctx, l.Plan.ID, task)
	if err != nil {
		return false, nil, err
	}
	there, err := e.ledger.ActRecorded(ctx, l.Plan.ID, task, a)
	if err != nil {
		return false, nil, err
	}
	if there { // the act was recorded by an interrupted call, perhaps before the workflow had the activity's answer
		return false, nil, e.look(ctx, workflowOf(t.Plan, t.ID, t.Kind))
	}
	// The instant is cut to the second: acts of one instant are told in one message, so a
	// reader of many tasks is not sent one message for each.
	a.At = l.Clock.Plan(e.now()).Truncate(time.Second)
	if err := e.stamp(&l, &a); err != nil {
		return false, nil, err
	}
	if a.Kind == act.SetRule && !a.Due.After(a.On) {
		a.Due = calendar.Day{} // the new rhythm counts from now on: periods that have passed under the old one are not opened again
	}
	c := ledger.CaseOf(t)
	switch {
	case alreadySo(c, a), c.Over() && (a.Kind == act.Cancel || a.Kind == act.EndDuty):
		return false, nil, nil
	case a.Kind == act.Reinstate && c.Over() && c.Check(a) == nil:
	case c.Over():
		return false, nil, errEnded
	}
	err = e.within(ctx, func(ctx context.Context) error { return e.put(ctx, l, t, a) })
	var said *RefusedError
	if errors.As(err, &said) {
		if now, err := e.ledger.Task(ctx, l.Plan.ID, task); err != nil || ledger.CaseOf(now).Over() {
			return false, nil, cmp.Or(err, errEnded) // the task has ended while it was asked
		}
		return false, &said.Refusal, nil
	}
	return err == nil, nil, err
}

// unended turns errEnded into nil: a task that has ended needs no change.
func unended(err error) error {
	if errors.Is(err, errEnded) {
		return nil
	}
	return err
}

// alreadySo tells that a task is already what an act would make it, in whatever
// state it is.
func alreadySo(c act.Case, a act.Act) bool {
	switch a.Kind {
	case act.Reword:
		return c.Title == a.Title
	case act.Reassign:
		return c.Lead == a.Unit
	case act.Assist:
		return slices.Equal(slices.Sorted(slices.Values(c.Assist)), slices.Sorted(slices.Values(a.Units)))
	case act.Correct:
		return (a.Due.IsZero() || c.Due == a.Due) && c.BeginBy(a) == c.Begin
	case act.SetPolicy:
		return c.Policy == a.Policy
	case act.SetRule:
		return c.HasRule(a)
	case act.Reinstate:
		return !c.Over()
	case act.TakeOver:
		return !c.Names(a.Ref)
	}
	return false
}

// endedWith gives the IDs of a duty's occurrences that were cancelled by the engine's own
// act, as an amendment does when it ends the duty.
func (e *Engine) endedWith(ctx context.Context, l ledger.Launched, duty string) (ids []string, err error) {
	tasks, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID, State: ledger.TaskCancelled, Duty: duty})
	for _, t := range tasks {
		if n := len(t.Facts.Known); n > 0 && act.OwnID(t.Facts.Known[n-1]) {
			ids = append(ids, t.ID)
		}
	}
	return ids, err
}

// occurrences gives the IDs of a duty's open occurrences.
func (e *Engine) occurrences(ctx context.Context, l ledger.Launched, duty string) ([]string, error) {
	tasks, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID, State: ledger.TaskOpen, Duty: duty})
	var ids []string
	for _, t := range tasks {
		ids = append(ids, t.ID)
	}
	return ids, err
}
