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

// recover gives the ledger the acts of a task, duty or talk that it has lost, being
// older than Temporal: they stand in the workflow's histories, each with the course
// it was done on. What they told and is out is not said again: see unheard. f gets
// their number.
func (r reconciling) recover(ctx context.Context, t thing, f *Finding) error {
	book, err := r.ledger.Book(ctx, r.launched)
	if err != nil {
		return err
	}
	recorded, err := r.actsIn(ctx, t.workflow, f.Run)
	if err != nil {
		return err
	}
	for _, one := range recorded {
		fresh, err := r.restore(ctx, book, one)
		if err != nil {
			return fmt.Errorf("engine: acts of %s: %w", t.workflow, err)
		}
		if fresh {
			f.Acts++
		}
	}
	return nil
}

// Recover gives the ledger the acts of one task, duty or talk that it lacks: see recover.
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

// restore writes one act of a history into the ledger, unless it is there.
func (r reconciling) restore(ctx context.Context, book act.Book, one actInput) (fresh bool, err error) {
	key := ledger.ActKey(one.Plan, one.Task+one.Talk, one.Act.ID)
	if there, err := r.ledger.Recorded(ctx, key); there || err != nil {
		return false, err
	}
	when := r.when(r.launched.Clock)
	if one.Talk != "" {
		talk, err := r.ledger.Talk(ctx, one.Plan, one.Talk)
		if err != nil {
			return false, known(err)
		}
		if talk.Facts != nil {
			one.talkCourse.TalkCase = one.talkCourse.Worded(*talk.Facts)
		}
		after, told, refused := book.ActOnTalk(book.TalkCourse(one.talkCourse.TalkCase), one.Act)
		if refused != nil || !talk.GoesOn() {
			return false, nil
		}
		acted := ledger.ActedOnTalk{Plan: one.Plan, Talk: one.Talk, Act: one.Act, Version: talk.Version, Facts: after.TalkCase, Told: told, From: &r.launched.Plan}
		if acted.Channels, err = r.unheard(ctx, told); err != nil {
			return false, err
		}
		_, digests, err := r.ledger.ActOnTalk(ctx, acted, when)
		if err != nil {
			return false, known(err)
		}
		return true, r.wake(ctx, digests)
	}
	row, err := r.ledger.Task(ctx, one.Plan, one.Task)
	if err != nil {
		return false, known(err)
	}
	talks, err := r.ledger.TalksAbout(ctx, one.Plan, one.Task)
	if err != nil {
		return false, err
	}
	one.course.Case = one.course.Worded(row.Facts)
	after, told, refused := book.Act(book.Course(one.course.Case), one.Act)
	if refused != nil || row.State != ledger.TaskOpen {
		return false, nil
	}
	all := told
	acted := ledger.Acted{Plan: one.Plan, Task: one.Task, Act: one.Act, Version: row.Version, Facts: after.Case, Told: told, From: &r.launched.Plan}
	for _, k := range talks {
		if c, told, ok := book.AffectedBy(book.TalkCourse(ledger.TalkCaseOf(&r.launched.Plan, row, k)), one.Task, one.course.Case, after.Case, one.Act); ok {
			acted.Talks = append(acted.Talks, ledger.ActedTalk{Talk: k.ID, Version: k.Version, Facts: c.TalkCase, Told: told})
			all = append(all, told...)
		}
	}
	if acted.Channels, err = r.unheard(ctx, all); err != nil {
		return false, err
	}
	_, digests, err := r.ledger.Act(ctx, acted, when)
	if err != nil {
		return false, known(err)
	}
	return true, r.wake(ctx, digests)
}

// unheard are those who have not heard yet what an act told them, and over which
// channels they are to: whose message's workflow is still at it, or was ended from
// outside. An act is in a history only after the messages it asks for were begun, so
// where there is none any more it has long been sent.
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
			if d == nil && err == nil { // its morning speaks it, or has
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

// wake lets messages be tried at once that the ledger has got back and that wait for
// their next try; a morning finds them by itself.
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

// known drops the errors of things that the ledger does not have, has ended or knows
// more of: a person is shown those, or the ledger's course rules.
func known(err error) error {
	if errors.Is(err, ledger.ErrNotFound) || errors.Is(err, ledger.ErrBehind) {
		return nil
	}
	return err
}

// actInput is one act as its activity was given it.
type actInput struct {
	Plan, Task, Talk string
	Act              act.Act
	course           act.Course
	talkCourse       act.TalkCourse
}

// actsIn are the acts that a workflow has recorded, in all its runs up to one, in order.
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
			return acts, "", nil // older than what the namespace keeps
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

// ofMany is the act that a local activity has recorded: one of many. Its marker has
// what the activity gave, under "result", and no more of what it was asked.
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

// nothingWritten tells the result of a try that recorded no act, because the ledger
// was further on than the course the act was judged by.
func nothingWritten(result *common.Payloads) bool {
	var r struct {
		Behind bool `json:"behind"`
	}
	return converter.GetDefaultDataConverter().FromPayloads(result, &r) == nil && r.Behind
}

// actOf reads the input of the activities that record acts.
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

// unsure marks what a digest has to say as unknown, for its workflow has spoken;
// what is known not to have gone out is spoken again.
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
