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
	Reason string // Paper when empty
	By     act.Actor
	// TakeBack are the tasks, by the ID of the ledger, whose granted extension the
	// amended limit takes back: of all others it stands.
	TakeBack []string
	// SamePaper tells that another amendment was rightly done by the same paper.
	SamePaper     bool
	LaunchOptions // its own By and Reason are not asked

	// within are the plans whose amendments wait until this one has told all its tasks.
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

// AllLeft is what running tasks refused, in other plans too, which are named before the
// task.
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
