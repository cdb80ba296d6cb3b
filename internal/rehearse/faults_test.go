package rehearse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/rehearse"
)

// TestTheSpringSurvivesEveryFault: in one short spring every fault happens; the ledger
// is as foretold, no notice is lost or sent twice, and the next audit finds nothing.
// `make chaos` holds each fault for as long as it lasts in an office.
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
