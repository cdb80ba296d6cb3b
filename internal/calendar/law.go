package calendar

import (
	"slices"
	"sync"
	"time"

	lunar "github.com/6tail/lunar-go/calendar"
)

// revised is the first year of the revision of 2024 of the 全国年节及纪念日放假办法,
// which added 除夕 and 2 May.
const revised = 2025

// lawful keeps each year's days of the law once they have been worked out.
var lawful sync.Map

// LawDays are the days of a year on which the law itself has everybody rest, whatever
// is moved around them (全国年节及纪念日放假办法), in order. Nobody may change them.
func LawDays(year int) []Holiday {
	if known, ok := lawful.Load(year); ok {
		return known.([]Holiday)
	}
	var days []Holiday
	add := func(name string, first Day, n int) {
		for i := range n {
			days = append(days, Holiday{Name: name, Date: first.AddDays(i), IsOffDay: true})
		}
	}
	more := 0
	if year >= revised {
		more = 1
	}
	newYear := lunar.NewLunarFromYmd(year, 1, 1)
	add("元旦", Day{year, time.January, 1}, 1)
	add("春节", solarDay(newYear.GetSolar()).AddDays(-more), 3+more)
	add("清明节", solarDay(newYear.GetJieQiTable()["清明"]), 1)
	add("劳动节", Day{year, time.May, 1}, 1+more)
	add("端午节", solarDay(lunar.NewLunarFromYmd(year, 5, 5).GetSolar()), 1)
	add("中秋节", solarDay(lunar.NewLunarFromYmd(year, 8, 15).GetSolar()), 1)
	add("国庆节", Day{year, time.October, 1}, 3)
	slices.SortStableFunc(days, func(a, b Holiday) int { return a.Date.Compare(b.Date) })
	lawful.Store(year, slices.Clip(days))
	return days
}

func solarDay(s *lunar.Solar) Day { return NewDay(s.GetYear(), time.Month(s.GetMonth()), s.GetDay()) }

// lawRests tells that the law has everybody rest on d.
func lawRests(d Day) bool {
	return slices.ContainsFunc(LawDays(d.Year), func(h Holiday) bool { return h.Date == d })
}

// Worked are the days of a year on which the law has everybody rest and that are
// working days by c: a sign that a notice is not that year's, or not whole.
func (c *Calendar) Worked(year int) (days []Holiday) {
	for _, h := range LawDays(year) {
		if c.IsWorkday(h.Date) {
			days = append(days, h)
		}
	}
	return days
}

// Merged is a year's notice with another that came for the same year. A notice that is
// whole by itself, with every day of the law a rest day, replaces the days of the one
// before; a shorter one changes only the days it names. The papers of both are kept.
func Merged(was, notice Year) Year {
	if len(was.Days) == 0 {
		return notice
	}
	y := Year{Year: notice.Year, Papers: slices.Clone(was.Papers), Days: slices.Clone(notice.Days)}
	for _, p := range notice.Papers {
		if !slices.Contains(y.Papers, p) {
			y.Papers = append(y.Papers, p)
		}
	}
	if len(New(notice).Worked(notice.Year)) > 0 {
		for _, h := range was.Days {
			if !slices.ContainsFunc(notice.Days, func(n Holiday) bool { return n.Date == h.Date }) {
				y.Days = append(y.Days, h)
			}
		}
	}
	slices.SortStableFunc(y.Days, func(a, b Holiday) int { return a.Date.Compare(b.Date) })
	return y
}

// LunarDay is the day of a solar year on which a day of the lunar calendar falls: 正月十五 is
// month 1, date 15. The 30th of a month of 29 days is its last. ok is false for no such day.
func LunarDay(year, month, date int) (d Day, ok bool) {
	if month < 1 || month > 12 || date < 1 || date > 30 {
		return Day{}, false
	}
	for _, y := range []int{year - 1, year} { // 腊月 is of the lunar year before
		n := min(date, lunar.NewLunarMonthFromYm(y, month).GetDayCount())
		if d = solarDay(lunar.NewLunarFromYmd(y, month, n).GetSolar()); d.Year == year {
			return d, true
		}
	}
	return Day{}, false
}
