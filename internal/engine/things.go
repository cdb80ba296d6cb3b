package engine

import (
	"context"
	"errors"

	"go.temporal.io/api/enums/v1"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/workflows"
)

// thing is a task, duty, talk, digest, morning or audit that must have a running workflow.
type thing struct {
	id       string              // of the task, duty, talk or digest; "" for the audit
	workflow string              // ID
	at       *workflows.Position // the position that the ledger has; nil: this sort of thing has none
	late     *plan.Stage         // the stage that comes next by the ledger though its time is over; nil: no stage is late
	task     bool                // a task, an occurrence or a duty
	fresh    bool                // its workflow was never known to run
	anew     bool                // its lost workflow was started by this comparison
	young    bool                // its workflow may be about to be started by whoever wrote it to the ledger
	digest   bool                // a digest or a morning
	morning  bool                // a morning, which speaks many digests, of which id is one
	handed   bool                // a digest whose morning has ended
	returns  bool                // its workflow may have completed rightly before and must run again now
	// job gives how to start the workflow from the ledger as it is when job is called; on
	// is false when the thing has ended in the ledger.
	job func(ctx context.Context) (j job, on bool, err error)
	// lateNow is late by the ledger as it is when lateNow is called; nil for a thing that
	// has no stages.
	lateNow func(ctx context.Context) (*plan.Stage, error)
}

// things gives everything of the plan that must have a running workflow, by the ledger.
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
	rules, err := r.ledger.Rules(ctx, r.launched)
	if err != nil {
		return nil, err
	}
	rows := map[string]ledger.Task{}
	var all []thing
	for _, t := range tasks {
		rows[t.ID] = t
		if t.State == ledger.TaskOpen && t.Kind != plan.Standing {
			all = append(all, r.task(t, r.lateTask(rules, t)))
		}
	}
	for _, k := range talks {
		if k.GoesOn() {
			all = append(all, r.talk(k, r.lateTalk(rules, rows[k.Task], k)))
		}
	}
	speeches, err := r.speeches(ctx, digests)
	if err != nil {
		return nil, err
	}
	all = append(all, speeches...)
	if len(all) > 0 {
		audited, _, err := r.ledger.LastAudit(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, r.audit(audited.IsZero()))
	}
	return all, nil
}

// isLate is next if its time is over by more than what is left to a workflow, otherwise nil.
func (r reconciling) isLate(next *plan.Stage) *plan.Stage {
	if next != nil && next.At.Before(r.launched.Clock.Plan(r.now().Add(-r.late))) {
		return next
	}
	return nil
}

// lateTask is the stage that comes next for a task though its time is over; nil when none is.
func (r reconciling) lateTask(rules act.Rules, t ledger.Task) *plan.Stage {
	return r.isLate(rules.Next(ledger.CaseOf(t)))
}

// lateTalk is lateTask for a talk, of which t is the first task. The opening of a talk is
// late like a stage.
func (r reconciling) lateTalk(rules act.Rules, t ledger.Task, k ledger.Talk) *plan.Stage {
	if k.State == act.TalkPending {
		return r.isLate(&plan.Stage{At: k.OpensAt})
	}
	return r.isLate(rules.TalkCourse(ledger.TalkCaseOf(&r.launched.Plan, t, k)).Next)
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
	out.lateNow = func(ctx context.Context) (*plan.Stage, error) {
		now, err := r.ledger.Task(ctx, t.Plan, t.ID)
		if err != nil {
			return nil, err
		}
		rules, err := r.ledger.Rules(ctx, r.launched)
		if err != nil {
			return nil, err
		}
		return r.lateTask(rules, now), nil
	}
	return out
}

// openDuty is the job of an open duty. A duty that falls due no more is recorded as ended
// in the ledger instead, and on is false.
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

// fallsDue tells whether a duty falls due once more. A paused duty counts as falling due,
// so that it stays open until the pause ends; any other duty that its plan no longer has
// does not.
func (e *Engine) fallsDue(ctx context.Context, l ledger.Launched, t ledger.Task) (bool, error) {
	rules, err := e.ledger.Rules(ctx, l)
	if err != nil {
		return false, err
	}
	d, err := docket.DutyOf(l, rules, t)
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
	}, lateNow: func(ctx context.Context) (*plan.Stage, error) {
		now, err := r.ledger.Talk(ctx, k.Plan, k.ID)
		if err != nil {
			return nil, err
		}
		t, err := r.ledger.Task(ctx, k.Plan, now.Task)
		if err != nil {
			return nil, err
		}
		rules, err := r.ledger.Rules(ctx, r.launched)
		if err != nil {
			return nil, err
		}
		return r.lateTalk(rules, t, now), nil
	}}
}

// speeches are the things that must speak the digests that are not spoken: each morning
// once, and for a digest whose morning has ended a workflow of its own.
func (r reconciling) speeches(ctx context.Context, digests []ledger.Digest) (all []thing, err error) {
	spoke := map[string]bool{} // by morning: whether its workflow has completed
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

// morning is the thing for the morning that speaks a digest.
func (r reconciling) morning(d ledger.Digest) thing {
	return thing{id: d.Key, workflow: workflows.MorningWorkflowID(d.Morning), morning: true, digest: true, fresh: !d.Started, job: func(ctx context.Context) (job, bool, error) {
		on, err := r.ledger.MorningWaits(ctx, d.Morning)
		return r.speechJob(r.launched, d), on, err
	}}
}

// handed is the thing for a digest whose morning has ended. Either the morning could not
// deliver it and has started a workflow of its own for it, or it has spoken it and the
// ledger, being older, does not have that: then Temporal has no workflow of its own.
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

// audit is the thing for the plan's daily audit, whose workflow a launch starts last. The
// ledger does not note that start: until an audit has ended the workflow counts as fresh, so
// that a launch that was interrupted before it and is finished later mends nothing.
func (r reconciling) audit(fresh bool) thing {
	return thing{fresh: fresh, returns: true, workflow: workflows.AuditWorkflowID(r.launched.Plan.ID), job: func(ctx context.Context) (job, bool, error) {
		years, err := r.ledger.Calendar(ctx)
		if err != nil {
			return job{}, false, err
		}
		audited, _, err := r.ledger.LastAudit(ctx, r.launched.Plan.ID)
		if err != nil {
			return job{}, false, err
		}
		j, err := r.auditJob(r.launched, calendar.New(years...), audited)
		return j, true, err
	}}
}
