package rehearse

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestADayIsAsLongAsArmingSuggests: 80 tasks are armed in 1.2 s where a day takes
// a quarter of a second.
func TestADayIsAsLongAsArmingSuggests(t *testing.T) {
	t.Parallel()
	require.Equal(t, 250*time.Millisecond, pace(300*time.Millisecond, 80))
	require.Equal(t, 250*time.Millisecond, pace(1200*time.Millisecond, 80))
	require.Equal(t, time.Second, pace(4800*time.Millisecond, 80))
}
