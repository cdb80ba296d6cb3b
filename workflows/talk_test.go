package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"duban/activities"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/workflows"
)

// talkBench is a bench on which the task's talk stage was decided at wake.
func talkBench(t *testing.T, open string) (*bench, workflows.TalkState) {
	wake := day(2021, 5, 19).Add(7 * time.Hour)
	survey := task("survey", calendar.NewDay(2021, 4, 30))
	b := newBench(t, wake, survey)
	p := b.plan.Policies["standard"]
	talks := *p.Talk
	talks.Open = open
	p.Talk = &talks
	b.plan.Policies["standard"] = p
	b.plan.ID, b.plan.Hash = "q", "q"
	when := ledger.When{Real: wake, Plan: wake}
	row := ledger.NewTask{Task: ledger.TaskOf("q", survey, wake)}
	_, err := b.store.AddPlan(t.Context(), ledger.Launched{Plan: *b.plan, At: wake}, []ledger.NewTask{row}, when)
	require.NoError(t, err)
	opens := wake.Add(2 * time.Hour)
	_, talk, err := b.store.DecideStage(t.Context(), ledger.Decision{
		Plan: "q", Task: "survey", Revision: 1, OpensTalk: true,
		Stage:    plan.Stage{ID: "talk", Kind: plan.Talk, At: opens, To: []people.Recipient{{Unit: "lingdao", Role: people.Leader}}},
		Channels: map[people.Recipient][]string{},
	}, when)
	require.NoError(t, err)
	require.NotNil(t, talk)
	return b, workflows.TalkState{Plan: "q", Talk: talk.ID, Task: "survey", Revision: 1, Window: 2 * time.Hour, OpensAt: opens}
}

func (b *bench) talkStages() []string {
	stages, err := b.store.Stages(b.t.Context(), "q", "survey")
	require.NoError(b.t, err)
	var out []string
	for _, s := range stages {
		if s.Talk != "" {
			out = append(out, s.At.In(calendar.Beijing).Format("01-02 ")+s.ID+" "+s.State)
		}
	}
	return out
}

func (b *bench) talkState(id string) string {
	talk, err := b.store.Talk(b.t.Context(), "q", id)
	require.NoError(b.t, err)
	return talk.State
}

func TestSilentTalkMissesEveryStepAndSaysSo(t *testing.T) {
	t.Parallel()
	b, state := talkBench(t, plan.TalkAtOnce)
	b.ExecuteWorkflow(workflows.TalkType, state)
	b.done() // with its ladder
	require.Equal(t, []string{
		"05-20 talk-served-remind decided", "05-24 talk-served-missed decided",
		"05-27 talk-held-remind decided", "05-31 talk-held-missed decided",
		"06-01 talk-minutes-remind decided", "06-03 talk-minutes-missed decided",
		"06-25 talk-plan-remind decided", "06-29 talk-plan-missed decided",
		"07-27 talk-report-remind decided", "07-29 talk-report-missed decided",
		"08-10 talk-verified-remind decided", "08-12 talk-verified-missed decided",
	}, b.talkStages())
	require.Equal(t, ledger.TalkOpen, b.talkState(state.Talk))
}

func TestTalkOfATaskClosedMeanwhileDoesNotOpen(t *testing.T) {
	t.Parallel()
	b, state := talkBench(t, plan.TalkAtOnce)
	b.RegisterDelayedCallback(func() {
		require.NoError(t, b.store.CloseTask(t.Context(), "q", "survey", "office", "", "c", ledger.When{Real: b.Now(), Plan: b.Now()}))
	}, time.Hour)
	b.ExecuteWorkflow(workflows.TalkType, state)
	b.done()
	require.Empty(t, b.talkStages())
	require.Equal(t, ledger.TalkVoid, b.talkState(state.Talk))
}

func TestProposedTalkWaitsForANamedLeader(t *testing.T) {
	t.Parallel()
	for _, decision := range []string{workflows.Approve, workflows.Decline} {
		t.Run(decision, func(t *testing.T) {
			t.Parallel()
			b, state := talkBench(t, plan.TalkOnApproval)
			var nobody, nothing, named answer
			b.RegisterDelayedCallback(func() {
				require.Equal(t, ledger.TalkProposed, b.talkState(state.Talk))
				b.UpdateWorkflow(workflows.ApproveUpdate, "1", &nobody, workflows.Approval{Decision: decision})
				b.UpdateWorkflow(workflows.ApproveUpdate, "2", &nothing, workflows.Approval{By: "leader"})
				b.UpdateWorkflow(workflows.ApproveUpdate, "3", &named, workflows.Approval{By: "leader", Decision: decision})
			}, 5*24*time.Hour)
			b.RegisterDelayedCallback(b.CancelWorkflow, 200*24*time.Hour)
			b.ExecuteWorkflow(workflows.TalkType, state)
			for _, refused := range []answer{nobody, nothing} {
				var app *temporal.ApplicationError
				require.ErrorAs(t, refused.rejected, &app)
				require.Equal(t, activities.ErrTypeInvalid, app.Type())
			}
			require.NoError(t, errors.Join(named.rejected, named.err))
			if decision == workflows.Decline {
				require.Equal(t, ledger.TalkDeclined, b.talkState(state.Talk))
				require.Empty(t, b.talkStages())
				return
			}
			require.Equal(t, ledger.TalkOpen, b.talkState(state.Talk))
			stages := b.talkStages()
			require.Len(t, stages, 12)
			require.Equal(t, "05-27 talk-served-missed decided", stages[1]) // counted from 05-24, the day of approval
		})
	}
}
