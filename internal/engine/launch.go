package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// AuditGrace is how late, on the plan's clock, a stage may be before the audit reports it,
// where no LaunchOptions.Grace is given.
const AuditGrace = 20 * time.Minute

// LaunchOptions say how a plan is launched.
type LaunchOptions struct {
	At      time.Time      // plan instant of the assignment
	Clock   calendar.Clock // zero: the wall clock
	Grace   time.Duration  // how late, on the plan's clock, a stage may be before the audit reports it
	ArmWait time.Duration  // how long one task may take to be armed; 30 s when zero
	By      act.Actor      // who orders that tasks of another plan are carried on; needed for these alone
	Reason  string         // why tasks of another plan are carried on; the plan's title when empty
	// Watch is called with the launch's progress, as by Watched; may be nil.
	Watch func(done, total int)
}

// LaunchReport counts what a launch did.
type LaunchReport struct {
	Tasks    int  // tasks and duties of the plan that must be armed, by this call or an earlier one
	Armed    int  // armed by this call
	Resumed  bool // the plan was in the ledger already
	Standing int
	// Differs is where the files differ from the plan in the ledger, which was followed; nil when they mean the same.
	// A policy differs only when it has other content under the same version.
	Differs *plan.Changes
	// Seats are the changes that the plan's files made to units that the ledger had before; they are in force for every plan.
	Seats []plan.SeatChange
	Over  []string // IDs of tasks to be carried on from another plan that had ended there, and are not begun
}

// UnarmedError names the tasks and duties for which no workflow is known to have set its
// timer: nothing would be said of their deadlines.
type UnarmedError struct {
	Tasks []string
	First error // why the first was not armed
}

func (e *UnarmedError) Error() string {
	return fmt.Sprintf("%d deadlines not armed (%s): %v", len(e.Tasks), strings.Join(e.Tasks[:min(5, len(e.Tasks))], ", "), e.First)
}

func (e *UnarmedError) Unwrap() error { return e.First }

// Launch puts a plan under supervision: it writes the plan to the ledger in one
// transaction, then starts a workflow for every task and duty that is not known to be
// armed. When a plan of this ID was launched before, Launch finishes that launch by the
// plan in the ledger, whatever the files say by now: nothing is started twice, what an
// interruption left is done, and LaunchReport.Differs says where the files differ. It
// fails with *UnarmedError when even one task could not be armed, and with ErrWhoCarries
// or *RefusedError when tasks of another plan may not be carried on.
func (e *Engine) Launch(ctx context.Context, p *plan.Plan, cal *calendar.Calendar, opt LaunchOptions) (LaunchReport, error) {
	if opt.Watch != nil {
		e = e.Watched(opt.Watch)
	}
	when := e.when(opt.Clock)
	for _, y := range cal.Years() {
		if _, err := e.ledger.BringCalendar(ctx, y, when); err != nil {
			return LaunchReport{}, err
		}
	}
	if _, err := e.MoveCalendar(ctx, ledger.Engine); err != nil {
		return LaunchReport{}, err
	}
	l, err := e.ledger.Plan(ctx, p.ID)
	if errors.Is(err, ledger.ErrNotFound) {
		if err := e.checkCarrying(ctx, p, opt); err != nil {
			return LaunchReport{}, err
		}
		if err := e.whatIf().Given(ctx, p.Tasks, nil); err != nil {
			return LaunchReport{}, err
		}
		l = ledger.Launched{Plan: *p, Clock: opt.Clock, At: opt.At.UTC(), Grace: opt.Grace}
		rows, err := e.docket().Rows(ctx, p, cal, p.Tasks, l.At)
		if err != nil {
			return LaunchReport{}, err
		}
		before, err := e.ledger.Units(ctx)
		if err != nil {
			return LaunchReport{}, err
		}
		added, err := e.ledger.AddPlan(ctx, l, rows, when)
		if err != nil {
			return LaunchReport{}, err
		}
		if l, err = e.ledger.Plan(ctx, p.ID); err != nil {
			return LaunchReport{}, err
		}
		if added {
			report, err := e.supervise(ctx, l, opt)
			report.Seats = reseated(before, l.Plan.Directory.Units)
			return report, err
		} // not added: another launch of the plan was first
	} else if err != nil {
		return LaunchReport{}, err
	}
	differs, err := e.whatIf().Differing(ctx, l, p)
	if err != nil {
		return LaunchReport{}, err
	}
	report, err := e.supervise(ctx, l, opt)
	report.Resumed, report.Differs = true, differs
	return report, err
}

// Finish does what an earlier launch of a plan has left undone, by the plan in the
// ledger: it needs no files. It fails with ledger.ErrNotFound when there is no such plan.
func (e *Engine) Finish(ctx context.Context, planID string, opt LaunchOptions) (LaunchReport, error) {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return LaunchReport{}, err
	}
	report, err := e.supervise(ctx, l, opt)
	report.Resumed = true
	return report, err
}

// supervise carries over the tasks that the plan takes from other plans and starts the
// workflows of the plan that are not running yet, by the clock of the first launch.
func (e *Engine) supervise(ctx context.Context, l ledger.Launched, opt LaunchOptions) (report LaunchReport, err error) {
	for _, t := range l.Plan.Tasks {
		if t.Kind == plan.Standing {
			report.Standing++
		} else {
			report.Tasks++
		}
	}
	if report.Over, err = e.carryAll(ctx, l, opt); err != nil {
		return report, err
	}
	report.Armed, err = e.arm(ctx, l, report.Tasks, false, opt)
	return report, err
}

// reseated are the changes to units that are both in before and in now.
func reseated(before, now []people.Unit) []plan.SeatChange {
	known := people.Directory{Units: before}
	now = slices.DeleteFunc(slices.Clone(now), func(u people.Unit) bool { _, ok := known.Unit(u.ID); return !ok })
	kept := people.Directory{Units: now}
	known.Units = slices.DeleteFunc(slices.Clone(before), func(u people.Unit) bool { _, ok := kept.Unit(u.ID); return !ok })
	return plan.SeatChanges(known, kept)
}

// arm starts the workflows that must run and do not: first those that speak waiting
// messages, beginning with the words that give units their tasks; then those of open
// tasks and duties, of which each must set its first timer before the ledger has it as
// armed; then those of talks and the audit. It gives the number of tasks and duties that
// were never armed before or whose lost workflow runs again. With fresh, tasks and duties
// that were armed before are left alone: nobody compares ten thousand workflows with the
// ledger because three tasks change. total is only for progress.
func (e *Engine) arm(ctx context.Context, l ledger.Launched, total int, fresh bool, opt LaunchOptions) (int, error) {
	r := reconciling{Engine: e, launched: l, mend: true, late: overdue}
	things, err := r.things(ctx)
	if err != nil {
		return 0, err
	}
	tasks, others := parted(things, func(t thing) bool { return t.task })
	if fresh {
		tasks, _ = parted(tasks, func(t thing) bool { return t.fresh })
	}
	messages, others := parted(others, func(t thing) bool { return t.digest })
	_, spoken := r.all(ctx, messages)
	total = max(total, len(tasks))
	a := arming{engine: e, launched: l, opt: opt, done: total - len(tasks), total: total}
	start := func(ctx context.Context, i int) (id string, err error) {
		wait, err := r.runs(ctx, &tasks[i])
		if !wait {
			return "", err
		}
		return tasks[i].workflow, err
	}
	StartEach(ctx, e.client, len(tasks), opt.ArmWait, start, func(i int, err error) { a.settle(ctx, tasks[i], err) })
	if err := a.flush(ctx); err != nil {
		return a.armed, err
	}
	if len(a.failed) > 0 {
		return a.armed, &UnarmedError{Tasks: a.failed, First: a.first}
	}
	_, err = r.all(ctx, others)
	return a.armed, errors.Join(spoken, err)
}

// parted divides things into those for which yes is true and the others.
func parted(all []thing, yes func(thing) bool) (some, others []thing) {
	for _, t := range all {
		if yes(t) {
			some = append(some, t)
		} else {
			others = append(others, t)
		}
	}
	return some, others
}

type arming struct {
	engine   *Engine
	launched ledger.Launched
	opt      LaunchOptions
	total    int

	mu     sync.Mutex
	done   int
	armed  int
	ready  []string // IDs of tasks that run and are not yet noted as armed in the ledger
	failed []string
	first  error
}

// settle counts one task as armed or failed, and notes armed tasks in the ledger, 256 at
// a time.
func (a *arming) settle(ctx context.Context, t thing, err error) {
	a.mu.Lock()
	if err != nil {
		if a.first == nil {
			a.first = err
		}
		a.failed = append(a.failed, t.id)
		a.mu.Unlock()
		return
	}
	a.done++
	if t.fresh || t.anew {
		a.armed++
	}
	if t.fresh {
		a.ready = append(a.ready, t.id)
	}
	full := len(a.ready) >= 256
	if a.engine.watch != nil {
		a.engine.watch(a.done, a.total)
	}
	a.mu.Unlock()
	if full {
		if err := a.flush(ctx); err != nil {
			a.engine.log.Error("Armed tasks not noted; launching again notes them", "error", err)
		}
	}
}

func (a *arming) flush(ctx context.Context) error {
	a.mu.Lock()
	ids := a.ready
	a.ready = nil
	a.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	return a.engine.ledger.MarkArmed(ctx, a.launched.Plan.ID, ids, a.engine.when(a.launched.Clock))
}

func (r records) when(clock calendar.Clock) ledger.When {
	now := r.now()
	return ledger.When{Real: now, Plan: clock.Plan(now)}
}
