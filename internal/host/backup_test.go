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

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/settings"
)

// A backup is made in mid-year while everything runs. After the year has gone on for a
// while, the backup is restored in another folder and its engine goes on from the state
// backed up: no stage that its ledger has as said is said again, and every stage of the
// preview is said.
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

// foretold waits until exactly the stages of the plan's preview have been decided, and
// verifies the ledger.
func (w *world) foretold(p *plan.Plan, clock calendar.Clock) {
	w.t.Helper()
	require.EventuallyWithT(w.t, func(c *assert.CollectT) {
		require.Empty(c, w.foretoldBy(p, clock), "the year ends as foretold")
	}, hang, 200*time.Millisecond)
	ledgertest.Proven(w.t, w.Ledger)
}

// foretoldBy gives the differences between the preview and the stages decided: with + how
// often a stage is missing, with - how often it was decided too many times.
func (w *world) foretoldBy(p *plan.Plan, clock calendar.Clock) string {
	w.t.Helper()
	differ := map[string]int{}
	for _, s := range act.Preview(p, w.cal, clock.Start, calendar.Day{}) {
		differ[s.Task+" "+s.ID]++
	}
	proposed := map[string]bool{} // talks that no stage called for, as the audit's by a rule: the preview does not have them
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

// ownersAlone requires that only the owner can read the files of a folder, and that the
// files named are among them.
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
			return nil // a file that existed only for a moment, while it was written
		}
		if err == nil && filepath.Ext(path) != ".lock" {
			require.Zero(t, info.Mode().Perm()&0o077, "%s has mode %o", path, info.Mode().Perm())
		}
		return err
	}))
}

// After a clean stop neither database has a write-ahead log beside its file, so that a copy
// of the two files is complete.
func TestACleanStopLeavesNoLog(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.stillPlan("tidy", many(20)...)
	require.NoError(t, w.Close())
	require.EventuallyWithT(t, func(c *assert.CollectT) { // a part that a busy machine did not end in its time ends a moment later
		for _, name := range []string{"ledger.db", "temporal.db"} {
			beside, err := filepath.Glob(filepath.Join(w.cfg.Dir, name+"-*"))
			require.NoError(c, err)
			require.Empty(c, beside)
		}
	}, hang, 50*time.Millisecond)
	again := open(t, w.cfg, true)
	again.well("tidy")
}
