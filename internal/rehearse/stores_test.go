package rehearse_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/planfile"
	"duban/internal/rehearse"
	"duban/internal/script"
	"duban/internal/settings"
	"duban/internal/strictyaml"
	"duban/internal/words"
	"duban/seeds"
)

var store = flag.String("store", "", "make the store of a release: the archive that is written")

const storesDir = "testdata/stores"

// carried are the options of the small year that is half over in the stores under testdata
// that the releases left.
func carried(t *testing.T) rehearse.Options {
	t.Helper()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load(filepath.Join(storesDir, "plan.yaml"), cal)
	require.False(t, strictyaml.Failed(problems), "%+v", problems)
	s, faults := script.Load(filepath.Join(storesDir, "script.yaml"), p, cal)
	for _, f := range faults {
		t.Log(f.Text(words.New("en")))
	}
	require.NotNil(t, s)
	return rehearse.Options{
		Plan: p, Calendar: cal, Script: s, Window: 2 * time.Hour, Day: 250 * time.Millisecond, To: calendar.NewDay(2021, 12, 31),
		Still: 3 * time.Minute, Dir: filepath.Join(t.TempDir(), "carried"), Spawn: spawn, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

// TestAYearThatAnEarlierReleaseBegan starts this program on the ledger and the Temporal
// store that each release left in the middle of a year, lets people act until the year
// ends, and compares. The plan clock of such a year ended long ago in real time: all that
// is left of the year comes at once. With -store it makes such a store: see `make store`.
func TestAYearThatAnEarlierReleaseBegan(t *testing.T) {
	if *store != "" {
		o := carried(t)
		o.Leave = calendar.NewDay(2021, 7, 12) // in the middle of a talk, between two occurrences, after a hand-over
		_, err := rehearse.Run(t.Context(), o)
		require.NoError(t, err)
		for _, e := range eventsAfter(t, o.Dir, 0) {
			require.NotEqual(t, ledger.ActRefused, e.Kind, "the machine was too busy to act in time, make it once more: %s", e.Data)
		}
		pack(t, o.Dir, *store)
		return
	}
	t.Parallel()
	stores, err := filepath.Glob(filepath.Join(storesDir, "*.tar.gz"))
	require.NoError(t, err)
	require.NotEmpty(t, stores, "no store of a release: run make store")
	for _, file := range stores {
		t.Run(filepath.Base(file), func(t *testing.T) {
			info, err := os.Stat(file)
			require.NoError(t, err)
			require.Less(t, info.Size(), int64(1<<20))
			o := carried(t)
			o.GoOn = true
			unpack(t, file, o.Dir)
			l, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(o.Dir, "ledger.db"))
			require.NoError(t, err)
			before, err := l.Verify(t.Context())
			require.NoError(t, err)
			require.NoError(t, l.Close())
			cfg, err := settings.Load(map[string]string{"DUBAN_DIR": o.Dir, "DUBAN_TEMPORAL_PORT": "0", "DUBAN_UI": "false"})
			require.NoError(t, err)
			require.NoError(t, host.Adopt(t.Context(), cfg, false, host.Options{Rehearsal: true, Out: io.Discard, Log: o.Log}))

			r, err := rehearse.Run(t.Context(), o)
			for _, d := range r.Differences {
				t.Logf("%+v", d)
			}
			require.NoError(t, err)
			require.Equal(t, 5, r.Acts, "four by the release, one that its runs are asked for by this program")
			require.Greater(t, r.Events, before)
			for _, e := range eventsAfter(t, o.Dir, before) {
				require.NotEqual(t, ledger.WorkflowMended, e.Kind, "the runs of the release itself go on: %s %s", e.Key, e.Data)
			}
			t.Logf("%s: %d events then, %d now, %d words as foretold", filepath.Base(file), before, r.Events, r.Foretold)
		})
	}
}

// eventsAfter are the events of a folder's ledger after a number.
func eventsAfter(t *testing.T, dir string, seq int64) []ledger.Event {
	t.Helper()
	l, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(dir, "ledger.db"))
	require.NoError(t, err)
	defer l.Close()
	events, err := l.Events(t.Context(), ledger.EventFilter{AfterSeq: seq})
	require.NoError(t, err)
	return events
}

// stored are the files of a folder that a store is made of.
var stored = []string{"rehearsal.lock", "ledger.db", "temporal.db"}

func pack(t *testing.T, dir, file string) {
	t.Helper()
	for _, log := range []string{"ledger.db-wal", "temporal.db-wal"} {
		info, err := os.Stat(filepath.Join(dir, log))
		if !errors.Is(err, fs.ErrNotExist) {
			require.NoError(t, err)
			require.Zero(t, info.Size(), log)
		}
	}
	f, err := os.Create(file)
	require.NoError(t, err)
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	require.NoError(t, err)
	w := tar.NewWriter(z)
	for _, name := range stored {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(raw))}))
		_, err = w.Write(raw)
		require.NoError(t, err)
		t.Logf("%s: %d KiB", name, len(raw)>>10)
	}
	require.NoError(t, w.Close())
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())
}

func unpack(t *testing.T, file, dir string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o700))
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		require.Contains(t, stored, h.Name)
		out, err := os.OpenFile(filepath.Join(dir, h.Name), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		require.NoError(t, err)
		_, err = io.Copy(out, io.LimitReader(r, 64<<20))
		require.NoError(t, err)
		require.NoError(t, out.Close())
	}
}
