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
	stop context.CancelFunc
	done sync.WaitGroup
}

// startMending starts the background work. The comparison of Temporal with the ledger
// (engine.Reconcile) is repeated, with growing pauses, until it has succeeded once.
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
