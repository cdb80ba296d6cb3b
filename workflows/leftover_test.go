package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/workflows"
)

// A wait in the ledger counts as left over only after the longest time that its workflow may
// sleep between two tries; the wait of a workflow that is mended has gaps of its own.
func TestANoteIsLeftOverOnlyAfterTheLongestGap(t *testing.T) {
	t.Parallel()
	tried := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	w := ledger.Wait{What: "stage due", TriedAt: tried}
	require.False(t, w.LeftOver(tried.Add(workflows.LongGap+10*time.Minute)), "a try takes minutes too")
	require.True(t, w.LeftOver(tried.Add(24*time.Hour)))
	w.What = ledger.MendWait
	require.False(t, w.LeftOver(tried.Add(24*time.Hour)))
}
