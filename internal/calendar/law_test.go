package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
)

func TestEveryDayOfTheLawRestsInTheSeededYears(t *testing.T) {
	t.Parallel()
	cal := seeded(t)
	for year := 2021; year <= 2026; year++ {
		require.Empty(t, cal.Worked(year), year)
	}
	var of2021, of2026 []string
	for _, h := range calendar.LawDays(2021) {
		of2021 = append(of2021, h.Name+h.Date.String()[5:])
	}
	for _, h := range calendar.LawDays(2026) {
		of2026 = append(of2026, h.Name+h.Date.String()[5:])
	}
	require.Equal(t, []string{"元旦01-01", "春节02-12", "春节02-13", "春节02-14", "清明节04-04", "劳动节05-01", "端午节06-14", "中秋节09-21", "国庆节10-01", "国庆节10-02", "国庆节10-03"}, of2021)
	require.Equal(t, []string{"元旦01-01", "春节02-16", "春节02-17", "春节02-18", "春节02-19", "清明节04-05", "劳动节05-01", "劳动节05-02", "端午节06-19", "中秋节09-25", "国庆节10-01", "国庆节10-02", "国庆节10-03"}, of2026)
}

func notice(t *testing.T, year int, paper string, days ...string) calendar.Year {
	y := calendar.Year{Year: year, Papers: []string{paper}}
	for _, d := range days {
		y.Days = append(y.Days, calendar.Holiday{Name: "劳动节", Date: day(t, d[1:]), IsOffDay: d[0] == '-'})
	}
	return y
}

func yearOf(cal *calendar.Calendar, year int) calendar.Year {
	for _, y := range cal.Years() {
		if y.Year == year {
			return y
		}
	}
	return calendar.Year{}
}

// A correcting notice that names only its two changed days leaves the year's other
// holidays as they are, and both papers are kept.
func TestANoticeOfTwoDaysChangesTwoDays(t *testing.T) {
	t.Parallel()
	was := yearOf(seeded(t), 2021)
	merged := calendar.Merged(was, notice(t, 2021, "〔2021〕5号", "-2021-05-06", "+2021-05-09"))
	require.Equal(t, append(was.Papers[:1:1], "〔2021〕5号"), merged.Papers)
	var changed []string
	for _, c := range calendar.Changes(was, merged) {
		changed = append(changed, c.Date.String())
	}
	require.Equal(t, []string{"2021-05-06", "2021-05-09"}, changed)
	cal := calendar.New(merged)
	require.Empty(t, cal.Worked(2021))
	require.False(t, cal.IsWorkday(day(t, "2021-05-06")))
	require.True(t, cal.IsWorkday(day(t, "2021-05-09")), "a Sunday")
	require.False(t, cal.IsWorkday(day(t, "2021-10-07")), "the other holidays are kept")
}

// A day named again is as the later notice has it; a whole notice says the year anew,
// and what it leaves out is no holiday any more.
func TestAWholeNoticeSaysTheYearAnew(t *testing.T) {
	t.Parallel()
	was := yearOf(seeded(t), 2021)
	twice := calendar.Merged(was, notice(t, 2021, "二", "+2021-05-05"))
	require.True(t, calendar.New(twice).IsWorkday(day(t, "2021-05-05")), "05-05 was a rest day")
	whole := was
	whole.Papers, whole.Days = []string{"三"}, nil
	for _, h := range was.Days {
		if h.Date != day(t, "2021-05-08") {
			whole.Days = append(whole.Days, h)
		}
	}
	merged := calendar.Merged(was, whole)
	require.False(t, calendar.New(merged).IsWorkday(day(t, "2021-05-08")), "a Saturday whose work the new notice does not ask for")
	require.Equal(t, append(was.Papers[:1:1], "三"), merged.Papers)
	first := notice(t, 2040, "四", "-2040-05-01")
	require.Equal(t, first, calendar.Merged(calendar.Year{}, first), "nothing to merge it into")
}

// Last year's file with the year changed, and its days with it, is not next year's:
// the lunar festivals fall otherwise. So is one whose days are still last year's.
func TestLastYearsFileIsNotNextYears(t *testing.T) {
	t.Parallel()
	was := yearOf(seeded(t), 2021)
	next := calendar.Year{Year: 2023, Papers: was.Papers}
	for _, h := range was.Days {
		h.Date.Year = 2023
		next.Days = append(next.Days, h)
	}
	var worked []string
	for _, h := range calendar.New(next).Worked(2023) {
		worked = append(worked, h.Name+h.Date.String()[5:])
	}
	require.Equal(t, []string{"春节01-23", "春节01-24", "端午节06-22", "中秋节09-29"}, worked, "01-22 is a Sunday, and 04-05 rests in both")
	year := calendar.Year{Year: 2022, Papers: was.Papers, Days: was.Days}
	require.Len(t, calendar.New(year).Worked(2022), 6, "of 2022 nothing is said: 01-01, 05-01, 09-10, 10-01 and 10-02 are weekend days")
}

// Of a year without a notice every day is as the law and the week have it: those of the
// revision of 2024 from 2025 on, and without 除夕 and 2 May before.
func TestAYearWithoutANoticeRestsAsTheLawHasIt(t *testing.T) {
	t.Parallel()
	cal := seeded(t)
	for _, want := range []struct {
		year  int
		rests []string // Monday to Friday
	}{
		{2018, []string{"01-01", "02-16", "04-05", "05-01", "06-18", "09-24", "10-01", "10-02", "10-03"}},
		{2020, []string{"01-01", "01-27", "05-01", "06-25", "10-01", "10-02"}},
		{2027, []string{"01-01", "02-05", "02-08", "04-05", "06-09", "09-15", "10-01"}},
		{2028, []string{"01-25", "01-26", "01-27", "01-28", "04-04", "05-01", "05-02", "10-02", "10-03"}},
		{2033, []string{"01-31", "02-01", "02-02", "04-04", "05-02", "06-01", "09-08", "10-03"}}, // after a leap month in the year before
		{2060, []string{"01-01", "02-02", "02-03", "02-04", "06-03", "09-09", "10-01"}},
	} {
		var rests []string
		for d := calendar.NewDay(want.year, 1, 1); d.Year == want.year; d = d.AddDays(1) {
			weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
			if weekend {
				require.False(t, cal.IsWorkday(d), "%s", d)
			} else if !cal.IsWorkday(d) {
				rests = append(rests, d.String()[5:])
			}
		}
		require.Equal(t, want.rests, rests, want.year)
		require.True(t, cal.Provisional(calendar.NewDay(want.year, 6, 1)))
		require.Empty(t, cal.InForce(want.year).Papers)
	}
	require.Equal(t, 2021, cal.InForce(2021).Year)
	require.Equal(t, cal.Notice(2021), cal.InForce(2021))
}

// A notice of the next year, or one that arrives, says otherwise.
func TestANoticeSaysMoreThanTheLaw(t *testing.T) {
	t.Parallel()
	cal := seeded(t)
	require.False(t, cal.IsWorkday(day(t, "2027-02-05")), "除夕")
	require.True(t, cal.IsWorkday(day(t, "2027-02-09")))
	arrived := cal.With(notice(t, 2027, "一", "-2027-02-06", "-2027-02-09", "+2027-02-05"))
	require.True(t, arrived.IsWorkday(day(t, "2027-02-05")))
	require.False(t, arrived.IsWorkday(day(t, "2027-02-09")))
	require.True(t, arrived.IsWorkday(day(t, "2027-10-01")), "a notice says all that rests: what it leaves out is no holiday, and is asked about")
	neighbour := cal.With(notice(t, 2028, "二", "-2027-12-31", "+2027-01-01"))
	require.False(t, neighbour.IsWorkday(day(t, "2027-12-31")))
	require.True(t, neighbour.IsWorkday(day(t, "2027-01-01")))
}

// 春节前 of a year without a notice is a day, but no sure one.
func TestBeforeAFestivalOfAYearWithoutANotice(t *testing.T) {
	t.Parallel()
	cal := seeded(t)
	d, sure := cal.BeforeFestival(2027, "春节")
	require.Equal(t, day(t, "2027-02-04"), d)
	require.False(t, sure)
	d, sure = cal.BeforeFestival(2026, "春节")
	require.Equal(t, day(t, "2026-02-14"), d, "a Saturday that is worked, before what the notice rests")
	require.True(t, sure)
	d, sure = cal.BeforeFestival(2027, "重阳节")
	require.Zero(t, d)
	require.False(t, sure)
}

func TestAYearWhoseNoticeWasTakenBackHasNone(t *testing.T) {
	t.Parallel()
	cal := seeded(t).With(calendar.Year{Year: 2021})
	require.True(t, cal.Provisional(day(t, "2021-05-01")))
	require.True(t, cal.IsWorkday(day(t, "2021-10-07")), "a Thursday")
	require.False(t, cal.IsWorkday(day(t, "2021-10-01")), "the law")
}
