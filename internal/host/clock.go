package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"duban/internal/ledger"
)

// ErrClockSetBack: the machine's clock was set back while the embedded engine ran.
var ErrClockSetBack = errors.New("the machine's clock was set back")

// clockLook is how often the two clocks of the machine are compared.
const clockLook = 5 * time.Second

// wallClock knows how far the wall clock has been ahead of where it was when it was
// first read. Each reading is what has passed since then on it and on the monotonic
// clock, which nobody sets.
type wallClock struct{ most time.Duration }

// back is how far the wall clock is behind where it has been.
func (c *wallClock) back(wall, monotonic time.Duration) time.Duration {
	c.most = max(c.most, wall-monotonic)
	return c.most - (wall - monotonic)
}

// watchClock ends Wait when the wall clock was set back by a minute. Temporal's server
// keeps its time by it: until it is again where it was, polls and acts would stand
// still, and what falls due with them. Started anew it takes the clock as it is.
func (h *Host) watchClock(ctx context.Context) {
	begun, wall := time.Now(), wallClock{}
	tick := time.NewTicker(clockLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now() // Round takes the monotonic reading away
		if back := wall.back(now.Round(0).Sub(begun.Round(0)), now.Sub(begun)); back >= ledger.SkewRefused {
			h.log.Error("The machine's clock was set back: the engine is started anew", "by", back.Round(time.Second))
			select {
			case h.failed <- ErrClockSetBack:
			default:
			}
			return
		}
	}
}

// Again puts this program, started anew with the same arguments, in the place of this
// process, which must have been closed. It returns only when that cannot be, or is left
// to the service manager: then the process has to end.
func Again() error {
	if os.Getenv("NOTIFY_SOCKET") != "" { // systemd counts a process that has said that it stops as stopped
		return ErrClockSetBack
	}
	program, err := os.Executable()
	if err == nil {
		err = syscall.Exec(program, os.Args, os.Environ())
	}
	return fmt.Errorf("%w; starting anew: %w", ErrClockSetBack, err)
}
