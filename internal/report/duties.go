package report

import (
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Duty is one duty and how its occurrences stand.
type Duty struct {
	ID         string
	Recurrence *plan.Recurrence
	Opened     int       // occurrences so far
	Open       int       // of them not closed yet
	Overdue    int       // of those, past their due dates
	Upcoming   *Upcoming // the next one to be opened; nil without one
}

// Duties are some duties of a plan on the day today, in the order given; of the plan
// at least these are known as its document has them. occurrences are theirs, those of
// each by due date.
func Duties(l ledger.Launched, duties, occurrences []ledger.Task, today calendar.Day, cal *calendar.Calendar) []Duty {
	b := newBinder(l, today, cal)
	of := map[string][]ledger.Task{}
	for _, o := range occurrences {
		of[o.Duty] = append(of[o.Duty], o)
	}
	all := make([]Duty, len(duties))
	for i, t := range duties {
		own := of[t.ID]
		all[i] = Duty{ID: t.ID, Recurrence: b.ruled(t).Recur, Opened: len(own), Upcoming: b.upcoming(Records{Task: t, Occurrences: own}, b.course(t))}
		for _, o := range own {
			if o.State == ledger.TaskOpen {
				all[i].Open++
			}
			if b.book.Measure(ledger.CaseOf(o), today).Overdue {
				all[i].Overdue++
			}
		}
	}
	return all
}
