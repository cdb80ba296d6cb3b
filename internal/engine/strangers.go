package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/workflows"
)

// Strangers are the running workflows of plans that the ledger does not have, because the
// ledger is older than Temporal's store, as after a restore. The program cannot tell what
// they were for: a person must say (see Take). Temporal's list, from which they come, may
// be some seconds old. Workflows of plans that the ledger has are compared by Examine.
func (e *Engine) Strangers(ctx context.Context) ([]Finding, error) {
	plans, err := e.ledger.Plans(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, p := range plans {
		known[p.ID] = true
	}
	var found []Finding
	err = e.running(ctx, "ExecutionStatus = 'Running'", func(x *workflow.WorkflowExecutionInfo) error {
		planID, thing, ours := thingOf(x.GetExecution().GetWorkflowId())
		if ours && !known[planID] {
			found = append(found, strange(planID, thing, x, Unknown))
		}
		return nil
	})
	return found, err
}

func strange(planID, thing string, x *workflow.WorkflowExecutionInfo, why Why) Finding {
	return Finding{Plan: planID, Thing: thing, Workflow: x.GetExecution().GetWorkflowId(), Run: x.GetExecution().GetRunId(),
		Why: why, Status: x.GetStatus().String(), Asks: why == Unknown}
}

// running calls each for every workflow that the query finds, whatever its name: it asks
// Temporal's list for a thousand at a time.
func (e *Engine) running(ctx context.Context, query string, each func(*workflow.WorkflowExecutionInfo) error) error {
	var next []byte
	for {
		page, err := e.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{PageSize: 1000, NextPageToken: next, Query: query})
		if err != nil {
			return fmt.Errorf("engine: list workflows: %w", err)
		}
		for _, x := range page.GetExecutions() {
			if err := each(x); err != nil {
				return err
			}
		}
		if next = page.GetNextPageToken(); len(next) == 0 {
			return nil
		}
	}
}

// thingOf takes a workflow's ID apart into the plan's ID and the ID of the task, duty,
// talk, digest or morning ("" for the plan's audit). ours is false for an ID that is none
// of this program's.
func thingOf(workflow string) (planID, thing string, ours bool) {
	kind, rest, _ := strings.Cut(workflow, ":")
	if workflow == workflows.DigestWorkflowID(rest) || workflow == workflows.MorningWorkflowID(rest) {
		planID, _, ours = strings.Cut(rest, "|")
		return planID, rest, ours
	}
	planID, thing, _ = strings.Cut(rest, ":")
	for _, id := range []string{workflows.TaskWorkflowID(planID, thing), workflows.TalkWorkflowID(planID, thing), workflows.DutyWorkflowID(planID, thing)} {
		if id == workflow {
			return planID, thing, true
		}
	}
	return planID, "", kind != "" && workflow == workflows.AuditWorkflowID(planID)
}

// strays compares the running workflows of a plan that are not among things. A workflow
// whose task, duty or talk is over in the ledger, because Temporal's store is older, is
// told to read the ledger, and ends. A proposed talk that the ledger has lost is written
// back from its workflow's history. For anything else that the ledger does not have a
// person must say who is right: see Take.
func (r reconciling) strays(ctx context.Context, things []thing, listed map[string]*workflow.WorkflowExecutionInfo) ([]Finding, error) {
	goesOn := map[string]bool{workflows.AuditWorkflowID(r.launched.Plan.ID): true} // the audit ends by itself
	for _, t := range things {
		goesOn[t.workflow] = true
	}
	var found []Finding
	for _, id := range slices.Sorted(maps.Keys(listed)) {
		if goesOn[id] {
			continue
		}
		f, err := r.stray(ctx, listed[id])
		if f != nil {
			found = append(found, *f)
		}
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// stray compares one running workflow that is not among the things, and mends it when
// r.mend is set; the Finding is nil when nothing is wrong.
func (r reconciling) stray(ctx context.Context, x *workflow.WorkflowExecutionInfo) (*Finding, error) {
	id := x.GetExecution().GetWorkflowId()
	planID, thing, ours := thingOf(id)
	if !ours {
		return nil, nil
	}
	if strings.Contains(thing, "|") {
		has := r.ledger.HasDigest
		if id == workflows.MorningWorkflowID(thing) {
			has = r.ledger.HasMorning
		}
		if there, err := has(ctx, thing); there || err != nil {
			return nil, err // the digest or morning is in the ledger: its workflow finds nothing left to say at its next try, and ends
		}
		f := strange(planID, thing, x, Unknown)
		return &f, nil
	}
	over, has, err := r.isOver(ctx, id, planID, thing)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		f := strange(planID, thing, x, Unknown)
		if r.mend && strings.Contains(thing, "#") {
			err = r.giveBack(ctx, &f)
		} else {
			err = nil
		}
		return &f, err
	case err != nil || !over:
		return nil, err // the task or talk was opened after things was read
	}
	return r.outlived(ctx, x, strange(planID, thing, x, Over), has)
}

// isOver tells whether a task, duty or talk is over in the ledger, and gives its position
// there. ledger.ErrNotFound when the ledger does not have it.
func (r reconciling) isOver(ctx context.Context, workflow, planID, thing string) (over bool, at workflows.Position, err error) {
	if workflow == workflows.TalkWorkflowID(planID, thing) {
		k, err := r.ledger.Talk(ctx, planID, thing)
		if k.Facts != nil {
			at = workflows.TalkPositionOf(*k.Facts)
		}
		return !k.GoesOn(), at, err
	}
	t, err := r.ledger.Task(ctx, planID, thing)
	return t.State != ledger.TaskOpen, workflows.PositionOf(ledger.CaseOf(t)), err
}

// outlived mends a workflow whose thing is over in the ledger. It first waits for work
// that is pending, upon which the workflow may end by itself; then it tells the workflow to
// read the ledger. A workflow that knows acts which the ledger does not have is left to a
// person.
func (r reconciling) outlived(ctx context.Context, x *workflow.WorkflowExecutionInfo, f Finding, has workflows.Position) (*Finding, error) {
	ends := func(within time.Duration, rests bool) (bool, error) {
		for began, pause := time.Now(), 100*time.Millisecond; ; pause *= 2 {
			d, err := r.describe(ctx, f.Workflow)
			if err != nil {
				return false, err
			}
			if d == nil || d.GetWorkflowExecutionInfo().GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
				return true, nil
			}
			if knows := positionIn(d); knows != nil && knows.Acts > has.Acts {
				f.Why, f.Asks = Ahead, true
			}
			if rests && d.GetPendingWorkflowTask() == nil && len(d.GetPendingActivities()) == 0 || time.Since(began) > within {
				return false, nil
			}
			if err := rest(ctx, pause); err != nil {
				return false, err
			}
		}
	}
	if ended, err := ends(answerIn, true); ended || err != nil {
		return nil, err
	}
	if !r.mend || f.Asks {
		return &f, nil
	}
	if err := r.look(ctx, f.Workflow); err != nil {
		return &f, err
	}
	ended, err := ends(answerIn, false)
	if err != nil || !ended {
		return &f, err // no worker took it in time: the workflow reads the ledger when one does
	}
	f.Mended = true
	return &f, r.note(ctx, f, f.Run)
}

// giveBack writes a proposed talk that the ledger has lost back into it, from the input of
// its workflow's first run, and then the talk's acts by recover. A talk that a stage
// called for is not written back: that stage will be decided once more.
func (r reconciling) giveBack(ctx context.Context, f *Finding) error {
	state, err := r.firstState(ctx, f.Workflow, f.Run)
	if err != nil || state == nil || len(state.Course.Known) == 0 || state.Course.Origin.Kind == act.OriginStage {
		return err
	}
	talk, err := r.ledger.GiveBackTalk(ctx, f.Plan, f.Thing, state.OpensAt, state.Course.TalkCase, r.when(r.launched.Clock))
	if errors.Is(err, ledger.ErrNotFound) {
		return nil // the ledger has lost the task too
	}
	if err != nil {
		return err
	}
	if err := r.recover(ctx, r.talk(talk, nil), f); err != nil {
		return err
	}
	f.Mended, f.Asks = true, false
	return r.note(ctx, *f, f.Run)
}

// firstState is the input of the first run of a talk's workflow; nil when Temporal no
// longer keeps that run.
func (r reconciling) firstState(ctx context.Context, workflow, run string) (*workflows.TalkState, error) {
	var state *workflows.TalkState
	for run != "" {
		input, before, err := r.inputOf(ctx, workflow, run)
		if err != nil {
			return nil, err
		}
		if input == nil {
			return nil, nil
		}
		state = &workflows.TalkState{}
		if err := converter.GetDefaultDataConverter().FromPayloads(input, state); err != nil {
			return nil, fmt.Errorf("engine: input of %s: %w", workflow, err)
		}
		run = before
	}
	return state, nil
}

// inputOf is the input that a run was started with, nil when Temporal no longer keeps the
// run, and the ID of the run before it, "" for the first.
func (r reconciling) inputOf(ctx context.Context, workflow, run string) (input *common.Payloads, before string, err error) {
	events := r.client.GetWorkflowHistory(ctx, workflow, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	if !events.HasNext() {
		return nil, "", nil
	}
	e, err := events.Next()
	if lost(err) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("engine: history of %s: %w", workflow, err)
	}
	a := e.GetWorkflowExecutionStartedEventAttributes()
	return a.GetInput(), a.GetContinuedExecutionRunId(), nil
}

// Rule says which of ledger and Temporal is right where they differ and no program can
// tell: a person decides.
type Rule string

const (
	LedgerRules   Rule = "ledger"   // a workflow that the ledger does not have is ended; messages without a receipt are sent again
	TemporalRules Rule = "temporal" // messages without a receipt count as delivered
)

// ErrCannotTake is the error for TemporalRules on a workflow that the ledger does not
// have: Temporal's store alone cannot give the ledger what it lacks.
var ErrCannotTake = errors.New("only a newer copy of the ledger has what this is about")

// Take settles a finding that asks a person (Finding.Asks), by the rule and in the name of
// an account, and records it as event workflow.taken. For findings other than Spoken,
// TemporalRules gives ErrCannotTake and LedgerRules terminates the workflow. Whether the
// account may decide is for the caller to check.
func (e *Engine) Take(ctx context.Context, f Finding, rule Rule, account string) error {
	clock, err := e.clockOf(ctx, f.Plan)
	if err != nil {
		return err
	}
	switch {
	case f.Why == Spoken:
		return e.takeSpoken(ctx, f, rule, account, e.when(clock))
	case rule == TemporalRules:
		return fmt.Errorf("%s: %w", f.Workflow, ErrCannotTake)
	}
	if err := e.client.TerminateWorkflow(ctx, f.Workflow, f.Run, "the ledger is right, says "+account); err != nil && !lost(err) {
		return fmt.Errorf("engine: end %s: %w", f.Workflow, err)
	}
	return e.taken(ctx, f, rule, account, e.when(clock))
}

// takeSpoken settles the messages of a digest whose receipts the ledger does not have: as
// delivered, or to be sent again.
func (e *Engine) takeSpoken(ctx context.Context, f Finding, rule Rule, account string, when ledger.When) error {
	if _, err := e.ledger.Doubt(ctx, f.Thing, when); err != nil {
		return err
	}
	messages, err := e.ledger.Messages(ctx, ledger.MessageFilter{Plan: f.Plan, States: []ledger.NoticeState{ledger.Unknown}})
	if err != nil {
		return err
	}
	for _, m := range messages {
		switch {
		case m.Digest != f.Thing:
		case rule == TemporalRules:
			err = e.ledger.Receipt(ctx, ledger.Outcome{Message: m.ID, Attempt: m.Attempt, Fate: ledger.Delivered}, when)
		default:
			_, _, err = e.ledger.Resend(ctx, m.ID, account, when)
		}
		if err != nil {
			return err
		}
	}
	if rule == LedgerRules {
		if err := e.SpeakNow(ctx, f.Thing); err != nil {
			return err
		}
	}
	return e.taken(ctx, f, rule, account, when)
}

func (e *Engine) taken(ctx context.Context, f Finding, rule Rule, account string, when ledger.When) error {
	return e.putOn(ctx, ledger.WorkflowTaken, fmt.Sprintf("%s/taken/%s/%s", f.Plan, f.Workflow, f.Run), f, account, when,
		map[string]any{"workflow": f.Workflow, "thing": f.Thing, "why": f.Why, "run": f.Run, "right": rule})
}

// clockOf is a plan's clock; the wall clock for a plan that the ledger does not have.
func (e *Engine) clockOf(ctx context.Context, planID string) (calendar.Clock, error) {
	l, err := e.ledger.Plan(ctx, planID)
	if errors.Is(err, ledger.ErrNotFound) {
		return calendar.Clock{}, nil
	}
	return l.Clock, err
}
