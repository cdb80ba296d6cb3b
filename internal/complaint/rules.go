// Package complaint knows the rules by which complaints of the hotline 12345 举报 are handled:
// their limits, which of them are about one place and matter, how units did, and what is taken
// out of a text because it tells who complained. It knows no clock and no ledger.
package complaint

import (
	"slices"
	"time"

	"duban/internal/calendar"
)

// Rules are how an office handles complaints: data of its plan, never the program's.
type Rules struct {
	Title   string `json:"title"`
	Source  string `json:"source,omitempty"`
	Example bool   `json:"example,omitempty"` // nobody has adopted them: no complaint is taken in by them

	Sort    int      `json:"sort"`              // working days in which the office sorts a complaint to a unit
	Call    int      `json:"call,omitempty"`    // working days in which the office calls back after the answer; 0: nobody is called back
	Window  int      `json:"window"`            // days within which complaints about one place and matter may be one
	Contact bool     `json:"contact,omitempty"` // the unit that handles a complaint sees who complained
	Matters []string `json:"matters"`
	Limits  []Limit  `json:"limits"`
}

// Limit is the time that a sort of complaint has, from its dispatch: Hours, or else Workdays.
type Limit struct {
	ID       string `json:"id"`
	Title    string `json:"title"` // 紧急
	Hours    int    `json:"hours,omitempty"`
	Workdays int    `json:"workdays,omitempty"`
	Policy   string `json:"policy"` // of the task, by name: its ladder, how long it may be returned, how often extended
}

// Limit is the limit of an ID; false where there is none.
func (r Rules) Limit(id string) (Limit, bool) {
	i := slices.IndexFunc(r.Limits, func(l Limit) bool { return l.ID == id })
	if i < 0 {
		return Limit{}, false
	}
	return r.Limits[i], true
}

// From is when a complaint dispatched at an instant is to be answered: the instant, and its day
// in zone. Hours run through nights and rest days. Working days are counted from the day after
// the dispatch, and end with the day.
func (l Limit) From(at time.Time, cal *calendar.Calendar, zone *time.Location) (until time.Time, due calendar.Day) {
	if l.Hours > 0 {
		until = at.Add(time.Duration(l.Hours) * time.Hour)
		return until.UTC(), calendar.DayOf(until.In(zone))
	}
	due = cal.AddWorkdays(calendar.DayOf(at.In(zone)), l.Workdays)
	return due.End(zone).UTC(), due
}
