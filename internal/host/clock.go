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

// ErrClockSetBack: the machine's clock was set back by a minute or more while the embedded
// engine ran.
var ErrClockSetBack = errors.New("the machine's clock was set back")

// clockLook is how often the two clocks of the machine are compared.
const clockLook = 5 * time.Second

// wallClock finds out when the wall clock is set back. most is the most that the wall
// clock has gained on the monotonic clock, which nobody sets, since the first reading.
type wallClock struct{ most time.Duration }

// back is how far the wall clock was set back from its most advanced state. wall and
// monotonic are the times that have passed since the first reading on each clock.
func (c *wallClock) back(wall, monotonic time.Duration) time.Duration {
	c.most = max(c.most, wall-monotonic)
	return c.most - (wall - monotonic)
}

// watchClock ends Wait with ErrClockSetBack when the wall clock was set back by
// ledger.SkewRefused (a minute). Temporal's embedded server uses the wall clock: its polls,
// timers and acts would halt until the clock is again where it was. A server that is
// started again takes the clock as it is.
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
		now := time.Now() // Round(0) below drops the monotonic reading, so that Sub compares wall clocks
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

// Again replaces this process by the same program with the same arguments (exec). The Host
// must have been closed before. It returns only when that fails, or when systemd runs the
// process and will start it again: then the process must end. The error is
// ErrClockSetBack.
func Again() error {
	if os.Getenv("NOTIFY_SOCKET") != "" { // Close has told systemd that the process stops, so systemd waits for its end
		return ErrClockSetBack
	}
	program, err := os.Executable()
	if err == nil {
		err = syscall.Exec(program, os.Args, os.Environ())
	}
	return fmt.Errorf("%w; starting anew: %w", ErrClockSetBack, err)
}
