package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/plan"
	"duban/internal/wire"
)

// Talk is one warning talk 约谈 or circular 通报. A talk that a stage calls for is
// started when the stage is decided. It opens when the stage speaks, if the task is
// still chased then: at once, or, by the policy, as a proposal that a named leader
// decides. Steps that are not taken are reminded, recorded as missed and escalated.
// The workflow runs until a person closes or declines the talk, or it is void with its
// task. Stages and acts take turns, as in Task.
func Talk(ctx workflow.Context, state TalkState) error {
	began := TalkPositionOf(state.Course.TalkCase)
	t := &talk{TalkState: state, turn: workflow.NewMutex(ctx), seam: seams(ctx),
		search: search{state.keywords()}, patience: patience{plan: state.Plan, zone: state.Zone, thing: state.Talk}, at: begun(ctx, began, began)}
	t.listen(ctx)
	for !t.Course.Over() {
		if err := t.wait(ctx); err != nil {
			handlersDone(ctx)
			return err
		}
		t.search.follow(ctx, t.keywords())
		if !t.Course.Over() && t.opens(ctx, t.moved > 0 && len(t.waits) == 0 && !t.due(ctx)) {
			return workflow.NewContinueAsNewError(ctx, TalkType, t.TalkState)
		}
		at := TalkPositionOf(t.Course.TalkCase)
		t.at.note(ctx, at, at)
	}
	handlersDone(ctx)
	return nil
}

type talk struct {
	TalkState
	patience
	search search
	seam
	turn  workflow.Mutex
	moved int // acts recorded in this run; when it changes, wait wakes up
	at    position
}

// due tells whether the talk is to open or its next stage to be decided by now. Then this
// is done before a new run begins: see task.handsOver.
func (t *talk) due(ctx workflow.Context) bool {
	switch {
	case t.Course.State == act.TalkPending:
		return t.Clock.Until(t.OpensAt, workflow.Now(ctx)) <= 0
	case t.Course.Next != nil:
		return t.Clock.Until(plan.Wake(t.Talk, t.Course.Next.At, t.Window), workflow.Now(ctx)) <= 0
	}
	return false
}

// wait sleeps until the talk is to open or its next stage to be decided, and does it. It
// returns before when an act has changed the course or the run is asked to hand over; on
// a LookSignal it looks at the ledger instead.
func (t *talk) wait(ctx workflow.Context) error {
	before := t.moved
	changed := func() bool { return t.moved != before || t.looks.Len() > 0 || t.isAsked(ctx) }
	t.tell(ctx)
	what, do := "look", t.look
	switch next := t.Course.Next; {
	case t.Course.State == act.TalkPending:
		if err := sleepUntil(ctx, t.Clock, t.OpensAt, "约谈启动 "+t.Talk, changed); err != nil {
			return err
		}
		what, do = "open", t.open
	case next != nil:
		wake := plan.Wake(t.Talk, next.At, t.Window)
		if err := sleepUntil(ctx, t.Clock, wake, stageSummary(t.Zone, *next), changed); err != nil {
			return err
		}
		what, do = "stage "+next.ID, t.stage
	default:
		if err := workflow.Await(ctx, changed); err != nil {
			return err
		}
	}
	if t.moved != before || t.looks.Len() == 0 && t.isAsked(ctx) {
		return nil
	}
	if t.looks.Len() > 0 {
		what, do = "look", t.look
	}
	if err := t.turn.Lock(ctx); err != nil {
		return err
	}
	if t.moved != before {
		t.turn.Unlock()
		return nil
	}
	err := do(ctx)
	t.turn.Unlock()
	return t.settle(ctx, what, err, func() bool { return t.moved != before })
}

func (t *talk) open(ctx workflow.Context) error {
	in := wire.TalkInput{Plan: t.Plan, Talk: t.Talk, OpensAt: t.OpensAt, Course: t.Course}
	err := t.follow(ctx, "open", wire.OpenTalkName, in)
	if err == nil && t.Course.State == act.TalkPending {
		return errNothingNew
	}
	return err
}

func (t *talk) stage(ctx workflow.Context) error {
	in := wire.TalkInput{Plan: t.Plan, Talk: t.Talk, Course: t.Course}
	before := t.Course
	if err := t.follow(ctx, "stage "+before.Next.ID, wire.DecideTalkStageName, in); err != nil {
		return err
	}
	if sameStage(before.Next, t.Course.Next) && before.Place() == t.Course.Place() && len(before.Said) == len(t.Course.Said) {
		return errNothingNew
	}
	return nil
}

// look takes the course from the ledger, after a LookSignal.
func (t *talk) look(ctx workflow.Context) error {
	asked := t.looks.Len()
	err := t.follow(ctx, "look", wire.TalkCourseName, wire.LookInput{Plan: t.Plan, Thing: t.Talk})
	if err == nil {
		take(t.looks, asked)
	}
	return err
}

// follow runs one round of an activity whose answer is the talk's new course.
func (t *talk) follow(ctx workflow.Context, what, activity string, in any) error {
	return follow(ctx, &t.patience, &t.Course, what, activity, in)
}

// tell shows in the web UI how far the talk is.
func (t *talk) tell(ctx workflow.Context) {
	workflow.SetCurrentDetails(ctx, t.details()+talkDetails(t.Zone, t.Course))
}

// listen sets the handlers of people's acts, one update for each kind. An act is refused
// at once by the course of the run, and judged once more when it is recorded.
func (t *talk) listen(ctx workflow.Context) {
	must(workflow.SetQueryHandler(ctx, StateQuery, func() (TalkState, error) { return t.TalkState, nil }))
	for _, row := range act.On(act.OnTalk) {
		if row.Opens() {
			continue // the act opens a talk, and has no talk to be sent to
		}
		must(workflow.SetUpdateHandlerWithOptions(ctx, string(row.Kind), t.act, workflow.UpdateHandlerOptions{
			Validator: func(a act.Act) error { return refusal(t.Course.Check(a)) },
		}))
	}
}

// act handles an update: it returns when the act is recorded or refused, see task.act.
func (t *talk) act(ctx workflow.Context, a act.Act) error {
	return t.inTurn(ctx, a, t.turn, &t.moved, t.record)
}

// record has an act recorded and takes the course after it. written is false when the
// ledger has acts that this run does not know: then nothing was written, and the course
// is the ledger's.
func (t *talk) record(ctx workflow.Context, a act.Act, heard time.Time) (written bool, err error) {
	var after wire.TalkActResult
	in := wire.TalkActInput{Plan: t.Plan, Talk: t.Talk, Act: a, Course: t.Course, Heard: heard}
	if err := workflow.ExecuteActivity(recording(ctx), wire.RecordTalkActName, in).Get(ctx, &after); err != nil {
		return false, err // for untilDone
	}
	t.Course = after.TalkCourse
	t.moved++
	t.tell(ctx)
	return !after.Behind, nil
}
