package host

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/settings"
	"duban/internal/words"
)

// For a plan in another time zone, the instants that the doctor shows are in that zone, and
// so is the instant of a backup.
func TestWhatIsSaidOfTheMachineIsToldByThePlansClock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(dir, "ledger.db"))
	require.NoError(t, err)
	zone, err := store.Zone(t.Context())
	require.NoError(t, err)
	require.Equal(t, calendar.Beijing, zone, "before there is a plan")
	at := time.Date(2021, time.April, 8, 3, 0, 0, 0, time.UTC)
	for i, zone := range []string{"Asia/Shanghai", "Asia/Tokyo"} {
		l := ledger.Launched{Plan: plan.Plan{ID: "p" + zone[5:7], Title: "计划", Zone: zone, Hash: zone, Year: 2021, Issued: calendar.NewDay(2021, 4, 8)}, At: at.Add(time.Duration(i) * time.Hour)}
		_, err = store.AddPlan(t.Context(), l, nil, ledger.When{Real: at, Plan: at})
		require.NoError(t, err)
	}
	require.NoError(t, store.PutWait(t.Context(), ledger.Wait{Workflow: "task/pTo/a", What: "stage due", Plan: "pTo", Thing: "a", Since: at, TriedAt: time.Now(), Rounds: 1, Error: "locked"}))

	c := newCondition()
	e := Examination{Who: query.Operator(), Now: func() time.Time { return at }, Say: func(err error) string { return err.Error() }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	cfg := settings.Config{Dir: dir, Outbox: filepath.Join(dir, "outbox")}
	require.NoError(t, e.on(t.Context(), cfg, &c, store, nil))
	c.Plans[0].Late, c.Plans[1].Late = []ledger.Stage{late(at)}, []ledger.Stage{late(at)}
	c.Strangers = []engine.Finding{{Plan: "gone", Workflow: "task/gone/a", Again: 3, Next: at}}
	var out bytes.Buffer
	c.Tell(&out, words.New("zh"), false)
	for _, said := range []string{"2021-04-08 11:00", "2021-04-08 12:00", "2021-04-08 12:00:00"} {
		require.Contains(t, out.String(), said)
	}
	require.NotContains(t, out.String(), "03:00", "the server's own clock")
	require.NoError(t, store.Close())

	to := filepath.Join(t.TempDir(), "backup")
	b, err := MakeBackup(t.Context(), cfg, to)
	require.NoError(t, err)
	_, offset := b.At.Zone()
	require.Equal(t, 9*3600, offset, "of the plan launched last")
	raw, err := os.ReadFile(filepath.Join(to, backupFile))
	require.NoError(t, err)
	require.Contains(t, string(raw), `+09:00"`)
}

func late(at time.Time) ledger.Stage {
	return ledger.Stage{Task: "a", Stage: plan.Stage{ID: "urge", Kind: plan.Urge, At: at}}
}
