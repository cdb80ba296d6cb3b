package host

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// StopWithin is how long Close takes at the most, even when a part hangs. A part that has not ended in its time is left
// running, because killing the process loses nothing.
const StopWithin = 30 * time.Second

// The shares of StopWithin. Running activities get most.
const (
	workerStop = 12 * time.Second // also the worker's own limit (WorkerStopTimeout)
	ledgerStop = 8 * time.Second  // also the ledger's own limit
	serverStop = 5 * time.Second
	restStop   = time.Second // for each other part
)

// errLeft: a call had not returned when its time was over, and goes on in the background.
var errLeft = errors.New("did not end in time and was left behind")

// within calls f. When f has not returned within the limit it is left running: errLeft.
func within(limit time.Duration, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
		return errLeft
	}
}

// Close stops the worker, whose running activities get 12 seconds, then the other parts, in StopWithin at the most. A part
// that was left running is logged and is no error: the next start takes up everything that was begun.
func (h *Host) Close() error {
	h.notify.stopping()
	if h.stopBeat != nil {
		h.stopBeat()
	}
	var errs []error
	part := func(name string, limit time.Duration, f func() error) {
		switch err := within(limit, f); {
		case errors.Is(err, errLeft):
			h.log.Error("Stopping: a part does not end", "part", name, "waited", limit)
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	if h.server != nil {
		part("engine.json", restStop, h.server.Withdraw)
	}
	if h.mending != nil {
		part("comparison with the ledger", restStop, h.mending.end)
	}
	part("worker", workerStop+2*time.Second, func() error {
		var stopping sync.WaitGroup
		if h.stopPost != nil {
			stopping.Go(h.stopPost)
		}
		if h.worker != nil {
			stopping.Go(h.worker.Stop)
		}
		stopping.Wait()
		return nil
	})
	if h.Client != nil {
		part("connection to Temporal", restStop, func() error { h.Client.Close(); return nil })
	}
	if h.Ledger != nil {
		part("ledger", ledgerStop, h.Ledger.Close)
	}
	if h.server != nil {
		part("embedded Temporal server", serverStop, func() error { h.server.Stop(); return nil })
	}
	if h.metrics != nil {
		part("metrics", restStop, h.metrics.Close)
	}
	return errors.Join(errs...)
}
