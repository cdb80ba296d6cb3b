// Package engine is the typed client of running plans: it launches a plan,
// starts what activities ask for, and carries people's acts to the workflows.
package engine

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/workflows"
)

// Engine speaks to one Temporal namespace and one ledger.
type Engine struct {
	client client.Client
	ledger *ledger.Store
	window time.Duration
	now    func() time.Time
	log    *slog.Logger
}

// New makes an engine. window is the wake window that started tasks are given;
// now is the wall clock.
func New(c client.Client, l *ledger.Store, window time.Duration, now func() time.Time, log *slog.Logger) *Engine {
	return &Engine{client: c, ledger: l, window: window, now: now, log: log}
}

// StartTask starts the workflow of a task or an occurrence. One that runs or
// ran already is no error.
func (e *Engine) StartTask(ctx context.Context, l ledger.Launched, t ledger.Task, ladder []plan.Stage) error {
	course, err := e.courseOf(ctx, l, t, ladder)
	if err != nil {
		return err
	}
	state := workflows.TaskState{Plan: t.Plan, Task: t.ID, Clock: l.Clock, Window: e.windowOn(l.Clock), Course: course}
	return e.start(ctx, e.taskOptions(l, t, workflows.TaskWorkflowID(t.Plan, t.ID)), workflows.TaskType, state)
}

// windowOn is the wake window on a clock. On a fast one hours are milliseconds,
// too short to decide a morning in: it becomes nearly a day, so that a
// rehearsal too says a morning's notices in one message a reader.
func (e *Engine) windowOn(clock calendar.Clock) time.Duration {
	if clock.Rate <= 1 {
		return e.window
	}
	return max(e.window, 20*time.Hour)
}

// StartDuty starts the workflow that opens a duty's occurrences.
func (e *Engine) StartDuty(ctx context.Context, l ledger.Launched, t ledger.Task) error {
	course, err := e.courseOf(ctx, l, t, nil)
	if err != nil {
		return err
	}
	state := workflows.DutyState{Plan: t.Plan, Duty: t.ID, Clock: l.Clock, Course: course}
	return e.start(ctx, e.taskOptions(l, t, workflows.DutyWorkflowID(t.Plan, t.ID)), workflows.DutyType, state)
}

// StartDigest starts a recipient's digest, delayed until a few seconds before it
// is to speak: its activity waits for the moment itself, so that what speaks at
// one instant has its workflow task behind it by then. The seconds are spread by
// the digest's key.
func (e *Engine) StartDigest(ctx context.Context, d ledger.Digest, clock calendar.Clock) error {
	opts := options(workflows.DigestWorkflowID(d.Key))
	wait := clock.Until(d.SpeakAt, e.now())
	opts.StartDelay = max(0, wait-early(d.Key))
	if wait == 0 {
		opts.StartDelay = collecting
	}
	opts.EnableEagerStart = opts.StartDelay == 0
	opts.StaticSummary = "提醒汇总 " + d.Recipient.String() + " · " + d.SpeakAt.In(calendar.Beijing).Format("2006-01-02 15:04")
	opts.TypedSearchAttributes = attributes(
		workflows.PlanAttribute.ValueSet(d.Plan), workflows.UnitAttribute.ValueSet(d.Recipient.Unit))
	return e.start(ctx, opts, workflows.DigestType, workflows.DigestInput{Key: d.Key})
}

// collecting is how long a digest that is late already waits for what else is
// late, on the real clock: after an outage a reader gets one message, not one a task.
const collecting = 3 * time.Second

// early is how long before it speaks a digest's workflow starts, on the real
// clock: long enough for a thousand others of that morning, short enough for one
// workflow task (ten seconds).
func early(key string) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(key))
	return time.Second + time.Duration(h.Sum32()%4000)*time.Millisecond
}

// StartAudit starts a plan's daily audit; the first is half an hour after the
// first speaking time that follows the launch.
func (e *Engine) StartAudit(ctx context.Context, l ledger.Launched, first time.Time, grace time.Duration) error {
	opts := options(workflows.AuditWorkflowID(l.Plan.ID))
	opts.StaticSummary = "每日核对 · " + l.Plan.Title
	opts.TypedSearchAttributes = attributes(workflows.PlanAttribute.ValueSet(l.Plan.ID))
	return e.start(ctx, opts, workflows.AuditType, workflows.AuditState{Plan: l.Plan.ID, Clock: l.Clock, Next: first, Grace: grace})
}

func (e *Engine) taskOptions(l ledger.Launched, t ledger.Task, id string) client.StartWorkflowOptions {
	opts := options(id)
	opts.StaticSummary = t.Title
	opts.StaticDetails = fmt.Sprintf("%s %s\n\n责任单位：%s\n\n时限：%s\n\n出处：%s", t.Plan, t.ID, l.Plan.Directory.Name(t.Lead), t.Due, t.Clause)
	opts.TypedSearchAttributes = attributes(
		workflows.PlanAttribute.ValueSet(t.Plan), workflows.UnitAttribute.ValueSet(t.Lead), workflows.DueAttribute.ValueSet(t.Due.String()))
	return opts
}

// attributes are a workflow's search attributes, whole from the start.
func attributes(own ...temporal.SearchAttributeUpdate) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(append(own, workflows.Builds())...)
}

func options(id string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                                       id,
		TaskQueue:                                workflows.TaskQueue,
		WorkflowIDReusePolicy:                    enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		EnableEagerStart:                         true,
	}
}

func (e *Engine) start(ctx context.Context, opts client.StartWorkflowOptions, workflowType string, arg any) error {
	_, err := e.client.ExecuteWorkflow(ctx, opts, workflowType, arg)
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	if err == nil || errors.As(err, &already) || temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil
	}
	return fmt.Errorf("engine: start %s: %w", opts.ID, err)
}
