package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/plan"
	"duban/internal/wire"
)

// Task supervises one commitment until a person closes or cancels it 督办任务.
// Stages and acts take turns: what is decided and what is acted on is always one
// and the same course.
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
	moved int  // acts recorded in this run: whoever sleeps looks again
	acted bool // an act was recorded in this run that was not one of many
	began int  // revision this run began with, or an act of many has left
	at    position
}

// handsOver tells that a new run should go on from here: after every act, and when
// what was decided is to be said another time. After an act of many it does not: three
// hundred tasks that are amended within seconds need no new runs within seconds. What has
// come due meanwhile is done first: the server lets a new run wait up to a second, and the
// next act would be there before it each time, so that whoever acts without a pause would
// never be chased.
func (t *task) handsOver(ctx workflow.Context) bool {
	return !t.Course.Over() && t.opens(ctx, (t.acted || t.Course.Revision != t.began) && len(t.waits) == 0 && !t.due(ctx))
}

// due tells that what happens by itself next is to happen now.
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

// next is what happens by itself next: a stage, the end of a pause, or nothing.
func (t *task) next() (stage *plan.Stage, resume time.Time) {
	if p := t.Course.Pause; p != nil && !p.UntilAt.IsZero() && (t.Course.Next == nil || p.UntilAt.Before(t.Course.Next.At)) {
		return nil, p.UntilAt
	}
	return t.Course.Next, time.Time{}
}

// wait sleeps until the next thing is to happen and does it, or until an act
// has changed what that is, or somebody asks to look at the ledger.
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

// resume ends a pause whose end has come.
func (t *task) resume(ctx workflow.Context) error {
	until := t.Course.Pause.UntilAt
	_, err := t.record(ctx, t.Course.Resumption(), time.Time{})
	return stillPaused(err, t.Course.Case, until)
}

// stillPaused is err, or that a pause which was to end goes on all the same: then its
// workflow waits a while before it tries again.
func stillPaused(err error, c act.Case, until time.Time) error {
	if err == nil && c.Pause != nil && c.Pause.UntilAt.Equal(until) {
		return errStillPaused
	}
	return err
}

var errStillPaused = errors.New("the ledger keeps the pause though its end has come")

// decide has the next stage recorded and makes sure that it will be spoken. Where
// the ledger is further on, the task goes on from there and decides nothing.
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

// look takes the course from the ledger: the calendar is another, or the ledger is
// further on.
func (t *task) look(ctx workflow.Context) error {
	asked := t.looks.Len()
	err := t.follow(ctx, "look", wire.CourseName, wire.LookInput{Plan: t.Plan, Thing: t.Task})
	if err == nil {
		take(t.looks, asked)
	}
	return err
}

// follow has an activity done and goes on from the course it gives.
func (t *task) follow(ctx workflow.Context, what, activity string, in any) error {
	return follow(ctx, &t.patience, &t.Course, what, activity, in)
}

// tell shows where the task stands to whoever looks at its workflow.
func (t *task) tell(ctx workflow.Context) {
	workflow.SetCurrentDetails(ctx, t.details()+courseDetails(t.Zone, t.Course))
}

// listen takes people's acts, one update a kind: refused at once by what the
// course says, and judged once more when they are recorded.
func (t *task) listen(ctx workflow.Context) {
	must(workflow.SetQueryHandler(ctx, StateQuery, func() (TaskState, error) { return t.TaskState, nil }))
	for _, row := range act.On(act.OnTask) {
		must(workflow.SetUpdateHandlerWithOptions(ctx, string(row.Kind), t.act, workflow.UpdateHandlerOptions{
			Validator: func(a act.Act) error { return refusal(t.Course.Check(a)) },
		}))
	}
}

// act answers when the act is recorded or refused. It is judged by the validator,
// of which the history knows nothing, and by the activity whose answer the history
// has: rules may change while this run goes on. One that cannot be recorded now
// gives up its turn between its rounds.
func (t *task) act(ctx workflow.Context, a act.Act) error {
	return t.inTurn(ctx, a, t.turn, &t.moved, t.record)
}

// record writes an act down and goes on from the course it leaves, or, where the
// ledger is further on and nothing was written, from the ledger's.
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

// refusal is a refused act as it crosses the wire.
func refusal(r *act.Refusal) error {
	if r == nil {
		return nil
	}
	return wire.Refused(r)
}
