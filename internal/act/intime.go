package act

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// Diligent is Preview when everybody does what they owe in time: each task is acknowledged on
// the first office day after it was given, reported done on the working day before its limit
// (not before the acknowledgement), and verified on the next working day.
func Diligent(p *plan.Plan, cal *calendar.Calendar, launched time.Time, until calendar.Day) []plan.Foretold {
	b, err := NewRules(p, cal)
	if err != nil {
		return nil // Load refuses unknown time zones
	}
	var all []word
	for _, c := range chasedOf(p, b, launched, until) {
		said, _, _ := b.Play(b.Open(c.of), b.inTime(c.of), end)
		for _, s := range said {
			all = append(all, word{c, &s})
		}
	}
	return foretold(all)
}

// inTime are the acts by which a task is done in time.
func (r Rules) inTime(c Case) (acts []Act) {
	at := r.day(c.Assigned)
	add := func(kind Kind, unit string, day calendar.Day) {
		if day.After(at) {
			at = day
		}
		acts = append(acts, Act{ID: string(kind), Kind: kind, By: Actor{Account: unit, Name: r.People.Name(unit), Unit: unit},
			At: at.At(10, 0, r.Zone).UTC(), On: at, Reason: "-", Evidence: []Evidence{{Name: "-", URL: "https://example.org/"}}})
	}
	add(Acknowledge, c.Lead, r.Calendar.AddWorkdays(at, 1))
	add(Complete, c.Lead, r.Calendar.AddWorkdays(c.Due, -1))
	add(Verify, c.Office, r.Calendar.AddWorkdays(at, 1))
	return acts
}

// Attention is how many messages a seat gets: if nobody acts (Silent), and if everybody does
// what they owe in time (Acting).
type Attention struct {
	To     people.Recipient
	Months []MonthOf // those in which there are any, in order
	Silent int       // in the first year, if nobody acts
	Acting int       // in the first year, if everybody acts in time
	Budget int       // of the rhythm of the plan's policy; 0: none
}

// MonthOf is Attention of one month.
type MonthOf struct {
	Year           int
	Month          time.Month
	Silent, Acting int
}

// Attentions are the numbers of messages of a plan launched at launched, by seat. until is as in
// Preview.
func Attentions(p *plan.Plan, cal *calendar.Calendar, launched time.Time, until calendar.Day) (all []Attention) {
	b, err := NewRules(p, cal)
	if err != nil {
		return nil
	}
	year := launched.AddDate(1, 0, 0)
	at := map[people.Recipient]int{}
	silent := Preview(p, cal, launched, until)
	silent = WithRuled(silent, RuledAlone(p, cal, launched, until, silent))
	for i, foretold := range [][]plan.Foretold{silent, Diligent(p, cal, launched, until)} {
		for _, m := range b.Mailings(p, foretold) {
			k, seen := at[m.To]
			if !seen {
				k = len(all)
				at[m.To] = k
				all = append(all, Attention{To: m.To, Budget: p.Policies[p.Policy].Rhythm.Seats[m.To.Role].Budget})
			}
			a, on := &all[k], calendar.DayOf(m.At.In(b.Zone))
			j := slices.IndexFunc(a.Months, func(n MonthOf) bool { return n.Year == on.Year && n.Month == on.Month })
			if j < 0 {
				j = len(a.Months)
				a.Months = append(a.Months, MonthOf{Year: on.Year, Month: on.Month})
			}
			inYear := 0
			if m.At.Before(year) {
				inYear = 1
			}
			if i == 0 {
				a.Months[j].Silent++
				a.Silent += inYear
			} else {
				a.Months[j].Acting++
				a.Acting += inYear
			}
		}
	}
	for i := range all {
		slices.SortFunc(all[i].Months, func(x, y MonthOf) int { return cmp.Or(x.Year-y.Year, int(x.Month-y.Month)) })
	}
	slices.SortFunc(all, func(x, y Attention) int {
		return cmp.Or(slices.Index(people.Roles, y.To.Role)-slices.Index(people.Roles, x.To.Role), strings.Compare(x.To.Unit, y.To.Unit))
	})
	return all
}
