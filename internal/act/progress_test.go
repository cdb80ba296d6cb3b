package act_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// The lag never grows when more is reported and never shrinks as time goes by;
// the light never grows milder with the lag; and the lag of nothing done is the
// share of time itself.
func TestProgressFallsBehindWithTimeAndCatchesUpWithReports(t *testing.T) {
	t.Parallel()
	assigned := calendar.NewDay(2021, 4, 1)
	rapid.Check(t, func(t *rapid.T) {
		due := assigned.AddDays(rapid.IntRange(-30, 400).Draw(t, "length"))
		today := assigned.AddDays(rapid.IntRange(-5, 450).Draw(t, "today"))
		percent := rapid.IntRange(0, 100).Draw(t, "percent")
		a := plan.Acts{Yellow: rapid.IntRange(1, 50).Draw(t, "yellow"), Extensions: 1}
		a.Red = a.Yellow + rapid.IntRange(0, 50).Draw(t, "red")

		behind := act.Behind(assigned, due, today, percent)
		require.LessOrEqual(t, behind, 100)
		require.GreaterOrEqual(t, behind, -100)
		require.GreaterOrEqual(t, act.Behind(assigned, due, today.AddDays(1), percent), behind)
		if percent < 100 {
			require.LessOrEqual(t, act.Behind(assigned, due, today, percent+1), behind)
		}
		if !today.Before(due) {
			require.Equal(t, 100-percent, behind, "all the time is gone")
		}
		if !today.After(assigned) && today.Before(due) {
			require.Equal(t, -percent, behind, "no time is gone")
		}

		light := act.ProgressLight(behind, a)
		require.Equal(t, behind > a.Red, light == plan.Red)
		require.Equal(t, behind >= a.Yellow && behind <= a.Red, light == plan.Yellow)
	})
}

// A hundred days: the tenth is 10 points gone, the thirtieth 30.
func TestProgressLightAtItsEdges(t *testing.T) {
	t.Parallel()
	assigned := calendar.NewDay(2021, 4, 1)
	due := assigned.AddDays(100)
	for day, want := range map[int]plan.Light{9: plan.Green, 10: plan.Yellow, 30: plan.Yellow, 31: plan.Red} {
		c := act.Case{State: act.Open, Due: due, Assigned: assigned.At(0, 0, calendar.Beijing)}
		_, light, ok := c.ProgressOn(assigned.AddDays(day), calendar.Beijing, plan.Acts{})
		require.True(t, ok)
		require.Equal(t, want, light, "day %d", day)
		c.State = act.Reported
		_, _, ok = c.ProgressOn(assigned.AddDays(day), calendar.Beijing, plan.Acts{})
		require.False(t, ok, "what is reported done is not behind")
	}
}

// Who asks for more time says how far the task is; unsaid, it is as far as it was.
func TestAskingForMoreTimeReportsProgress(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.do("gaoping", "2021-05-06 10:00", act.Progress, percent(20))
	d.do("gaoping", "2021-06-01 10:00", act.Extend, due("2021-07-31"), percent(55))
	require.Equal(t, 55, d.Case.Percent)
	d.do("office", "2021-06-02 10:00", act.Refuse)
	d.do("gaoping", "2021-06-03 10:00", act.Extend, due("2021-07-31"))
	require.Equal(t, 55, d.Case.Percent)
}
