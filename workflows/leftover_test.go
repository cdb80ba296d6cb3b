package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/workflows"
)

// A note of what a workflow waits for is not taken for left over while the workflow may
// still be asleep between two tries; a note of mends is kept by whoever mends.
func TestANoteIsLeftOverOnlyAfterTheLongestGap(t *testing.T) {
	t.Parallel()
	tried := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	w := ledger.Wait{What: "stage due", TriedAt: tried}
	require.False(t, w.LeftOver(tried.Add(workflows.LongGap+10*time.Minute)), "a try takes minutes too")
	require.True(t, w.LeftOver(tried.Add(24*time.Hour)))
	w.What = ledger.MendWait
	require.False(t, w.LeftOver(tried.Add(24*time.Hour)))
}
