package calendar

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// saidDay is a day as clerks write it beside 2021-04-30: 2021年4月30日, 2021/4/30,
// 2021.4.30, 20210430.
var saidDay = regexp.MustCompile(`^(\d{4})(?:年|[/.-])(\d{1,2})(?:月|[/.-])(\d{1,2})[日号]?$|^(\d{4})(\d{2})(\d{2})$`)

// ReadDay reads a day as people write it: 2027-02-15, 2027/2/15, 2027.2.15, 20270215,
// 2027年2月15日, in half or full width.
func ReadDay(text string) (Day, error) {
	m := saidDay.FindStringSubmatch(strings.Join(strings.Fields(norm.NFKC.String(text)), ""))
	if m == nil {
		return ParseDay(text)
	}
	return ParseDay(fmt.Sprintf("%s-%02s-%02s", m[1]+m[4], m[2]+m[5], m[3]+m[6]))
}

// saidClock is a time of day: 15:04, 15:04:05, 15时, 15点30分.
var saidClock = regexp.MustCompile(`^(\d{1,2})(?::(\d{2})(?::(\d{2}))?|[时点](?:(\d{1,2})分?)?)$`)

// LastInstant is the last instant that counts of a moment, as ReadMoment gives it, in a zone.
func LastInstant(day Day, clock time.Duration, zone *time.Location) time.Time {
	if clock < 0 {
		return day.End(zone).Add(-time.Nanosecond)
	}
	return day.At(int(clock.Hours()), int(clock.Minutes())%60, zone).Add(clock % time.Minute)
}

// ReadMoment reads a day and the time of it, or a day alone, of which clock is
// negative: 2027-02-15 15:04, 2027-02-15T15:04:05, 2027年2月15日15时30分.
func ReadMoment(text string) (day Day, clock time.Duration, err error) {
	if day, err = ReadDay(text); err == nil {
		return day, -1, nil
	}
	said := strings.TrimSpace(norm.NFKC.String(text))
	for i := range said { // the day is what can be read as one, the time what follows
		if i == 0 {
			continue
		}
		d, dayErr := ReadDay(said[:i])
		m := saidClock.FindStringSubmatch(strings.TrimSpace(strings.TrimPrefix(said[i:], "T")))
		if dayErr != nil || m == nil {
			continue
		}
		h, _ := strconv.Atoi(m[1]) // digits, or nothing, which is 0
		minute, _ := strconv.Atoi(m[2] + m[4])
		s, _ := strconv.Atoi(m[3])
		if h > 23 || minute > 59 || s > 59 {
			return d, 0, fmt.Errorf("%q is no time of day", text)
		}
		return d, time.Duration(h)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(s)*time.Second, nil
	}
	return day, 0, err
}
