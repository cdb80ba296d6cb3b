package host_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/ledger"
)

// unanswered requires that an act fails with *SilentError each time it is sent, and in the
// end with one of the causes why. On a busy machine other causes may come first, because
// each party is asked only for a moment.
func (w *world) unanswered(e *engine.Engine, id string, why ...engine.Silence) {
	w.t.Helper()
	w.eventually("what is the matter", func(ctx context.Context) bool {
		err := e.Act(ctx, "silent", "a", act.Act{ID: id, Kind: act.Progress, By: liaison, Reason: "理由", Percent: 10})
		var silent *engine.SilentError
		require.ErrorAs(w.t, err, &silent)
		return slices.Contains(why, silent.Why)
	})
}

// TestAnActThatIsNotAnsweredSaysWhatIsTheMatter: an act fails with the cause when no worker runs, when the clock was set
// back, or when the ledger is locked. An act that was accepted meanwhile is done once, and is answered when it is sent
// again.
func TestAnActThatIsNotAnsweredSaysWhatIsTheMatter(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	first := open(t, cfg, true)
	first.stillPlan("silent", dated("a", "2021-05-31"))
	require.NoError(t, first.Close())

	idle := open(t, cfg, false)
	asks := func(w *world, now func() time.Time) *engine.Engine {
		e := engine.New(w.Client, w.Ledger, 2*time.Hour, now, quiet)
		e.AnswerWithin(time.Second)
		return e
	}
	// Temporal remembers the pollers of the worker that has just stopped for a while: Slow.
	idle.unanswered(asks(idle, time.Now), "nobody", engine.NobodyWorks, engine.Slow)
	hourAgo := time.Now().Add(-time.Hour) // an event written after the clock was set back does not hide that it was
	_, err := idle.Ledger.Record(t.Context(), ledger.Event{Key: "since-then", Kind: "test", Real: hourAgo, PlanAt: hourAgo})
	require.NoError(t, err)
	idle.unanswered(asks(idle, func() time.Time { return time.Now().Add(-time.Hour) }), "back", engine.ClockBack)
	free := idle.locked()
	idle.unanswered(asks(idle, time.Now), "held", engine.LedgerStuck)
	free()
	require.NoError(t, idle.Close())

	w := open(t, cfg, true)
	for _, id := range []string{"nobody", "held"} {
		require.NoError(t, w.act("silent", "a", liaison, act.Act{ID: id, Kind: act.Progress, Percent: 10}), "the same again asks for the answer")
	}
	// An act from a command whose clock is wrong is refused by the worker, whose clock is right.
	e := asks(w, func() time.Time { return time.Now().Add(time.Hour) })
	e.AnswerWithin(0) // waits for the answer however long it takes
	require.Equal(t, "act.refused_instant", refusedBy(t, e.Act(t.Context(), "silent", "a", act.Act{ID: "ahead", Kind: act.Progress, By: liaison, Reason: "理由", Percent: 10})))
	events, err := w.Ledger.Events(t.Context(), ledger.EventFilter{Plan: "silent", Task: "a"})
	require.NoError(t, err)
	done := map[string]int{}
	for _, e := range events {
		done[e.Key]++
	}
	require.Equal(t, 1, done[ledger.ActKey("silent", "a", "nobody")])
	require.Equal(t, 1, done[ledger.ActKey("silent", "a", "held")])
}
