package rehearse

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestADayIsAsLongAsArmingSuggests: a machine that arms 80 tasks in 1.2 s gets days of
// a quarter of a second; a slower one gets longer days in proportion, up to longestArmed.
func TestADayIsAsLongAsArmingSuggests(t *testing.T) {
	t.Parallel()
	require.Equal(t, 250*time.Millisecond, pace(300*time.Millisecond, 80))
	require.Equal(t, 250*time.Millisecond, pace(1200*time.Millisecond, 80))
	require.Equal(t, 750*time.Millisecond, pace(3600*time.Millisecond, 80))
	require.Equal(t, longestArmed, pace(time.Minute, 80))
}
