package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/workflows"
)

// audited runs one audit at a day's 09:30 and gives the alarm events' text and
// the mails it sent.
func (b *bench) audited(at time.Time) (alarm string, mails []string) {
	b.SetStartTime(at)
	b.RegisterDelayedCallback(b.CancelWorkflow, time.Hour)
	b.live(workflows.AuditType, workflows.AuditState{Plan: "p", Next: at, Grace: 20 * time.Minute})
	require.True(b.t, b.IsWorkflowCompleted())
	events, err := b.store.Events(b.t.Context(), ledger.EventFilter{Plan: "p"})
	require.NoError(b.t, err)
	for _, e := range events {
		if e.Kind == "audit.alarm" {
			alarm = string(e.Data)
		}
	}
	for _, m := range b.post.mails {
		mails = append(mails, m.Text)
	}
	return alarm, mails
}

func TestAuditCriesForAnOccurrenceThatWasNeverOpened(t *testing.T) {
	t.Parallel()
	monitor := plan.Task{ID: "monitor", Title: "水质监测", Kind: plan.Duty, Lead: "shuiwu", Policy: "standard",
		Recur: &plan.Recurrence{Every: "quarter"}}
	b := newBench(t, day(2021, 4, 8), monitor)
	alarm, mails := b.audited(day(2021, 6, 16).Add(9*time.Hour + 30*time.Minute))
	// opened on Friday 05-28: what meets on Monday 05-31 becomes one, and that was never said
	require.JSONEq(t, `{"missing":["monitor.2021Q2/remind-30"],"stuck":[]}`, alarm)
	require.Len(t, mails, 1)
	require.Contains(t, mails[0], "水质监测")
	require.Contains(t, mails[0], "2021年6月30日")
}

func TestAuditIsSilentBeforeAnOccurrenceSpeaks(t *testing.T) {
	t.Parallel()
	monitor := plan.Task{ID: "monitor", Title: "水质监测", Kind: plan.Duty, Lead: "shuiwu", Policy: "standard",
		Recur: &plan.Recurrence{Every: "quarter"}}
	b := newBench(t, day(2021, 4, 8), monitor)
	alarm, mails := b.audited(day(2021, 5, 28).Add(9*time.Hour + 30*time.Minute)) // opened on 05-28, first reminder 05-31
	require.Empty(t, alarm)
	require.Empty(t, mails)
}

// A talk outlives its task: the audit goes on until the talk too has ended.
func TestAuditGoesOnWithTheLastTalk(t *testing.T) {
	t.Parallel()
	for _, opens := range []string{ledger.TalkPending, plan.TalkOnApproval, plan.TalkAtOnce} {
		t.Run(opens, func(t *testing.T) {
			t.Parallel()
			start := day(2021, 5, 14)
			b := newBench(t, start, task("only", calendar.NewDay(2021, 12, 31)))
			now := func() ledger.When { return ledger.When{Real: b.Now(), Plan: b.Now()} }
			called := plan.Stage{ID: "talk", Kind: plan.Talk, At: day(2021, 5, 18).Add(9 * time.Hour)}
			_, talk := b.decide("only", called, ledger.When{Real: start, Plan: start})
			if opens != ledger.TalkPending {
				b.opens(talk.ID, opens, ledger.When{Real: start, Plan: start})
			}
			b.RegisterDelayedCallback(func() {
				require.NoError(t, ledgertest.Verify(t.Context(), b.store, "p", "only", "office", "", "c", now()))
			}, 2*24*time.Hour)
			b.RegisterDelayedCallback(func() {
				end := act.Act{ID: "end", Kind: act.CloseTalk, By: act.EngineActor, At: b.Now(), Reason: "x"}
				row, err := b.store.Talk(t.Context(), "p", talk.ID)
				require.NoError(t, err)
				_, _, err = b.store.ActOnTalk(t.Context(), ledger.ActedOnTalk{Plan: "p", Talk: talk.ID, Act: end, Version: row.Version, Facts: act.TalkCase{State: act.TalkClosed}}, now())
				require.NoError(t, err)
			}, 10*24*time.Hour)
			b.live(workflows.AuditType, workflows.AuditState{Plan: "p", Next: start.Add(10 * time.Hour), Grace: time.Hour})
			b.done()
			want := "2021-05-24"
			if opens != plan.TalkAtOnce {
				want = "2021-05-16" // one that has not opened is void with its task
			}
			require.Equal(t, want, b.Now().In(calendar.Beijing).Format(time.DateOnly))
		})
	}
}

func TestAuditCriesForATalkThatDidNotOpen(t *testing.T) {
	t.Parallel()
	survey := task("survey", calendar.NewDay(2021, 4, 30))
	b := newBench(t, day(2021, 4, 8), survey)
	for _, s := range b.ladder(survey, day(2021, 4, 8)) {
		when := ledger.When{Real: s.At, Plan: s.At}
		b.decide("survey", s, when)
	}
	alarm, mails := b.audited(day(2021, 5, 18).Add(9*time.Hour + 30*time.Minute))
	require.JSONEq(t, `{"missing":["survey/survey#1"],"stuck":[]}`, alarm)
	require.Len(t, mails, 1)
	require.Contains(t, mails[0], "约谈（survey#1）")
}
