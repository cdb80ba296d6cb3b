package activities_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
)

// A matter that the leadership does not decide is told when it is put to it and once when
// its limit has passed, and then is in one list every week until it is decided.
func TestWhatIsNotDecidedIsInTheWeeklyList(t *testing.T) {
	t.Parallel()
	y := newYear(t, "zh")
	leader := people.Recipient{Unit: "lingdao", Role: people.Leader}
	y.until(calendar.NewDay(2021, 8, 20).At(12, 0, calendar.Beijing), nil)
	talks, err := y.store.Talks(t.Context(), y.plan.ID, "")
	require.NoError(t, err)
	l, err := y.store.Plan(t.Context(), y.plan.ID)
	require.NoError(t, err)
	rules, err := act.NewRules(&l.Plan, y.cal)
	require.NoError(t, err)
	limits, units := map[string]calendar.Day{}, map[string]string{}
	for _, k := range talks {
		if k.State == act.TalkProposed {
			limits[k.ID], units[k.ID] = rules.TalkOwed(ledger.TalkCaseOf(&l.Plan, ledger.Task{}, k))[0].Limit, l.Plan.Directory.Name(k.Lead)
		}
	}
	require.GreaterOrEqual(t, len(limits), 5)

	lists := func(from, to calendar.Day) (of map[calendar.Day]string) {
		of = map[calendar.Day]string{}
		for _, m := range y.letters {
			day := calendar.DayOf(m.at.In(calendar.Beijing))
			if m.Recipient != leader || day.Before(from) || day.After(to) {
				continue
			}
			text := strings.Join(strings.Fields(m.Text), "")
			if _, list, found := strings.Cut(text, "待您决定（"); found {
				require.Empty(t, of[day])
				of[day] = list
			}
		}
		return of
	}
	all := lists(calendar.NewDay(2021, 4, 8), calendar.NewDay(2021, 8, 20))
	weeks := 0
	for monday := calendar.NewDay(2021, 6, 7); monday.Before(calendar.NewDay(2021, 8, 16)); monday = monday.AddDays(7) {
		var on []calendar.Day
		for day := monday; day.Before(monday.AddDays(7)); day = day.AddDays(1) {
			if all[day] != "" {
				on = append(on, day)
			}
		}
		passed := 0
		for id, limit := range limits {
			if y.cal.AddWorkdays(limit, 1).Before(monday) { // its missed limit was told in a week before
				passed++
				require.Len(t, on, 1, monday.String())
				require.True(t, strings.Contains(all[on[0]], units[id]) || strings.Contains(all[on[0]], "另有"), "%s on %s", id, on)
			}
		}
		if passed > 0 {
			weeks++
		}
	}
	require.Greater(t, weeks, 8)
	alone := 0
	for _, m := range y.letters {
		if m.Recipient == leader && strings.HasPrefix(m.Text, "待决定事项清单") {
			alone++
		}
	}
	require.Positive(t, alone, "weeks in which nothing else is said")

	// After the decisions the list has nothing.
	for id := range limits {
		require.NoError(t, y.actOnTalk(id, act.Act{ID: "declined", Kind: act.Decline, By: act.Actor{Account: "fu", Name: "分管副市长", Unit: "lingdao"}, Reason: "已当面说明"}))
	}
	y.until(calendar.NewDay(2021, 8, 28).At(12, 0, calendar.Beijing), nil)
	for day, list := range lists(calendar.NewDay(2021, 8, 21), calendar.NewDay(2021, 8, 28)) {
		for id := range limits {
			require.NotContains(t, list, units[id], "%s", day)
		}
	}
}
