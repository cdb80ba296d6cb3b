package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/whatif"
)

// AmendOptions say who amends a plan, by which document, and how its new tasks
// are armed.
type AmendOptions struct {
	Paper  string // number of the document that orders it
	Reason string // Paper when empty
	By     act.Actor
	// TakeBack are the tasks, by the ID of the ledger, whose granted extension the
	// amended limit takes back: of all others it stands.
	TakeBack []string
	// SamePaper tells that another amendment was rightly done by the same paper.
	SamePaper     bool
	LaunchOptions // its own By and Reason are not asked

	// within are the plans whose amendments wait for this one to be told to all.
	within []string
}

// launch are the options of what an amendment carries on from other plans.
func (o AmendOptions) launch() LaunchOptions {
	out := o.LaunchOptions
	out.By, out.Reason = o.By, cmp.Or(o.Reason, o.Paper)
	return out
}

// AmendReport counts what an amendment did.
type AmendReport struct {
	N         int          `json:"n"`       // the amendment's number; 0: the plan never was amended
	Resumed   bool         `json:"resumed"` // it was in the ledger already
	Paper     string       `json:"paper"`   // by which it was done
	Reason    string       `json:"reason"`
	Armed     int          `json:"armed"`     // new tasks started by this call
	Changed   int          `json:"changed"`   // running tasks told of a change by this call
	Cancelled int          `json:"cancelled"` // running tasks ended by this call
	Acts      int          `json:"acts"`      // acts done by this call, of both
	Left      []LeftUndone `json:"left"`      // by task, in the order of the plan; then of earlier amendments
	Ended     []string     `json:"ended"`     // tasks and duties that the change came too late for: they have ended
	Kept      []string     `json:"kept"`      // tasks whose granted extension stands, though the amended limit is earlier
	Changes   plan.Changes `json:"changes"`
	// Others are the plans in which units hand over because of this amendment.
	Others []AmendedToo `json:"others,omitempty"`
}

// AmendedToo is another plan of the office that was amended by the same order, because a
// unit that goes had something in it.
type AmendedToo struct {
	Plan  string       `json:"plan"`
	Title string       `json:"title"`
	N     int          `json:"n"`    // the number of the amendment there
	Left  []LeftUndone `json:"left"` // what refused it
}

// LeftUndone is a change that the running task refused: a person must look.
type LeftUndone = ledger.LeftUndone

// Amend makes a running plan what p says, as one named amendment: it is recorded
// first, then new tasks start, changed ones are told by an act each, removed ones
// are cancelled, the rest is not touched. Interrupted, it is finished by doing it
// again with the same files: nothing is started twice, and once it has been told
// to all, only what refused it is told again. It is the plan's office that
// amends: anybody else gets *RefusedError, before anything is written but that.
func (e *Engine) Amend(ctx context.Context, p *plan.Plan, cal *calendar.Calendar, opt AmendOptions) (AmendReport, error) {
	if opt.Watch != nil {
		e = e.Watched(opt.Watch)
	}
	l, err := e.ledger.Plan(ctx, p.ID)
	if err != nil {
		return AmendReport{}, err
	}
	if err := e.officeOnly(ctx, l, p.Hash, act.Amend, opt.By, opt.Paper, opt.Paper); err != nil {
		return AmendReport{}, err
	}
	last, err := e.ledger.LastAmendment(ctx, p.ID)
	if err != nil {
		return AmendReport{}, err
	}
	if e.whatIf().InForce(ctx, l, p) {
		return e.carry(ctx, l, last, true, opt)
	}
	if last.N > 0 && !last.Carried { // or what it changes would be forgotten
		if _, err := e.carry(ctx, l, last, true, opt); err != nil {
			return AmendReport{}, err
		}
	}
	if before, err := e.ledger.AmendedBy(ctx, p.ID, opt.Paper); err != nil {
		return AmendReport{}, err
	} else if before > 0 && !opt.SamePaper {
		return AmendReport{}, &whatif.AmendError{What: opt.Paper, Err: whatif.ErrSamePaper}
	}
	now, fresh, err := e.record(ctx, l, p, cal, opt)
	if err != nil {
		return AmendReport{}, err
	}
	if l, err = e.ledger.Plan(ctx, p.ID); err != nil {
		return AmendReport{}, err
	}
	return e.carry(ctx, l, now, !fresh, opt)
}

// officeOnly refuses whoever is not of the plan's office, and an act that does not
// say what it must. id tells one asking from another.
func (e *Engine) officeOnly(ctx context.Context, l ledger.Launched, id string, kind act.Kind, by act.Actor, reason, paper string) error {
	a := act.Act{ID: fmt.Sprintf("%s-%.12s-%s", kind, id, by.Account), Kind: kind, By: by, Reason: reason, Paper: paper}
	if err := e.stamp(&l, &a); err != nil {
		return err
	}
	d := l.Plan.Directory
	return e.answer(ctx, l, "", a, act.CheckOnPlan(d.Office, d.Leadership, a), nil)
}

// record keeps the amendment in the ledger, with the rows of what it adds.
func (e *Engine) record(ctx context.Context, l ledger.Launched, p *plan.Plan, cal *calendar.Calendar, opt AmendOptions) (ledger.Amended, bool, error) {
	merged, changes, err := e.whatIf().Amendment(ctx, l, p)
	if err == nil {
		err = e.checkCarrying(ctx, &merged, opt.launch())
	}
	if err != nil {
		return ledger.Amended{}, false, err
	}
	when := e.when(l.Clock)
	book, err := act.NewBook(&merged, cal)
	if err != nil {
		return ledger.Amended{}, false, err
	}
	var added []ledger.Task
	for _, c := range changes.Tasks {
		if c.What != plan.Added || c.New.Carries != "" { // what is carried on is begun by its own act
			continue
		}
		row := ledger.TaskOf(&merged, *c.New, when.Plan)
		row.Facts = book.Open(row.Facts).Case
		added = append(added, row)
	}
	if err := e.ordered(ctx, &merged, book, added); err != nil {
		return ledger.Amended{}, false, err
	}
	return e.ledger.Amend(ctx, ledger.Amendment{
		Plan: merged, Before: l.Plan.Hash, Paper: opt.Paper, Reason: cmp.Or(opt.Reason, opt.Paper), Actor: opt.By.Account, Added: added, Changes: changes, TakeBack: opt.TakeBack,
	}, when)
}

// carry starts what an amendment adds and tells every running task what has
// changed for it; one that was told to all before, only to those that refused it.
func (e *Engine) carry(ctx context.Context, l ledger.Launched, now ledger.Amended, resumed bool, opt AmendOptions) (AmendReport, error) {
	report := AmendReport{N: now.N, Resumed: resumed, Paper: now.Paper, Reason: now.Reason, Changes: now.Changes, Left: []LeftUndone{}, Ended: []string{}, Kept: []string{}}
	if err := e.reopen(ctx, l, now.Changes); err != nil {
		return report, err
	}
	var err error
	if _, err = e.carryAll(ctx, l, opt.launch()); err != nil {
		return report, err
	}
	if report.Armed, err = e.arm(ctx, l, len(now.Added), opt.LaunchOptions); err != nil || now.N == 0 {
		return report, err
	}
	return report, e.tellAll(ctx, l, now, opt, &report)
}

// tellAll tells every running task of an amendment and notes what is left of it.
func (e *Engine) tellAll(ctx context.Context, l ledger.Launched, now ledger.Amended, opt AmendOptions, report *AmendReport) error {
	teller := amending{engine: e, launched: l, amended: now, by: opt.By, report: report, covered: map[errand]bool{}}
	if err := teller.handOver(ctx); err != nil {
		return err
	}
	if err := teller.all(ctx); err != nil {
		return err
	}
	if err := teller.owed(ctx); err != nil {
		return err
	}
	slices.Sort(report.Ended)
	report.Ended = slices.Compact(report.Ended)
	slices.Sort(report.Kept)
	if err := e.succeed(ctx, l, now, opt, report); err != nil {
		return err
	}
	return e.ledger.Carry(ctx, l.Plan.ID, now.N, report.Left, opt.By.Account, e.when(l.Clock))
}

// payOwed tells the tasks that refused an amendment once more, by order of whoever
// amended the plan. It counts the acts done.
func (e *Engine) payOwed(ctx context.Context, l ledger.Launched) (int, error) {
	last, err := e.ledger.LastAmendment(ctx, l.Plan.ID)
	if err != nil || !last.Carried || len(last.Left) == 0 {
		return 0, err
	}
	report := AmendReport{Left: []LeftUndone{}}
	by := act.Actor{Account: last.Actor, Name: last.Actor, Unit: l.Plan.Directory.Office}
	return report.Acts, e.tellAll(ctx, l, last, AmendOptions{By: by}, &report)
}

// reopen makes the duties that have run their course open ones again where the
// amended plan has more to come of them.
func (e *Engine) reopen(ctx context.Context, l ledger.Launched, changes plan.Changes) error {
	for _, c := range changes.Tasks {
		if c.What != plan.Changed && c.What != plan.Restored || c.New.Kind != plan.Duty {
			continue
		}
		t, err := e.ledger.Task(ctx, l.Plan.ID, c.ID)
		if err != nil || t.State != ledger.Ended {
			if err != nil {
				return err
			}
			continue
		}
		more, err := e.fallsDue(ctx, l, t, t.Facts.OpenedUpTo())
		if err != nil || !more {
			if err != nil {
				return err
			}
			continue
		}
		if err := e.ledger.ReopenDuty(ctx, l.Plan.ID, c.ID, e.when(l.Clock)); err != nil {
			return err
		}
	}
	return nil
}

// amending tells running tasks of one amendment.
type amending struct {
	engine   *Engine
	launched ledger.Launched
	amended  ledger.Amended
	by       act.Actor

	mu      sync.Mutex
	report  *AmendReport
	covered map[errand]bool // what this amendment itself asks
}

// errand is one act on one task, occurrence or duty.
type errand struct {
	target string
	kind   act.Kind
}

// owed tells those that refused an earlier amendment what the plan is by now.
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

// all tells several tasks at once; what concerns one goes in order.
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

// one tells a task, or a duty and then its open occurrences: one that opens
// meanwhile takes from its duty what the duty has become.
func (m *amending) one(ctx context.Context, c plan.TaskChange) ([]LeftUndone, error) {
	left, err := m.tell(ctx, c, c.ID, false)
	if err != nil || c.Kind() != plan.Duty {
		return left, err
	}
	open, err := m.engine.occurrences(ctx, m.launched, c.ID)
	if err != nil {
		return left, err
	}
	if c.What == plan.Restored { // those that ended with it
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

// do does one act of the amendment, unless it was done before.
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

// errEnded: a change comes too late for a task or duty: it has ended as it was.
var errEnded = errors.New("engine: it has ended")

// once does an act unless it was done before or the task stands as wanted: nothing
// is written then. It fails with errEnded on one that has ended otherwise.
func (e *Engine) once(ctx context.Context, l ledger.Launched, task string, a act.Act) (done bool, refused *act.Refusal, err error) {
	t, err := e.ledger.Task(ctx, l.Plan.ID, task)
	if err != nil {
		return false, nil, err
	}
	there, err := e.ledger.ActRecorded(ctx, l.Plan.ID, task, a)
	if err != nil {
		return false, nil, err
	}
	if there { // by a call that was broken off, perhaps before the workflow had the answer
		return false, nil, e.look(ctx, workflowOf(t.Plan, t.ID, t.Kind))
	}
	// Acts of one second share an instant: whoever hears of many tasks gets one message.
	a.At = l.Clock.Plan(e.now()).Truncate(time.Second)
	if err := e.stamp(&l, &a); err != nil {
		return false, nil, err
	}
	if a.Kind == act.SetRule && !a.Due.After(a.On) {
		a.Due = calendar.Day{} // it holds from now on: what has passed under the old one is not asked for again
	}
	c := ledger.CaseOf(t)
	switch {
	case stands(c, a), c.Over() && (a.Kind == act.Cancel || a.Kind == act.EndDuty):
		return false, nil, nil
	case a.Kind == act.Reinstate && c.Over() && c.Check(a) == nil:
	case c.Over():
		return false, nil, errEnded
	}
	err = e.within(ctx, func(ctx context.Context) error { return e.put(ctx, l, t, a) })
	var said *RefusedError
	if errors.As(err, &said) {
		if now, err := e.ledger.Task(ctx, l.Plan.ID, task); err != nil || ledger.CaseOf(now).Over() {
			return false, nil, cmp.Or(err, errEnded) // meanwhile
		}
		return false, &said.Refusal, nil
	}
	return err == nil, nil, err
}

// unended drops errEnded: what has ended needs no change.
func unended(err error) error {
	if errors.Is(err, errEnded) {
		return nil
	}
	return err
}

// stands tells that a task is already what an act would make it, in whatever
// state it is.
func stands(c act.Case, a act.Act) bool {
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
	case act.Reinstate:
		return !c.Over()
	case act.TakeOver:
		return !c.Names(a.Ref)
	}
	return false
}

// endedWith are the occurrences of a duty that an amendment cancelled because it ended
// the duty.
func (e *Engine) endedWith(ctx context.Context, l ledger.Launched, duty string) (ids []string, err error) {
	tasks, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID, State: ledger.Cancelled, Duty: duty})
	for _, t := range tasks {
		if n := len(t.Facts.Known); n > 0 && act.OwnID(t.Facts.Known[n-1]) {
			ids = append(ids, t.ID)
		}
	}
	return ids, err
}

// occurrences are a duty's open ones.
func (e *Engine) occurrences(ctx context.Context, l ledger.Launched, duty string) ([]string, error) {
	tasks, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID, State: ledger.TaskOpen, Duty: duty})
	var ids []string
	for _, t := range tasks {
		ids = append(ids, t.ID)
	}
	return ids, err
}
