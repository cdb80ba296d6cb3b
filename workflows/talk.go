package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/plan"
)

// Talk is one warning talk 约谈 or circular 通报. One that a stage called for is
// started when the stage is decided and opens when it speaks, if its task is
// still pressed then: at once, or as a proposal that waits for a named leader.
// Steps that nobody takes are reminded, recorded as missed and escalated; it
// stays until a person closes or declines it, or its task is cancelled. Stages
// and acts take turns, as in Task.
func Talk(ctx workflow.Context, state TalkState) error {
	t := &talk{TalkState: state, turn: workflow.NewMutex(ctx), ends: workflow.GetSignalChannel(ctx, EndTalkSignal),
		patience: patience{plan: state.Plan, thing: state.Talk}, at: position{TalkPositionOf(state.Course.TalkCase)}}
	t.listen(ctx)
	for !t.over() {
		if err := t.wait(ctx); err != nil {
			handlersDone(ctx)
			return err
		}
		t.at.note(ctx, TalkPositionOf(t.Course.TalkCase))
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() && workflow.AllHandlersFinished(ctx) && !t.over() {
			return workflow.NewContinueAsNewError(ctx, TalkType, t.TalkState)
		}
	}
	handlersDone(ctx)
	return nil
}

type talk struct {
	TalkState
	patience
	turn  workflow.Mutex
	ends  workflow.ReceiveChannel
	moved int         // acts recorded in this run: whoever sleeps looks again
	queue []time.Time // instants of the acts that wait for their turn
	at    position
}

// before tells that an act waits whose instant comes before at.
func (t *talk) before(at time.Time) bool {
	return slices.ContainsFunc(t.queue, at.After)
}

// over tells that nothing more can happen, as far as has been heard.
func (t *talk) over() bool {
	for t.ends.ReceiveAsync(nil) {
		t.Course = t.Course.Void()
	}
	return t.Course.Over()
}

// wait sleeps until the next thing is to happen and does it, or until an act or
// the end of its task has changed what that is.
func (t *talk) wait(ctx workflow.Context) error {
	before := t.moved
	changed := func() bool { return t.moved != before || t.ends.Len() > 0 }
	t.tell(ctx)
	what, do := "renew", t.renew
	switch {
	case t.Course.State == act.TalkPending:
		if err := sleepUntil(ctx, t.Clock, t.OpensAt, "约谈启动 "+t.Talk, changed); err != nil || changed() {
			return err
		}
		what, do = "open", t.open
	case len(t.Course.Ladder) > 0:
		next := t.Course.Ladder[0]
		wake := plan.Wake(t.Talk, next.At, t.Window)
		if err := sleepUntil(ctx, t.Clock, wake, stageSummary(next), changed); err != nil || changed() {
			return err
		}
		if t.before(next.At) { // a proposal left alone on a fast clock never runs out of stages
			return workflow.Await(ctx, func() bool { return !t.before(next.At) })
		}
		what, do = "stage "+next.ID, t.stage
	case t.Course.State != act.TalkProposed:
		return workflow.Await(ctx, changed)
	}
	if err := t.turn.Lock(ctx); err != nil {
		return err
	}
	if changed() {
		t.turn.Unlock()
		return nil
	}
	err := do(ctx)
	t.turn.Unlock()
	return t.settle(ctx, what, err, changed)
}

func (t *talk) open(ctx workflow.Context) error {
	in := activities.TalkInput{Plan: t.Plan, Talk: t.Talk, OpensAt: t.OpensAt, Course: t.Course}
	return t.change(ctx, "open", acts.OpenTalk, in)
}

// renew has the next word about an undecided proposal put on the ladder.
func (t *talk) renew(ctx workflow.Context) error {
	in := activities.TalkInput{Plan: t.Plan, Talk: t.Talk, Course: t.Course}
	return t.change(ctx, "renew", acts.RenewProposal, in)
}

// change runs a round of an activity that gives the talk's next course.
func (t *talk) change(ctx workflow.Context, what string, activity, in any) error {
	var after act.TalkCourse
	err := t.write(ctx, what, activity, in, &after)
	if err == nil {
		t.Course = after
	}
	return err
}

func (t *talk) stage(ctx workflow.Context) error {
	before, after := t.Course, t.Course
	stage := after.Decide()
	in := activities.StageInput{Plan: t.Plan, Task: t.Task, Talk: t.Talk, Revision: after.Revision, Stage: stage, TalkCourse: &before}
	var ledgers activities.StageResult
	switch err := t.write(ctx, "stage "+stage.ID, acts.DecideStage, in, &ledgers); {
	case err != nil:
		return err
	case ledgers.TalkCourse != nil:
		t.Course = *ledgers.TalkCourse
		t.moved++
	default:
		t.Course = after
	}
	return nil
}

// tell shows where the talk stands to whoever looks at its workflow.
func (t *talk) tell(ctx workflow.Context) {
	workflow.SetCurrentDetails(ctx, t.details()+talkDetails(t.Course))
}

// listen takes people's acts, one update a kind: refused at once by what the
// course says, and once more when their turn has come.
func (t *talk) listen(ctx workflow.Context) {
	must(workflow.SetQueryHandler(ctx, StateQuery, func() (TalkState, error) { return t.TalkState, nil }))
	for _, row := range act.Talks {
		if len(row.From) == 0 {
			continue // it makes a talk
		}
		must(workflow.SetUpdateHandlerWithOptions(ctx, string(row.Kind), t.act, workflow.UpdateHandlerOptions{
			Validator: func(a act.Act) error { return refusal(t.Course.Check(a)) },
		}))
	}
}

// act answers when the act is recorded or refused. One that cannot be recorded now
// gives up its turn between its rounds.
func (t *talk) act(ctx workflow.Context, a act.Act) error {
	heard := workflow.Now(ctx)
	return t.untilDone(ctx, a, &t.moved, func() (bool, error) {
		t.queue = append(t.queue, a.At)
		err := t.turn.Lock(ctx)
		i := slices.IndexFunc(t.queue, a.At.Equal)
		t.queue = slices.Delete(t.queue, i, i+1)
		if err != nil {
			return true, err
		}
		defer t.turn.Unlock()
		if r := t.Course.Check(a); r != nil {
			return true, refusal(r)
		}
		return t.record(ctx, a, heard)
	})
}

// record writes an act down and goes on from the course it leaves, or, where the
// ledger is further on and nothing was written, from the ledger's.
func (t *talk) record(ctx workflow.Context, a act.Act, heard time.Time) (written bool, err error) {
	var after activities.TalkActResult
	in := activities.TalkActInput{Plan: t.Plan, Talk: t.Talk, Act: a, Course: t.Course, Heard: heard}
	if err := workflow.ExecuteActivity(recording(ctx), acts.RecordTalkAct, in).Get(ctx, &after); err != nil {
		return false, err // for untilDone
	}
	t.Course = after.TalkCourse
	t.moved++
	t.tell(ctx)
	if after.State == act.TalkVoid && !after.Behind {
		return true, refusal(after.Check(a)) // its task ended meanwhile
	}
	return !after.Behind, nil
}
