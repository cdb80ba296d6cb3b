package deadline

import (
	"slices"
	"time"

	"duban/internal/calendar"
)

// Next is the first day after the day after on which a Recurring reading falls
// due. Where the text names no day, it is the period's last day (A8). ok is false
// for readings that do not recur or give no interval. Every, Times and Until are
// not applied: they need a beginning, which the caller knows.
func (r Reading) Next(after calendar.Day, cal *calendar.Calendar) (due calendar.Day, ok bool) {
	if r.Kind != Recurring || r.Recurrence == "" {
		return calendar.Day{}, false
	}
	if cal == nil {
		cal = calendar.New()
	}
	switch r.Recurrence {
	case Daily:
		return after.AddDays(1), true
	case Weekly:
		return r.nextWeek(after), true
	}
	// A due day lies in its period or within the year after it.
	d := periodStart(r.Recurrence, after.AddMonths(-14))
	for range 80 {
		for _, due := range r.duesOf(d, cal) {
			if due.After(after) {
				return due, true
			}
		}
		d = periodEnd(r.Recurrence, d).AddDays(1)
	}
	return calendar.Day{}, false
}

func (r Reading) nextWeek(after calendar.Day) calendar.Day {
	d := after.AddDays(1)
	for !slices.Contains(r.weekdays(), int(d.Weekday())) {
		d = d.AddDays(1)
	}
	return d
}

// weekdays are the days of a weekly duty, Sunday 0; Friday when none is named, as
// custom has it: the week's work is reported on its last working day.
func (r Reading) weekdays() []int {
	if len(r.Recur.Days) == 0 {
		if r.Recur.Weekday == 0 {
			return []int{int(time.Friday)}
		}
		return []int{r.Recur.Weekday % 7}
	}
	var days []int
	for _, d := range r.Recur.Days {
		days = append(days, d%7)
	}
	return days
}

func periodStart(unit string, d calendar.Day) calendar.Day {
	switch unit {
	case Monthly:
		return calendar.NewDay(d.Year, d.Month, 1)
	case Quarterly:
		return calendar.NewDay(d.Year, (d.Month-1)/3*3+1, 1)
	case HalfYearly:
		return calendar.NewDay(d.Year, (d.Month-1)/6*6+1, 1)
	}
	return calendar.NewDay(d.Year, 1, 1)
}

func periodEnd(unit string, d calendar.Day) calendar.Day {
	switch unit {
	case Monthly:
		return d.MonthEnd()
	case Quarterly:
		return d.QuarterEnd()
	case HalfYearly:
		return d.HalfEnd()
	}
	return d.YearEnd()
}

// duesOf are the due days that belong to the period beginning at start, in order.
func (r Reading) duesOf(start calendar.Day, cal *calendar.Calendar) []calendar.Day {
	end := periodEnd(r.Recurrence, start)
	c := r.Recur
	switch {
	case c.After > 0 && c.AfterWD:
		return []calendar.Day{cal.AddWorkdays(end, c.After)}
	case c.After > 0:
		return []calendar.Day{end.AddDays(c.After)}
	case len(c.Months) > 0:
		var dues []calendar.Day
		for i, m := range c.Months {
			if len(c.Days) == len(c.Months) {
				c.Day = c.Days[i]
			}
			dues = append(dues, inMonthOf(calendar.NewDay(start.Year, m, 1), c, cal))
		}
		slices.SortFunc(dues, calendar.Day.Compare)
		return dues
	case c.Next:
		return each(end.AddDays(1), c, cal)
	case c.MonthOf > 0:
		return each(start.AddMonths(c.MonthOf-1), c, cal)
	}
	return each(calendar.NewDay(end.Year, end.Month, 1), c, cal)
}

// each is every day that the fine print names in the month of first.
func each(first calendar.Day, c Recur, cal *calendar.Calendar) []calendar.Day {
	if len(c.Days) == 0 {
		return []calendar.Day{inMonthOf(first, c, cal)}
	}
	var dues []calendar.Day
	for _, c.Day = range c.Days {
		dues = append(dues, inMonthOf(first, c, cal))
	}
	return dues
}

// nthOf is the n-th or the last such weekday of a month; of a month without a
// fifth, the last.
func nthOf(first calendar.Day, c Recur) calendar.Day {
	d := first.AddDays((c.Weekday%7 - int(first.Weekday()) + 7) % 7)
	for n := 1; n != c.Nth && d.AddDays(7).Month == first.Month; n++ {
		d = d.AddDays(7)
	}
	return d
}

// inMonthOf is the day that the fine print names in the month of first.
func inMonthOf(first calendar.Day, c Recur, cal *calendar.Calendar) calendar.Day {
	last := first.MonthEnd()
	switch {
	case c.Nth != 0 && c.Weekday != 0:
		return nthOf(first, c)
	case c.Workday < 0:
		return cal.OnOrBefore(last)
	case c.Workday > 0:
		return cal.AddWorkdays(first.AddDays(-1), c.Workday)
	case c.Day <= 0 || c.Day > last.Date:
		return last
	}
	return first.AddDays(c.Day - 1)
}
