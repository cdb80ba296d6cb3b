package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"duban/internal/calendar"
	"duban/internal/channel"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/workflows"
)

func TestDutyOpensEachOccurrenceInARunOfItsOwnAndEnds(t *testing.T) {
	t.Parallel()
	monitor := plan.Task{ID: "monitor", Title: "水质监测", Kind: plan.Duty, Lead: "shuiwu", Policy: "standard",
		Recur: &plan.Recurrence{Every: "quarter", Until: calendar.NewDay(2021, 12, 31)}}
	state := workflows.DutyState{Plan: "p", Duty: "monitor"}
	start := day(2021, 4, 8)
	var opened []string
	var before []ledger.Task
	for run := 0; ; run++ {
		require.Less(t, run, 5)
		b := newBench(t, start, monitor)
		for _, row := range before {
			_, err := b.store.OpenTask(t.Context(), row, ledger.When{Real: start, Plan: start})
			require.NoError(t, err)
		}
		b.ExecuteWorkflow(workflows.DutyType, state)
		require.True(t, b.IsWorkflowCompleted())
		var again *workflow.ContinueAsNewError
		if !errors.As(b.GetWorkflowError(), &again) {
			require.NoError(t, b.GetWorkflowError())
			require.Empty(t, b.starts.tasks)
			break
		}
		require.Len(t, b.starts.tasks, 1)
		row, err := b.store.Task(t.Context(), "p", b.starts.tasks[0].ID)
		require.NoError(t, err)
		require.True(t, row.Armed)
		require.Equal(t, "monitor", row.Duty)
		opened = append(opened, fmt.Sprintf("%s due %s opened %s", row.ID, row.Due, b.Now().In(calendar.Beijing).Format("2006-01-02")))
		before = append(before, row)
		state = workflows.DutyState{}
		require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &state))
	}
	require.Equal(t, []string{
		"monitor.2021Q2 due 2021-06-30 opened 2021-05-28", // remind-30 on 05-31, three days ahead
		"monitor.2021Q3 due 2021-09-30 opened 2021-08-28", // remind-30 on 08-31
		"monitor.2021Q4 due 2021-12-31 opened 2021-11-28", // remind-30 on 12-01
	}, opened)
}

// digestBench is a bench at 09:00 with one reminder waiting in one digest.
func digestBench(t *testing.T) (*bench, ledger.Digest) {
	return digestBenchBy(t, func(*plan.Policy) {})
}

func digestBenchBy(t *testing.T, edit func(*plan.Policy)) (*bench, ledger.Digest) {
	start := day(2021, 5, 24).Add(7 * time.Hour)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	b := newBenchBy(t, start, func(p *plan.Plan) {
		for name, policy := range p.Policies {
			edit(&policy)
			p.Policies[name] = policy
		}
	}, survey)
	stage := b.ladder(survey, start)[0]
	require.Equal(t, "remind-7", stage.ID)
	digests, _ := b.decide("survey", stage, ledger.When{Real: start, Plan: start}, "post")
	require.Len(t, digests, 1)
	b.SetStartTime(stage.At)
	return b, digests[0]
}

func (b *bench) states() []string {
	notices, err := b.store.Notices(b.t.Context(), ledger.NoticeFilter{Plan: "p"})
	require.NoError(b.t, err)
	var out []string
	for _, n := range notices {
		out = append(out, n.Stage+" "+string(n.State))
	}
	return out
}

func TestDigestSaysWhatIsStillTrue(t *testing.T) {
	t.Parallel()
	b, d := digestBench(t)
	b.ExecuteWorkflow(workflows.DigestType, workflows.DigestInput{Key: d.Key})
	b.done()
	require.Equal(t, []string{"remind-7 sent"}, b.states())
	require.Len(t, b.post.mails, 1)
	require.Contains(t, b.post.mails[0].Text, "任务survey")
	require.Equal(t, "liaison@shuiwu.example", b.post.mails[0].To.Email)
}

// morningBench is a bench with a reminder for three seats of a unit waiting in one morning.
func morningBench(t *testing.T) (*bench, workflows.MorningInput) {
	start := day(2021, 5, 24).Add(7 * time.Hour)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	b := newBench(t, start, survey)
	stage := b.ladder(survey, start)[0]
	stage.To = []people.Recipient{{Unit: "shuiwu", Role: people.Liaison}, {Unit: "shuiwu", Role: people.Deputy}, {Unit: "shuiwu", Role: people.Head}}
	digests, _ := b.decide("survey", stage, ledger.When{Real: start, Plan: start}, "post")
	require.Len(t, digests, 3)
	require.Equal(t, []string{digests[0].Morning, digests[0].Morning}, []string{digests[1].Morning, digests[2].Morning})
	b.SetStartTime(stage.At)
	return b, workflows.MorningInput{Key: digests[0].Morning, At: stage.At}
}

func TestAMorningIsOneMessageToEachRecipient(t *testing.T) {
	t.Parallel()
	b, in := morningBench(t)
	b.ExecuteWorkflow(workflows.MorningType, in)
	b.done()
	require.Equal(t, []string{"remind-7 sent", "remind-7 sent", "remind-7 sent"}, b.states())
	require.Len(t, b.post.mails, 3)
	require.Empty(t, b.starts.apart)
}

func TestADeadAddressHoldsUpNobodyElseOfItsMorning(t *testing.T) {
	t.Parallel()
	b, in := morningBench(t)
	b.post.dead = "deputy@shuiwu.example"
	began := b.Now()
	b.ExecuteWorkflow(workflows.MorningType, in)
	b.done()
	require.Equal(t, []string{"remind-7 sending", "remind-7 sent", "remind-7 sent"}, slices.Sorted(slices.Values(b.states())))
	require.Less(t, b.Now().Sub(began), time.Minute)
	require.Len(t, b.starts.apart, 1)
	require.Equal(t, people.Recipient{Unit: "shuiwu", Role: people.Deputy}, b.starts.apart[0].Recipient)

	b.anew()
	b.post.dead = ""
	b.ExecuteWorkflow(workflows.DigestType, workflows.DigestInput{Key: b.starts.apart[0].Key, Tries: 1})
	b.done()
	require.Equal(t, []string{"remind-7 sent", "remind-7 sent", "remind-7 sent"}, b.states())
	require.Len(t, b.post.mails, 3)
}

// When the ledger or the starter is away, a morning is tried again as a whole, and no
// message is sent twice.
func TestAMorningIsTriedUntilAllIsSpokenOrHandedOver(t *testing.T) {
	t.Parallel()
	b, in := morningBench(t)
	b.post.dead = "head@shuiwu.example"
	left := 3
	b.starts.refuses = func() error {
		if left--; left > 0 {
			return errors.New("temporal is away")
		}
		return nil
	}
	b.ExecuteWorkflow(workflows.MorningType, in)
	b.done()
	require.Len(t, b.post.mails, 2)
	require.Len(t, b.starts.apart, 1)
	require.NotZero(t, b.messageEvents()[ledger.MessageDeferred])
}

func TestDigestLeavesOutWhatWasClosedInBetween(t *testing.T) {
	t.Parallel()
	b, d := digestBench(t)
	require.NoError(t, ledgertest.Verify(t.Context(), b.store, "p", "survey", "office", "", "c", ledger.When{Real: b.Now(), Plan: b.Now()}))
	b.ExecuteWorkflow(workflows.DigestType, workflows.DigestInput{Key: d.Key})
	b.done()
	require.Equal(t, []string{"remind-7 dropped"}, b.states())
	require.Empty(t, b.post.mails)
}

// A digest that cannot be delivered is tried with growing gaps for as long as its notices
// are true. The ledger has an intent and a result for each try that was made, and no others.
func TestDigestIsTriedUntilItIsDelivered(t *testing.T) {
	t.Parallel()
	b, d := digestBench(t)
	began, tries := b.Now(), 0
	var last time.Time
	b.post.broken = func() error {
		tries, last = tries+1, b.Now()
		if b.Now().Sub(began) < 3*24*time.Hour {
			return errors.New("554 relay denied")
		}
		return nil
	}
	b.ExecuteWorkflow(workflows.DigestType, workflows.DigestInput{Key: d.Key})
	b.done()
	require.Equal(t, []string{"remind-7 sent"}, b.states())
	require.Less(t, tries, 60, "the gaps grow")
	require.Less(t, last.Sub(began), 3*24*time.Hour+3*time.Hour, "and end growing")
	require.Equal(t, map[string]int{ledger.MessageIntent: tries, ledger.MessageDeferred: tries - 1, ledger.MessageLeaving: 1, ledger.MessageSent: 1}, b.messageEvents())
}

func TestDigestIsTriedNoMoreWhenItIsNoLongerTrue(t *testing.T) {
	t.Parallel()
	b, d := digestBench(t)
	b.post.broken = func() error { return errors.New("connection refused") }
	b.RegisterDelayedCallback(func() {
		require.NoError(t, ledgertest.Verify(t.Context(), b.store, "p", "survey", "office", "", "c", ledger.When{Real: b.Now(), Plan: b.Now()}))
	}, 50*time.Hour)
	b.ExecuteWorkflow(workflows.DigestType, workflows.DigestInput{Key: d.Key})
	b.done()
	require.Equal(t, []string{"remind-7 dropped"}, b.states())
}

func TestDigestThatWaitsIsTriedAtOnceWhenToldSo(t *testing.T) {
	t.Parallel()
	b, d := digestBench(t)
	began, mended := b.Now(), false
	b.post.broken = func() error {
		if mended {
			return nil
		}
		return errors.New("connection refused")
	}
	b.RegisterDelayedCallback(func() {
		mended = true
		b.SignalWorkflow(workflows.SpeakNowSignal, nil)
	}, 30*time.Hour)
	b.ExecuteWorkflow(workflows.DigestType, workflows.DigestInput{Key: d.Key})
	b.done()
	require.Equal(t, []string{"remind-7 sent"}, b.states())
	require.Equal(t, 30*time.Hour, b.Now().Sub(began))
}

func TestDigestRefusedForGoodIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	b, d := digestBench(t)
	tries := 0
	b.post.broken = func() error { tries++; return channel.ErrRejected }
	b.ExecuteWorkflow(workflows.DigestType, workflows.DigestInput{Key: d.Key})
	b.done()
	require.Equal(t, []string{"remind-7 failed"}, b.states())
	require.Equal(t, 1, tries)
}

// When a try is broken off between the channel's answer and the receipt, the receipt is still
// written, and the message is not doubtful.
func TestAReceiptIsWrittenThoughItsTryHasEnded(t *testing.T) {
	t.Parallel()
	b, d := digestBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	b.post.broken = func() error { cancel(); return nil }
	b.post.deaf = true
	left, err := b.starts.speak(ctx, wire.SpeakInput{Digest: d.Key})
	require.NoError(t, err)
	require.Zero(t, left)
	require.Error(t, ctx.Err())
	require.Equal(t, []string{"remind-7 sent"}, b.states())
}

// A message that may have arrived is sent again over a channel on which the reader's program
// knows a copy. Where a second copy is worse than none, only a grave message is sent again,
// and says that it may be a copy.
func TestDigestOfUnknownFate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		twice channel.Twice
		grave plan.StageKind
		want  string
		tries int
		mark  bool
	}{
		{"bearable", channel.TwiceIsBearable, "", "remind-7 sent", 2, false},
		{"worse, and mild", channel.TwiceIsWorse, "", "remind-7 unknown", 1, false},
		{"worse, and grave by the policy", channel.TwiceIsWorse, plan.Remind, "remind-7 sent", 2, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, d := digestBenchBy(t, func(p *plan.Policy) { p.Resend = c.grave })
			tries := 0
			b.post.twice = c.twice
			b.post.broken = func() error {
				if tries++; tries == 1 {
					return channel.ErrUnknown
				}
				return nil
			}
			b.ExecuteWorkflow(workflows.DigestType, workflows.DigestInput{Key: d.Key})
			b.done()
			require.Equal(t, []string{c.want}, b.states())
			require.Equal(t, c.tries, tries)
			notices, err := b.store.Notices(t.Context(), ledger.NoticeFilter{Plan: "p"})
			require.NoError(t, err)
			require.Equal(t, c.tries == 2, notices[0].Twice)
			require.Equal(t, 1, b.messageEvents()[ledger.MessageUnknown])
			for _, m := range b.post.mails {
				require.Equal(t, c.mark, strings.HasPrefix(m.Subject, "〔重发〕"), m.Subject)
			}
		})
	}
}

func (b *bench) messageEvents() map[string]int {
	events, err := b.store.Events(b.t.Context(), ledger.EventFilter{Plan: "p"})
	require.NoError(b.t, err)
	n := map[string]int{}
	for _, e := range events {
		if strings.HasPrefix(e.Kind, "message.") {
			n[e.Kind]++
		}
	}
	return n
}

func TestAuditCriesOnceForAStageThatLeftNoTraceAndIsSilentOtherwise(t *testing.T) {
	t.Parallel()
	start := day(2021, 5, 1)
	b := newBench(t, start, task("silent", calendar.NewDay(2021, 5, 31)), task("spoken", calendar.NewDay(2021, 5, 31)))
	for _, s := range b.ladder(b.plan.Tasks[1], start) { // every stage of one task is decided and said in time
		b.RegisterDelayedCallback(func() {
			b.decide("spoken", s, ledger.When{Real: s.At, Plan: s.At})
		}, s.At.Sub(start))
	}
	b.RegisterDelayedCallback(b.CancelWorkflow, 28*24*time.Hour)
	b.live(workflows.AuditType, workflows.AuditState{Plan: "p", Next: start.Add(9*time.Hour + 30*time.Minute), Grace: 20 * time.Minute})
	require.Equal(t, "duban/office", b.post.mails[0].Recipient.String())
	var days []string
	for _, m := range b.post.mails {
		days = append(days, m.At.In(calendar.Beijing).Format("01-02"))
		require.Contains(t, m.Text, "silent")
		require.NotContains(t, m.Text, "spoken")
	}
	require.Equal(t, "05-06", days[0]) // the catch-up stage is due on the first working day after the May holiday, and was not decided
	_, err := b.store.Verify(t.Context())
	require.NoError(t, err)
}

func TestAuditEndsWithThePlansLastTask(t *testing.T) {
	t.Parallel()
	start := day(2021, 5, 14) // a Friday: the first stage speaks on Monday
	b := newBench(t, start, task("only", calendar.NewDay(2021, 12, 31)), plan.Task{ID: "always", Kind: plan.Standing, Lead: "shuiwu"},
		plan.Task{ID: "over", Kind: plan.Duty, Lead: "shuiwu", Policy: "standard", Recur: &plan.Recurrence{Every: "month", Until: calendar.NewDay(2021, 4, 30)}})
	b.RegisterDelayedCallback(func() {
		require.NoError(t, ledgertest.Verify(t.Context(), b.store, "p", "only", "office", "", "c", ledger.When{Real: b.Now(), Plan: b.Now()}))
	}, 3*24*time.Hour)
	b.live(workflows.AuditType, workflows.AuditState{Plan: "p", Next: start.Add(10 * time.Hour), Grace: time.Hour})
	b.done()
	require.Empty(t, b.post.mails)
	require.Equal(t, "2021-05-17", b.Now().In(calendar.Beijing).Format(time.DateOnly))
}

func channels(s plan.Stage, over ...string) map[people.Recipient][]string {
	out := map[people.Recipient][]string{}
	for _, r := range s.To {
		out[r] = over
	}
	return out
}
