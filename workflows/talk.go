package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/plan"
	"duban/internal/wire"
)

// Talk is one warning talk 约谈 or circular 通报. One that a stage called for is
// started when the stage is decided and opens when it speaks, if its task is
// still pressed then: at once, or as a proposal that waits for a named leader.
// Steps that nobody takes are reminded, recorded as missed and escalated; it
// stays until a person closes or declines it, or it is void with its task. Stages
// and acts take turns, as in Task.
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
	moved int // acts recorded in this run: whoever sleeps looks again
	at    position
}

// due tells that what happens by itself next is to happen now, before a new run begins:
// see task.handsOver.
func (t *talk) due(ctx workflow.Context) bool {
	switch {
	case t.Course.State == act.TalkPending:
		return t.Clock.Until(t.OpensAt, workflow.Now(ctx)) <= 0
	case t.Course.Next != nil:
		return t.Clock.Until(plan.Wake(t.Talk, t.Course.Next.At, t.Window), workflow.Now(ctx)) <= 0
	}
	return false
}

// wait sleeps until the next thing is to happen and does it, or until an act has
// changed what that is, or somebody asks to look at the ledger, because its task
// has changed.
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

// look takes the course from the ledger: the calendar is another, its task has
// changed, or the ledger is further on.
func (t *talk) look(ctx workflow.Context) error {
	asked := t.looks.Len()
	err := t.follow(ctx, "look", wire.TalkCourseName, wire.LookInput{Plan: t.Plan, Thing: t.Talk})
	if err == nil {
		take(t.looks, asked)
	}
	return err
}

// follow has an activity done and goes on from the course it gives.
func (t *talk) follow(ctx workflow.Context, what, activity string, in any) error {
	return follow(ctx, &t.patience, &t.Course, what, activity, in)
}

// tell shows where the talk stands to whoever looks at its workflow.
func (t *talk) tell(ctx workflow.Context) {
	workflow.SetCurrentDetails(ctx, t.details()+talkDetails(t.Zone, t.Course))
}

// listen takes people's acts, one update a kind: refused at once by what the
// course says, and judged once more when they are recorded.
func (t *talk) listen(ctx workflow.Context) {
	must(workflow.SetQueryHandler(ctx, StateQuery, func() (TalkState, error) { return t.TalkState, nil }))
	for _, row := range act.On(act.OnTalk) {
		if row.Opens() {
			continue // it makes a talk
		}
		must(workflow.SetUpdateHandlerWithOptions(ctx, string(row.Kind), t.act, workflow.UpdateHandlerOptions{
			Validator: func(a act.Act) error { return refusal(t.Course.Check(a)) },
		}))
	}
}

// act answers when the act is recorded or refused: see task.act. One that cannot be recorded now
// gives up its turn between its rounds.
func (t *talk) act(ctx workflow.Context, a act.Act) error {
	return t.inTurn(ctx, a, t.turn, &t.moved, t.record)
}

// record writes an act down and goes on from the course it leaves, or, where the
// ledger is further on and nothing was written, from the ledger's.
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
