package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"duban/activities"
	"duban/internal/plan"
)

// Task supervises one commitment until a person closes it 督办任务.
func Task(ctx workflow.Context, state TaskState) error {
	t := &task{TaskState: state}
	if err := t.listen(ctx); err != nil {
		return err
	}
	for t.Next < len(t.Ladder) && !t.Closed {
		if err := t.stage(ctx); err != nil {
			return err
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
				return err
			}
			return workflow.NewContinueAsNewError(ctx, TaskType, t.TaskState)
		}
	}
	return workflow.Await(ctx, func() bool { return t.Closed && workflow.AllHandlersFinished(ctx) })
}

type task struct{ TaskState }

// stage waits for the next stage's wake instant and decides it.
func (t *task) stage(ctx workflow.Context) error {
	next := t.Ladder[t.Next]
	workflow.SetCurrentDetails(ctx, ladderDetails(t.Ladder, t.Next, t.Closed))
	wake := plan.Wake(t.Task, next.At, t.Window)
	if err := sleepUntil(ctx, t.Clock, wake, stageSummary(next), t.isClosed); err != nil || t.Closed {
		return err
	}
	t.Next++ // before yielding: an act that arrives meanwhile sees the stage as decided
	workflow.SetCurrentDetails(ctx, ladderDetails(t.Ladder, t.Next, t.Closed))
	return decide(ctx, activities.StageInput{Plan: t.Plan, Task: t.Task, Revision: t.Revision, Stage: next})
}

func (t *task) isClosed() bool { return t.Closed }

// decide records a stage and makes sure that it will be spoken.
func decide(ctx workflow.Context, in activities.StageInput) error {
	return workflow.ExecuteLocalActivity(deciding(ctx), acts.DecideStage, in).Get(ctx, nil)
}

func (t *task) listen(ctx workflow.Context) error {
	if err := workflow.SetQueryHandler(ctx, StateQuery, func() (TaskState, error) { return t.TaskState, nil }); err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, CloseUpdate,
		func(ctx workflow.Context, req CloseRequest) error {
			t.Closed = true
			workflow.SetCurrentDetails(ctx, ladderDetails(t.Ladder, t.Next, true))
			in := activities.CloseInput{Plan: t.Plan, Task: t.Task, Revision: t.Revision, By: req.By, Reason: req.Reason}
			return workflow.ExecuteActivity(recording(ctx), acts.CloseTask, in).Get(ctx, nil)
		},
		workflow.UpdateHandlerOptions{Validator: func(CloseRequest) error {
			if t.Closed {
				return temporal.NewApplicationError("the task is closed already", activities.ErrTypeClosed)
			}
			return nil
		}})
}
