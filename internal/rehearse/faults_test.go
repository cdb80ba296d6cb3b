package rehearse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/rehearse"
)

// TestTheSpringSurvivesEveryFault: what goes wrong in turn in one short spring;
// the ledger is as foretold, no word is lost or said twice, and the next audit is
// silent. `make chaos` holds the faults for as long as they last in life.
func TestTheSpringSurvivesEveryFault(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]string{
		"of the machine": {"kill", "stop", "locked", "unreachable", "failing", "hanging", "two"},
		"of the disk":    {"full", "store"},
		"of the mail":    {"smtp-down", "smtp-slow", "smtp-4xx", "smtp-5xx", "smtp-cut"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			survives(t, faults...)
		})
	}
}

func survives(t *testing.T, faults ...string) {
	t.Helper()
	o := options(t)
	o.Faults, o.Seed, o.Still = faults, 11, 10*time.Minute
	o.Hold, o.Gap = 3*time.Second, 2*time.Second
	o.To = calendar.NewDay(2021, 5, 15)
	r, err := rehearse.Run(t.Context(), o)
	t.Logf("%+v: a day in %s, %d foretold, %d messages, %d lost, %d twice, %s", r.Faults, r.Day, r.Foretold, r.Messages, r.Lost, r.Twice, r.Took.Round(time.Millisecond))
	for _, d := range r.Differences {
		t.Logf("%+v", d)
	}
	require.NoError(t, err)
	require.Zero(t, r.Lost+r.Twice)
	for _, f := range r.Faults {
		require.Positive(t, f.Times, f.Fault)
	}
}
