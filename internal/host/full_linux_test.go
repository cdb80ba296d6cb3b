package host_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/ledger/ledgertest"
)

// The disk with the ledger, Temporal's store and the outbox is full: an act fails
// with a *SilentError that names the cause, and is done when there is space again.
func TestAnActOnAFullDiskSaysWhatIsTheMatter(t *testing.T) {
	cfg := config(t)
	ledgertest.SmallDisk(t, cfg.Dir, "48m")
	w := open(t, cfg, true)
	w.stillPlan("silent", dated("a", "2021-05-31"))
	w.silent("silent")
	filler := filepath.Join(cfg.Dir, "filler")
	full, err := os.Create(filler)
	require.NoError(t, err)
	fill := func() {
		for err = nil; err == nil; {
			_, err = full.Write(make([]byte, 4096))
		}
		require.ErrorIs(t, err, syscall.ENOSPC)
	}
	e := engine.New(w.Client, w.Ledger, 2*time.Hour, time.Now, quiet)
	e.AnswerWithin(3 * time.Second)
	var silent *engine.SilentError
	last := ""
	w.eventually("an act that is not answered", func(context.Context) bool { // free pages inside the database files may still take some acts
		fill()
		last = time.Now().Format("150405.000")
		err := e.Act(context.Background(), "silent", "a", act.Act{ID: last, Kind: act.Progress, By: liaison, Reason: "理由", Percent: 10})
		return errors.As(err, &silent)
	})
	require.Contains(t, []engine.Silence{engine.LedgerStuck, engine.EngineAway, engine.LedgerAway}, silent.Why)
	require.NoError(t, full.Close())
	require.NoError(t, os.Remove(filler))
	w.eventually("there is space: it is done", func(context.Context) bool {
		return w.act("silent", "a", liaison, act.Act{ID: last, Kind: act.Progress, Percent: 10}) == nil
	})
	w.agree("silent", "a")
	w.unbroken()
}
