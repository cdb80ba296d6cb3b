package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
)

func TestTheWakeWindowIsTheOfficesOnTheWallClockAndNearlyADayOnAFastOne(t *testing.T) {
	t.Parallel()
	e := New(nil, nil, 2*time.Hour, time.Now, nil)
	require.Equal(t, 2*time.Hour, e.windowOn(calendar.Clock{}))
	require.Equal(t, 2*time.Hour, e.windowOn(calendar.Clock{Rate: 1}))
	require.Equal(t, 20*time.Hour, e.windowOn(calendar.Clock{Rate: 345600})) // a clock on which a day takes 250 ms
}
