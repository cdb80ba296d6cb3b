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

// StartTalk starts a talk's workflow from the state that the ledger has. A talk that a
// stage called for opens when that stage speaks; a proposed talk waits for a leader's
// decision. A workflow that runs or ran already is no error, nor is a talk that is over:
// a talk that another task's talk has opened first, and that has joined it, never gets a
// workflow.
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

// UnusedTalk is the first number, from the given one on, that no talk of a task had in
// Temporal, as far as Temporal still keeps their runs. When a stage is decided once more,
// the number of the talk that the same stage called for before is used again: opensAt,
// the instant at which that talk opens, tells it; a zero opensAt is for a proposed talk.
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

// ReviveTalk starts again the workflow of a talk that was void and goes on. It is no mend
// and gets no event in the ledger. A workflow that runs is left alone.
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

// LookTask tells a task's workflow to take its course from the ledger. A workflow that has
// ended is no error.
func (e *Engine) LookTask(ctx context.Context, planID, task string) error {
	return e.look(ctx, workflows.TaskWorkflowID(planID, task))
}

// LookTalk tells a talk's workflow to take its course from the ledger. A workflow that
// has ended, or never began, is no error.
func (e *Engine) LookTalk(ctx context.Context, planID, talk string) error {
	return e.look(ctx, workflows.TalkWorkflowID(planID, talk))
}

func (e *Engine) look(ctx context.Context, id string) error {
	return e.signal(ctx, id, workflows.LookSignal)
}

// signal sends a signal without data to a workflow. A workflow that has ended, or never
// began, is no error.
func (e *Engine) signal(ctx context.Context, id, name string) error {
	err := e.client.SignalWorkflow(ctx, id, "", name, nil)
	var gone *serviceerror.NotFound
	if err == nil || errors.As(err, &gone) {
		return nil
	}
	return fmt.Errorf("engine: %s %s: %w", name, id, err)
}

// ActOnTalk carries one person's act to a talk or a circular, or to the talk that it has
// joined, and returns once the ledger has recorded the act (nil) or its refusal
// (*RefusedError with the reason); *SilentError when the limit of AnswerWithin passes
// first. The same act sent again under the same ID answers nil and changes nothing. A zero
// a.At is set to now on the plan's clock. Whether the person may do the act at all
// (act.Allowed) is decided here, before anything is sent to the workflow.
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
	for err == nil && talk.Host != "" { // an act on a talk that has joined another is an act on that other talk
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
		refused = act.Sayable(a) // an act with too long a text is not sent to the workflow
	}
	if refused == nil && (c.Over() || a.Kind == act.Propose) {
		refused = c.Check(a) // a talk that is over has no running workflow that could answer
	}
	if refused == nil {
		refused, err = e.askTalk(ctx, talk, c, a)
		for try := 0; lost(err) && try < 2; try++ {
			now, readErr := e.ledger.Talk(ctx, planID, talkID)
			if readErr != nil {
				return readErr
			}
			if !now.GoesOn() { // the talk has ended meanwhile, or joined another
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

// behindFor is how long askTalk goes on asking a workflow that may be behind the ledger;
// after that the workflow's refusal is the answer.
const behindFor = 10 * time.Second

// askTalk asks a talk's workflow to do an act. When the workflow refuses because of the
// talk's state and the ledger's state allows the act, the workflow may be behind the
// ledger: it is told to read the ledger and asked again. Every other refusal is the answer.
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

// Propose proposes a talk or a circular 约谈、通报 (a.Talk.What) about the task a.Ref, for
// the unit a.Unit or, when that is "", the task's lead, in the words of a.Reason. A named
// leader decides about it. rule is the proposal of a rule of consequences, whose ID and
// facts are kept with the talk; nil when a person proposes. It gives the talk's ID, the
// same for the same act, or fails with *RefusedError.
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

// answerOnTalk records a refusal in the ledger under the talk's task and returns it as
// *RefusedError.
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
