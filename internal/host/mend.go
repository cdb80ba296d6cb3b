package host

import (
	"context"
	"sync"
	"time"

	"duban/internal/calendar"
	"duban/internal/settings"
)

// mending is the look at what Temporal has lost that a worker begins with.
type mending struct {
	stop context.CancelFunc
	done sync.WaitGroup
}

// startMending compares Temporal with the ledger in the background and starts
// again what is missing, until that was done once without an error.
func (h *Host) startMending(cfg settings.Config) {
	ctx, stop := context.WithCancel(context.Background())
	h.mending = &mending{stop: stop}
	h.mending.done.Go(func() { h.refresh(ctx) })
	h.mending.done.Go(func() { h.clearOutbox(ctx, cfg) })
	h.mending.done.Go(func() {
		for pause := 5 * time.Second; ; pause = min(2*pause, 5*time.Minute) {
			mended, err := h.Engine.Reconcile(ctx, "")
			if mended > 0 {
				h.log.Warn("Workflows were not as the ledger says and run again from where it has them", "mended", mended)
			}
			if err == nil {
				h.nameStrangers(ctx)
			}
			if err == nil || ctx.Err() != nil {
				return
			}
			h.log.Warn("Not all workflows could be compared with the ledger; it is tried again", "in", pause, "error", err)
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return
			}
		}
	})
}

// refreshing is how long what was written may wait until lists are read from
// indexes again: until then readers work it out themselves. It is long enough that
// a task that is written several times within a morning is worked out once.
const refreshing = 15 * time.Second

// refresh keeps what lists are read by up to date: see ledger.Store.Refresh.
func (h *Host) refresh(ctx context.Context) {
	for {
		if err := h.refreshOnce(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("What lists are read by is not up to date; it is tried again, and readers work it out themselves", "error", err)
		}
		select {
		case <-time.After(refreshing):
		case <-ctx.Done():
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

// nameStrangers says in the log what runs and is not in the ledger.
func (h *Host) nameStrangers(ctx context.Context) {
	strangers, err := h.Engine.Strangers(ctx)
	if err != nil && ctx.Err() == nil {
		h.log.Warn("What runs could not be compared with what the ledger has", "error", err)
	}
	for _, f := range strangers {
		h.log.Error("A workflow runs for something that the ledger does not have: the ledger is older than Temporal. A person must look: starter doctor", "workflow", f.Workflow)
	}
}

// end stops the look at what Temporal has lost, and waits until it has stopped.
func (m *mending) end() error {
	m.stop()
	m.done.Wait()
	return nil
}

// Namespace is Temporal's namespace that this process speaks to.
func (h *Host) Namespace() string { return h.namespace }
