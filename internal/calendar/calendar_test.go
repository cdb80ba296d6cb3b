package calendar_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/calendar"
	"duban/seeds"
)

func day(t require.TestingT, s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	require.NoError(t, err)
	return d
}

func seeded(t require.TestingT) *calendar.Calendar {
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	return cal
}

// The counts are published with the notices. The days themselves were compared
// once, by hand, with the npm package chinese-days 1.5.7: rest days, make-up
// workdays and festivals of 2021 to 2026 are the same in both.
func TestWorkingDaysOfEachSeededYear(t *testing.T) {
	t.Parallel()
	cal := seeded(t)
	counts := map[int]int{}
	for _, y := range cal.Years() {
		counts[y.Year] = cal.Workdays(calendar.NewDay(y.Year-1, 12, 31), calendar.NewDay(y.Year, 12, 31))
	}
	require.Equal(t, map[int]int{2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}, counts)
}

func TestNamesAndPapersOfEachSeededYear(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, y := range seeded(t).Years() {
		require.Len(t, y.Papers, 1, y.Year)
		for i, h := range y.Days {
			names[h.Name] = true
			if i > 0 {
				require.True(t, h.Date.After(y.Days[i-1].Date), "%s is in order", h.Date)
			}
		}
	}
	require.Equal(t, map[string]bool{"元旦": true, "春节": true, "清明节": true, "劳动节": true, "端午节": true, "中秋节": true, "国庆节": true}, names)
}

func TestNationalDay2021(t *testing.T) {
	t.Parallel()
	cal := seeded(t)
	var works []string
	for d := day(t, "2021-09-25"); !d.After(day(t, "2021-10-11")); d = d.AddDays(1) {
		if cal.IsWorkday(d) {
			works = append(works, d.String()[5:])
		}
	}
	require.Equal(t, []string{"09-26", "09-27", "09-28", "09-29", "09-30", "10-08", "10-09", "10-11"}, works)
}

func TestNextYearsNoticeRulesTheLastDayOfThisYear(t *testing.T) {
	t.Parallel()
	cal := seeded(t)
	saturday := day(t, "2022-12-31") // rests in any case: look at a notice that makes it a workday
	require.False(t, cal.IsWorkday(saturday))
	notice := func(year int, off bool) calendar.Year {
		return calendar.Year{Year: year, Days: []calendar.Holiday{{Name: "元旦", Date: saturday, IsOffDay: off}}}
	}
	require.True(t, cal.With(notice(2023, false)).IsWorkday(saturday), "2023's notice rules it")
	require.False(t, cal.With(notice(2023, false), notice(2022, true)).IsWorkday(saturday), "its own year's notice counts more")
	require.True(t, calendar.New(notice(2021, true), notice(2023, false)).IsWorkday(saturday), "of two neighbours the later")
	require.True(t, calendar.New(notice(2023, false), notice(2021, true)).IsWorkday(saturday), "in whatever order they come")

	friday, ok := cal.BeforeFestival(2023, "元旦")
	require.True(t, ok)
	require.Equal(t, day(t, "2022-12-30"), friday)
}

func TestBeforeFestival(t *testing.T) {
	t.Parallel()
	cal := seeded(t)
	got := map[string]string{}
	for _, name := range []string{"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节", "元宵节"} {
		d, _ := cal.BeforeFestival(2021, name)
		got[name] = d.String()
	}
	require.Equal(t, map[string]string{
		"元旦": "2020-12-31", "春节": "2021-02-10", "清明节": "2021-04-02", "劳动节": "2021-04-30",
		"端午节": "2021-06-11", "中秋节": "2021-09-18", "国庆节": "2021-09-30", "元宵节": "",
	}, got)
	_, ok := cal.BeforeFestival(2030, "春节")
	require.False(t, ok)
}

func TestProvisional(t *testing.T) {
	t.Parallel()
	cal := seeded(t)
	require.False(t, cal.Provisional(day(t, "2026-12-31")))
	require.True(t, cal.Provisional(day(t, "2027-01-01")))
	require.False(t, cal.IsWorkday(day(t, "2027-10-01")), "a Friday, by the law")
	require.True(t, cal.IsWorkday(day(t, "2027-10-08")))
	require.False(t, cal.IsWorkday(day(t, "2027-10-02")))

	more := cal.With(calendar.Year{Year: 2027, Days: []calendar.Holiday{{Name: "国庆节", Date: day(t, "2027-10-01"), IsOffDay: true}}})
	require.False(t, more.Provisional(day(t, "2027-01-01")))
	require.False(t, more.IsWorkday(day(t, "2027-10-01")))
	require.True(t, cal.Provisional(day(t, "2027-01-01")), "With leaves the first calendar as it was")
}

func TestReadYear(t *testing.T) {
	t.Parallel()
	y, err := calendar.ReadYear(strings.NewReader(`{"$schema": "s", "$id": "i", "year": 2021, "papers": ["p"],
		"days": [{"name": "元旦", "date": "2021-01-01", "isOffDay": true}, {"name": "春节", "date": "2021-02-07", "isOffDay": false}]}`))
	require.NoError(t, err)
	require.Equal(t, calendar.Year{Year: 2021, Papers: []string{"p"}, Days: []calendar.Holiday{
		{Name: "元旦", Date: calendar.Day{Year: 2021, Month: 1, Date: 1}, IsOffDay: true},
		{Name: "春节", Date: calendar.Day{Year: 2021, Month: 2, Date: 7}, IsOffDay: false},
	}}, y)
}

func TestReadYearIsStrict(t *testing.T) {
	t.Parallel()
	year := func(days string) string { return `{"year": 2021, "papers": [], "days": [` + days + `]}` }
	const good = `{"name":"元旦","date":"2021-01-01","isOffDay":true}`
	for text, says := range map[string]string{
		``:                                     "line 1: EOF",
		`[]`:                                   "line 1: cannot be array",
		`not json`:                             "line 1: invalid character 'o' in literal null (expecting 'u')",
		`{"papers":[],"days":[` + good + `]}`:  "year: missing",
		`{"year":20210,"papers":[],"days":[]}`: "year: 20210 is not between 1949 and 2100",
		`{"year":2021,"papers":[],"days":[]}`:  "days: the notice for 2021 names no days",
		`{"year":2021,"days":[` + good + `]}`:  "papers: missing",
		"{\"year\":2021,\n\"rest\":[]}":        "line 2: rest: unknown field",
		"{\"year\":2021,\n\n\"days\": 5}":      "line 3: days: cannot be number",
		year(`{"name":"元旦","date":"2021-01-01","isOffDay":true,"type":1}`): "line 1: type: unknown field",
		year(`{"name":"元旦","isOffDay":true}`):                              "days[0].date: missing",
		year(`{"name":"元旦","date":null,"isOffDay":true}`):                  "days[0].date: missing",
		year(`{"name":"元旦","date":"","isOffDay":true}`):                    "days[0].date: missing",
		year(`{"date":"2021-01-01","isOffDay":true}`):                      "days[0].name: missing",
		year(`{"name":"元旦","date":"2021-01-01"}`):                          "days[0].isOffDay: missing",
		year(good + `,{"name":"元旦","date":"2021-02-30","isOffDay":true}`):  "days[1].date: “2021-02-30” is not a date like 2021-04-30",
		year(`{"name":"元旦","date":"20210101","isOffDay":true}`):            "days[0].date: “20210101” is not a date like 2021-04-30",
		year(`{"name":"元旦","date":"2019-12-31","isOffDay":true}`):          "days[0].date: 2019-12-31 does not belong to the notice for 2021",
		year(good + `,{"name":"元旦","date":"2021-01-01","isOffDay":false}`): "days[1].date: 2021-01-01 is named twice",
		year(good) + "\n{}":                     "line 2: there is more after the end of the year",
		strings.Repeat(" ", 1<<20) + year(good): "longer than 1 MiB",
	} {
		_, err := calendar.ReadYear(strings.NewReader(text))
		require.EqualError(t, err, "calendar: "+says, text)
	}
}

func TestAFaultSaysWhereAndWhatForPeople(t *testing.T) {
	t.Parallel()
	_, err := calendar.ReadYear(strings.NewReader(`{"year": 2021, "papers": [], "days": [{"name":"元旦","date":"2019-12-31","isOffDay":true}]}`))
	require.Equal(t, &calendar.Fault{Field: "days[0].date", Key: "foreign",
		Data: map[string]any{"Value": day(t, "2019-12-31"), "Year": 2021}}, err)
}

func TestLoadNamesTheFile(t *testing.T) {
	t.Parallel()
	_, err := calendar.Load(fstest.MapFS{"2021.json": {Data: []byte(`{"year": 1}`)}, "notes.txt": {Data: []byte("not read")}})
	require.ErrorContains(t, err, "2021.json: calendar: year: 1 is not")
	cal, err := calendar.Load(fstest.MapFS{})
	require.NoError(t, err)
	require.Empty(t, cal.Years())
	require.True(t, cal.Provisional(day(t, "2021-01-01")))
}

func anyDay(t *rapid.T, name string) calendar.Day {
	return calendar.NewDay(2020, 1, 1).AddDays(rapid.IntRange(0, 8*366).Draw(t, name))
}

func TestAddWorkdaysIsUndoneByWorkdays(t *testing.T) {
	t.Parallel()
	cal := seeded(t)
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDay(t, "day"), rapid.IntRange(-300, 300).Draw(t, "n")
		got := cal.AddWorkdays(d, n)
		require.Equal(t, n, cal.Workdays(d, got))
		if n != 0 {
			require.True(t, cal.IsWorkday(got))
		} else {
			require.Equal(t, d, got)
		}
		if n != 0 && cal.IsWorkday(d) {
			require.Equal(t, d, cal.AddWorkdays(got, -n), "from a working day there is a way back")
		}
	})
}

func TestWorkdaysCountsLikeAPerson(t *testing.T) {
	t.Parallel()
	cal := seeded(t)
	rapid.Check(t, func(t *rapid.T) {
		from := anyDay(t, "from")
		to := from.AddDays(rapid.IntRange(-60, 60).Draw(t, "days"))
		count := 0
		for d := from; d.Before(to); {
			if d = d.AddDays(1); cal.IsWorkday(d) {
				count++
			}
		}
		for d := from; d.After(to); {
			if d = d.AddDays(-1); cal.IsWorkday(d) {
				count--
			}
		}
		require.Equal(t, count, cal.Workdays(from, to))
	})
}

func TestOnOrBeforeAndOnOrAfter(t *testing.T) {
	t.Parallel()
	cal := seeded(t)
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay(t, "day")
		before, after := cal.OnOrBefore(d), cal.OnOrAfter(d)
		require.True(t, cal.IsWorkday(before) && cal.IsWorkday(after))
		require.False(t, before.After(d) || after.Before(d))
		if cal.IsWorkday(d) {
			require.Equal(t, []calendar.Day{d, d}, []calendar.Day{before, after})
			return
		}
		for e := before.AddDays(1); e.Before(after); e = e.AddDays(1) {
			require.False(t, cal.IsWorkday(e), "no working day between them")
		}
		require.Equal(t, after, cal.AddWorkdays(d, 1))
		require.Equal(t, before, cal.AddWorkdays(d, -1))
	})
}
