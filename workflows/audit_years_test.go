package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/workflows"
)

// yearsBench launches tasks on 2 November 2026, when there is no holiday notice for 2027 yet,
// with every stage decided, so that the audit finds nothing else.
func yearsBench(t *testing.T, dues ...calendar.Day) *bench {
	t.Helper()
	var tasks []plan.Task
	for i, due := range dues {
		tasks = append(tasks, task([]string{"first", "second", "third"}[i], due))
	}
	b := newBench(t, day(2026, 11, 2), tasks...)
	for _, task := range tasks {
		for _, s := range b.ladder(task, day(2026, 11, 2)) {
			b.decide(task.ID, s, ledger.When{Real: day(2026, 11, 2), Plan: s.At})
		}
	}
	return b
}

// auditDays audits at 09:30 on a number of days, and gives the days of the mails and the
// audit's events.
func (b *bench) auditDays(days int) (mails, events []string) {
	b.RegisterDelayedCallback(b.CancelWorkflow, time.Duration(days)*24*time.Hour)
	b.live(workflows.AuditType, workflows.AuditState{Plan: "p", Next: day(2026, 11, 2).Add(9*time.Hour + 30*time.Minute), Grace: 20 * time.Minute})
	require.True(b.t, b.IsWorkflowCompleted())
	for _, m := range b.post.mails {
		mails = append(mails, m.At.In(calendar.Beijing).Format("01-02 ")+m.Subject)
	}
	all, err := b.store.Events(b.t.Context(), ledger.EventFilter{Plan: "p"})
	require.NoError(b.t, err)
	for _, e := range all {
		if e.Kind == "audit.alarm" || e.Kind == "audit.provisional" {
			events = append(events, e.PlanAt.In(calendar.Beijing).Format("01-02 ")+e.Key+" "+string(e.Data))
		}
	}
	return mails, events
}

const note = "【自查提示】1处督办日期为暂定（《示范计划》）"

func TestAuditTellsOnceOfAYearWithoutANotice(t *testing.T) {
	t.Parallel()
	b := yearsBench(t, calendar.NewDay(2026, 12, 31), calendar.NewDay(2027, 1, 15))
	mails, events := b.auditDays(10)
	require.Equal(t, []string{"11-02 " + note}, mails)
	require.Equal(t, []string{`11-02 audit/p/provisional/2027 {"tasks":["first","second"],"year":2027}`}, events)
	require.Contains(t, b.post.mails[0].Text, "first、second")
}

// When the channel is away, the audit's message is not lost: its digest is tried until the
// office has it, and the next audit does not send it again.
func TestAuditLeavesItsWordToADigest(t *testing.T) {
	t.Parallel()
	b := yearsBench(t, calendar.NewDay(2026, 12, 31))
	b.post.broken = func() error { return errors.New("connection refused") }
	mails, events := b.auditDays(10)
	require.Empty(t, mails)
	require.Equal(t, []string{`11-02 audit/p/provisional/2027 {"tasks":["first"],"year":2027}`}, events)
	require.Len(t, b.starts.digests, 1)
	b.post.broken = nil
	left, err := b.starts.speak(t.Context(), wire.SpeakInput{Digest: b.starts.digests[0].Key})
	require.NoError(t, err)
	require.Zero(t, left)
	require.Len(t, b.post.mails, 1)
	require.Equal(t, note, b.post.mails[0].Subject)
}

func TestAuditOfAYearWithItsNoticesIsSilent(t *testing.T) {
	t.Parallel()
	b := yearsBench(t, calendar.NewDay(2026, 12, 31))
	notice := calendar.Year{Year: 2027, Days: []calendar.Holiday{{Name: "元旦", Date: calendar.NewDay(2027, 1, 1), IsOffDay: true}}}
	when := ledger.When{Real: day(2026, 11, 2), Plan: day(2026, 11, 2)}
	require.NoError(t, b.store.PutCalendar(t.Context(), notice, "office", when))
	mails, events := b.auditDays(10)
	require.Empty(t, mails)
	require.Empty(t, events)
}

func TestAuditSaysNothingOfYearsThatNoOpenTaskRestsOn(t *testing.T) {
	t.Parallel()
	b := yearsBench(t, calendar.NewDay(2026, 12, 31))
	when := ledger.When{Real: day(2026, 11, 2), Plan: day(2026, 11, 2)}
	require.NoError(t, ledgertest.Verify(t.Context(), b.store, "p", "first", "office", "", "c", when))
	mails, events := b.auditDays(3)
	require.Empty(t, mails)
	require.Empty(t, events)
}
