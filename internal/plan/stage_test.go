package plan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/seeds"
)

func day(t require.TestingT, s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	require.NoError(t, err)
	return d
}

// moment reads a Beijing time like "2021-04-08 10:00".
func moment(t require.TestingT, s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Beijing)
	require.NoError(t, err)
	return at
}

func seededCalendar(t require.TestingT) *calendar.Calendar {
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	return cal
}

func seededPolicies(t require.TestingT) map[string]plan.Policy {
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	return policies
}

func seededLadderer(t require.TestingT) plan.Ladderer {
	return plan.Ladderer{Calendar: seededCalendar(t), Zone: calendar.Beijing,
		People: people.Directory{Office: "office", Leadership: "group"}}
}

func TestLights(t *testing.T) {
	t.Parallel()
	cal, policy := seededCalendar(t), seededPolicies(t)["standard"]
	due := day(t, "2021-10-31") // a Sunday: three working days before it is Wednesday
	got := map[string]plan.Light{}
	for _, s := range []string{"2021-04-08", "2021-10-23", "2021-10-24", "2021-10-26", "2021-10-27", "2021-10-31", "2021-11-01", "2022-03-01"} {
		got[s] = policy.LightOn(day(t, s), due, cal)
	}
	require.Equal(t, map[string]plan.Light{
		"2021-04-08": plan.Green, "2021-10-23": plan.Green, "2021-10-24": plan.Blue, "2021-10-26": plan.Blue,
		"2021-10-27": plan.Yellow, "2021-10-31": plan.Yellow, "2021-11-01": plan.Red, "2022-03-01": plan.Red,
	}, got)
	// Over a long rest the three working days reach further back than the seven days.
	require.Equal(t, plan.Green, policy.LightOn(day(t, "2021-09-27"), day(t, "2021-10-08"), cal))
	require.Equal(t, plan.Yellow, policy.LightOn(day(t, "2021-09-28"), day(t, "2021-10-08"), cal))
}

func TestWakeIsSpreadOverTheWindowButItsLastTwentieth(t *testing.T) {
	t.Parallel()
	at := moment(t, "2021-04-30 09:00")
	rapid.Check(t, func(t *rapid.T) {
		task := rapid.String().Draw(t, "task")
		window := time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "window"))
		wake := plan.Wake(task, at, window)
		require.False(t, wake.Before(at.Add(-window)))
		require.False(t, wake.After(at.Add(-window/20)))
		require.Equal(t, wake, plan.Wake(task, at, window), "the same every time")
	})
	require.Equal(t, at, plan.Wake("t", at, -time.Hour))

	tenths := map[int]int{}
	for i := range 10_000 {
		early := at.Sub(plan.Wake(fmt.Sprintf("2.4-survey.%d", i), at, 2*time.Hour)) - 6*time.Minute
		tenths[int(early*10/(114*time.Minute))]++
	}
	for tenth := range 10 {
		require.InDelta(t, 1000, tenths[tenth], 150, "tenth %d", tenth)
	}
}
