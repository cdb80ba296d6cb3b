package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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
	Reason string // empty: Paper is the reason
	By     act.Actor
	// TakeBack are the tasks, by their IDs in the ledger, that lose their granted
	// extension when the amended limit is earlier; all other tasks keep theirs.
	TakeBack []string
	// SamePaper allows a second amendment by a paper that has amended the plan before;
	// otherwise Amend fails with whatif.ErrSamePaper.
	SamePaper     bool
	LaunchOptions // how new tasks are armed; By and Reason of LaunchOptions are not read

	// within are the IDs of the plans whose amendments have led to this one in another
	// plan (see succeed): each of them is still being carried out and must not be begun again.
	within []string
}

// launch gives the options for the tasks that an amendment carries on from other plans:
// the amendment's By, and its Reason or else its Paper.
func (o AmendOptions) launch() LaunchOptions {
	out := o.LaunchOptions
	out.By, out.Reason = o.By, cmp.Or(o.Reason, o.Paper)
	return out
}

// AmendReport counts what an amendment did.
type AmendReport struct {
	N         int          `json:"n"`       // the amendment's number; 0: the plan never was amended
	Resumed   bool         `json:"resumed"` // the amendment was in the ledger already
	Paper     string       `json:"paper"`   // number of the document that ordered the amendment
	Reason    string       `json:"reason"`
	Armed     int          `json:"armed"`     // new tasks started by this call
	Changed   int          `json:"changed"`   // running tasks told of a change by this call
	Cancelled int          `json:"cancelled"` // running tasks ended by this call
	Acts      int          `json:"acts"`      // acts done by this call: those that changed and those that ended something
	Left      []LeftUndone `json:"left"`      // by task, in the order of the plan; then of earlier amendments
	Ended     []string     `json:"ended"`     // tasks and duties that had ended before the change could reach them
	Kept      []string     `json:"kept"`      // tasks whose granted extension is kept, though the amended limit is earlier
	Changes   plan.Changes `json:"changes"`
	// Others are the plans in which units hand over because of this amendment.
	Others []AmendedToo `json:"others,omitempty"`
}

// AmendedToo is another plan of the same office that was amended too, by the same paper,
// because a unit that is dissolved or gets another ID (plan.Handover) is in it.
type AmendedToo struct {
	Plan  string       `json:"plan"`
	Title string       `json:"title"`
	N     int          `json:"n"`    // the number of the amendment there
	Left  []LeftUndone `json:"left"` // the changes that its running tasks refused
}

// AllLeft are the changes that running tasks refused. A task of another plan has that
// plan's ID before its own: PLAN/TASK.
func (r AmendReport) AllLeft() (all []LeftUndone) {
	all = append(all, r.Left...)
	for _, o := range r.Others {
		for _, u := range o.Left {
			u.Task = o.Plan + "/" + u.Task
			all = append(all, u)
		}
	}
	return all
}

// LeftUndone is a change that a running task refused: a person must see to it.
type LeftUndone = ledger.LeftUndone

// Amend makes a running plan what p says, as one numbered amendment. The amendment is
// recorded in the ledger first; then new tasks start, changed tasks get an act for each
// change, removed tasks are cancelled, and all other tasks are left alone. An
// interrupted Amend is finished by calling it again with the same files: nothing is
// started twice, and once all tasks have been told, only those that refused are told
// again. Only the plan's office may amend: anybody else gets *RefusedError, and that
// refusal is all that is written. A paper that has amended the plan before gives
// *whatif.AmendError unless opt.SamePaper is set.
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
	if last.N > 0 && !last.Carried { // an interrupted amendment is finished first, or its tasks would never be told
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

// officeOnly gives *RefusedError to whoever is not of the plan's office, and for an act
// on the plan that lacks a reason or a paper it needs (act.CheckOnPlan). id becomes part
// of the act's ID: the same request refused again is recorded once.
func (e *Engine) officeOnly(ctx context.Context, l ledger.Launched, id string, kind act.Kind, by act.Actor, reason, paper string) error {
	a := act.Act{ID: fmt.Sprintf("%s-%.12s-%s", kind, id, by.Account), Kind: kind, By: by, Reason: reason, Paper: paper}
	if err := e.stamp(&l, &a); err != nil {
		return err
	}
	d := l.Plan.Directory
	return e.answer(ctx, l, "", a, act.CheckOnPlan(d.Office, d.Leadership, a), nil)
}

// record writes the amendment to the ledger, with the rows of the tasks it adds.
func (e *Engine) record(ctx context.Context, l ledger.Launched, p *plan.Plan, cal *calendar.Calendar, opt AmendOptions) (ledger.Amended, bool, error) {
	merged, changes, err := e.whatIf().Amendment(ctx, l, p)
	if err == nil {
		err = e.checkCarrying(ctx, &merged, opt.launch())
	}
	if err != nil {
		return ledger.Amended{}, false, err
	}
	when := e.when(l.Clock)
	var fresh []plan.Task
	for _, c := range changes.Tasks {
		if c.What == plan.Added {
			fresh = append(fresh, *c.New)
		}
	}
	added, err := e.docket().Rows(ctx, &merged, cal, fresh, when.Plan)
	if err != nil {
		return ledger.Amended{}, false, err
	}
	return e.ledger.Amend(ctx, ledger.Amendment{
		Plan: merged, Before: l.Plan.Hash, Paper: opt.Paper, Reason: cmp.Or(opt.Reason, opt.Paper), Actor: opt.By.Account, Added: added, Changes: changes, TakeBack: opt.TakeBack,
	}, when)
}

// carry starts the tasks that an amendment adds and tells every running task what has
// changed for it; the workflow of a task that it tells is mended when it is lost (askAgain).
// A resumed amendment also compares all others with the ledger. When an earlier call has told
// all tasks (now.Carried), only those that refused are told again.
func (e *Engine) carry(ctx context.Context, l ledger.Launched, now ledger.Amended, resumed bool, opt AmendOptions) (AmendReport, error) {
	report := AmendReport{N: now.N, Resumed: resumed, Paper: now.Paper, Reason: now.Reason, Changes: now.Changes, Left: []LeftUndone{}, Ended: []string{}, Kept: []string{}}
	if err := e.reopen(ctx, l, now.Changes); err != nil {
		return report, err
	}
	var err error
	if _, err = e.carryAll(ctx, l, opt.launch()); err != nil {
		return report, err
	}
	if report.Armed, err = e.arm(ctx, l, len(now.Added), !resumed, opt.LaunchOptions); err != nil || now.N == 0 {
		return report, err
	}
	return report, e.tellAll(ctx, l, now, opt, &report)
}

// tellAll tells every running task what the amendment changes for it, and notes in the
// ledger which changes were refused.
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

// payOwed sends the last amendment's refused changes to their tasks once more, in the
// name of the person who amended the plan. It gives the number of acts done.
func (e *Engine) payOwed(ctx context.Context, l ledger.Launched) (int, error) {
	last, err := e.ledger.LastAmendment(ctx, l.Plan.ID)
	if err != nil || !last.Carried || len(last.Left) == 0 {
		return 0, err
	}
	report := AmendReport{Left: []LeftUndone{}}
	by := act.Actor{Account: last.Actor, Name: last.Actor, Unit: l.Plan.Directory.Office}
	return report.Acts, e.tellAll(ctx, l, last, AmendOptions{By: by}, &report)
}

// reopen sets duties that had ended, because no more occurrences were to come, open
// again where by the amended plan more occurrences fall due.
func (e *Engine) reopen(ctx context.Context, l ledger.Launched, changes plan.Changes) error {
	for _, c := range changes.Tasks {
		if c.What != plan.Changed && c.What != plan.Restored || c.New.Kind != plan.Duty {
			continue
		}
		t, err := e.ledger.Task(ctx, l.Plan.ID, c.ID)
		if err != nil || t.State != ledger.TaskEnded {
			if err != nil {
				return err
			}
			continue
		}
		more, err := e.fallsDue(ctx, l, t)
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
