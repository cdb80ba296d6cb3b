package ledger_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
)

func TestClocksOfPostgres(t *testing.T) {
	t.Parallel()
	s, log := open(t, ledgertest.Postgres(t))
	if skew, err := s.Skew(t.Context()); err != nil || skew.Abs() > ledger.SkewWarned { // the server is on this machine
		t.Errorf("the clocks are %s apart, %v", skew, err)
	}
	for _, c := range []struct {
		ahead string
		least time.Duration
		want  error
		said  string
	}{
		{"-4 minutes", 3 * time.Minute, ledger.ErrClock, "set it right"},
		{"-10 seconds", 5 * time.Second, nil, "level=WARN"},
	} {
		s.SetClock(fmt.Sprintf(`SELECT clock_timestamp() + interval '%s'`, c.ahead))
		skew, err := s.Skew(t.Context())
		if err != nil || skew < c.least {
			t.Errorf("%s: %s, %v", c.ahead, skew, err)
		}
		if err := s.CheckClock(t.Context()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.ahead, err)
		}
		if !log.has(c.said) {
			t.Errorf("%s: not said:\n%s", c.ahead, log)
		}
	}
}

// TestClockSetBack: on SQLite the newest event shows that the clock was set back; on both
// databases events that are dated before the one ahead of them are logged.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(testing.TB) string{"sqlite": sqliteFile, "postgres": ledgertest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, log := open(t, address(t))
			if err := s.CheckClock(t.Context()); err != nil {
				t.Errorf("an empty ledger: %v", err)
			}
			at := func(key string, real time.Time) {
				_, err := s.Record(t.Context(), ledger.Event{Key: key, Kind: "test", Real: real, PlanAt: real})
				must(t, err)
			}
			now := time.Now()
			at("ahead", now.Add(4*time.Minute))
			if log.has("ahead of them") {
				t.Errorf("said too early:\n%s", log)
			}
			if err := s.CheckClock(t.Context()); err != nil || name == "sqlite" && !log.has("set it right") {
				t.Errorf("a clock set back by four minutes: %v\n%s", err, log)
			}
			at("right", now)
			if !log.has("Events are dated before the ones ahead of them") || !log.has("key=right") {
				t.Errorf("not said:\n%s", log)
			}
			if err := s.CheckClock(t.Context()); err != nil {
				t.Errorf("afterwards: %v", err)
			}
			if _, err := s.Verify(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
