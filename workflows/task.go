package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/plan"
	"duban/internal/wire"
)

// Task supervises one task of a plan 督办任务 until a person closes, cancels or carries
// it. Stages and acts take turns, so that each is judged by the course that the one
// before has left.
func Task(ctx workflow.Context, state TaskState) error {
	began := PositionOf(state.Course.Case)
	t := &task{TaskState: state, turn: workflow.NewMutex(ctx), seam: seams(ctx), began: state.Course.Revision,
		search: search{state.keywords()}, patience: patience{plan: state.Plan, zone: state.Zone, thing: state.Task}, at: begun(ctx, began, began)}
	t.listen(ctx)
	for !t.Course.Over() {
		if err := t.wait(ctx); err != nil {
			handlersDone(ctx)
			return err
		}
		t.search.follow(ctx, t.keywords())
		if t.handsOver(ctx) {
			return workflow.NewContinueAsNewError(ctx, TaskType, t.TaskState)
		}
		at := PositionOf(t.Course.Case)
		t.at.note(ctx, at, at)
	}
	handlersDone(ctx)
	return nil
}

type task struct {
	TaskState
	patience
	search search
	seam
	turn  workflow.Mutex
	moved int  // acts recorded in this run; when it changes, wait wakes up
	acted bool // an act was recorded in this run that was not one of many
	began int  // the ladder's revision when this run began, or after the last act of many
	at    position
}

// handsOver tells whether the task should continue in a new run: after every act, and when
// the ladder is a new one. After an act of many it does not: three hundred tasks that one
// amendment changes within seconds would all begin new runs. A stage that has come due
// meanwhile is decided first: the server may let a new run wait for up to a second, and if
// people acted faster than that, the stage would never be decided.
func (t *task) handsOver(ctx workflow.Context) bool {
	return !t.Course.Over() && t.opens(ctx, (t.acted || t.Course.Revision != t.began) && len(t.waits) == 0 && !t.due(ctx))
}

// due tells whether the next stage is to be decided, or the pause to end, by now.
func (t *task) due(ctx workflow.Context) bool {
	stage, resume := t.next()
	switch {
	case stage != nil:
		return t.Clock.Until(plan.Wake(t.Task, stage.At, t.Window), workflow.Now(ctx)) <= 0
	case !resume.IsZero():
		return t.Clock.Until(resume, workflow.Now(ctx)) <= 0
	}
	return false
}

// next is what comes next if nobody acts: a stage, the end of a pause (its instant on the
// plan clock), or neither.
func (t *task) next() (stage *plan.Stage, resume time.Time) {
	if p := t.Course.Pause; p != nil && !p.UntilAt.IsZero() && (t.Course.Next == nil || p.UntilAt.Before(t.Course.Next.At)) {
		return nil, p.UntilAt
	}
	return t.Course.Next, time.Time{}
}

// wait sleeps until the next stage is to be decided or the pause ends, and does it. It
// returns before when an act has changed the course or the run is asked to hand over; on a
// LookSignal it looks at the ledger instead.
func (t *task) wait(ctx workflow.Context) error {
	stage, resume := t.next()
	before := t.moved
	changed := func() bool { return t.moved != before || t.looks.Len() > 0 || t.isAsked(ctx) }
	t.tell(ctx)
	switch {
	case stage != nil:
		wake := plan.Wake(t.Task, stage.At, t.Window)
		if err := sleepUntil(ctx, t.Clock, wake, stageSummary(t.Zone, *stage), changed); err != nil {
			return err
		}
	case !resume.IsZero():
		if err := sleepUntil(ctx, t.Clock, resume, "恢复 "+t.Task, changed); err != nil {
			return err
		}
	default:
		if err := workflow.Await(ctx, changed); err != nil {
			return err
		}
	}
	if t.moved != before || t.looks.Len() == 0 && t.isAsked(ctx) {
		return nil
	}
	if err := t.turn.Lock(ctx); err != nil {
		return err
	}
	if t.moved != before {
		t.turn.Unlock()
		return nil
	}
	what, err := "resume", error(nil)
	switch {
	case t.looks.Len() > 0:
		what, err = "look", t.look(ctx)
	case stage != nil:
		what, err = "stage "+stage.ID, t.decide(ctx)
	default:
		err = t.resume(ctx)
	}
	t.turn.Unlock()
	return t.settle(ctx, what, err, func() bool { return t.moved != before })
}

// resume has the end of a pause recorded when its instant has come.
func (t *task) resume(ctx workflow.Context) error {
	until := t.Course.Pause.UntilAt
	_, err := t.record(ctx, t.Course.Resumption(), time.Time{})
	return stillPaused(err, t.Course.Case, until)
}

// stillPaused is err, or errStillPaused when the course has the same pause after it was
// to end: with an error the workflow waits a while before it tries again.
func stillPaused(err error, c act.Case, until time.Time) error {
	if err == nil && c.Pause != nil && c.Pause.UntilAt.Equal(until) {
		return errStillPaused
	}
	return err
}

var errStillPaused = errors.New("the ledger keeps the pause though its end has come")

// decide has the next stage recorded, and the workflow that sends it started. When the
// ledger has acts that this run does not know, nothing is decided, and the course is the
// ledger's.
func (t *task) decide(ctx workflow.Context) error {
	in := wire.StageInput{Plan: t.Plan, Task: t.Task, Course: t.Course}
	before := t.Course
	if err := t.follow(ctx, "stage "+before.Next.ID, wire.DecideStageName, in); err != nil {
		return err
	}
	if sameStage(before.Next, t.Course.Next) && before.Place() == t.Course.Place() && len(before.Said) == len(t.Course.Said) {
		return errNothingNew
	}
	return nil
}

// look takes the course from the ledger, after a LookSignal.
func (t *task) look(ctx workflow.Context) error {
	asked := t.looks.Len()
	err := t.follow(ctx, "look", wire.CourseName, wire.LookInput{Plan: t.Plan, Thing: t.Task})
	if err == nil {
		take(t.looks, asked)
	}
	return err
}

// follow runs one round of an activity whose answer is the task's new course.
func (t *task) follow(ctx workflow.Context, what, activity string, in any) error {
	return follow(ctx, &t.patience, &t.Course, what, activity, in)
}

// tell shows in the web UI how far the task is.
func (t *task) tell(ctx workflow.Context) {
	workflow.SetCurrentDetails(ctx, t.details()+courseDetails(t.Zone, t.Course))
}

// listen sets the handlers of people's acts, one update for each kind. An act is refused
// at once by the course of the run, and judged once more when it is recorded.
func (t *task) listen(ctx workflow.Context) {
	must(workflow.SetQueryHandler(ctx, StateQuery, func() (TaskState, error) { return t.TaskState, nil }))
	for _, row := range act.On(act.OnTask) {
		must(workflow.SetUpdateHandlerWithOptions(ctx, string(row.Kind), t.act, workflow.UpdateHandlerOptions{
			Validator: func(a act.Act) error { return refusal(t.Course.Check(a)) },
		}))
	}
}

// act handles an update: it returns when the act is recorded or refused. The act was
// judged by the validator, which leaves nothing in the history, and is judged again by
// the activity, whose answer is in the history: so rules may change while this run goes
// on. An act that cannot be recorded now gives up its turn between its rounds.
func (t *task) act(ctx workflow.Context, a act.Act) error {
	return t.inTurn(ctx, a, t.turn, &t.moved, t.record)
}

// record has an act recorded and takes the course after it. written is false when the
// ledger has acts that this run does not know: then nothing was written, and the course
// is the ledger's. heard is when the act arrived, zero for the task's own.
func (t *task) record(ctx workflow.Context, a act.Act, heard time.Time) (written bool, err error) {
	in := wire.ActInput{Plan: t.Plan, Task: t.Task, Act: a, Course: t.Course, Heard: heard}
	after, err := t.patience.record(ctx, in)
	if err != nil {
		return false, err // for untilDone or settle
	}
	t.Course = after.Course
	t.moved++
	if act.OfMany(a.ID) {
		t.began = t.Course.Revision
	} else {
		t.acted = true
	}
	t.tell(ctx)
	return !after.Behind, nil
}

// refusal is the error that tells a refusal over the wire; nil for nil.
func refusal(r *act.Refusal) error {
	if r == nil {
		return nil
	}
	return wire.Refused(r)
}
