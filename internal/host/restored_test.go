package host_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/settings"
)

// copied reads the files of a closed SQLite database: its own and its write-ahead log.
func copied(t *testing.T, cfg settings.Config, name string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, part := range []string{name, name + "-wal"} {
		raw, err := os.ReadFile(filepath.Join(cfg.Dir, part))
		if part == name || !os.IsNotExist(err) {
			require.NoError(t, err)
			files[part] = raw
		}
	}
	return files
}

// restore replaces the files of a closed SQLite database by copied ones.
func restore(t *testing.T, cfg settings.Config, name string, files map[string][]byte) {
	t.Helper()
	for _, part := range []string{name, name + "-wal", name + "-shm"} {
		require.NoError(t, os.RemoveAll(filepath.Join(cfg.Dir, part)))
	}
	for part, raw := range files {
		require.NoError(t, os.WriteFile(filepath.Join(cfg.Dir, part), raw, 0o600))
	}
}

// Temporal's store is older than the ledger: the first act on each task is judged by the
// ledger's course all the same.
func TestATemporalStoreOlderThanTheLedgerGoesOnFromTheLedgersCourse(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	w := open(t, cfg, true)
	w.stillPlan("older", dated("moved", "2021-05-31"), dated("paused", "2021-05-31"), dated("closed", "2021-05-31"))
	require.NoError(t, w.act("older", "moved", liaison, act.Act{Kind: act.Acknowledge}))
	require.NoError(t, w.Close())
	old := copied(t, cfg, "temporal.db")

	w = open(t, cfg, true)
	require.NoError(t, w.act("older", "moved", clerk, act.Act{Kind: act.Correct, Due: calendar.NewDay(2021, 9, 30)}))
	require.NoError(t, w.act("older", "paused", clerk, act.Act{Kind: act.Suspend}))
	require.NoError(t, w.act("older", "closed", clerk, act.Act{Kind: act.Verify}))
	require.NoError(t, w.Close())
	restore(t, cfg, "temporal.db", old)

	w = open(t, cfg, true)
	require.NoError(t, w.act("older", "moved", liaison, act.Act{Kind: act.Progress, Percent: 40}))
	require.NoError(t, w.act("older", "paused", liaison, act.Act{Kind: act.Progress, Percent: 40}))
	require.Equal(t, "act.refused_state", refusedBy(t, w.act("older", "closed", liaison, act.Act{Kind: act.Progress})))
	task, err := w.Ledger.Task(t.Context(), "older", "moved")
	require.NoError(t, err)
	require.Equal(t, "2021-09-30", task.Due.String())
	require.Equal(t, act.Suspended, w.course("older", "paused").State)
	w.agree("older", "moved", "paused")
	require.Equal(t, []string{"act.acknowledge shuiwu", "act.correct office", "act.progress shuiwu"}, kinds(t, w, "older", "moved"))
	w.unbroken()
}

// The ledger is older than Temporal's store. Either the comparison at the worker's start
// writes the lost act back from the history, or the first act comes before that and the
// ledger records which acts it lacks (event course.ahead). The task goes on from the state
// that its workflow knows.
func TestALedgerOlderThanTheTemporalStoreNamesTheDifference(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	w := open(t, cfg, true)
	w.stillPlan("lost", dated("a", "2021-05-31"))
	require.NoError(t, w.act("lost", "a", liaison, act.Act{Kind: act.Acknowledge}))
	require.NoError(t, w.Close())
	old := copied(t, cfg, "ledger.db")

	w = open(t, cfg, true)
	require.NoError(t, w.act("lost", "a", clerk, act.Act{Kind: act.Correct, Due: calendar.NewDay(2021, 9, 30)}))
	require.NoError(t, w.Close())
	restore(t, cfg, "ledger.db", old)

	w = open(t, cfg, true)
	require.NoError(t, w.act("lost", "a", liaison, act.Act{Kind: act.Progress, Percent: 40}))
	task, err := w.Ledger.Task(t.Context(), "lost", "a")
	require.NoError(t, err)
	require.Equal(t, "2021-09-30", task.Due.String())
	events, err := w.Ledger.Events(t.Context(), ledger.EventFilter{Plan: "lost", Task: "a"})
	require.NoError(t, err)
	named, found := 0, 0
	for _, e := range events {
		switch e.Kind {
		case ledger.CourseAhead:
			named++
			require.Contains(t, string(e.Data), `"lost":1`)
			require.Contains(t, string(e.Data), "correct-office")
		case ledger.ActKind(act.Correct):
			found++
		}
	}
	require.Positive(t, named+found)
	require.LessOrEqual(t, max(named, found), 1, "each once; what was named as lacking may be found a moment later")
	w.agree("lost", "a")
	w.unbroken()
}
