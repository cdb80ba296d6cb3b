package activities

import (
	"context"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/wire"
)

// The activities of this file on tasks, duties and talks call package docket, which does
// the work, and translate payloads and errors.

// Course is docket.Docket.Course.
func (a *Activities) Course(ctx context.Context, in wire.LookInput) (act.Course, error) {
	course, err := a.docket().Course(ctx, in.Plan, in.Thing)
	return course, translate(err)
}

// RecordAct is docket.Docket.Act.
func (a *Activities) RecordAct(ctx context.Context, in wire.ActInput) (wire.ActResult, error) {
	course, behind, err := a.docket().Act(ctx, in.Plan, in.Task, in.Act, in.Course, in.Heard)
	return wire.ActResult{Course: course, Behind: behind}, translate(err)
}

// RecordOfMany is RecordAct for an act that one order does on many things.
func (a *Activities) RecordOfMany(ctx context.Context, in wire.ActInput) (wire.RecordedOfMany, error) {
	result, err := a.RecordAct(ctx, in)
	return wire.RecordedOfMany{Asked: in, Result: result}, err
}

// DecideStage is docket.Docket.Decide.
func (a *Activities) DecideStage(ctx context.Context, in wire.StageInput) (act.Course, error) {
	course, err := a.docket().Decide(ctx, in.Plan, in.Task, in.Course)
	return course, translate(err)
}

// NextOccurrence computes a duty's next occurrence by the calendar in force.
func (a *Activities) NextOccurrence(ctx context.Context, in wire.LookInput) (wire.NextOccurrence, error) {
	d, err := a.docket().Duty(ctx, in.Plan, in.Thing)
	if err != nil {
		return wire.NextOccurrence{}, translate(err)
	}
	if err := a.docket().ArmOccurrences(ctx, d); err != nil {
		return wire.NextOccurrence{}, translate(err)
	}
	o, ok := d.Next(d.Row.Facts.OpenedUpTo())
	return wire.NextOccurrence{Course: d.Rules.Course(ledger.CaseOf(d.Row)).Keys(), Ended: !ok, Occurrence: o}, nil
}

// OpenOccurrence is docket.Docket.OpenOccurrence.
func (a *Activities) OpenOccurrence(ctx context.Context, in wire.OccurrenceInput) (act.Course, error) {
	course, err := a.docket().OpenOccurrence(ctx, in.Plan, in.Duty, in.Occurrence)
	return course, translate(err)
}

// EndDuty is docket.Docket.EndDuty.
func (a *Activities) EndDuty(ctx context.Context, in wire.LookInput) error {
	return translate(a.docket().EndDuty(ctx, in.Plan, in.Thing))
}

// OpenTalk is docket.Docket.OpenTalk.
func (a *Activities) OpenTalk(ctx context.Context, in wire.TalkInput) (act.TalkCourse, error) {
	course, err := a.docket().OpenTalk(ctx, in.Plan, in.Talk)
	return course, translate(err)
}

// DecideTalkStage is docket.Docket.DecideOfTalk.
func (a *Activities) DecideTalkStage(ctx context.Context, in wire.TalkInput) (act.TalkCourse, error) {
	course, err := a.docket().DecideOfTalk(ctx, in.Plan, in.Talk, in.Course)
	return course, translate(err)
}

// TalkCourse is docket.Docket.TalkCourse.
func (a *Activities) TalkCourse(ctx context.Context, in wire.LookInput) (act.TalkCourse, error) {
	course, err := a.docket().TalkCourse(ctx, in.Plan, in.Thing)
	return course, translate(err)
}

// RecordTalkAct is docket.Docket.ActOnTalk.
func (a *Activities) RecordTalkAct(ctx context.Context, in wire.TalkActInput) (wire.TalkActResult, error) {
	course, behind, err := a.docket().ActOnTalk(ctx, in.Plan, in.Talk, in.Act, in.Course, in.Heard)
	return wire.TalkActResult{TalkCourse: course, Behind: behind}, translate(err)
}

// NoteWait notes in the ledger that a workflow waits, and since when and why.
func (a *Activities) NoteWait(ctx context.Context, w ledger.Wait) error {
	a.Log.Warn("A workflow waits", "workflow", w.Workflow, "what", w.What, "since", w.Since, "rounds", w.Rounds, "error", w.Error)
	return a.Ledger.PutWait(ctx, w)
}

// ForgetWait deletes the note of NoteWait: the workflow waits no more.
func (a *Activities) ForgetWait(ctx context.Context, k wire.WaitKey) error {
	return a.Ledger.DropWait(ctx, k.Workflow, k.What)
}
