package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"duban/internal/act"
	"duban/internal/plan"
	"duban/workflows"
)

// answerIn is how long Temporal has to answer one question.
const answerIn = 20 * time.Second

// settleIn is how long the description of a workflow that is at work may stay the same
// before the workflow is judged by the position it has noted: as long as the description
// changes, the workflow is only slow. It is longer than a workflow task may wait for a worker
// that was killed, or is too busy to take it (StickyScheduleToStartTimeout in internal/host).
const settleIn = 45 * time.Second

// unsettled is how long compare goes on describing a workflow whose descriptions keep
// changing; after that time the workflow is judged by the last one.
const unsettled = 2 * time.Minute

// youth is how long compare waits for the workflow of a talk before it counts as missing:
// whoever opens a talk writes it to the ledger first and starts its workflow afterwards.
const youth = 2 * time.Second

// stuckAt is how often a workflow task must have failed before its workflow counts as stuck.
const stuckAt = 20

// compare compares a thing's workflow with the ledger and tells what is wrong; nil when
// nothing is, or when the thing has ended in the ledger meanwhile.
func (r reconciling) compare(ctx context.Context, t thing) (*Finding, error) {
	f := &Finding{Plan: r.launched.Plan.ID, Thing: t.id, Workflow: t.workflow}
	at := t.at
	began, moved := time.Now(), time.Now()
	var before *workflowservice.DescribeWorkflowExecutionResponse
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		d, err := r.describe(ctx, t.workflow)
		if !proto.Equal(before, d) {
			before, moved = d, time.Now()
		}
		switch {
		case err != nil:
			return nil, err
		case d == nil && t.young && time.Since(began) < youth:
			if err := rest(ctx, pause); err != nil {
				return nil, err
			}
			continue
		case d == nil:
			switch f.Why = Missing; {
			case t.fresh:
				f.Why = Unarmed
			case t.handed:
				f.Why, f.Asks = Spoken, true
			}
			return r.still(ctx, t, f)
		}
		info := d.GetWorkflowExecutionInfo()
		f.Run, f.Status = info.GetExecution().GetRunId(), info.GetStatus().String()
		knows := positionIn(d)
		if info.GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
			f.Why = Ended
			switch {
			case info.GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_COMPLETED:
			case t.morning:
				return nil, nil // the morning has ended just now: a digest it could not deliver has a workflow of its own, which the next look compares
			case t.returns, t.fresh: // a reinstated task, a revived talk or the audit may have completed rightly before
				f.Why = Unarmed
			case t.digest:
				f.Why, f.Asks = Spoken, true
			case knows != nil && at != nil && knows.Acts > at.Acts:
				f.Why = Ahead
			}
			return r.still(ctx, t, f)
		}
		if d.GetPendingWorkflowTask().GetAttempt() >= stuckAt {
			f.Why = Stuck
			return f, nil
		}
		rests := d.GetPendingWorkflowTask() == nil && len(d.GetPendingActivities()) == 0 && info.GetHistoryLength() > 1
		same := knows == nil || at == nil || *knows == *at
		switch {
		case same && (!rests || t.late == nil):
			return nil, r.handOver(ctx, t, d)
		case same:
			return r.passed(ctx, t, d, f)
		case rests || time.Since(moved) > settleIn:
			if rests && time.Since(began) < unsettled {
				if begun, err := r.begun(ctx, info.GetExecution()); err != nil {
					return nil, err
				} else if !begun {
					break
				}
			}
			// The ledger was read before the workflow was described, and both may have
			// moved on since: read the ledger again, then describe the workflow again.
			j, on, err := t.job(ctx)
			if err != nil || !on {
				return nil, err
			}
			again, err := r.describe(ctx, t.workflow)
			switch {
			case err != nil:
				return nil, err
			case again == nil || positionIn(again) == nil || *positionIn(again) == j.at:
				return nil, nil
			case (j.at != *at || !proto.Equal(again, d)) && time.Since(began) < unsettled:
				at = &j.at
			default:
				f.Why = apart(*positionIn(again), j.at)
				return f, nil
			}
		}
		if err := rest(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// begun tells whether a run has completed a workflow task. A run that another run was
// continued in waits up to a second for its first workflow task (ContinueAsNewMinBackoff
// of Temporal's server), even when it is signalled meanwhile. Until then nothing is
// pending, and its memo is that of the run before.
func (r reconciling) begun(ctx context.Context, e *common.WorkflowExecution) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	events := r.client.GetWorkflowHistory(ctx, e.GetWorkflowId(), e.GetRunId(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		var gone *serviceerror.NotFound
		switch {
		case errors.As(err, &gone):
			return false, nil // the run is gone since it was described: compare describes the workflow again
		case err != nil:
			return false, fmt.Errorf("engine: history of %s: %w", e.GetWorkflowId(), err)
		case event.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			return true, nil
		}
	}
	return false, nil
}

func rest(ctx context.Context, pause time.Duration) error {
	select {
	case <-time.After(pause):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// apart tells how a workflow whose position is knows differs from a ledger whose position
// is has; the two are not equal.
func apart(knows, has workflows.Position) Why {
	switch {
	case knows.Acts < has.Acts || knows.Acts == has.Acts && knows.Last == has.Last && knows.After.Before(has.After):
		return Behind
	case knows.Acts == has.Acts && knows.Last != has.Last:
		return Differs
	}
	return Ahead
}

// still returns f, or nil when by now the ledger says that the task, duty, talk or digest
// has ended.
func (r reconciling) still(ctx context.Context, t thing, f *Finding) (*Finding, error) {
	_, on, err := t.job(ctx)
	if err != nil || !on {
		return nil, err
	}
	return f, nil
}

// describe gives Temporal's description of a workflow's last run; nil when Temporal has
// no run of it.
func (r reconciling) describe(ctx context.Context, workflow string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	d, err := r.client.DescribeWorkflowExecution(ctx, workflow, "")
	var gone *serviceerror.NotFound
	switch {
	case errors.As(err, &gone):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("engine: describe %s: %w", workflow, err)
	}
	return d, nil
}

// positionIn is the position that a run has noted in its memo; nil when it has noted none.
func positionIn(d *workflowservice.DescribeWorkflowExecutionResponse) *workflows.Position {
	return noted[workflows.Position](d.GetWorkflowExecutionInfo(), workflows.PositionMemo)
}

// noted is the value that a run's memo has under a name; nil when it has none, or none
// of type T.
func noted[T any](x *workflow.WorkflowExecutionInfo, name string) *T {
	payload, ok := x.GetMemo().GetFields()[name]
	if !ok {
		return nil
	}
	var v T
	if converter.GetDefaultDataConverter().FromPayload(payload, &v) != nil {
		return nil
	}
	return &v
}

// handOver asks a run that began under an older generation of the program to go on in a
// new run, by the present program. A run of an older generation is no fault: the ledger
// gets no event for it.
func (r reconciling) handOver(ctx context.Context, t thing, d *workflowservice.DescribeWorkflowExecutionResponse) error {
	g := noted[int](d.GetWorkflowExecutionInfo(), workflows.GenerationMemo)
	if !r.mend || g == nil || *g >= workflows.Generation() {
		return nil
	}
	return r.signal(ctx, t.workflow, workflows.HandOverSignal)
}

// passed asks a workflow with no pending work, which d describes, whether the stage that is
// late by the ledger is still before it. If the workflow is already past that stage the
// finding is Passed; a workflow that is only late, that has done anything since it was
// described, or that cannot be asked now, is left alone.
func (r reconciling) passed(ctx context.Context, t thing, d *workflowservice.DescribeWorkflowExecutionResponse, f *Finding) (*Finding, error) {
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	value, err := r.client.QueryWorkflow(ctx, t.workflow, "", workflows.StateQuery)
	if err != nil {
		r.log.Warn("A workflow with late stages cannot be asked; it is asked again later", "workflow", t.workflow, "error", err)
		return nil, nil
	}
	var state struct {
		Course struct {
			State act.TalkState `json:"state"`
			Next  *plan.Stage   `json:"next"`
		} `json:"course"`
	}
	if err := value.Get(&state); err != nil {
		return nil, fmt.Errorf("engine: ask %s: %w", t.workflow, err)
	}
	if state.Course.State == act.TalkPending {
		return nil, nil // the talk's workflow has yet to open the talk
	}
	if next := state.Course.Next; next != nil && !next.At.After(t.late.At) {
		return nil, nil
	}
	// The ledger was read before the workflow was described and asked: the stage may have
	// been decided and recorded in between. Of a workflow that has done nothing since, the
	// ledger has everything by now.
	again, err := r.describe(ctx, t.workflow)
	if err != nil || !proto.Equal(again, d) {
		return nil, err
	}
	late, err := t.lateNow(ctx)
	if err != nil || late == nil || !late.At.Equal(t.late.At) {
		return nil, err
	}
	f.Why = Passed
	return r.still(ctx, t, f)
}
