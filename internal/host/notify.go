package host

import (
	"context"
	"log/slog"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// notifier tells systemd how the service is, by the socket of NOTIFY_SOCKET; without one it does nothing.
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

// beat tells systemd's watchdog that the process makes progress, until ctx ends: three times in its interval, and only
// after alive has answered. A process whose alive hangs or says no is killed and started anew.
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
