package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/workflows"
)

// StartTalk starts a talk's workflow from where the ledger has it: one that its
// stage called for opens when the stage speaks, one that was proposed waits for a
// leader. One that runs or ran already, or a talk that is over, is no error.
func (e *Engine) StartTalk(ctx context.Context, l ledger.Launched, t ledger.Talk) error {
	now, err := e.ledger.Talk(ctx, t.Plan, t.ID)
	if err != nil || !now.GoesOn() {
		return err
	}
	j, err := e.talkJob(ctx, l, now)
	if err != nil {
		return err
	}
	return e.start(ctx, j)
}

// UnusedTalk is the first number from the given one on that no talk of a task ever
// had in Temporal, as far as that still knows. One that its stage called for at
// opensAt is the same talk when the stage is decided once more.
func (e *Engine) UnusedTalk(ctx context.Context, planID, task string, from int, opensAt time.Time) (int, error) {
	r := reconciling{Engine: e}
	for n := from; ; n++ {
		id := workflows.TalkWorkflowID(planID, fmt.Sprintf("%s#%d", task, n))
		d, err := r.describe(ctx, id)
		if err != nil || d == nil {
			return n, err
		}
		if opensAt.IsZero() {
			continue
		}
		state, err := r.firstState(ctx, id, d.GetWorkflowExecutionInfo().GetExecution().GetRunId())
		if err != nil || state == nil || state.Course.Origin.Kind == act.OriginStage && state.OpensAt.Equal(opensAt) {
			return n, err
		}
	}
}

// ReviveTalk starts the workflow of a talk again that was void, and had ended: it is no
// fault, and nothing is noted of it. One that runs is left alone.
func (e *Engine) ReviveTalk(ctx context.Context, planID, talk string) error {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return err
	}
	k, err := e.ledger.Talk(ctx, planID, talk)
	if err != nil || !k.GoesOn() {
		return err
	}
	r := reconciling{Engine: e, launched: l, mend: true}
	t := r.talk(k, nil)
	t.returns = true
	_, err = r.all(ctx, []thing{t})
	return err
}

// LookTalk tells a talk's workflow to take its course from the ledger. One that
// has ended, or never began, is no error.
func (e *Engine) LookTalk(ctx context.Context, planID, talk string) error {
	return e.look(ctx, workflows.TalkWorkflowID(planID, talk))
}

func (e *Engine) look(ctx context.Context, id string) error {
	return e.signal(ctx, id, workflows.LookSignal)
}

// signal tells a workflow something. One that has ended, or never began, is no error.
func (e *Engine) signal(ctx context.Context, id, name string) error {
	err := e.client.SignalWorkflow(ctx, id, "", name, nil)
	var gone *serviceerror.NotFound
	if err == nil || errors.As(err, &gone) {
		return nil
	}
	return fmt.Errorf("engine: %s %s: %w", name, id, err)
}

// ActOnTalk carries one person's act to a talk or a circular, and answers when
// the ledger has it: nil, or *RefusedError with the reason. The same ID again is
// the same act and answers nil. At is set to now on the plan's clock when it is
// zero. Whether the person may do it at all is decided here, before anything is
// sent.
func (e *Engine) ActOnTalk(ctx context.Context, planID, talkID string, a act.Act) error {
	return e.within(ctx, func(ctx context.Context) error { return e.actOnTalk(ctx, planID, talkID, a) })
}

func (e *Engine) actOnTalk(ctx context.Context, planID, talkID string, a act.Act) error {
	if a.ID == "" {
		return errNoID
	}
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return err
	}
	talk, err := e.ledger.Talk(ctx, planID, talkID)
	for err == nil && talk.Host != "" { // what is done about it is done about the one it has joined
		talk, err = e.ledger.Talk(ctx, planID, talk.Host)
	}
	if err != nil {
		return err
	}
	talkID = talk.ID
	task, err := e.ledger.Task(ctx, planID, talk.Task)
	if err != nil {
		return err
	}
	if err := e.stamp(&l, &a); err != nil {
		return err
	}
	if done, err := e.ledger.ActRecorded(ctx, planID, talkID, a); errors.Is(err, ledger.ErrTaken) {
		return e.answerOnTalk(ctx, l, talk.Task, talkID, a, act.Taken(a), nil)
	} else if done || err != nil {
		return err
	}
	c := ledger.TalkCaseOf(&l.Plan, task, talk)
	refused := act.Allowed(c, a.By, a.Kind)
	if refused == nil {
		refused = act.Sayable(a) // what is too long is not sent
	}
	if refused == nil && (c.Over() || a.Kind == act.Propose) {
		refused = c.Check(a) // nothing runs that could answer
	}
	if refused == nil {
		refused, err = e.askTalk(ctx, talk, c, a)
		for try := 0; lost(err) && try < 2; try++ {
			now, readErr := e.ledger.Talk(ctx, planID, talkID)
			if readErr != nil {
				return readErr
			}
			if !now.GoesOn() { // it has ended meanwhile, or joined another
				return e.actOnTalk(ctx, planID, talkID, a)
			}
			r := reconciling{Engine: e, launched: l, mend: true}
			if _, err = r.one(ctx, r.talk(now, nil)); err == nil {
				refused, err = e.askTalk(ctx, now, c, a)
			}
		}
	}
	return e.answerOnTalk(ctx, l, talk.Task, talkID, a, refused, err)
}

// behindFor is how long a workflow may be behind the ledger before its refusal counts.
const behindFor = 10 * time.Second

// askTalk asks a talk's workflow to do an act. One that refuses by its state what the
// ledger's state allows may be behind: it is told to look, and asked again. Every other
// refusal stands.
func (e *Engine) askTalk(ctx context.Context, k ledger.Talk, c act.TalkCase, a act.Act) (*act.Refusal, error) {
	id := workflows.TalkWorkflowID(k.Plan, k.ID)
	refused, err := e.ask(ctx, id, a)
	if refused == nil || err != nil || c.Check(a) != nil {
		return refused, err
	}
	for pause, waited := 50*time.Millisecond, time.Duration(0); refused != nil && refused.Key == "act.refused_talk_state" && waited < behindFor; pause *= 2 {
		if err := e.LookTalk(ctx, k.Plan, k.ID); err != nil {
			return refused, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return refused, ctx.Err()
		}
		waited += pause
		if refused, err = e.ask(ctx, id, a); err != nil {
			return nil, err
		}
	}
	return refused, nil
}

// Propose proposes a talk or a circular (a.Talk.What) about the task a.Ref, for
// the unit a.Unit or, without one, the task's lead, in the words of a.Reason. A
// named leader decides. rule is what a rule of consequences counted, whose facts
// and ID are kept; nil when a person proposes. It gives the talk's ID, the same
// for the same act, or *RefusedError.
func (e *Engine) Propose(ctx context.Context, planID string, a act.Act, rule *act.Proposal) (talkID string, err error) {
	err = e.within(ctx, func(ctx context.Context) (err error) {
		talkID, err = e.propose(ctx, planID, a, rule)
		return err
	})
	return talkID, err
}

func (e *Engine) propose(ctx context.Context, planID string, a act.Act, rule *act.Proposal) (talkID string, err error) {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return "", err
	}
	if err := e.stamp(&l, &a); err != nil {
		return "", err
	}
	a.Kind = act.Propose
	if r := e.accounts.Credible(l, a, e.now()); r != nil && rule == nil {
		return "", e.answerOnTalk(ctx, l, a.Ref, "", a, r, nil)
	}
	talkID, err = e.docket().Propose(ctx, l, a, rule)
	refused, err := refusal(err)
	return talkID, e.answerOnTalk(ctx, l, a.Ref, "", a, refused, err)
}

// answerOnTalk records a refusal under the talk's task and gives it to the person.
func (e *Engine) answerOnTalk(ctx context.Context, l ledger.Launched, task, talk string, a act.Act, refused *act.Refusal, err error) error {
	if err != nil || refused == nil {
		return err
	}
	thing := talk
	if thing == "" {
		thing = task
	}
	data, err := json.Marshal(map[string]any{"talk": talk, "act": a.Cut(), "refused": refused})
	if err != nil {
		return err
	}
	when := e.when(l.Clock)
	_, err = e.ledger.Record(ctx, ledger.Event{
		Key: refusedKey(l.Plan.ID, thing, a, refused), Plan: l.Plan.ID, Task: task,
		Kind: ledger.ActRefused, Actor: a.By.Account, Real: when.Real, PlanAt: when.Plan, Data: data,
	})
	if err != nil {
		return err
	}
	return &RefusedError{*refused, l.Plan.Directory.Name}
}
