package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/converter"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/workflows"
)

// recover writes back to the ledger the acts of a task, duty or talk that the ledger has
// lost, as after it was restored from a backup. The acts are in the workflow's histories,
// each with the course it was done on. Messages about them that were sent before are not
// sent again: see unheard. f.Acts counts the acts written.
func (r reconciling) recover(ctx context.Context, t thing, f *Finding) error {
	rules, err := r.ledger.Rules(ctx, r.launched)
	if err != nil {
		return err
	}
	recorded, err := r.actsIn(ctx, t.workflow, f.Run)
	if err != nil {
		return err
	}
	for _, one := range recorded {
		fresh, err := r.restore(ctx, rules, one)
		if err != nil {
			return fmt.Errorf("engine: acts of %s: %w", t.workflow, err)
		}
		if fresh {
			f.Acts++
		}
	}
	return nil
}

// Recover writes back to the ledger the acts of one task, duty or talk, of ID id, that
// are in its workflow's histories and not in the ledger: see recover.
func (e *Engine) Recover(ctx context.Context, planID, id string) error {
	r := reconciling{Engine: e}
	var err error
	if r.launched, err = e.ledger.Plan(ctx, planID); err != nil {
		return err
	}
	of := thing{id: id, workflow: workflows.TalkWorkflowID(planID, id)}
	t, err := e.ledger.Task(ctx, planID, id)
	switch {
	case err == nil:
		of.workflow = workflowOf(planID, id, t.Kind)
	case !errors.Is(err, ledger.ErrNotFound):
		return err
	}
	d, err := r.describe(ctx, of.workflow)
	if d == nil || err != nil {
		return err
	}
	return r.recover(ctx, of, &Finding{Run: d.GetWorkflowExecutionInfo().GetExecution().GetRunId()})
}

// restore writes one act of a history into the ledger; fresh is false when the ledger had
// it already.
func (r reconciling) restore(ctx context.Context, rules act.Rules, one actInput) (fresh bool, err error) {
	var digests []ledger.Digest
	if one.Talk != "" {
		digests, fresh, err = r.docket().RestoreOnTalk(ctx, r.launched, rules, one.Talk, one.Act, one.talkCourse.TalkCase, r.unheard)
	} else {
		digests, fresh, err = r.docket().Restore(ctx, r.launched, rules, one.Task, one.Act, one.course.Case, r.unheard)
	}
	if err != nil {
		return false, err
	}
	return fresh, r.wake(ctx, digests)
}

// unheard gives the recipients who have not yet got the message about a restored act,
// each with the channels to send it over: those for whom the workflow that speaks the
// message still runs, or was ended from outside. Such a workflow is started before the
// act is in a history; so where Temporal has none any more, the message was sent long ago.
func (r reconciling) unheard(ctx context.Context, told []plan.Stage) (map[people.Recipient][]string, error) {
	if len(told) == 0 {
		return nil, nil
	}
	channels, err := r.docket().Channels(ctx)
	if err != nil {
		return nil, err
	}
	to := map[people.Recipient][]string{}
	for _, stage := range told {
		for _, who := range stage.To {
			d, err := r.describe(ctx, workflows.DigestWorkflowID(ledger.DigestKey(r.launched.Plan.ID, who, stage.At, 1)))
			if d == nil && err == nil { // no workflow of the digest's own: its morning speaks it, or has spoken it
				d, err = r.describe(ctx, workflows.MorningWorkflowID(ledger.MorningKey(r.launched.Plan.ID, stage.At, 1)))
			}
			if err != nil {
				return nil, err
			}
			if d != nil && d.GetWorkflowExecutionInfo().GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_COMPLETED {
				to[who] = channels
			}
		}
	}
	return to, nil
}

// wake has digests that the ledger has got back tried at once where their own workflow
// waits for its next try. A morning's workflow finds such digests by itself.
func (r reconciling) wake(ctx context.Context, digests []ledger.Digest) error {
	for _, d := range digests {
		waits, err := r.describe(ctx, workflows.DigestWorkflowID(d.Key))
		if err != nil {
			return err
		}
		if waits.GetWorkflowExecutionInfo().GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
			continue
		}
		if err := r.SpeakNow(ctx, d.Key); err != nil {
			return err
		}
	}
	return nil
}

// actInput is one act with the course it was judged by, from the input of the activity
// that recorded it.
type actInput struct {
	Plan, Task, Talk string
	Act              act.Act
	course           act.Course
	talkCourse       act.TalkCourse
}

// actsIn gives the acts that a workflow has recorded, in order, in the given run and all
// runs before it.
func (r reconciling) actsIn(ctx context.Context, workflow, run string) ([]actInput, error) {
	var all []actInput
	for run != "" {
		acts, before, err := r.actsOfRun(ctx, workflow, run)
		if err != nil {
			return nil, err
		}
		all = append(acts, all...)
		run = before
	}
	return all, nil
}

func (r reconciling) actsOfRun(ctx context.Context, workflow, run string) (acts []actInput, before string, err error) {
	scheduled := map[int64]actInput{}
	events := r.client.GetWorkflowHistory(ctx, workflow, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		var gone *serviceerror.NotFound
		if errors.As(err, &gone) {
			return acts, "", nil // the run is older than Temporal's namespace keeps
		}
		if err != nil {
			return nil, "", fmt.Errorf("engine: history of %s: %w", workflow, err)
		}
		switch a := e.GetAttributes().(type) {
		case *history.HistoryEvent_WorkflowExecutionStartedEventAttributes:
			before = a.WorkflowExecutionStartedEventAttributes.GetContinuedExecutionRunId()
		case *history.HistoryEvent_ActivityTaskScheduledEventAttributes:
			if in, ok := actOf(a.ActivityTaskScheduledEventAttributes.GetActivityType().GetName(), a.ActivityTaskScheduledEventAttributes.GetInput()); ok {
				scheduled[e.GetEventId()] = in
			}
		case *history.HistoryEvent_MarkerRecordedEventAttributes:
			if in, ok := ofMany(a.MarkerRecordedEventAttributes); ok {
				acts = append(acts, in)
			}
		case *history.HistoryEvent_ActivityTaskCompletedEventAttributes:
			in, ok := scheduled[a.ActivityTaskCompletedEventAttributes.GetScheduledEventId()]
			if ok && !nothingWritten(a.ActivityTaskCompletedEventAttributes.GetResult()) {
				acts = append(acts, in)
			}
		}
	}
	return slices.Clip(acts), before, nil
}

// ofMany reads the act that a local activity has recorded for one of many tasks
// (wire.RecordedOfMany). The history's marker of a local activity has only its result,
// under "result", and no input; so the result repeats the act.
func ofMany(m *history.MarkerRecordedEventAttributes) (in actInput, ok bool) {
	if m.GetMarkerName() != "LocalActivity" || m.GetFailure() != nil {
		return in, false
	}
	var of wire.RecordedOfMany
	result := m.GetDetails()["result"]
	if result == nil || converter.GetDefaultDataConverter().FromPayloads(result, &of) != nil || of.Asked.Act.ID == "" || of.Result.Behind {
		return in, false
	}
	return actInput{Plan: of.Asked.Plan, Task: of.Asked.Task, Act: of.Asked.Act, course: of.Asked.Course}, true
}

// nothingWritten tells that an activity's result says that no act was recorded, because
// the ledger was further on than the course by which the act was judged.
func nothingWritten(result *common.Payloads) bool {
	var r struct {
		Behind bool `json:"behind"`
	}
	return converter.GetDefaultDataConverter().FromPayloads(result, &r) == nil && r.Behind
}

// actOf reads the act from the input of an activity that records acts; ok is false for
// every other activity.
func actOf(activity string, payload *common.Payloads) (in actInput, ok bool) {
	decode := converter.GetDefaultDataConverter().FromPayloads
	switch activity {
	case wire.RecordActName:
		var a wire.ActInput
		if decode(payload, &a) != nil {
			return in, false
		}
		return actInput{Plan: a.Plan, Task: a.Task, Act: a.Act, course: a.Course}, true
	case wire.RecordTalkActName:
		var a wire.TalkActInput
		if decode(payload, &a) != nil {
			return in, false
		}
		return actInput{Plan: a.Plan, Talk: a.Talk, Act: a.Act, talkCourse: a.Course}, true
	}
	return in, false
}

// unsure marks the messages of a digest as unknown in the ledger, because the digest's
// workflow has ended and may have sent them: a person must say (f.Asks). When a person has
// let messages be tried once more, a new workflow speaks these.
func (r reconciling) unsure(ctx context.Context, t thing, f *Finding) error {
	again, err := r.ledger.Doubt(ctx, t.id, r.when(r.launched.Clock))
	if err != nil {
		return err
	}
	f.Asks = true
	if !again {
		return nil
	}
	j, on, err := t.job(ctx)
	if err != nil || !on {
		return err
	}
	run, err := r.begin(ctx, j, false)
	if err != nil || run == "" {
		return err
	}
	f.Mended = true
	return r.note(ctx, *f, run)
}
