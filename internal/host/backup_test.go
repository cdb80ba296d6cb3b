package host_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/settings"
)

// A backup is made in mid-year while everything runs, the year goes on, and the
// backup's engine goes on in another folder from where it was: what its ledger says
// was said is not said again, and nothing that the preview foretells is left out.
func TestABackupInMidYear(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, _ := smallPlan(t, "year", "2021-04-08", "standard", append(many(12), dated("early", "2021-05-31"), aDuty)...)
	clock := fast(p, 60*time.Millisecond, time.Second)
	w.launch(p, clock)
	w.eventually("the year is under way", func(context.Context) bool { return len(w.told("year", "early")) >= 4 })
	to := filepath.Join(t.TempDir(), "backup")
	proof := filepath.Join("evidence", "ab", "ab12")
	require.NoError(t, os.MkdirAll(filepath.Join(w.cfg.Dir, filepath.Dir(proof)), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(w.cfg.Dir, proof), []byte("图"), 0o600))
	b, err := host.MakeBackup(t.Context(), w.cfg, to)
	require.NoError(t, err)
	require.Positive(t, b.Events)
	_, err = host.MakeBackup(t.Context(), w.cfg, to)
	require.ErrorIs(t, err, host.ErrNotEmpty)
	ownersAlone(t, w.cfg.Dir, "ledger.db", "temporal.db", "engine.json")
	ownersAlone(t, to, "ledger.db", "temporal.db")
	w.eventually("the year goes on", func(context.Context) bool { return len(w.told("year", "early")) >= 6 })
	require.NoError(t, w.Close())

	dir := t.TempDir()
	cfg, err := settings.Load(map[string]string{"DUBAN_DIR": dir, "DUBAN_TEMPORAL_PORT": "0", "DUBAN_UI": "false"})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600))
	restore := func(how host.RestoreOptions) (aside string, err error) {
		_, aside, err = host.Restore(t.Context(), cfg, to, how, host.Options{Log: quiet})
		return aside, err
	}
	_, err = restore(host.RestoreOptions{Force: true})
	require.ErrorIs(t, err, host.ErrOriginal, "it still lies in its folder")
	require.FileExists(t, filepath.Join(dir, "notes.txt"), "nothing is touched")
	_, err = restore(host.RestoreOptions{Instead: true})
	require.ErrorIs(t, err, host.ErrNotEmpty)
	require.NoError(t, os.Rename(w.cfg.Dir, w.cfg.Dir+" gone"))
	aside, err := restore(host.RestoreOptions{Force: true})
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(aside, "notes.txt"))
	require.FileExists(t, filepath.Join(dir, proof), "the files of evidence are in it")

	again := open(t, cfg, true)
	require.Equal(t, b.Ledger, again.Ledger.ID())
	again.foretold(p, clock)
	again.well("year")
	again.silent("year")
	notices, err := again.Ledger.Notices(t.Context(), ledger.NoticeFilter{Plan: "year"})
	require.NoError(t, err)
	for _, n := range notices {
		require.NotContains(t, []ledger.NoticeState{ledger.Unknown, ledger.Failed}, n.State, "%s %s", n.Task, n.Stage)
	}
}

// foretold waits until every stage that the preview foretells has been decided, and
// no other.
func (w *world) foretold(p *plan.Plan, clock calendar.Clock) {
	w.t.Helper()
	differs := func() bool { return w.foretoldBy(p, clock) != "" }
	for ends := time.Now().Add(hang); differs() && time.Now().Before(ends); {
		time.Sleep(200 * time.Millisecond)
	}
	require.Empty(w.t, w.foretoldBy(p, clock), "the year ends as foretold")
	ledgertest.Proven(w.t, w.Ledger)
}

// foretoldBy are the differences between the preview and what has been decided: what
// is missing with +, what is one too many with -.
func (w *world) foretoldBy(p *plan.Plan, clock calendar.Clock) string {
	w.t.Helper()
	differ := map[string]int{}
	for _, s := range act.Preview(p, w.cal, clock.Start, calendar.Day{}) {
		differ[s.Task+" "+s.ID]++
	}
	proposed := map[string]bool{} // by the audit, because of what added up: no preview has that
	talks, err := w.Ledger.Talks(w.t.Context(), p.ID, "")
	require.NoError(w.t, err)
	for _, k := range talks {
		proposed[k.ID] = k.Origin.Kind != act.OriginStage
	}
	stages, err := w.Ledger.Stages(w.t.Context(), p.ID, "")
	require.NoError(w.t, err)
	for _, s := range stages {
		if s.State == ledger.Decided && (s.Kind != plan.Told || s.ID == act.OrderID) && !proposed[s.Talk] {
			differ[s.Task+" "+s.ID]--
		}
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(differ)) {
		if n := differ[name]; n != 0 {
			all = append(all, fmt.Sprintf("%s %+d", name, n))
		}
	}
	return strings.Join(all, "; ")
}

// ownersAlone: nobody but the owner can read what a folder holds, among it the files named.
func ownersAlone(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		require.FileExists(t, filepath.Join(dir, name))
	}
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was being written
		}
		if err == nil && filepath.Ext(path) != ".lock" {
			require.Zero(t, info.Mode().Perm()&0o077, "%s has mode %o", path, info.Mode().Perm())
		}
		return err
	}))
}

// After a clean stop the two files are all there is: no write-ahead log lies beside
// them, so that whoever copies them has everything.
func TestACleanStopLeavesNoLog(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.standing("tidy", many(20)...)
	require.NoError(t, w.Close())
	for _, name := range []string{"ledger.db", "temporal.db"} {
		beside, err := filepath.Glob(filepath.Join(w.cfg.Dir, name+"-*"))
		require.NoError(t, err)
		require.Empty(t, beside)
	}
	again := open(t, w.cfg, true)
	again.well("tidy")
}
