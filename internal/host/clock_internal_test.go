package host

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A clock that is set forward, or a machine that slept, does not count as set back; a clock
// that was set forward and is then corrected does.
func TestAClockThatIsSetBackIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shifts []time.Duration // of the wall clock against the monotonic one, at each look
		back   time.Duration   // at the last look
	}{
		"as it should be":    {[]time.Duration{0, 0, 0}, 0},
		"set back":           {[]time.Duration{0, -time.Hour}, time.Hour},
		"the machine slept":  {[]time.Duration{0, 8 * time.Hour, 8 * time.Hour}, 0},
		"ahead, and right":   {[]time.Duration{0, 24 * time.Hour, 0}, 24 * time.Hour},
		"back, and right":    {[]time.Duration{0, -time.Hour, 0}, 0},
		"slowly, in the end": {[]time.Duration{0, -20 * time.Second, -40 * time.Second, -time.Minute}, time.Minute},
	} {
		clock, back := wallClock{}, time.Duration(0)
		for i, shift := range c.shifts {
			passed := time.Duration(i) * clockLook
			back = clock.back(passed+shift, passed)
		}
		require.Equal(t, c.back, back, name)
	}
}
