package recount

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// days tells working days from rest days by the holiday notices of the chain.
type days struct {
	off map[string]bool // days that a notice names: true is a rest day, false a working day
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
		d.off = map[string]bool{}
	}
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
	w := parse(day).Weekday()
	return w != time.Saturday && w != time.Sunday
}

// span is the days after one, up to another; none: for good.
type span struct{ from, until string }

func stood(spans []span, day string) bool {
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
		if stood(spans, day) {
			continue
		}
		all++
		if d.works(day) {
			work++
		}
	}
	return all, work
}

// limit is the last day to do what is asked for within a distance from a day: a working
// day, later by the days in between that count for nothing.
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
	for at := plus(from, 1); at <= day && !stoodForGood(spans, at); at = plus(at, 1) {
		if stood(spans, at) {
			day, moved = plus(day, 1), true
		}
	}
	for moved && !d.works(day) {
		day = plus(day, 1)
	}
	return day
}

func stoodForGood(spans []span, day string) bool {
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
