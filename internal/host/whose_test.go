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

// command is what a person types: it joins the engine that runs on the folder.
func command(t *testing.T, cfg settings.Config) (*host.Host, error) {
	t.Helper()
	h, err := host.Open(t.Context(), cfg, host.Options{Log: quiet})
	if err == nil {
		t.Cleanup(func() { _ = h.Close() })
	}
	return h, err
}

func again(t *testing.T, cfg settings.Config) (*host.Host, error) {
	t.Helper()
	free(t, cfg.Dir) // of one that was closed, or whose start failed
	h, err := host.Open(t.Context(), cfg, host.Options{Embedded: true, Work: true, Rehearsal: true, Out: os.Stderr, Log: quiet})
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

// within is the settings of an office in another folder.
func within(cfg settings.Config, dir string) settings.Config {
	cfg.Dir, cfg.Outbox = dir, filepath.Join(dir, "outbox")
	return cfg
}

// contents are the files of a folder, byte by byte, the sums of their bytes being enough.
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

// The engine of one folder is stopped or killed, another folder's comes up at the
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
	require.NoError(t, os.WriteFile(door, stale, 0o600)) // as a killed engine leaves it
	_, err = command(t, first)
	require.ErrorIs(t, err, host.ErrNoEngine)
	require.NoError(t, os.Remove(door))
	require.Equal(t, before, contents(t, first.Dir))

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	second.Metrics = taken.Addr().String() // served by what works, not by a command: it would fail
	mine, err := command(t, second)
	require.NoError(t, err)
	require.Equal(t, other.Ledger.ID(), mine.Ledger.ID())
}

// A folder that is copied while its engine runs has no engine, and gets none
// before a person has said what the copy is. A folder that is moved just works.
func TestACopiedFolder(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	w := open(t, cfg, true)
	w.standing("copied", dated("a", "2021-12-31"))
	twin, third := within(cfg, filepath.Join(t.TempDir(), "twin")), within(cfg, filepath.Join(t.TempDir(), "third"))
	require.NoError(t, os.CopyFS(twin.Dir, os.DirFS(cfg.Dir)))
	_, err := command(t, twin)
	require.ErrorIs(t, err, host.ErrCopied)
	_, err = again(t, twin)
	require.ErrorIs(t, err, host.ErrCopied)
	require.ErrorContains(t, err, "starter adopt")
	_, err = os.Stat(filepath.Join(twin.Dir, "engine.json"))
	require.ErrorIs(t, err, os.ErrNotExist, "a start that failed leaves no door")
	require.NoError(t, os.Mkdir(third.Dir, 0o750)) // the ledger alone is a copy too
	raw, err := os.ReadFile(filepath.Join(twin.Dir, "ledger.db"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(third.Dir, "ledger.db"), raw, 0o600))
	_, err = again(t, third)
	require.ErrorIs(t, err, host.ErrCopied)

	// As a trial it is another ledger, with an engine beside the first one.
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

	// The first is stopped and moved, and then kept only as a copy.
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

// Nobody goes on with a ledger that is not the namespace's: not a command that was given another, not a worker whose
// ledger was exchanged. A Temporal store that was lost belongs to the ledger that is there.
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
	_, err = again(t, cfg) // makes an empty one
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

// Two offices on one machine need no settings, and a folder may have any name:
// its files are in it and nowhere else.
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
		if len(open) == 2 { // these two were one file once
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

// A start that is broken off at whatever moment ends in order: no panic, the
// context's error, and the next start finds a whole folder.
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
		h, err := host.Open(ctx, cfg, host.Options{Embedded: true, Work: true, Rehearsal: true, Log: quiet})
		cancel()
		if err == nil { // faster than the first
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
