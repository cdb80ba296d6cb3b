package host_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/settings"
)

// command opens a Host as a command does that a person types: it joins the engine that runs
// on the folder.
func command(t *testing.T, cfg settings.Config) (*host.Host, error) {
	t.Helper()
	h, err := host.Open(t.Context(), cfg, host.Options{Log: quiet, Patience: hang})
	if err == nil {
		t.Cleanup(func() { _ = h.Close() })
	}
	return h, err
}

func again(t *testing.T, cfg settings.Config) (*host.Host, error) {
	t.Helper()
	free(t, cfg.Dir) // an engine that was closed, or failed to start, may still be ending
	h, err := host.Open(t.Context(), cfg, host.Options{Embedded: true, Work: true, Rehearsal: true, Out: os.Stderr, Log: quiet, Patience: hang})
	if err == nil {
		t.Cleanup(func() { _ = h.Close() })
	} else {
		free(t, cfg.Dir)
	}
	return h, err
}

func portOf(t *testing.T, address string) int {
	t.Helper()
	_, text, err := net.SplitHostPort(address)
	require.NoError(t, err)
	port, err := strconv.Atoi(text)
	require.NoError(t, err)
	return port
}

// within gives the settings cfg with another data folder.
func within(cfg settings.Config, dir string) settings.Config {
	cfg.Dir, cfg.Outbox = dir, filepath.Join(dir, "outbox")
	return cfg
}

// contents gives the content of each file of a folder, by path.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		out[path] = string(raw)
		return err
	}))
	return out
}

// The engine of one folder is stopped or killed, and another folder's engine starts at the
// same port: a command on the first folder finds no engine, and writes nothing.
func TestAnotherEngineAtTheOldPort(t *testing.T) {
	t.Parallel()
	first := config(t)
	w := open(t, first, true)
	door := filepath.Join(first.Dir, "engine.json")
	stale, err := os.ReadFile(door)
	require.NoError(t, err)
	port := portOf(t, w.Address)
	require.NoError(t, w.Close())
	_, err = os.Stat(door)
	require.ErrorIs(t, err, os.ErrNotExist, "the file goes when the engine goes")

	second := config(t)
	second.TemporalPort = port
	other := open(t, second, true)
	before := contents(t, first.Dir)
	_, err = command(t, first)
	require.ErrorIs(t, err, host.ErrNoEngine)
	require.NoError(t, os.WriteFile(door, stale, 0o600)) // a killed engine leaves its engine.json behind
	_, err = command(t, first)
	require.ErrorIs(t, err, host.ErrNoEngine)
	require.NoError(t, os.Remove(door))
	require.Equal(t, before, contents(t, first.Dir))

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	second.Metrics = taken.Addr().String() // this port is taken: the command would fail if it served metrics, as a worker does
	mine, err := command(t, second)
	require.NoError(t, err)
	require.Equal(t, other.Ledger.ID(), mine.Ledger.ID())
}

// A folder that was copied while its engine runs gets no engine before a person has adopted
// it. A folder that was moved works as before.
func TestACopiedFolder(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	w := open(t, cfg, true)
	w.stillPlan("copied", dated("a", "2021-12-31"))
	twin, third := within(cfg, filepath.Join(t.TempDir(), "twin")), within(cfg, filepath.Join(t.TempDir(), "third"))
	require.NoError(t, os.CopyFS(twin.Dir, os.DirFS(cfg.Dir)))
	_, err := command(t, twin)
	require.ErrorIs(t, err, host.ErrCopied)
	_, err = again(t, twin)
	require.ErrorIs(t, err, host.ErrCopied)
	require.ErrorContains(t, err, "starter adopt")
	_, err = os.Stat(filepath.Join(twin.Dir, "engine.json"))
	require.ErrorIs(t, err, os.ErrNotExist, "a start that failed leaves no door")
	require.NoError(t, os.Mkdir(third.Dir, 0o750)) // a folder with a copy of the ledger alone counts as a copy too
	raw, err := os.ReadFile(filepath.Join(twin.Dir, "ledger.db"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(third.Dir, "ledger.db"), raw, 0o600))
	_, err = again(t, third)
	require.ErrorIs(t, err, host.ErrCopied)

	// Adopted as a trial, the copy has another ledger, and its engine runs beside the first.
	require.ErrorIs(t, host.Adopt(t.Context(), cfg, true, host.Options{Log: quiet}), host.ErrDirInUse)
	require.NoError(t, host.Adopt(t.Context(), twin, true, host.Options{Log: quiet}))
	require.ErrorIs(t, host.Adopt(t.Context(), twin, true, host.Options{Log: quiet}), host.ErrNotCopied)
	trial, err := again(t, twin)
	require.NoError(t, err)
	require.NotEqual(t, w.Ledger.ID(), trial.Ledger.ID())
	office, err := trial.Ledger.Office(t.Context())
	require.NoError(t, err)
	require.Equal(t, "outbox", office[ledger.OfficeChannels], "a trial writes to nobody")
	there, err := command(t, twin)
	require.NoError(t, err)
	require.NoError(t, there.Engine.Act(t.Context(), "copied", "a", act.Act{ID: "done", Kind: act.Complete, By: liaison, Reason: "完成"}))
	require.Equal(t, act.Open, w.course("copied", "a").State, "done in the trial, not in the office")

	// The first folder is moved, and then copied and adopted: its ledger stays the same.
	id := w.Ledger.ID()
	require.NoError(t, w.Close())
	moved := within(cfg, cfg.Dir+" moved")
	require.NoError(t, os.Rename(cfg.Dir, moved.Dir))
	h, err := again(t, moved)
	require.NoError(t, err)
	require.Equal(t, id, h.Ledger.ID())
	require.NoError(t, h.Close())
	free(t, moved.Dir)
	kept := within(cfg, filepath.Join(t.TempDir(), "kept"))
	require.NoError(t, os.CopyFS(kept.Dir, os.DirFS(moved.Dir)))
	require.NoError(t, host.Adopt(t.Context(), kept, false, host.Options{Log: quiet}))
	h, err = again(t, kept)
	require.NoError(t, err)
	require.Equal(t, id, h.Ledger.ID())
	require.NoError(t, h.Close())
	_, err = again(t, moved)
	require.NoError(t, err, "what it was copied from stays what it is: the person was told not to use it")
}

// A command that is given another ledger than the namespace's, and a worker whose ledger file was exchanged, fail with
// ErrOtherLedger. A new Temporal store, in place of a lost one, belongs to the ledger that is there.
func TestTheWrongLedger(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	w := open(t, cfg, true)
	id := w.Ledger.ID()
	other := cfg
	other.DatabaseURL = "sqlite:" + filepath.Join(t.TempDir(), "other.db")
	store, err := ledger.Open(t.Context(), other.DatabaseURL)
	require.NoError(t, err)
	strange := store.ID()
	require.NoError(t, store.Close())
	_, err = command(t, other)
	require.ErrorIs(t, err, host.ErrOtherLedger)
	require.ErrorContains(t, err, id)
	require.ErrorContains(t, err, strange)
	require.NoError(t, w.Close())

	_, err = again(t, other)
	require.ErrorIs(t, err, host.ErrOtherLedger)
	ledgers, err := filepath.Glob(filepath.Join(cfg.Dir, "ledger.db*"))
	require.NoError(t, err)
	for _, f := range ledgers {
		require.NoError(t, os.Rename(f, f+".away"))
	}
	_, err = again(t, cfg) // makes an empty ledger
	require.ErrorIs(t, err, host.ErrOtherLedger)
	for _, f := range ledgers {
		require.NoError(t, os.Rename(f+".away", f))
	}
	stores, err := filepath.Glob(filepath.Join(cfg.Dir, "temporal.db*"))
	require.NoError(t, err)
	for _, f := range stores {
		require.NoError(t, os.Remove(f))
	}
	h, err := again(t, cfg)
	require.NoError(t, err)
	require.Equal(t, id, h.Ledger.ID())
	_, err = command(t, cfg)
	require.NoError(t, err)
}

// Two offices on one machine need no settings of their own, and a folder may have any name:
// the files of an office are all in its folder.
func TestFoldersOfAnyName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	names := []string{"year 2026", "year%202026", "year#2026", "why?2026", "a&b=c'd\"", "督办 年度"}
	var open []*host.Host
	for _, name := range names {
		cfg, err := settings.Load(map[string]string{"DUBAN_DIR": filepath.Join(dir, name)})
		require.NoError(t, err)
		h, err := again(t, cfg)
		require.NoError(t, err, name)
		open = append(open, h)
		c, err := command(t, cfg)
		require.NoError(t, err, name)
		require.Equal(t, h.Ledger.ID(), c.Ledger.ID())
		require.NoError(t, c.Close())
		if len(open) == 2 { // once, two folders with such names had shared a database file
			require.NotEqual(t, open[0].Ledger.ID(), open[1].Ledger.ID())
			require.NotEqual(t, open[0].Address, open[1].Address)
			require.NotEqual(t, open[0].UI, open[1].UI)
		}
		if len(open) > 2 {
			require.NoError(t, h.Close())
		}
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, len(names))
	for _, e := range entries {
		for _, f := range []string{"ledger.db", "temporal.db", "temporal.lock"} {
			_, err := os.Stat(filepath.Join(dir, e.Name(), f))
			require.NoError(t, err)
		}
	}
}

// A start that is broken off at any moment ends without a panic and with the context's
// error, and the next start succeeds.
func TestAStartIsBrokenOff(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	begun := time.Now()
	w := open(t, cfg, true)
	whole := time.Since(begun)
	id := w.Ledger.ID()
	require.NoError(t, w.Close())
	const tries = 12
	for i := range tries {
		ctx, cancel := context.WithTimeout(t.Context(), whole*time.Duration(i)/tries)
		h, err := host.Open(ctx, cfg, host.Options{Embedded: true, Work: true, Rehearsal: true, Log: quiet, Patience: hang})
		cancel()
		if err == nil { // this start was faster than the first, and complete before it was broken off
			require.NoError(t, h.Close())
			free(t, cfg.Dir)
			continue
		}
		require.ErrorIs(t, err, context.DeadlineExceeded, "%v", err)
		free(t, cfg.Dir)
	}
	h, err := again(t, cfg)
	require.NoError(t, err)
	require.Equal(t, id, h.Ledger.ID())
}
