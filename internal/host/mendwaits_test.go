package host_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"

	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/workflows"
)

// Temporal's store is lost more often within a day than a workflow is mended at once: no
// workflow is at fault, so each time all of them go on at once, and none waits.
func TestTemporalsStoreLostAgainAndAgain(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.lived("lostoften")
	for range 5 {
		w = w.again(true, losesTemporal(t))
		w.well("lostoften")
		waits, err := w.Ledger.Waits(t.Context(), "lostoften")
		require.NoError(t, err)
		require.Empty(t, waits)
	}
	w.agree("lostoften", "a", "b", "c", "d")
}

// A workflow that was ended too often waits for its next mend, and is mended when it has
// waited long enough, and not before: ReconcileWaiting does it, without an audit. Each time
// the wait is longer, and it is forgotten when the workflow has stayed well.
func TestAMendThatHadToWait(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), false)
	k := w.staff(nil)
	defer k.Stop()
	w.stillPlan("had", dated("a", "2021-05-31"))
	w.silent("had")
	w.well("had")
	now := time.Now().Truncate(time.Second)
	e := engine.New(w.Client, w.Ledger, 2*time.Hour, func() time.Time { return now }, quiet)
	for _, id := range []string{workflows.TaskWorkflowID("had", "a"), workflows.AuditWorkflowID("had")} {
		ended := func() { require.NoError(t, w.Client.TerminateWorkflow(t.Context(), id, "", "by hand")) }
		mends := func() (n int) {
			n, err := e.ReconcileWaiting(t.Context())
			require.NoError(t, err)
			return n
		}
		waitsUntil := func(next time.Time) {
			h, err := e.Examine(t.Context(), "had", true)
			require.NoError(t, err)
			require.Len(t, h.Found, 1)
			require.Equal(t, []any{id, engine.Ended, false, next}, []any{h.Found[0].Workflow, h.Found[0].Why, h.Found[0].Mended, h.Found[0].Next.Local()})
		}
		for range 3 {
			ended()
			h, err := e.Examine(t.Context(), "had", true)
			require.NoError(t, err)
			require.Equal(t, 1, h.Mended())
		}
		for _, gap := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
			ended()
			next := now.Add(gap)
			waitsUntil(next)
			require.Zero(t, mends())
			now = next.Add(-time.Second)
			require.Zero(t, mends())
			waitsUntil(next)
			now = next
			require.Equal(t, 1, mends())
			require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, w.status(id))
			require.Zero(t, mends())
		}
		waits, err := w.Ledger.Waits(t.Context(), "had")
		require.NoError(t, err)
		require.Len(t, waits, 1, "it may end once more")
		now = now.Add(8*time.Minute + time.Second)
		require.Zero(t, mends())
		waits, err = w.Ledger.Waits(t.Context(), "had")
		require.NoError(t, err)
		require.Empty(t, waits)
	}
}

// The worker comes to a workflow whose mend had to wait, also to the audit of a plan,
// without which no other comparison comes before the worker's next start.
func TestTheWorkerMendsWhatHadToWait(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.stillPlan("comes", dated("a", "2021-05-31"))
	w.silent("comes")
	w.well("comes")
	id := workflows.AuditWorkflowID("comes")
	require.NoError(t, w.Client.TerminateWorkflow(t.Context(), id, "", "by hand"))
	since := time.Now().Add(-2 * time.Hour)
	require.NoError(t, w.Ledger.PutWait(t.Context(), ledger.Wait{Workflow: id, What: ledger.MendWait, Plan: "comes", Since: since, TriedAt: since, Rounds: 3, Error: "ended Terminated"}))
	w.eventually("the audit runs again, and nothing waits", func(ctx context.Context) bool {
		waits, err := w.Ledger.Waits(ctx, "comes")
		return err == nil && len(waits) == 0 && w.status(id) == enums.WORKFLOW_EXECUTION_STATUS_RUNNING
	})
	require.Len(t, w.mended("comes"), 1)
	w.well("comes")
}
