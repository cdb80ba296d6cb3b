package host

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

// sameSignal is how long after the first signal a second one counts as the same: a program
// that signals a process and its process group, as timeout(1) does, signals it twice.
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

// Outlive calls do and returns its error. When ctx ends, do gets grace more time; after that
// it is left running and ctx's error is returned, because do waits for something that does
// not end with its context.
func Outlive(ctx context.Context, grace func() time.Duration, do func(context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- do(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(grace()):
		return ctx.Err()
	}
}

// Insist calls try for each of all, and then, with growing gaps until ctx ends, once more
// for each for which try has given again true.
func Insist(ctx context.Context, all []string, try func(one string) (again bool)) {
	for gap := time.Second; len(all) > 0 && ctx.Err() == nil; gap = min(gap*2, time.Minute) {
		if all = slices.DeleteFunc(slices.Clone(all), func(one string) bool { return !try(one) }); len(all) == 0 {
			return
		}
		select {
		case <-time.After(gap):
		case <-ctx.Done():
		}
	}
}
