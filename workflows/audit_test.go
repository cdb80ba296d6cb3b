package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/workflows"
)

// audited runs one audit at an instant and gives the alarm event's JSON and the mails that
// were sent.
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
	// The occurrence should have been opened on Friday 05-28. Its first stages fall on Monday
	// 05-31 and are merged into one, which was never said.
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

// A talk may go on after its task is closed: then the audit goes on until the talk has ended.
func TestAuditGoesOnWithTheLastTalk(t *testing.T) {
	t.Parallel()
	for _, opens := range []string{string(act.TalkPending), plan.TalkOnApproval, plan.TalkAtOnce} {
		t.Run(opens, func(t *testing.T) {
			t.Parallel()
			start := day(2021, 5, 14)
			b := newBench(t, start, task("only", calendar.NewDay(2021, 12, 31)))
			now := func() ledger.When { return ledger.When{Real: b.Now(), Plan: b.Now()} }
			called := plan.Stage{ID: "talk", Kind: plan.Talk, At: day(2021, 5, 18).Add(9 * time.Hour)}
			_, talk := b.decide("only", called, ledger.When{Real: start, Plan: start})
			if opens != string(act.TalkPending) {
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
				want = "2021-05-16" // a talk that was not opened is void with its task
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

// The audit ends only when nothing of the plan can come any more. Each case is a plan whose
// only task is closed, with one thing more that goes on.
func TestTheAuditEndsOnlyWhenNothingCanCome(t *testing.T) {
	t.Parallel()
	start := day(2021, 4, 8)
	dated := task("only", calendar.NewDay(2021, 12, 31))
	standing := plan.Task{ID: "standing", Title: "长期", Kind: plan.Standing, Lead: "shuiwu", Policy: "standard"}
	duty := plan.Task{ID: "duty", Title: "监测", Kind: plan.Duty, Lead: "shuiwu", Policy: "standard", Recur: &plan.Recurrence{Every: "quarter"}}
	other := task("other", calendar.NewDay(2021, 12, 31))
	when := ledger.When{Real: start, Plan: start}
	remind := plan.Stage{ID: "remind", Kind: plan.Remind, To: []people.Recipient{{Unit: "shuiwu", Role: people.Liaison}}, At: day(2021, 4, 8).Add(9 * time.Hour)}
	for name, c := range map[string]struct {
		more []plan.Task
		do   func(b *bench)
		ends bool
	}{
		"nothing":           {ends: true},
		"a standing task":   {more: []plan.Task{standing}, ends: true},
		"an open task":      {more: []plan.Task{other}},
		"a duty":            {more: []plan.Task{duty}},
		"an open talk":      {do: func(b *bench) { b.opens(b.called().ID, plan.TalkAtOnce, when) }},
		"a void talk":       {do: func(b *bench) { b.called() }, ends: true},
		"a message waiting": {do: func(b *bench) { b.decide("only", remind, when, "nobody-has-it") }},
		"something that a workflow cannot get done": {do: func(b *bench) {
			require.NoError(t, b.store.PutWait(t.Context(), ledger.Wait{Workflow: "w", What: "stage x", Plan: "p", Since: start, TriedAt: start, Rounds: 3, Error: "x"}))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, start, append([]plan.Task{dated}, c.more...)...)
			if c.do != nil {
				c.do(b)
			}
			require.NoError(t, ledgertest.Verify(t.Context(), b.store, "p", "only", "office", "", "c", when))
			b.RegisterDelayedCallback(b.CancelWorkflow, 5*24*time.Hour)
			b.ExecuteWorkflow(workflows.AuditType, workflows.AuditState{Plan: "p", Next: start.Add(10 * time.Hour), Grace: 30 * 24 * time.Hour})
			require.True(t, b.IsWorkflowCompleted())
			require.Equal(t, c.ends, b.GetWorkflowError() == nil)
		})
	}
}

// called is a talk that a stage of the only task has called for.
func (b *bench) called() *ledger.Talk {
	b.t.Helper()
	at := day(2021, 4, 8)
	_, talk := b.decide("only", plan.Stage{ID: "talk", Kind: plan.Talk, At: at.Add(9 * time.Hour)}, ledger.When{Real: at, Plan: at})
	return talk
}

// When the machine's clock differs from the ledger's, the audit tells the office, and does
// everything else as always.
func TestAuditTellsOfAWrongClock(t *testing.T) {
	t.Parallel()
	b := newBench(t, day(2021, 4, 8), task("only", calendar.NewDay(2021, 12, 31)))
	alarm, mails := b.audited(day(2021, 4, 8).Add(9*time.Hour + 30*time.Minute))
	require.Empty(t, alarm)
	require.Empty(t, mails)
	b.anew()
	at := day(2021, 4, 9).Add(9*time.Hour + 30*time.Minute)
	_, err := b.store.Record(t.Context(), ledger.Event{Key: "ahead", Plan: "p", Kind: "x", Actor: "x", Real: at.Add(2 * time.Minute), PlanAt: at, Data: []byte("{}")})
	require.NoError(t, err)
	alarm, mails = b.audited(day(2021, 4, 9).Add(9*time.Hour + 30*time.Minute))
	require.Contains(t, alarm, "clock_ahead")
	require.Len(t, mails, 1)
	require.Contains(t, mails[0], "时钟比台账的慢 2m")
}
