package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/calendar"
)

func TestParseDay(t *testing.T) {
	t.Parallel()
	require.Equal(t, calendar.Day{Year: 2024, Month: 2, Date: 29}, day(t, "2024-02-29"))
	for _, bad := range []string{"2021-02-30", "2021-02-29", "2021-13-01", "2021-4-30", "20210430", "2021-04-30 ", "四月底", "2021-04-30T00:00:00Z", ""} {
		_, err := calendar.ParseDay(bad)
		require.Error(t, err, bad)
	}
}

func TestMonthEnds(t *testing.T) {
	t.Parallel()
	type ends struct{ Month, Quarter, Half, Year, NextMonth string }
	got := map[string]ends{}
	for _, s := range []string{"2021-01-31", "2021-02-01", "2021-03-31", "2021-06-30", "2021-07-01", "2021-12-31", "2024-01-30"} {
		d := day(t, s)
		got[s] = ends{d.MonthEnd().String(), d.QuarterEnd().String(), d.HalfEnd().String(), d.YearEnd().String(), d.AddMonths(1).String()}
	}
	require.Equal(t, map[string]ends{
		"2021-01-31": {"2021-01-31", "2021-03-31", "2021-06-30", "2021-12-31", "2021-02-28"},
		"2021-02-01": {"2021-02-28", "2021-03-31", "2021-06-30", "2021-12-31", "2021-03-01"},
		"2021-03-31": {"2021-03-31", "2021-03-31", "2021-06-30", "2021-12-31", "2021-04-30"},
		"2021-06-30": {"2021-06-30", "2021-06-30", "2021-06-30", "2021-12-31", "2021-07-30"},
		"2021-07-01": {"2021-07-31", "2021-09-30", "2021-12-31", "2021-12-31", "2021-08-01"},
		"2021-12-31": {"2021-12-31", "2021-12-31", "2021-12-31", "2021-12-31", "2022-01-31"},
		"2024-01-30": {"2024-01-31", "2024-03-31", "2024-06-30", "2024-12-31", "2024-02-29"},
	}, got)
}

func TestPeriodEndsHoldTheDayAndNest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay(t, "day")
		ends := []calendar.Day{d, d.MonthEnd(), d.QuarterEnd(), d.HalfEnd(), d.YearEnd()}
		for i, end := range ends[1:] {
			require.False(t, end.Before(ends[i]))
			require.Equal(t, 1, end.AddDays(1).Date, "the day after an end is a first")
			require.Equal(t, d.Year, end.Year)
		}
	})
}

// Days are counted by arithmetic of their own, and as package time counts them.
func TestDaysAreThoseOfPackageTime(t *testing.T) {
	t.Parallel()
	utc := func(d calendar.Day) time.Time { return d.At(0, 0, time.UTC) }
	as := func(t require.TestingT, d, e calendar.Day, n int) {
		require.Equal(t, utc(d).Weekday(), d.Weekday(), "%#v", d)
		require.Equal(t, calendar.DayOf(utc(d).AddDate(0, 0, n)), d.AddDays(n), "%#v and %d days", d, n)
		require.Equal(t, int((utc(d).Unix()-utc(e).Unix())/(24*60*60)), d.Sub(e), "%#v from %#v", d, e)
		require.Equal(t, utc(d).Compare(utc(e)), d.Compare(e), "%#v and %#v", d, e)
	}
	first := calendar.NewDay(1, 1, 1)
	as(t, calendar.Day{}, first, 3)
	as(t, first, calendar.Day{}, -400)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.IntRange(0, 3000*365).Draw(t, "day"), rapid.IntRange(-800, 800).Draw(t, "apart")
		d := calendar.DayOf(utc(first).AddDate(0, 0, a))
		as(t, d, calendar.DayOf(utc(d).AddDate(0, 0, b)), rapid.IntRange(-800, 800).Draw(t, "n"))
	})
}

func TestDaysCountAndCompare(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDay(t, "day"), rapid.IntRange(-1000, 1000).Draw(t, "n")
		e := d.AddDays(n)
		require.Equal(t, n, e.Sub(d))
		require.Equal(t, n > 0, e.After(d))
		require.Equal(t, n < 0, e.Before(d))
		require.Equal(t, d, day(t, d.String()))
		require.Equal(t, d, calendar.DayOf(d.At(23, 59, calendar.Beijing)))
	})
}

func TestTheLimitIsMidnightInTheZone(t *testing.T) {
	t.Parallel()
	d := day(t, "2021-12-31")
	require.Equal(t, "2022-01-01T00:00:00+08:00", d.End(calendar.Beijing).Format(time.RFC3339))
	require.Equal(t, "2021-12-31T16:00:00Z", d.End(calendar.Beijing).UTC().Format(time.RFC3339))
}

func TestDayInJSON(t *testing.T) {
	t.Parallel()
	type record struct {
		Due   calendar.Day `json:"due"`
		Begin calendar.Day `json:"begin"`
	}
	raw, err := json.Marshal(record{Due: day(t, "2021-04-30")})
	require.NoError(t, err)
	require.JSONEq(t, `{"due":"2021-04-30","begin":""}`, string(raw))
	var back record
	require.NoError(t, json.Unmarshal(raw, &back))
	require.Equal(t, record{Due: day(t, "2021-04-30")}, back)
	require.Error(t, json.Unmarshal([]byte(`{"due":"2021-02-30"}`), &back))
}

func TestClockThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		epoch := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		c := calendar.Clock{Epoch: epoch, Start: day(t, "2021-04-08").At(9, 0, calendar.Beijing), Rate: rapid.Float64Range(0.5, 1e6).Draw(t, "rate")}
		plan := c.Start.Add(time.Duration(rapid.Int64Range(0, int64(2*366*24*time.Hour)).Draw(t, "plan")))
		real := c.Real(plan)
		reached := c.Plan(real)
		require.False(t, reached.Before(plan), "never woken too early")
		require.LessOrEqual(t, reached.Sub(plan), time.Duration(2*c.Rate)+64, "nor later than the clock can tell")
		require.Equal(t, max(0, real.Sub(epoch)), c.Until(plan, epoch))
		require.Equal(t, time.Duration(0), c.Until(plan, real.Add(time.Second)))
		require.Equal(t, c.Start, c.Plan(epoch.Add(-time.Hour)), "it stands still before its epoch")
	})
}

func TestTheZeroClockIsTheWallClock(t *testing.T) {
	t.Parallel()
	var c calendar.Clock
	now := time.Date(2021, 4, 30, 1, 0, 0, 0, time.UTC)
	require.Equal(t, []time.Time{now, now}, []time.Time{c.Plan(now), c.Real(now)})
	require.Equal(t, time.Hour, c.Until(now.Add(time.Hour), now))
	raw, err := json.Marshal(c)
	require.NoError(t, err)
	require.JSONEq(t, `{}`, string(raw))
}

func TestAYearInAMinuteAndAHalf(t *testing.T) {
	t.Parallel()
	epoch := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c := calendar.Clock{Epoch: epoch, Start: day(t, "2021-01-01").At(0, 0, calendar.Beijing), Rate: 4 * 24 * 3600} // 1d=250ms
	require.Equal(t, 250*time.Millisecond, c.Until(day(t, "2021-01-02").At(0, 0, calendar.Beijing), epoch))
	require.Equal(t, 91250*time.Millisecond, c.Until(day(t, "2022-01-01").At(0, 0, calendar.Beijing), epoch))
}

// TestAClockThatStops: nothing later than its end comes, however long one waits.
func TestAClockThatStops(t *testing.T) {
	t.Parallel()
	epoch := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	end := day(t, "2021-12-31").End(calendar.Beijing).Add(-time.Second)
	c := calendar.Clock{Epoch: epoch, Start: day(t, "2021-01-01").At(0, 0, calendar.Beijing), Rate: 4 * 24 * 3600, End: end}
	for _, later := range []time.Duration{2 * time.Minute, time.Hour, 24 * time.Hour, 50 * 365 * 24 * time.Hour} {
		now := epoch.Add(later)
		require.Equal(t, end, c.Plan(now), later)
		require.Zero(t, c.Until(end, now))
		require.Equal(t, calendar.Never, c.Until(end.Add(time.Nanosecond), now))
		require.Equal(t, calendar.Never, c.Until(end.AddDate(500, 0, 0), now))
	}
	require.Equal(t, calendar.Never, c.Until(end.AddDate(0, 0, 1), epoch.Add(-time.Hour)))
	require.True(t, c.Real(end.AddDate(0, 0, 1)).After(c.Real(end).AddDate(90, 0, 0)))
	require.Equal(t, c.Start, c.Plan(epoch.Add(-time.Hour)))
	raw, err := json.Marshal(c)
	require.NoError(t, err)
	var back calendar.Clock
	require.NoError(t, json.Unmarshal(raw, &back))
	require.True(t, back.End.Equal(end))
}
