package workflows

import (
	"go.temporal.io/sdk/workflow"

	"duban/activities"
	"duban/internal/calendar"
)

// Duty opens each occurrence of a recurring duty 周期性任务 as a Task of its own
// when its time comes, and hands over to a new run after each, so that its
// history does not grow with the years. An occurrence that is missed does not
// hold up the next.
func Duty(ctx workflow.Context, state DutyState) error {
	var next activities.NextOccurrence
	in := activities.DutyInput{Plan: state.Plan, Duty: state.Duty, After: state.After}
	if err := workflow.ExecuteLocalActivity(deciding(ctx), acts.NextOccurrence, in).Get(ctx, &next); err != nil {
		return err
	}
	if next.Ended {
		return nil
	}
	o := next.Occurrence
	workflow.SetCurrentDetails(ctx, "下一期 "+o.Period+"，时限 "+o.Due.String()+"，开立 "+o.Opens.In(calendar.Beijing).Format("2006-01-02 15:04"))
	if err := sleepUntil(ctx, state.Clock, o.Opens, "开立 "+o.Task, never); err != nil {
		return err
	}
	open := activities.OccurrenceInput{Plan: state.Plan, Duty: state.Duty, Occurrence: o}
	if err := workflow.ExecuteLocalActivity(deciding(ctx), acts.OpenOccurrence, open).Get(ctx, nil); err != nil {
		return err
	}
	state.After = o.Due
	return workflow.NewContinueAsNewError(ctx, DutyType, state)
}
