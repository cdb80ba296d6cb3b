package plan_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// rested is the seeds' calendar with one more day of rest in its year's notice.
func rested(t require.TestingT, days ...string) *calendar.Calendar {
	cal := seededCalendar(t)
	years := map[int]calendar.Year{}
	for _, y := range cal.Years() {
		years[y.Year] = y
	}
	for _, text := range days {
		d := day(t, text)
		y := years[d.Year]
		y.Year = d.Year
		y.Days = append(y.Days[:len(y.Days):len(y.Days)], calendar.Holiday{Name: "试验", Date: d, IsOffDay: true})
		years[d.Year] = y
	}
	for _, y := range years {
		cal = cal.With(y)
	}
	return cal
}

func TestAStageMovesWithTheCalendar(t *testing.T) {
	t.Parallel()
	l, policy := seededLadderer(t), seededPolicies(t)["standard"]
	assigned, due := moment(t, "2021-04-08 10:00"), day(t, "2021-06-30")
	was := l.Ladder(policy, due, "u", assigned)
	l.Calendar = rested(t, "2021-06-23", "2021-06-30", "2021-07-01")
	is := l.Ladder(policy, due, "u", assigned)

	at := func(s string) time.Time { return moment(t, s).UTC() }
	require.Equal(t, []plan.Move{
		{Task: "survey", Stage: "remind-7", Kind: plan.Remind, From: at("2021-06-23 09:00"), To: at("2021-06-22 09:00")},
		{Task: "survey", Stage: "due", Kind: plan.DueDay, From: at("2021-06-30 09:00"), To: at("2021-06-29 09:00")},
		{Task: "survey", Stage: "urge", Kind: plan.Urge, From: at("2021-07-01 09:00"), To: at("2021-07-02 09:00")},
		{Task: "survey", Stage: "warn", Kind: plan.Warn, From: at("2021-07-07 09:00"), To: at("2021-07-08 09:00")},
		{Task: "survey", Stage: "talk", Kind: plan.Talk, From: at("2021-07-14 09:00"), To: at("2021-07-15 09:00")},
	}, plan.Moves("survey", "", was, is))
	require.Equal(t, []plan.Move{
		{Task: "survey", Talk: "survey#1", Stage: "talk", Kind: plan.Talk, From: at("2021-07-14 09:00"), To: at("2021-07-15 09:00")},
	}, plan.Moves("survey", "survey#1", was[len(was)-1:], is), "what was said does not move")
	require.Empty(t, plan.Moves("survey", "", was, was))
	require.Empty(t, plan.Moves("survey", "", was, nil), "what the new ladder does not know stays as it is")
}

// remind-1 and the due date meet on 06-29 under the new notice: the reminder is
// said with the graver one, a day earlier. Back again, it stands by itself.
func TestAStageThatBecomesOneWithAnotherIsStillItself(t *testing.T) {
	t.Parallel()
	l, policy := seededLadderer(t), seededPolicies(t)["standard"]
	assigned, due := moment(t, "2021-04-08 10:00"), day(t, "2021-06-30")
	was := l.Ladder(policy, due, "u", assigned)
	l.Calendar = rested(t, "2021-06-29", "2021-06-30")
	is := l.Ladder(policy, due, "u", assigned)
	at := func(s string) time.Time { return moment(t, s).UTC() }
	require.Equal(t, []plan.Move{
		{Task: "a", Stage: "remind-1", Kind: plan.Remind, From: at("2021-06-29 09:00"), To: at("2021-06-28 09:00")},
		{Task: "a", Stage: "due", Kind: plan.DueDay, From: at("2021-06-30 09:00"), To: at("2021-06-28 09:00")},
	}, plan.Moves("a", "", was, is))
	require.Equal(t, []plan.Move{
		{Task: "a", Stage: "due", Kind: plan.DueDay, From: at("2021-06-28 09:00"), To: at("2021-06-30 09:00")},
		{Task: "a", Stage: "remind-1", Kind: plan.Remind, From: at("2021-06-28 09:00"), To: at("2021-06-29 09:00")},
	}, plan.Moves("a", "", is, was))
}

func TestMovesThereAreMovesBack(t *testing.T) {
	t.Parallel()
	policies := seededPolicies(t)
	rapid.Check(t, func(t *rapid.T) {
		l := seededLadderer(t)
		policy := policies[rapid.SampledFrom([]string{"standard", "13710", "soft"}).Draw(t, "policy")]
		assigned := calendar.NewDay(2021, 1, 1).AddDays(rapid.IntRange(0, 300).Draw(t, "assigned")).At(10, 0, calendar.Beijing)
		due := calendar.DayOf(assigned).AddDays(rapid.IntRange(0, 200).Draw(t, "days"))
		was := l.Ladder(policy, due, "u", assigned)
		d := due.AddDays(rapid.IntRange(-30, 30).Draw(t, "rest"))
		l.Calendar = rested(t, d.String())
		is := l.Ladder(policy, due, "u", assigned)
		there, back := plan.Moves("a", "", was, is), plan.Moves("a", "", is, was)
		require.Len(t, back, len(there))
		to := map[string][2]time.Time{}
		for _, m := range there {
			require.False(t, m.From.Equal(m.To))
			to[m.Stage] = [2]time.Time{m.From, m.To}
		}
		for _, m := range back {
			require.Equal(t, to[m.Stage], [2]time.Time{m.To, m.From}, m.Stage)
		}
	})
}
