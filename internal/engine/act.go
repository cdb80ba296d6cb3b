package engine

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/workflows"
)

// RefusedError is the error for an act that is not allowed or not possible now. The act
// changed nothing; the ledger has it as refused (event act.refused). Unit gives a unit's
// name for its ID; nil leaves IDs as they are.
type RefusedError struct {
	act.Refusal
	Unit func(id string) string
}

// errNoID: an act without an ID could not be told from another.
var errNoID = errors.New("engine: an act needs an ID")

// Act carries one person's act to a task, an occurrence or a duty, and returns once the
// ledger has recorded the act (nil) or its refusal (*RefusedError with the reason);
// *SilentError when the limit of AnswerWithin passes first. The same act sent again
// under the same ID answers nil and changes nothing. A zero a.At is set to now on the
// plan's clock. Whether the person may do the act at all (act.Allowed) is decided here,
// before anything is sent to the workflow.
func (e *Engine) Act(ctx context.Context, planID, task string, a act.Act) error {
	return e.within(ctx, func(ctx context.Context) error { return e.actOn(ctx, planID, task, a) })
}

func (e *Engine) actOn(ctx context.Context, planID, task string, a act.Act) error {
	if a.ID == "" {
		return errNoID
	}
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return err
	}
	t, err := e.ledger.Task(ctx, planID, task)
	if err != nil {
		return err
	}
	if err := e.stamp(&l, &a); err != nil {
		return err
	}
	if err := e.ofComplaint(ctx, t, a); err != nil {
		return err
	}
	if done, err := e.ledger.ActRecorded(ctx, planID, task, a); errors.Is(err, ledger.ErrTaken) {
		return e.answer(ctx, l, task, a, act.Taken(a), nil)
	} else if done || err != nil {
		return err
	}
	return e.put(ctx, l, t, a)
}

// put asks the workflow of a task, an occurrence or a duty to do an act that is not recorded yet.
func (e *Engine) put(ctx context.Context, l ledger.Launched, t ledger.Task, a act.Act) (err error) {
	c := ledger.CaseOf(t)
	refused := act.Allowed(c, a.By, a.Kind)
	if refused == nil {
		refused = act.Sayable(a) // an act with too long a text is not sent to the workflow
	}
	if refused == nil && (c.Over() || a.Kind == act.Reinstate) {
		refused = c.Check(a) // a task that is over has no running workflow that could answer
	}
	if lead, _ := l.Plan.Directory.Unit(c.Lead); refused == nil && a.Kind == act.Reinstate && lead.Gone() && !act.OwnID(a.ID) {
		refused = act.UnitGone(c.Lead) // only an amendment can say which unit leads the task now
	}
	switch {
	case refused != nil:
	case a.Kind == act.Reinstate:
		refused, err = e.reinstate(ctx, l, t.ID, a)
	default:
		id := workflowOf(t.Plan, t.ID, t.Kind)
		refused, err = e.ask(ctx, id, a)
		if lost(err) {
			refused, err = e.askAgain(ctx, l, t, id, a)
		}
	}
	return e.answer(ctx, l, t.ID, a, refused, err)
}

// workflowOf is the ID of the workflow of a task, an occurrence or a duty.
func workflowOf(planID, task string, k plan.Kind) string {
	if k == plan.Duty {
		return workflows.DutyWorkflowID(planID, task)
	}
	return workflows.TaskWorkflowID(planID, task)
}

// reinstate records that a cancelled task or duty goes on, and starts its workflow and
// those of its talks.
func (e *Engine) reinstate(ctx context.Context, l ledger.Launched, task string, a act.Act) (*act.Refusal, error) {
	if refused, err := refusal(e.docket().Reinstate(ctx, l.Plan.ID, task, a, e.now())); refused != nil || err != nil {
		return refused, err
	}
	r := reconciling{Engine: e, launched: l, mend: true}
	now, err := e.ledger.Task(ctx, l.Plan.ID, task)
	if err != nil {
		return nil, err
	}
	talks, err := e.ledger.Talks(ctx, l.Plan.ID, task)
	if err != nil {
		return nil, err
	}
	things := []thing{r.task(now, nil)}
	for _, k := range talks {
		if k.GoesOn() {
			things = append(things, r.talk(k, nil))
		}
	}
	_, err = r.all(ctx, things)
	return nil, err
}

// lost tells that Temporal has no running workflow to ask.
func lost(err error) bool {
	var gone *serviceerror.NotFound
	return errors.As(err, &gone)
}

// askAgain first starts the lost workflow of a task or duty again, from the state that
// the ledger has, and then asks it. A task that has ended meanwhile, or ends while its
// workflow is asked, refuses by act.Case.Check.
func (e *Engine) askAgain(ctx context.Context, l ledger.Launched, t ledger.Task, workflowID string, a act.Act) (*act.Refusal, error) {
	r := reconciling{Engine: e, launched: l, mend: true}
	for try := 0; ; try++ {
		now, err := e.ledger.Task(ctx, t.Plan, t.ID)
		if err != nil {
			return nil, err
		}
		if c := ledger.CaseOf(now); c.Over() {
			return c.Check(a), nil
		}
		if _, err := r.one(ctx, r.task(now, nil)); err != nil {
			return nil, err
		}
		refused, err := e.ask(ctx, workflowID, a)
		if !lost(err) || try > 0 {
			return refused, err
		}
	}
}

// stamp sets a.At to now on the plan's clock where the caller has left it zero, rounds it
// down to microseconds in UTC, and sets a.On to its day in the plan's zone.
func (r records) stamp(l *ledger.Launched, a *act.Act) error {
	lad, err := plan.NewLadderer(&l.Plan, nil)
	if err != nil {
		return err
	}
	if a.At.IsZero() {
		a.At = l.Clock.Plan(r.now())
	}
	a.At = a.At.UTC().Truncate(1000) // nanoseconds: both databases keep microseconds
	a.On = calendar.DayOf(a.At.In(lad.Zone))
	return nil
}

// ask sends an act to a workflow as an update and gives its answer. A run that hands
// over to the next one while it is asked cannot answer: then the next run is asked.
func (e *Engine) ask(ctx context.Context, workflowID string, a act.Act) (*act.Refusal, error) {
	for pause := 50 * time.Millisecond; ; pause *= 2 {
		refused, err := e.askOnce(ctx, workflowID, a)
		var gone *serviceerror.NotFound
		if err == nil || pause > 2*time.Second || !errors.As(err, &gone) && !handedOver(err) {
			return refused, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// handedOver tells that a run ended before it could answer.
func handedOver(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.Type() == "AcceptedUpdateCompletedWorkflow"
}

func (e *Engine) askOnce(ctx context.Context, workflowID string, a act.Act) (*act.Refusal, error) {
	h, err := e.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: workflowID, UpdateName: string(a.Kind), UpdateID: updateID(a), Args: []any{a},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = h.Get(ctx, nil)
	}
	var app *temporal.ApplicationError
	if errors.As(err, &app) && app.Type() == wire.ErrTypeRefused {
		var r act.Refusal
		if detailErr := app.Details(&r); detailErr != nil {
			return nil, fmt.Errorf("engine: %s %s: %w", a.Kind, workflowID, detailErr)
		}
		return &r, nil
	}
	if err != nil {
		return nil, fmt.Errorf("engine: %s %s: %w", a.Kind, workflowID, err)
	}
	return nil, nil
}

// updateID tells an act from all others that a workflow is asked to do. Temporal's server
// answers an update whose ID it knows as it did before, whatever the update contains:
// so the ID has the account and the kind beside the act's own ID.
func updateID(a act.Act) string { return a.By.Account + "/" + string(a.Kind) + "/" + a.ID }

// refusedKey is the key of the ledger's event for a refused act. An act whose ID breaks
// the rules for IDs (act.Named) is named by a hash of that ID.
func refusedKey(planID, thing string, a act.Act, r *act.Refusal) string {
	id := a.ID
	if act.Named(a) != nil {
		id = fmt.Sprintf("%x", sha256.Sum256([]byte(a.ID)))[:24]
	}
	return "refused/" + planID + "/" + thing + "/" + id + "/" + r.Key
}

// answer records a refusal in the ledger and returns it as *RefusedError.
func (r records) answer(ctx context.Context, l ledger.Launched, thing string, a act.Act, refused *act.Refusal, err error) error {
	if err != nil || refused == nil {
		return err
	}
	data, err := json.Marshal(map[string]any{"act": a.Cut(), "refused": refused})
	if err != nil {
		return err
	}
	when := r.when(l.Clock)
	_, err = r.ledger.Record(ctx, ledger.Event{
		Key: refusedKey(l.Plan.ID, thing, a, refused), Plan: l.Plan.ID, Task: thing,
		Kind: ledger.ActRefused, Actor: a.By.Account, Real: when.Real, PlanAt: when.Plan, Data: data,
	})
	if err != nil {
		return err
	}
	return &RefusedError{*refused, l.Plan.Directory.Name}
}
