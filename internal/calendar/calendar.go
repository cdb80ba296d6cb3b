package calendar

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"time"
)

// Year is one State Council holiday notice in the widely used exchange format:
// one JSON file a year. Days without an entry follow the weekday.
type Year struct {
	Year   int       `json:"year"`
	Papers []string  `json:"papers"`
	Days   []Holiday `json:"days"`
}

// Holiday is one day that a notice changes: a rest day when IsOffDay, otherwise
// a make-up workday (调休).
type Holiday struct {
	Name     string `json:"name"`
	Date     Day    `json:"date"`
	IsOffDay bool   `json:"isOffDay"`
}

// Calendar answers what is a working day. It is immutable and safe for
// concurrent use. A year without a notice rests on Saturdays, Sundays and the days of
// the law, provisionally.
type Calendar struct {
	years map[int]Year
	off   map[Day]Holiday // every day that a notice names, make-up workdays too
}

// New builds a calendar from notices. A day may be ruled by its own year's
// notice and by a neighbour's (the notice for 2023 rests 2022-12-31); where
// several name it, its own year's wins, then the latest. The same year twice:
// the later one in the list wins; one without days leaves the year without a notice.
func New(years ...Year) *Calendar {
	c := &Calendar{years: map[int]Year{}, off: map[Day]Holiday{}}
	for _, y := range years {
		if c.years[y.Year] = y; len(y.Days) == 0 {
			delete(c.years, y.Year) // the only notice of the year was taken back
		}
	}
	for _, own := range []bool{false, true} {
		for _, y := range c.Years() {
			for _, h := range y.Days {
				if (h.Date.Year == y.Year) == own {
					c.off[h.Date] = h
				}
			}
		}
	}
	return c
}

// Load reads every *.json at the top of fsys.
func Load(fsys fs.FS) (*Calendar, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, err
	}
	var years []Year
	for _, name := range names {
		f, err := fsys.Open(name)
		if err != nil {
			return nil, err
		}
		y, err := ReadYear(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		years = append(years, y)
	}
	return New(years...), nil
}

// With is a copy of c in which the given notices replace those of their years.
func (c *Calendar) With(years ...Year) *Calendar { return New(append(c.Years(), years...)...) }

// InForce is the notice of a year; for a year without one, provisionally, the days of the
// law, with Papers empty.
func (c *Calendar) InForce(year int) Year {
	if y, ok := c.years[year]; ok {
		return y
	}
	return Year{Year: year, Days: slices.Clone(LawDays(year))}
}

// Notice is a year's notice; without days when it has none.
func (c *Calendar) Notice(year int) Year {
	y := c.years[year]
	y.Year = year
	return y
}

// Years are the notices, in order of year.
func (c *Calendar) Years() []Year {
	var ys []Year
	for _, y := range c.years {
		ys = append(ys, y)
	}
	slices.SortFunc(ys, func(a, b Year) int { return cmp.Compare(a.Year, b.Year) })
	return ys
}

// Provisional tells that no notice governs d's year yet: weekends and the days of the
// law rest.
func (c *Calendar) Provisional(d Day) bool { return !c.Governed(d.Year) }

// IsWorkday tells that d is a working day: by a notice that names it, else, in a year
// without a notice, by the days of the law (LawDays), else when it is Monday to Friday.
func (c *Calendar) IsWorkday(d Day) bool {
	if h, ok := c.off[d]; ok {
		return !h.IsOffDay
	}
	if !c.Governed(d.Year) && lawRests(d) {
		return false
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// OnOrAfter is d when it is a working day, otherwise the next one.
func (c *Calendar) OnOrAfter(d Day) Day {
	for !c.IsWorkday(d) {
		d = d.AddDays(1)
	}
	return d
}

// OnOrBefore is d when it is a working day, otherwise the one before.
func (c *Calendar) OnOrBefore(d Day) Day {
	for !c.IsWorkday(d) {
		d = d.AddDays(-1)
	}
	return d
}

// AddWorkdays is the n-th working day after d (before d when n < 0). The day
// itself is not counted (民法典 art. 201); n = 0 returns d unchanged.
func (c *Calendar) AddWorkdays(d Day, n int) Day {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.AddDays(step)
		if c.IsWorkday(d) {
			n--
		}
	}
	return d
}

// Workdays counts the working days after `from` up to and including `to`;
// negative when to is before from. It undoes AddWorkdays.
func (c *Calendar) Workdays(from, to Day) int {
	if to.Before(from) {
		n := 0
		for d := to; d.Before(from); d = d.AddDays(1) {
			if c.IsWorkday(d) {
				n--
			}
		}
		return n
	}
	n := 0
	for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if c.IsWorkday(d) {
			n++
		}
	}
	return n
}

// BeforeFestival is the last working day before the first rest day that the year's
// notice calls name (春节, 国庆节 …): "春节前". Without a notice it is the one before
// the festival's first day by the law, and sure is false; the zero Day where neither
// knows the name.
func (c *Calendar) BeforeFestival(year int, name string) (d Day, sure bool) {
	var first Day
	for _, h := range c.InForce(year).Days {
		if h.IsOffDay && h.Name == name && (first.IsZero() || h.Date.Before(first)) {
			first = h.Date
		}
	}
	if first.IsZero() {
		return Day{}, false
	}
	return c.OnOrBefore(first.AddDays(-1)), c.Governed(year)
}
