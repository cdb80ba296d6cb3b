package rehearse

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAFaultIsNotHiddenByBeginningAgain: the differences of a start that was given up
// are logged, and a difference that comes again with longer days is the result.
func TestAFaultIsNotHiddenByBeginningAgain(t *testing.T) {
	t.Parallel()
	steady, slow := Difference{What: Missing, Task: "a", Stage: "warn"}, Difference{What: Unsaid, Task: "b", Stage: "urge"}
	start := func(differences ...Difference) error {
		return &slowError{why: "an act was under way for days", day: time.Second, differences: differences}
	}
	run := func(starts ...error) (Result, int, string, error) {
		var log bytes.Buffer
		r := &rehearsal{Options: Options{Day: shortest, Log: slog.New(slog.NewTextHandler(&log, nil))}, chosen: true, differed: map[place]bool{}}
		n := 0
		result, err := r.tries(time.Second, func(time.Duration) (Result, error) {
			n++
			var s *slowError
			if errors.As(starts[n-1], &s) {
				return Result{Differences: s.differences, Day: r.Day}, s
			}
			return Result{Day: r.Day}, starts[n-1]
		})
		return result, n, log.String(), err
	}

	result, n, log, err := run(start(steady), start(slow, steady), nil)
	require.ErrorIs(t, err, ErrDiffers)
	require.Equal(t, []any{2, []Difference{slow, steady}, time.Second}, []any{n, result.Differences, result.Day})
	require.Contains(t, log, "task=a stage=warn")

	result, n, log, err = run(start(steady), start(slow), nil)
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.Empty(t, result.Differences)
	require.Contains(t, log, "task=b stage=urge", "what was given up is said all the same")

	_, n, _, err = run(&slowError{why: "arming took 1m"}, &slowError{why: "arming took 1m"}, nil)
	require.NoError(t, err, "a slow machine alone is no fault")
	require.Equal(t, 3, n)
}
