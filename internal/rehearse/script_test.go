package rehearse_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/rehearse"
	"duban/internal/script"
	"duban/internal/words"
)

// acted rehearses the shipped script with plan days of the real time day up to the day
// to, and gives the rehearsal's folder.
func acted(t *testing.T, day time.Duration, to calendar.Day, faults ...string) (rehearse.Result, string) {
	t.Helper()
	o := options(t)
	o.Day, o.To, o.Faults, o.Seed = day, to, faults, 3
	return scripted(t, o, filepath.Join("..", "..", "seeds", "jincheng-2021-water", "script-2021.yaml"))
}

// scripted rehearses a script file, and gives the rehearsal's folder.
func scripted(t *testing.T, o rehearse.Options, file string) (rehearse.Result, string) {
	t.Helper()
	s, problems := script.Load(file, o.Plan, o.Calendar)
	for _, p := range problems {
		t.Error(p.Text(words.New("en")))
	}
	require.NotNil(t, s)
	o.Script = s
	entries := len(s.Until(o.To.End(calendar.Beijing)).Entries)
	r, err := rehearse.Run(t.Context(), o)
	t.Logf("%d acts, %d of them late and answered otherwise, %d foretold, %d stages, %d messages, %+v, %d by rules, %s", r.Acts, r.Late, r.Foretold, r.Stages, r.Messages, r.Faults, r.Ruled, r.Took)
	for _, d := range r.Differences {
		t.Logf("%+v", d)
	}
	require.NoError(t, err)
	require.Empty(t, r.Differences)
	require.Equal(t, entries, r.Acts)
	return r, o.Dir
}

// lastAct is a few days after the script's last act.
var lastAct = calendar.NewDay(2021, 10, 12)

// TestPeopleActThroughTheYear: every kind of act, with the amendment and the holiday
// notice, is answered as the script expects, and every stage that follows is as
// foretold. The book and the case files in May, at the end of the year and a year later
// are compared with what package recount computes from the events; the rehearsal goes on
// for some weeks after the year, so that what was still to be said at its end is said.
func TestPeopleActThroughTheYear(t *testing.T) {
	t.Parallel()
	end := calendar.NewDay(2021, 12, 31)
	r, dir := acted(t, 0, calendar.NewDay(2022, 1, 20))
	require.Greater(t, r.Acts, 100)
	require.Greater(t, r.Foretold, 800)
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(dir, "ledger.db"))
	require.NoError(t, err)
	defer store.Close()
	recounted(t, store, calendar.NewDay(2021, 5, 15), end)
}

// TestPeopleActThoughTheEngineIsKilled: an act that is sent while the engine is dead is
// sent again until it is answered, and is done once.
func TestPeopleActThoughTheEngineIsKilled(t *testing.T) {
	t.Parallel()
	r, _ := acted(t, 0, lastAct, "kill")
	require.Greater(t, r.Acts, 100)
	require.Greater(t, r.Faults[0].Times, 1, "how often depends on how fast the engine is back")
}
