package host

import (
	"context"
	"log/slog"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// notifier tells systemd the state of the service over the socket NOTIFY_SOCKET (sd_notify); without one it does nothing.
type notifier struct {
	on  bool // this process is the service
	log *slog.Logger
}

func (n notifier) send(state string) {
	if !n.on {
		return
	}
	if _, err := daemon.SdNotify(false, state); err != nil {
		n.log.Warn("Telling systemd", "error", err)
	}
}

func (n notifier) waiting(what string) { n.send("STATUS=waiting: " + what) }
func (n notifier) ready()              { n.send(daemon.SdNotifyReady + "\nSTATUS=working") }
func (n notifier) stopping()           { n.send(daemon.SdNotifyStopping) }

// beat tells systemd's watchdog that the process makes progress, until ctx ends: three times in the watchdog's interval,
// each time only after alive has returned nil. When alive hangs or fails for the whole interval, systemd kills the
// process and starts it again.
func (n notifier) beat(ctx context.Context, alive func(context.Context) error) {
	interval, err := daemon.SdWatchdogEnabled(false)
	if !n.on || err != nil || interval == 0 {
		return
	}
	tick := time.NewTicker(interval / 3)
	defer tick.Stop()
	for {
		probe, cancel := context.WithTimeout(ctx, interval/3)
		err := alive(probe)
		cancel()
		if err == nil {
			n.send(daemon.SdNotifyWatchdog)
		} else if ctx.Err() == nil {
			n.log.Error("No progress: systemd is not told that all is well", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
