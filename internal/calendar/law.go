package calendar

import (
	"slices"
	"time"
)

// moving are the days of the festivals that have another date each year, as month
// times 100 plus day: 春节, 清明节, 端午节, 中秋节. Computed once with
// github.com/6tail/lunar-go 1.4.7.
var moving = map[int][4]int{
	2020: {125, 404, 625, 1001}, 2021: {212, 404, 614, 921}, 2022: {201, 405, 603, 910}, 2023: {122, 405, 622, 929},
	2024: {210, 404, 610, 917}, 2025: {129, 404, 531, 1006}, 2026: {217, 405, 619, 925}, 2027: {206, 405, 609, 915},
	2028: {126, 404, 528, 1003}, 2029: {213, 404, 616, 922}, 2030: {203, 405, 605, 912}, 2031: {123, 405, 624, 1001},
	2032: {211, 404, 612, 919}, 2033: {131, 404, 601, 908}, 2034: {219, 405, 620, 927}, 2035: {208, 405, 610, 916},
	2036: {128, 404, 530, 1004}, 2037: {215, 404, 618, 924}, 2038: {204, 405, 607, 913}, 2039: {124, 405, 527, 1002},
	2040: {212, 404, 614, 920}, 2041: {201, 404, 603, 910}, 2042: {122, 404, 622, 928}, 2043: {210, 405, 611, 917},
	2044: {130, 404, 531, 1005}, 2045: {217, 404, 619, 925}, 2046: {206, 404, 608, 915}, 2047: {126, 405, 529, 1004},
	2048: {214, 404, 615, 922}, 2049: {202, 404, 604, 911}, 2050: {123, 404, 623, 930},
}

// revised is the first year of the revision of 2024 of the 全国年节及纪念日放假办法,
// which added 除夕 and 2 May.
const revised = 2025

// LawDays are the days of a year on which the law itself has everybody rest, whatever
// is moved around them (全国年节及纪念日放假办法), in order. The festivals of the lunar
// calendar are known for 2020 to 2050.
func LawDays(year int) (days []Holiday) {
	add := func(name string, first Day, n int) {
		for i := range n {
			days = append(days, Holiday{Name: name, Date: first.AddDays(i), IsOffDay: true})
		}
	}
	more := 0
	if year >= revised {
		more = 1
	}
	add("元旦", Day{year, time.January, 1}, 1)
	if m, known := moving[year]; known {
		at := func(i int) Day { return NewDay(year, time.Month(m[i]/100), m[i]%100) }
		add("春节", at(0).AddDays(-more), 3+more)
		add("清明节", at(1), 1)
		add("端午节", at(2), 1)
		add("中秋节", at(3), 1)
	}
	add("劳动节", Day{year, time.May, 1}, 1+more)
	add("国庆节", Day{year, time.October, 1}, 3)
	slices.SortStableFunc(days, func(a, b Holiday) int { return a.Date.Compare(b.Date) })
	return days
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

// Merged is a year's notice with another that came for the same year. One that is
// whole by itself, with every day of the law a rest day, says anew what the year is; a
// shorter one changes only the days it names. The papers of both are kept.
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
