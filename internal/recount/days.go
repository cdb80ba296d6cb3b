package recount

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	lunar "github.com/6tail/lunar-go/calendar"
)

// days tells working days from rest days by the holiday notices of the chain.
type days struct {
	off   map[string]bool // days that a notice names: true is a rest day, false a working day
	known map[string]bool // years with a notice; in others the days of the law rest
}

// notice takes a year's notice in place of the former one.
func (d *days) notice(data json.RawMessage) {
	var n struct {
		Year int `json:"year"`
		Days []struct {
			Date string `json:"date"`
			Off  bool   `json:"isOffDay"`
		} `json:"days"`
	}
	if json.Unmarshal(data, &n) != nil {
		return
	}
	if d.off == nil {
		d.off, d.known = map[string]bool{}, map[string]bool{}
	}
	d.known[strconv.Itoa(n.Year)] = len(n.Days) > 0
	for day := range d.off {
		if strings.HasPrefix(day, strconv.Itoa(n.Year)) {
			delete(d.off, day)
		}
	}
	for _, one := range n.Days {
		if strings.HasPrefix(one.Date, strconv.Itoa(n.Year)) {
			d.off[one.Date] = one.Off
		}
	}
}

func parse(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic("recount: no day: " + day)
	}
	return t
}

// plus is the day n days later.
func plus(day string, n int) string { return parse(day).AddDate(0, 0, n).Format(time.DateOnly) }

// between is how many days after from, up to and including to, there are.
func between(from, to string) int { return int(parse(to).Sub(parse(from)).Hours() / 24) }

func (d *days) works(day string) bool {
	if off, named := d.off[day]; named {
		return !off
	}
	if !d.known[day[:4]] && festival(day) {
		return false
	}
	w := parse(day).Weekday()
	return w != time.Saturday && w != time.Sunday
}

// festival tells a day on which everybody rests by the 全国年节及纪念日放假办法, as it
// is since 2025, or as it was before.
func festival(day string) bool {
	t := parse(day)
	late := t.Year() >= 2025
	switch day[5:] {
	case "01-01", "05-01", "10-01", "10-02", "10-03":
		return true
	case "05-02":
		return late
	}
	l := lunar.NewSolarFromYmd(t.Year(), int(t.Month()), t.Day()).GetLunar()
	switch at := [2]int{l.GetMonth(), l.GetDay()}; at {
	case [2]int{1, 1}, [2]int{1, 2}, [2]int{1, 3}, [2]int{5, 5}, [2]int{8, 15}:
		return true
	}
	next := l.Next(1)
	return l.GetJieQi() == "清明" || late && next.GetMonth() == 1 && next.GetDay() == 1
}

// span is the days after one, up to another; none: for good.
type span struct{ from, until string }

func halted(spans []span, day string) bool {
	for _, s := range spans {
		if day > s.from && (s.until == "" || day <= s.until) {
			return true
		}
	}
	return false
}

// counted are the days after from up to to that count: all and the working days.
func (d *days) counted(from, to string, spans []span) (all, work int) {
	for day := plus(from, 1); day <= to; day = plus(day, 1) {
		if halted(spans, day) {
			continue
		}
		all++
		if d.works(day) {
			work++
		}
	}
	return all, work
}

// limit is the last day of a time limit that begins with a day: a working day, later by the
// days of spans, in which the clock was halted.
func (d *days) limit(from, distance string, spans []span) string {
	number, unit, _ := strings.Cut(distance, " ")
	n, _ := strconv.Atoi(number)
	day := plus(from, n)
	if strings.HasPrefix(unit, "work") {
		for day = from; n > 0; {
			if day = plus(day, 1); d.works(day) {
				n--
			}
		}
	}
	for !d.works(day) {
		day = plus(day, 1)
	}
	moved := false
	for at := plus(from, 1); at <= day && !haltedForGood(spans, at); at = plus(at, 1) {
		if halted(spans, at) {
			day, moved = plus(day, 1), true
		}
	}
	for moved && !d.works(day) {
		day = plus(day, 1)
	}
	return day
}

func haltedForGood(spans []span, day string) bool {
	for _, s := range spans {
		if s.until == "" && day > s.from {
			return true
		}
	}
	return false
}

// before is the day a distance before another: "7 days", "3 workdays".
func (d *days) before(day, distance string) string {
	number, unit, _ := strings.Cut(distance, " ")
	n, _ := strconv.Atoi(number)
	if !strings.HasPrefix(unit, "work") {
		return plus(day, -n)
	}
	for n > 0 {
		if day = plus(day, -1); d.works(day) {
			n--
		}
	}
	return day
}
