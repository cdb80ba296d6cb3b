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
	policies, problems := plan.LoadPolicies("policies.yaml", seeds.Policies)
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

func offset(t *rapid.T, label string, low int) plan.Offset {
	return plan.Offset{N: rapid.IntRange(low, 40).Draw(t, label), Work: rapid.Bool().Draw(t, label+" in working days")}
}

// anyPolicy is one of the seeded policies or a random one.
func anyPolicy(t *rapid.T, seeded map[string]plan.Policy) plan.Policy {
	name := rapid.SampledFrom([]string{"standard", "soft", "13710", "random"}).Draw(t, "policy")
	if name != "random" {
		return seeded[name]
	}
	p := plan.Policy{Name: name, SpeakAt: "09:00", Blue: offset(t, "blue", 0), Yellow: offset(t, "yellow", 0)}
	for i := range rapid.IntRange(1, 8).Draw(t, "stages") {
		r := plan.Rule{ID: fmt.Sprintf("rule-%d", i), Light: rapid.SampledFrom(plan.Lights).Draw(t, "light"),
			Kind: rapid.SampledFrom(plan.StageKinds).Draw(t, "kind"), To: []people.Role{rapid.SampledFrom(people.Roles).Draw(t, "role")}}
		switch rapid.IntRange(0, 2).Draw(t, "side") {
		case 0:
			d := offset(t, "before", 0)
			r.Before = &d
		case 1:
			d := offset(t, "after", 1)
			r.After = &d
		case 2:
			d := offset(t, "after assigned", 0)
			r.From, r.After = plan.FromAssigned, &d
			if d.N > 0 && r.Kind != plan.Talk && rapid.Bool().Draw(t, "unless acknowledged") {
				r.Unless = plan.UnlessAcknowledged
			}
		}
		p.Stages = append(p.Stages, r)
	}
	return p
}
