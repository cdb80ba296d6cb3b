package ledger

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
)

// TestFewTasksOfABigPlanAreFoundByAnIndex asks SQLite how it would find a few tasks or acts: by an index
// of more than their plan, so that the time does not grow with the plan.
func TestFewTasksOfABigPlanAreFoundByAnIndex(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	defer s.Close()
	_, err = s.TaskCalled(t.Context(), "p", "a")
	require.ErrorIs(t, err, ErrNotFound)
	for _, f := range []TaskFilter{{IDs: []string{"a", "b"}}, {Prefix: "a-"}, {Prefix: "a-", From: "a:"}, {Duty: "d"}, {Publish: true}} {
		f.Plan = "p"
		_, err = s.Tasks(t.Context(), f)
		require.NoError(t, err)
	}
	_, err = s.OpenFor(t.Context(), "p", "a-")
	require.NoError(t, err)
	_, err = s.LastActs(t.Context(), "p", act.Progress, []string{"a", "b"})
	require.NoError(t, err)
	asked := 0
	s.reads.Range(func(query, _ any) bool {
		by := `^SEARCH tasks USING INDEX (\w+ \(plan=\? AND |tasks_published \()`
		if strings.Contains(query.(string), " FROM events") {
			by = `SEARCH events USING COVERING INDEX events_acts \(plan=\? AND task=\? AND kind=\?`
		} else if !strings.Contains(query.(string), " FROM tasks") {
			return true
		}
		asked++
		var steps []struct {
			ID, Parent, NotUsed int
			Detail              string
		}
		require.NoError(t, s.reader.SelectContext(t.Context(), &steps, "EXPLAIN QUERY PLAN "+query.(string), make([]any, strings.Count(query.(string), "?"))...))
		var all []string
		for _, step := range steps {
			all = append(all, step.Detail)
		}
		require.Regexp(t, by, strings.Join(all, "\n"), query)
		return true
	})
	require.Equal(t, 9, asked)
}
