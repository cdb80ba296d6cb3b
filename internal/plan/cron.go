package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"duban/internal/calendar"
)

// Days that the five fields of cron cannot name are written as other cron programs
// write them. In the field of days: L is the month's last day, 30L the 30th or the
// last day of a shorter month. In the field of weekdays: 1#2 is the second Monday,
// 5L the last Friday. The other of the two fields is then *.
type picked struct {
	cron.Schedule // every day of the months named, at the hour and minute named
	on            func(calendar.Day) bool
}

// Next is the next instant after t on a day that is picked, zero for none.
func (p picked) Next(t time.Time) time.Time {
	for range 366 * 9 {
		if t = p.Schedule.Next(t); t.IsZero() || p.on(calendar.DayOf(t)) {
			return t
		}
	}
	return time.Time{}
}

// parsePicked reads an expression with L or #; ours is false for any other.
func parsePicked(expr string) (sched cron.Schedule, ours bool, err error) {
	f := strings.Fields(expr)
	if len(f) != 5 || !strings.ContainsAny(f[2]+f[4], "L#") {
		return nil, false, nil
	}
	bad := fmt.Errorf("%q is not a cron expression", expr)
	p := picked{}
	switch {
	case f[4] == "*" && !strings.Contains(f[2], "#"):
		p.on, err = pickDays(f[2])
	case f[2] == "*":
		p.on, err = pickWeekdays(f[4])
	default:
		err = bad
	}
	if err != nil {
		return nil, true, bad
	}
	p.Schedule, err = cronFields.Parse(strings.Join([]string{f[0], f[1], "*", f[3], "*"}, " "))
	return p, true, err
}

func pickDays(field string) (func(calendar.Day) bool, error) {
	var days, atMost []int
	for _, t := range strings.Split(field, ",") {
		number, last := strings.CutSuffix(t, "L")
		n, err := 31, error(nil)
		if number != "" {
			n, err = strconv.Atoi(number)
		}
		if err != nil || n < 1 || n > 31 || last && number != "" && n < 29 {
			return nil, fmt.Errorf("day %q", t)
		}
		if last {
			atMost = append(atMost, n)
		} else {
			days = append(days, n)
		}
	}
	return func(d calendar.Day) bool {
		last := d.MonthEnd().Date
		return slices.Contains(days, d.Date) || slices.ContainsFunc(atMost, func(n int) bool { return d.Date == min(n, last) })
	}, nil
}

func pickWeekdays(field string) (func(calendar.Day) bool, error) {
	type pick struct {
		day time.Weekday
		nth int // 0 the last
	}
	var picks []pick
	for _, t := range strings.Split(field, ",") {
		day, nth, found := strings.Cut(t, "#")
		n, err := strconv.Atoi(nth)
		if !found {
			if day, found = strings.CutSuffix(t, "L"); found {
				n, err = 0, nil
			}
		} else if n < 1 || n > 5 {
			err = fmt.Errorf("week %q", t)
		}
		w, err2 := strconv.Atoi(day)
		if !found || err != nil || err2 != nil || w < 0 || w > 7 {
			return nil, fmt.Errorf("weekday %q", t)
		}
		picks = append(picks, pick{time.Weekday(w % 7), n})
	}
	return func(d calendar.Day) bool {
		return slices.ContainsFunc(picks, func(p pick) bool {
			return d.Weekday() == p.day && (p.nth == 0 && d.AddDays(7).Month != d.Month || p.nth == (d.Date+6)/7)
		})
	}, nil
}

// Misleading says why a cron expression may not mean what it looks like, as a
// key of the catalogue's cron_ words; "" for one that does.
func Misleading(expr string) string {
	f := strings.Fields(expr)
	if len(f) != 5 {
		return ""
	}
	free := func(s string) bool { return s == "*" || s == "?" }
	switch {
	case !free(f[2]) && !free(f[4]):
		return "either" // cron takes a day that either field names
	case strings.Contains(f[2], "*/"):
		return "restart"
	case strings.Contains(f[2], "L"):
		return ""
	}
	for _, t := range strings.Split(f[2], ",") {
		if n, err := strconv.Atoi(t); err == nil && n > 28 {
			return "short"
		}
	}
	return ""
}

// YearOf lists the dates on which a recurrence falls due in the twelve months
// from its beginning.
func (r Recurrence) YearOf() []calendar.Day {
	var out []calendar.Day
	d, end := r.From.AddDays(-1), r.From.AddMonths(12)
	for len(out) < 366 {
		due, _, ok := r.Next(d)
		if !ok || !due.Before(end) {
			break
		}
		out, d = append(out, due), due
	}
	return out
}
