package engine

import (
	"context"
	"errors"
	"slices"

	"go.temporal.io/api/enums/v1"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/workflows"
)

// thing is what must have a running workflow.
type thing struct {
	id       string // of the task, duty, talk or digest
	workflow string
	at       *workflows.Position // as the ledger has it; nil: it has none
	late     *plan.Stage         // comes next by the ledger, though its time is over; nil: none does
	task     bool                // a task, an occurrence or a duty
	fresh    bool                // was never known to run
	anew     bool                // was started by this look
	young    bool                // may be about to be started by whoever made it
	digest   bool
	morning  bool // speaks many digests, of which id is one
	handed   bool // a digest whose morning has ended
	returns  bool // may have ended rightly before, and is wanted again
	// job is the thing as the ledger has it by now; on is false when it goes on no more.
	job func(ctx context.Context) (j job, on bool, err error)
}

// things are all that must run, as the ledger has it.
func (r reconciling) things(ctx context.Context) ([]thing, error) {
	id := r.launched.Plan.ID
	tasks, err := r.ledger.Tasks(ctx, ledger.TaskFilter{Plan: id})
	if err != nil {
		return nil, err
	}
	talks, err := r.ledger.Talks(ctx, id, "")
	if err != nil {
		return nil, err
	}
	digests, err := r.ledger.Unspoken(ctx, id)
	if err != nil {
		return nil, err
	}
	book, err := r.ledger.Book(ctx, r.launched)
	if err != nil {
		return nil, err
	}
	late := func(next *plan.Stage) *plan.Stage {
		if next != nil && next.At.Before(r.launched.Clock.Plan(r.now().Add(-r.late))) {
			return next
		}
		return nil
	}
	rows := map[string]ledger.Task{}
	var all []thing
	for _, t := range tasks {
		rows[t.ID] = t
		if t.State == ledger.TaskOpen && t.Kind != plan.Standing {
			all = append(all, r.task(t, late(book.Next(ledger.CaseOf(t)))))
		}
	}
	for _, k := range talks {
		if k.GoesOn() {
			next := book.TalkCourse(ledger.TalkCaseOf(&r.launched.Plan, rows[k.Task], k)).Next
			if k.State == act.TalkPending {
				next = &plan.Stage{At: k.OpensAt} // to be opened, which is no stage of its own
			}
			all = append(all, r.talk(k, late(next)))
		}
	}
	speeches, err := r.speeches(ctx, digests)
	if err != nil {
		return nil, err
	}
	all = append(all, speeches...)
	if len(all) > 0 {
		armed := slices.ContainsFunc(tasks, func(t ledger.Task) bool { return t.Armed })
		all = append(all, r.audit(!armed))
	}
	return all, nil
}

func (r reconciling) task(t ledger.Task, late *plan.Stage) thing {
	at := workflows.PositionOf(ledger.CaseOf(t))
	out := thing{id: t.ID, workflow: workflows.TaskWorkflowID(t.Plan, t.ID), at: &at, late: late, task: true, fresh: !t.Armed}
	if t.Kind == plan.Duty {
		out.workflow = workflows.DutyWorkflowID(t.Plan, t.ID)
		at.After = t.Facts.OpenedUpTo()
	}
	out.job = func(ctx context.Context) (job, bool, error) {
		now, err := r.ledger.Task(ctx, t.Plan, t.ID)
		switch {
		case err != nil || now.State != ledger.TaskOpen:
			return job{}, false, err
		case now.Kind == plan.Duty:
			return r.openDuty(ctx, now)
		}
		j, err := r.taskJob(ctx, r.launched, now)
		return j, true, err
	}
	return out
}

// openDuty is a duty's job; one that falls due no more is recorded as ended instead.
func (r reconciling) openDuty(ctx context.Context, t ledger.Task) (job, bool, error) {
	j, err := r.dutyJob(ctx, r.launched, t)
	if err != nil {
		return job{}, false, err
	}
	more, err := r.fallsDue(ctx, r.launched, t)
	if err != nil || more {
		return j, more, err
	}
	return job{}, false, r.ledger.EndDuty(ctx, t.Plan, t.ID, r.when(r.launched.Clock))
}

// fallsDue tells whether a duty, or one that is paused, falls due once more. One that
// its plan has no more does not.
func (e *Engine) fallsDue(ctx context.Context, l ledger.Launched, t ledger.Task) (bool, error) {
	book, err := e.ledger.Book(ctx, l)
	if err != nil {
		return false, err
	}
	d, err := docket.DutyOf(l, book, t)
	if errors.Is(err, ledger.ErrNotFound) {
		return t.Facts.Pause != nil, nil
	}
	return err == nil && d.FallsDue(), err
}

func (r reconciling) talk(k ledger.Talk, late *plan.Stage) thing {
	at := workflows.Position{}
	if k.Facts != nil {
		at = workflows.TalkPositionOf(*k.Facts)
	}
	return thing{id: k.ID, workflow: workflows.TalkWorkflowID(k.Plan, k.ID), at: &at, late: late, young: true, job: func(ctx context.Context) (job, bool, error) {
		now, err := r.ledger.Talk(ctx, k.Plan, k.ID)
		if err != nil || !now.GoesOn() {
			return job{}, false, err
		}
		j, err := r.talkJob(ctx, r.launched, now)
		return j, true, err
	}}
}

// speeches are what must speak digests that are not spoken: their mornings, and for
// those whose morning has spoken a workflow of their own.
func (r reconciling) speeches(ctx context.Context, digests []ledger.Digest) (all []thing, err error) {
	spoke := map[string]bool{} // by morning: its workflow has come to its end
	for _, d := range digests {
		over, known := spoke[d.Morning]
		switch {
		case d.Morning == "":
			all = append(all, r.digest(d))
		case known && over:
			all = append(all, r.handed(d))
		case !known:
			run, err := r.describe(ctx, workflows.MorningWorkflowID(d.Morning))
			if err != nil {
				return nil, err
			}
			over = run.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_COMPLETED
			spoke[d.Morning] = over
			if over {
				all = append(all, r.handed(d))
			} else {
				all = append(all, r.morning(d))
			}
		}
	}
	return all, nil
}

// morning is the morning that speaks a digest.
func (r reconciling) morning(d ledger.Digest) thing {
	return thing{id: d.Key, workflow: workflows.MorningWorkflowID(d.Morning), morning: true, digest: true, fresh: !d.Started, job: func(ctx context.Context) (job, bool, error) {
		on, err := r.ledger.MorningWaits(ctx, d.Morning)
		return r.speechJob(r.launched, d), on, err
	}}
}

// handed is a digest that its morning has handed over, or has spoken without the
// ledger's knowing: then there is no workflow of its own.
func (r reconciling) handed(d ledger.Digest) thing {
	t := r.digest(d)
	t.handed, t.fresh = true, false
	return t
}

func (r reconciling) digest(d ledger.Digest) thing {
	return thing{id: d.Key, workflow: workflows.DigestWorkflowID(d.Key), digest: true, fresh: !d.Started, job: func(ctx context.Context) (job, bool, error) {
		on, err := r.ledger.DigestWaits(ctx, d.Key)
		return r.digestJob(r.launched, d), on, err
	}}
}

func (r reconciling) audit(fresh bool) thing {
	return thing{fresh: fresh, returns: true, workflow: workflows.AuditWorkflowID(r.launched.Plan.ID), job: func(ctx context.Context) (job, bool, error) {
		years, err := r.ledger.Calendar(ctx)
		if err != nil {
			return job{}, false, err
		}
		j, err := r.auditJob(r.launched, calendar.New(years...))
		return j, true, err
	}}
}
