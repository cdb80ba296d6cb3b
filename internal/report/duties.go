package report

import (
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Duty is one duty and its occurrences.
type Duty struct {
	ID         string
	Recurrence *plan.Recurrence
	Opened     int       // occurrences that were opened so far
	Open       int       // occurrences that are open
	Overdue    int       // occurrences that are overdue: see act.Measure
	Upcoming   *Upcoming // the next one to be opened; nil without one
}

// Duties are some duties of a plan on the day today, in the order of duties. l.Plan must
// have at least these duties of its document. occurrences are those of the duties, each
// duty's by due date.
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
			if b.rules.Measure(ledger.CaseOf(o), today).Overdue {
				all[i].Overdue++
			}
		}
	}
	return all
}
