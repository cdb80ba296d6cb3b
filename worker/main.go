// Command worker is what a machine runs: it joins the Temporal cluster that
// TEMPORAL_ADDRESS names, or starts the embedded one, and works until told to
// stop. kill -9 at any moment loses nothing.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"duban/internal/host"
	"duban/internal/settings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Environ()); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, environ []string) (err error) {
	env := map[string]string{}
	for _, kv := range environ {
		if k, v, ok := strings.Cut(kv, "="); ok {
			env[k] = v
		}
	}
	cfg, err := settings.Load(env)
	if err != nil {
		return err
	}
	log := host.Logger(cfg, os.Stderr)
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
	}
	h, err := host.Open(ctx, cfg, host.Options{Embedded: true, Work: true, Out: os.Stdout, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	log.Info("Worker is ready", "version", version, "temporal", h.Address, "ui", h.UI, "dir", cfg.Dir)
	return h.Wait(ctx)
}
