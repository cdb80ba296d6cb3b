package calendar

import (
	"slices"
	"time"
)

// Governed tells that a notice for the year is in force; without one the year
// is provisional 暂定: its weekends and the days of the law rest.
func (c *Calendar) Governed(year int) bool { _, ok := c.years[year]; return ok }

// ProvisionalYears are the years from one day to another, both counted, that no
// notice governs, in order.
func (c *Calendar) ProvisionalYears(from, to Day) []int {
	var years []int
	for y := from.Year; y <= to.Year; y++ {
		if !c.Governed(y) {
			years = append(years, y)
		}
	}
	return years
}

// WorkdaysIn counts the working days of a year.
func (c *Calendar) WorkdaysIn(year int) int {
	return c.Workdays(Day{year - 1, time.December, 31}, Day{year, time.December, 31})
}

// Change is one day that a new notice changes. Was is nil where the old notice did not
// name the day, Is where the new one does not.
type Change struct {
	Date Day      `json:"date"`
	Was  *Holiday `json:"was"`
	Is   *Holiday `json:"is"`
}

// Changes are the days of which two notices for one year say different things,
// in order. Of a day that a notice names twice the last entry counts.
func Changes(was, is Year) []Change {
	at := map[Day]*Change{}
	of := func(d Day) *Change {
		if at[d] == nil {
			at[d] = &Change{Date: d}
		}
		return at[d]
	}
	for _, h := range was.Days {
		of(h.Date).Was = &h
	}
	for _, h := range is.Days {
		of(h.Date).Is = &h
	}
	var out []Change
	for _, c := range at {
		if c.Was == nil || c.Is == nil || *c.Was != *c.Is {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b Change) int { return a.Date.Compare(b.Date) })
	return out
}
