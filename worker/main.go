// Command worker is what a machine runs: it joins the Temporal cluster that
// TEMPORAL_ADDRESS names, or starts the embedded one, and works until told to
// stop. kill -9 at any moment loses nothing.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"duban/internal/host"
	"duban/internal/settings"
)

func main() {
	ctx, release := host.ToldToStop()
	defer release()
	if err := run(ctx, os.Environ()); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", host.Redact(err.Error()))
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
	for _, line := range settings.Warnings(env) {
		log.Warn("Settings: " + line)
	}
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
	}
	h, err := host.Open(ctx, cfg, host.Options{Embedded: true, Work: true, Known: true, Out: os.Stdout, Log: log})
	if ctx.Err() != nil {
		log.Info("Told to stop before it was ready")
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	log.Info("Worker is ready", "version", version, "temporal", h.Address, "ui", h.UI != "", "ledger", h.LedgerURL, "dir", cfg.Dir)
	return h.Wait(ctx)
}
