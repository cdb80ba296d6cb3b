package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"duban/activities"
	"duban/internal/plan"
)

// Talk is one warning talk 约谈. It is started when its stage is decided and
// opens when that stage speaks, if the task is still open then: at once, or as
// a proposal that waits for a named leader. Steps that nobody takes are
// reminded, recorded as missed and escalated; it ends with its ladder.
func Talk(ctx workflow.Context, state TalkState) error {
	t := &talk{TalkState: state}
	if err := t.listen(ctx); err != nil {
		return err
	}
	if !t.Opened {
		if err := t.open(ctx); err != nil || t.Closed {
			return err
		}
	}
	if t.Proposed {
		workflow.SetCurrentDetails(ctx, "约谈建议，待领导批准")
		// the handler clears Proposed before it records: the ladder is there when it has finished
		if err := workflow.Await(ctx, func() bool { return !t.Proposed && workflow.AllHandlersFinished(ctx) }); err != nil {
			return err
		}
	}
	for t.Next < len(t.Ladder) && !t.Closed {
		if err := t.stage(ctx); err != nil {
			return err
		}
	}
	return workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

type talk struct{ TalkState }

func (t *talk) open(ctx workflow.Context) error {
	if err := sleepUntil(ctx, t.Clock, t.OpensAt, "约谈启动 "+t.Talk, never); err != nil {
		return err
	}
	var opened activities.TalkOpened
	in := activities.TalkInput{Plan: t.Plan, Talk: t.Talk, OpensAt: t.OpensAt}
	if err := workflow.ExecuteLocalActivity(deciding(ctx), acts.OpenTalk, in).Get(ctx, &opened); err != nil {
		return err
	}
	t.Opened, t.Proposed, t.Closed, t.Ladder = true, opened.Proposed, opened.Void, opened.Ladder
	return nil
}

func (t *talk) stage(ctx workflow.Context) error {
	next := t.Ladder[t.Next]
	workflow.SetCurrentDetails(ctx, ladderDetails(t.Ladder, t.Next, t.Closed))
	wake := plan.Wake(t.Talk, next.At, t.Window)
	if err := sleepUntil(ctx, t.Clock, wake, stageSummary(next), func() bool { return t.Closed }); err != nil || t.Closed {
		return err
	}
	t.Next++
	workflow.SetCurrentDetails(ctx, ladderDetails(t.Ladder, t.Next, t.Closed))
	return decide(ctx, activities.StageInput{Plan: t.Plan, Task: t.Task, Talk: t.Talk, Revision: t.Revision, Stage: next})
}

func (t *talk) listen(ctx workflow.Context) error {
	if err := workflow.SetQueryHandler(ctx, StateQuery, func() (TalkState, error) { return t.TalkState, nil }); err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, ApproveUpdate,
		func(ctx workflow.Context, a Approval) error {
			t.Proposed = false
			var opened activities.TalkOpened
			in := activities.ApprovalInput{Plan: t.Plan, Talk: t.Talk, By: a.By, Approve: a.Decision == Approve, Reason: a.Reason}
			if err := workflow.ExecuteActivity(recording(ctx), acts.ApproveTalk, in).Get(ctx, &opened); err != nil {
				t.Proposed = true // it was not decided after all
				return err
			}
			t.Ladder, t.Closed = opened.Ladder, opened.Void
			return nil
		},
		workflow.UpdateHandlerOptions{Validator: func(a Approval) error {
			switch {
			case !t.Proposed:
				return temporal.NewApplicationError("the talk does not wait for a decision", activities.ErrTypeClosed)
			case a.By == "":
				return temporal.NewApplicationError("who decides must be named", activities.ErrTypeInvalid)
			case a.Decision != Approve && a.Decision != Decline:
				return temporal.NewApplicationError("the decision is approve or decline", activities.ErrTypeInvalid)
			}
			return nil
		}})
}
