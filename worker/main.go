// Command worker is what a machine runs: it joins the Temporal cluster that
// TEMPORAL_ADDRESS names, or starts the embedded one, and works until told to
// stop. kill -9 at any moment loses nothing.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"duban/internal/front"
	"duban/internal/host"
	"duban/internal/settings"
	"duban/internal/version"
	"duban/internal/words"
)

func main() {
	if len(os.Args) > 1 {
		os.Exit(answer(os.Args[1:], words.New(os.Getenv("DUBAN_LANG")), os.Stdout, os.Stderr))
	}
	ctx, release := host.ToldToStop()
	defer release()
	err := run(ctx, os.Environ())
	if errors.Is(err, host.ErrClockSetBack) {
		err = host.Again()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "worker:", host.Redact(err.Error()))
		os.Exit(1)
	}
}

// answer answers a call with arguments and gives the exit status: with any argument the
// program does not begin to work.
func answer(args []string, w *words.Words, out, errOut io.Writer) int {
	say := func(text string) int {
		if _, err := fmt.Fprintln(out, text); err != nil {
			fmt.Fprintln(errOut, "worker:", err)
			return 1
		}
		return 0
	}
	switch {
	case len(args) == 1 && slices.Contains([]string{"--version", "-v"}, args[0]):
		return say("worker " + version.String())
	case len(args) == 1 && slices.Contains([]string{"--help", "-h", "help"}, args[0]):
		return say(w.T("help.worker"))
	case len(args) == 1 && args[0] == "--healthy":
		if err := healthy(os.Getenv("DUBAN_METRICS")); err != nil {
			fmt.Fprintln(errOut, "worker:", err)
			return 1
		}
	default:
		fmt.Fprintln(errOut, w.T("help.worker_arguments", words.Data{"Given": strings.Join(args, " ")}))
		fmt.Fprintln(errOut, w.T("help.worker"))
		return 2
	}
	return 0
}

func run(ctx context.Context, environ []string) (err error) {
	env := settings.Environ(environ)
	cfg, err := settings.Load(env)
	if err != nil {
		return err
	}
	log := host.Logger(cfg, os.Stderr)
	for _, line := range settings.Warnings(env) {
		log.Warn("Settings: " + line)
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
	ending, served, err := front.Keep(ctx, cfg, h, front.Beside(), log)
	if err != nil {
		return err
	}
	defer func() { ending(); <-served }()
	log.Info("Worker is ready", "version", version.String(), "temporal", h.Address, "ui", h.UI != "", "ledger", h.LedgerURL, "dir", cfg.Dir)
	return h.Wait(ctx)
}
