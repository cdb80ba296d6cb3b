package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/workflows"
)

// job is how to start a workflow now, from the state that the ledger has.
type job struct {
	opts client.StartWorkflowOptions
	kind string
	arg  any
	at   workflows.Position // how far the ledger has a task, a talk or a duty; zero for others
}

// jobOf is a job with the usual options and no argument yet.
func jobOf(id, kind string) job { return job{opts: options(id), kind: kind} }

// has sets the argument and puts the position and the program's generation in the memo.
func (j job) has(p workflows.Position, arg any) job {
	j.at, j.arg = p, arg
	j.opts.Memo = map[string]any{workflows.PositionMemo: p, workflows.GenerationMemo: workflows.Generation()}
	return j
}

func (e *Engine) taskJob(ctx context.Context, l ledger.Launched, t ledger.Task) (job, error) {
	rules, err := e.ledger.Rules(ctx, l)
	if err != nil {
		return job{}, err
	}
	course := rules.Course(ledger.CaseOf(t))
	j := jobOf(workflows.TaskWorkflowID(t.Plan, t.ID), workflows.TaskType)
	describe(&j.opts, l, t)
	state := workflows.TaskState{Plan: t.Plan, Task: t.ID, Zone: workflows.Zone(l.Plan.Zone), Clock: l.Clock, Window: e.windowOn(l.Clock), Course: course.Keys()}
	return j.has(workflows.PositionOf(course.Case), state), nil
}

func (e *Engine) dutyJob(ctx context.Context, l ledger.Launched, t ledger.Task) (job, error) {
	rules, err := e.ledger.Rules(ctx, l)
	if err != nil {
		return job{}, err
	}
	course := rules.Course(ledger.CaseOf(t))
	j := jobOf(workflows.DutyWorkflowID(t.Plan, t.ID), workflows.DutyType)
	describe(&j.opts, l, t)
	state := workflows.DutyState{Plan: t.Plan, Duty: t.ID, Zone: workflows.Zone(l.Plan.Zone), Clock: l.Clock, Course: course.Keys()}
	return j.has(state.Position(), state), nil
}

func (e *Engine) talkJob(ctx context.Context, l ledger.Launched, k ledger.Talk) (job, error) {
	task, err := e.ledger.Task(ctx, k.Plan, k.Task)
	if err != nil {
		return job{}, err
	}
	rules, err := e.ledger.Rules(ctx, l)
	if err != nil {
		return job{}, err
	}
	j := jobOf(workflows.TalkWorkflowID(k.Plan, k.ID), workflows.TalkType)
	j.opts.StaticSummary = "约谈 " + k.ID + " · " + l.Plan.Directory.Name(k.Lead)
	j.opts.TypedSearchAttributes = attributes(workflows.PlanAttribute.ValueSet(k.Plan), workflows.UnitAttribute.ValueSet(k.Lead))
	state := workflows.TalkState{
		Plan: k.Plan, Talk: k.ID, Task: k.Task, Zone: workflows.Zone(l.Plan.Zone), Clock: l.Clock, Window: e.windowOn(l.Clock), OpensAt: k.OpensAt,
		Course: rules.TalkCourse(ledger.TalkCaseOf(&l.Plan, task, k)).Keys(),
	}
	return j.has(workflows.TalkPositionOf(state.Course.TalkCase), state), nil
}

// speechJob is the workflow that speaks a digest: its morning's, or its own when it has
// no morning.
func (e *Engine) speechJob(l ledger.Launched, d ledger.Digest) job {
	if d.Morning == "" {
		return e.digestJob(l, d)
	}
	j := jobOf(workflows.MorningWorkflowID(d.Morning), workflows.MorningType)
	e.atSpeaking(&j, d.Morning, d.SpeakAt, l.Clock)
	j.opts.StaticSummary = "提醒 " + d.SpeakAt.In(l.Plan.Location()).Format("2006-01-02 15:04")
	j.opts.TypedSearchAttributes = attributes(workflows.PlanAttribute.ValueSet(d.Plan))
	j.arg = workflows.MorningInput{Key: d.Morning, At: d.SpeakAt}
	return j
}

// atSpeaking delays a job until shortly before a speaking time (see early); one whose
// speaking time is over, by collecting.
func (e *Engine) atSpeaking(j *job, key string, at time.Time, clock calendar.Clock) {
	wait := clock.Until(at, e.now())
	j.opts.StartDelay = max(0, wait-early(key))
	if wait == 0 {
		j.opts.StartDelay = collecting
	}
	j.opts.EnableEagerStart = j.opts.StartDelay == 0
}

func (e *Engine) digestJob(l ledger.Launched, d ledger.Digest) job {
	j := jobOf(workflows.DigestWorkflowID(d.Key), workflows.DigestType)
	e.atSpeaking(&j, d.Key, d.SpeakAt, l.Clock)
	j.opts.StaticSummary = "提醒汇总 " + d.Recipient.String() + " · " + d.SpeakAt.In(l.Plan.Location()).Format("2006-01-02 15:04")
	j.opts.TypedSearchAttributes = attributes(workflows.PlanAttribute.ValueSet(d.Plan), workflows.UnitAttribute.ValueSet(d.Recipient.Unit))
	j.arg = workflows.DigestInput{Key: d.Key}
	return j
}

// defaultGrace is how late a stage may be, on the plan's clock, before the audit reports
// it, for a plan that was launched without LaunchOptions.Grace.
const defaultGrace = 20 * time.Minute

// auditJob is the workflow of a plan's daily audit. The first audit is on the first
// working day from the launch on, at act.AuditAt in the plan's zone. A workflow that is
// started later, or again, begins with the day of the last audit, at once when that time is
// over, and counts each day since: what rules propose does not depend on when it ran. audited
// is when that audit ended, on the real clock; zero where there was none.
func (e *Engine) auditJob(l ledger.Launched, cal *calendar.Calendar, audited time.Time) (job, error) {
	lad, err := plan.NewLadderer(&l.Plan, cal)
	if err != nil {
		return job{}, err
	}
	clock := func(d calendar.Day) time.Time { return d.At(0, 0, lad.Zone).Add(act.AuditAt) }
	next := clock(lad.Morning(plan.Policy{}, l.At))
	if last := clock(calendar.DayOf(l.Clock.Plan(audited).In(lad.Zone))); !audited.IsZero() && last.After(next) {
		next = last
	}
	j := jobOf(workflows.AuditWorkflowID(l.Plan.ID), workflows.AuditType)
	j.opts.StaticSummary = "每日核对 · " + l.Plan.Title
	j.opts.TypedSearchAttributes = attributes(workflows.PlanAttribute.ValueSet(l.Plan.ID))
	grace := l.Grace
	if grace == 0 {
		grace = defaultGrace
	}
	j.arg = workflows.AuditState{Plan: l.Plan.ID, Zone: workflows.Zone(l.Plan.Zone), Clock: l.Clock, Next: next, Grace: grace}
	return j, nil
}

// describe sets what Temporal's web UI shows of a task's workflow, and its search
// attributes.
func describe(opts *client.StartWorkflowOptions, l ledger.Launched, t ledger.Task) {
	opts.StaticSummary = t.Title
	opts.StaticDetails = fmt.Sprintf("%s %s\n\n责任单位：%s\n\n时限：%s\n\n出处：%s", t.Plan, t.ID, l.Plan.Directory.Name(t.Lead), t.Due, t.Clause)
	opts.TypedSearchAttributes = attributes(
		workflows.PlanAttribute.ValueSet(t.Plan), workflows.UnitAttribute.ValueSet(t.Lead), workflows.DueAttribute.ValueSet(t.Due.String()))
}

// start starts a workflow unless one of its ID runs, or ran and has ended: neither is an
// error.
func (e *Engine) start(ctx context.Context, j job) error {
	j.opts.WorkflowIDReusePolicy = enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
	_, err := e.client.ExecuteWorkflow(ctx, j.opts, j.kind, j.arg)
	if err == nil || alreadyStarted(err) {
		return nil
	}
	return fmt.Errorf("engine: start %s: %w", j.opts.ID, err)
}

// begin starts a workflow even when one of its ID has run and ended: the ledger says that
// its task goes on. It gives the new run's ID; "" when one runs already. With instead, a
// running one is terminated and replaced.
func (e *Engine) begin(ctx context.Context, j job, instead bool) (run string, err error) {
	j.opts.WorkflowIDReusePolicy = enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	if instead {
		j.opts.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
	}
	got, err := e.client.ExecuteWorkflow(ctx, j.opts, j.kind, j.arg)
	switch {
	case alreadyStarted(err):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("engine: start %s: %w", j.opts.ID, err)
	}
	return got.GetRunID(), nil
}

func alreadyStarted(err error) bool {
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	return errors.As(err, &already) || temporal.IsWorkflowExecutionAlreadyStartedError(err)
}
