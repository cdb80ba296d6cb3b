package calendar_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/calendar"
)

func TestWhatANewNoticeChanges(t *testing.T) {
	t.Parallel()
	holiday := func(name, date string, off bool) calendar.Holiday {
		return calendar.Holiday{Name: name, Date: day(t, date), IsOffDay: off}
	}
	was := calendar.Year{Year: 2021, Days: []calendar.Holiday{
		holiday("中秋节", "2021-09-18", false), holiday("中秋节", "2021-09-20", true), holiday("国庆节", "2021-10-01", true), holiday("国庆节", "2021-10-09", false),
	}}
	is := calendar.Year{Year: 2021, Days: []calendar.Holiday{
		holiday("国庆节", "2021-10-09", true), holiday("国庆节", "2021-10-01", true), holiday("抗洪", "2021-09-22", true), holiday("中秋节", "2021-09-20", true),
	}}
	require.Equal(t, []calendar.Change{
		{Date: day(t, "2021-09-18"), Was: &was.Days[0]},
		{Date: day(t, "2021-09-22"), Is: &is.Days[2]},
		{Date: day(t, "2021-10-09"), Was: &was.Days[3], Is: &is.Days[0]},
	}, calendar.Changes(was, is))
	require.Empty(t, calendar.Changes(was, was))
	require.Len(t, calendar.Changes(calendar.Year{}, is), 4)
}

func TestChangesLeadFromOneNoticeToTheOther(t *testing.T) {
	t.Parallel()
	notice := func(t *rapid.T, name string) calendar.Year {
		days := rapid.MapOf(rapid.IntRange(0, 20), rapid.Bool()).Draw(t, name)
		y := calendar.Year{Year: 2021}
		for n, off := range days {
			y.Days = append(y.Days, calendar.Holiday{Name: "节", Date: calendar.NewDay(2021, 5, 1).AddDays(n), IsOffDay: off})
		}
		return y
	}
	rapid.Check(t, func(t *rapid.T) {
		was, is := notice(t, "was"), notice(t, "is")
		have := map[calendar.Day]calendar.Holiday{}
		for _, h := range was.Days {
			have[h.Date] = h
		}
		for _, c := range calendar.Changes(was, is) {
			if c.Is == nil {
				delete(have, c.Date)
			} else {
				have[c.Date] = *c.Is
			}
		}
		want := map[calendar.Day]calendar.Holiday{}
		for _, h := range is.Days {
			want[h.Date] = h
		}
		require.Equal(t, want, have)
	})
}

func TestProvisionalYears(t *testing.T) {
	t.Parallel()
	cal := seeded(t) // 2021 to 2026
	require.Empty(t, cal.ProvisionalYears(day(t, "2021-01-01"), day(t, "2026-12-31")))
	require.Equal(t, []int{2027, 2028}, cal.ProvisionalYears(day(t, "2026-12-31"), day(t, "2028-01-01")))
	require.Equal(t, []int{2020}, cal.ProvisionalYears(day(t, "2020-12-31"), day(t, "2021-01-01")))
	require.Empty(t, cal.ProvisionalYears(day(t, "2028-01-01"), day(t, "2027-01-01")))
	require.Equal(t, []bool{true, false}, []bool{cal.Governed(2026), cal.Governed(2027)})
	require.Equal(t, []int{250, 249, 254}, []int{cal.WorkdaysIn(2021), cal.WorkdaysIn(2022), cal.WorkdaysIn(2027)})
}
