// Package calendar knows days: civil dates, working days, month ends, and the
// mapping between plan time and real time. It is pure; its data comes from
// seeds/calendar or from a file an operator imports.
package calendar

import (
	"cmp"
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // Beijing must resolve on a bare container
)

// Beijing is the time zone of every plan unless the plan names another.
var Beijing = mustLoad("Asia/Shanghai")

var zones sync.Map // by name: loading one reads a file

// Zone is the zone of a name, such as a plan's: Beijing's without a name, and for a name
// that this machine does not know. A plan's file was checked where it was launched.
func Zone(name string) *time.Location {
	if name == "" {
		return Beijing
	}
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return Beijing
	}
	zones.Store(name, zone)
	return zone
}

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // tzdata is embedded: unreachable
	}
	return loc
}

// Day is a civil date, without clock or zone. The zero Day means "no date";
// it is written as "" in text and JSON, any other as "2021-04-30".
type Day struct {
	Year  int
	Month time.Month
	Date  int
}

// NewDay normalises like time.Date: NewDay(2021, 4, 31) is 2021-05-01.
func NewDay(year int, month time.Month, date int) Day {
	y, m, d := time.Date(year, month, date, 0, 0, 0, 0, time.UTC).Date()
	return Day{y, m, d}
}

// number counts the days since 1 January 1970. The rules of who is late count days in their
// thousands in every audit, and time.Date takes five times as long. The zero Day, whose
// month is none, is counted as time.Date does.
func (d Day) number() int {
	year, month := d.Year, int(d.Month)
	if year < 1 || month < 1 || month > 12 {
		return int(time.Date(d.Year, d.Month, d.Date, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
	}
	if month <= 2 { // the year begins in March, so that the leap day is its last
		year, month = year-1, month+12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + d.Date - 719469
}

// ParseDay reads "2021-04-30"; an impossible date such as 2021-02-30 is an error.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Day{}, fmt.Errorf("%q is not a date like 2021-04-30", s)
	}
	return DayOf(t), nil
}

// DayOf is the date shown by t in t's own zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day{y, m, d}
}

// At is the instant of the wall clock hour:minute on d in loc.
func (d Day) At(hour, minute int, loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Date, hour, minute, 0, 0, loc)
}

// End is 24:00 of d in loc: the instant a limit that falls on d has passed.
func (d Day) End(loc *time.Location) time.Time { return d.AddDays(1).At(0, 0, loc) }

func (d Day) IsZero() bool          { return d == Day{} }
func (d Day) Weekday() time.Weekday { return time.Weekday(((d.number()+4)%7 + 7) % 7) } // 1970-01-01 was a Thursday
func (d Day) Before(e Day) bool     { return d.Compare(e) < 0 }
func (d Day) After(e Day) bool      { return d.Compare(e) > 0 }

// Compare orders days as they follow each other, the zero Day first.
func (d Day) Compare(e Day) int {
	switch {
	case d.Year != e.Year:
		return cmp.Compare(d.Year, e.Year)
	case d.Month != e.Month:
		return cmp.Compare(d.Month, e.Month)
	}
	return cmp.Compare(d.Date, e.Date)
}

// AddDays is the day n days on, or back.
func (d Day) AddDays(n int) Day {
	if date := d.Date + n; d.Month >= 1 && d.Month <= 12 && date >= 1 && date <= 28 {
		return Day{d.Year, d.Month, date} // no month is shorter
	}
	return NewDay(d.Year, d.Month, d.Date+n)
}

// Sub is the number of days from e to d: positive when d is later.
func (d Day) Sub(e Day) int { return d.number() - e.number() }

// AddMonths is the corresponding day n months on, or the last day of that month
// when it has none: 2021-01-31 plus one month is 2021-02-28.
func (d Day) AddMonths(n int) Day {
	last := NewDay(d.Year, d.Month+time.Month(n)+1, 0)
	if d.Date < last.Date {
		last.Date = d.Date
	}
	return last
}

// MonthEnd is the last day of d's month.
func (d Day) MonthEnd() Day { return NewDay(d.Year, d.Month+1, 0) }

// QuarterEnd is the last day of d's quarter.
func (d Day) QuarterEnd() Day { return NewDay(d.Year, (d.Month-1)/3*3+4, 0) }

// HalfEnd is the last day of d's half-year, 06-30 or 12-31.
func (d Day) HalfEnd() Day { return NewDay(d.Year, (d.Month-1)/6*6+7, 0) }

// YearEnd is 12-31 of d's year.
func (d Day) YearEnd() Day { return Day{d.Year, time.December, 31} }

func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Date)
}

func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func (d *Day) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Day{}
		return nil
	}
	var err error
	*d, err = ParseDay(string(b))
	return err
}
