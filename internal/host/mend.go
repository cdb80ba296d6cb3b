package host

import (
	"context"
	"sync"
	"time"

	"duban/internal/calendar"
	"duban/internal/settings"
)

// mending is the background work of a worker outside Temporal: the comparison with the
// ledger at its start, the refresh of lists, and the clearing of the outbox.
type mending struct {
	stop     context.CancelFunc
	done     sync.WaitGroup
	compared chan struct{} // closed when the comparison at the start has succeeded, or was given up
}

// startMending starts the background work.
func (h *Host) startMending(cfg settings.Config) {
	ctx, stop := context.WithCancel(context.Background())
	h.mending = &mending{stop: stop, compared: make(chan struct{})}
	h.mending.done.Go(func() { h.refresh(ctx) })
	h.mending.done.Go(func() { h.clearOutbox(ctx, cfg) })
	h.mending.done.Go(func() {
		h.mend(ctx)
		close(h.mending.compared)
		h.mendWaiting(ctx)
	})
}

// longestPause is the longest pause between two tries of a comparison that fails.
const longestPause = 5 * time.Minute

// mend compares Temporal with the ledger (engine.Reconcile), with growing pauses, until a
// comparison has succeeded or ctx ends.
func (h *Host) mend(ctx context.Context) {
	for pause := 5 * time.Second; ; pause = min(2*pause, longestPause) {
		mended, err := h.Engine.Reconcile(ctx, "")
		h.sayMended(mended)
		if err == nil {
			h.nameStrangers(ctx)
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		h.log.Warn("Not all workflows could be compared with the ledger; it is tried again", "in", pause, "error", err)
		if !rest(ctx, pause) {
			return
		}
	}
}

// waiting is how often mendWaiting looks for mends that need not wait any longer.
const waiting = 15 * time.Second

// mendWaiting mends workflows whose mend had to wait, when they have waited long enough,
// until ctx ends: see engine.ReconcileWaiting.
func (h *Host) mendWaiting(ctx context.Context) {
	for pause := waiting; rest(ctx, pause); {
		mended, err := h.Engine.ReconcileWaiting(ctx)
		h.sayMended(mended)
		if err == nil {
			pause = waiting
			continue
		}
		if pause = min(2*pause, longestPause); ctx.Err() == nil {
			h.log.Warn("Workflows that were to be mended now could not all be compared with the ledger; it is tried again", "in", pause, "error", err)
		}
	}
}

func (h *Host) sayMended(n int) {
	if n > 0 {
		h.log.Warn("Workflows were not as the ledger says and run again from where it has them", "mended", n)
	}
}

// rest waits for a time; false: ctx ended first.
func rest(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// refreshing is how long a change of a task may wait until its outlook, by which lists are
// read, is worked out again; until then each reader works it out. The time is long enough
// for a task that is changed several times within a morning to be worked out once.
const refreshing = 15 * time.Second

// refresh keeps the outlooks of all plans up to date until ctx ends: see
// ledger.Store.Refresh.
func (h *Host) refresh(ctx context.Context) {
	for {
		if err := h.refreshOnce(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("What lists are read by is not up to date; it is tried again, and readers work it out themselves", "error", err)
		}
		if !rest(ctx, refreshing) {
			return
		}
	}
}

func (h *Host) refreshOnce(ctx context.Context) error {
	years, err := h.Ledger.Calendar(ctx)
	if err != nil {
		return err
	}
	cal := calendar.New(years...)
	plans, err := h.Ledger.Stale(ctx, cal)
	if err != nil {
		return err
	}
	for _, id := range plans {
		if _, err := h.Ledger.Refresh(ctx, id, cal); err != nil {
			return err
		}
	}
	return nil
}

// nameStrangers logs the running workflows of plans that the ledger does not have.
func (h *Host) nameStrangers(ctx context.Context) {
	strangers, err := h.Engine.Strangers(ctx)
	if err != nil && ctx.Err() == nil {
		h.log.Warn("What runs could not be compared with what the ledger has", "error", err)
	}
	for _, f := range strangers {
		h.log.Error("A workflow runs for something that the ledger does not have: the ledger is older than Temporal. A person must look: starter doctor", "workflow", f.Workflow)
	}
}

// end stops the background work and waits until it has stopped.
func (m *mending) end() error {
	m.stop()
	m.done.Wait()
	return nil
}

// Namespace is Temporal's namespace that this process speaks to.
func (h *Host) Namespace() string { return h.namespace }
