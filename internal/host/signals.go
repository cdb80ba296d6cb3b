package host

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// sameSignal is how long after the first signal another one is still the same: whoever
// signals a process and its group, as timeout(1) does, signals it twice.
const sameSignal = 300 * time.Millisecond

// ToldToStop gives a context that ends at the first SIGINT or SIGTERM. A second one ends the process at once, whatever
// hangs, with the exit status a shell gives for the signal.
func ToldToStop() (ctx context.Context, release func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		if _, told := <-signals; !told {
			return
		}
		cancel()
		first := time.Now()
		for s := range signals {
			if time.Since(first) < sameSignal {
				continue
			}
			fmt.Fprintln(os.Stderr, "stopped at once by a second signal")
			number, _ := s.(syscall.Signal)
			os.Exit(128 + int(number))
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel()
	}
}
