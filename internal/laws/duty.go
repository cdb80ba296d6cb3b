package laws

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
)

// DutyHistory is what a ledger holds of a duty: its acts, and the occurrences that
// were opened, in order.
type DutyHistory struct {
	From   calendar.Day // the day from which it is owed
	Acts   []Done
	Opened []Occurrence
}

// Occurrence is one occurrence that was opened, and the rule then in force.
type Occurrence struct {
	At   time.Time
	Rule string // as act.SetRule says it
	Due  calendar.Day
}

// periods are the lengths of the periods of rules, in months.
var periods = map[string]int{"month": 1, "quarter": 3, "halfyear": 6, "year": 12}

// read is an occurrence's rule in its parts: how many months its periods have and how
// many days after a period's end it falls due; or, with months 0, its five cron fields.
func (o Occurrence) read() (months, shift int, cron []string) {
	every, days, _ := strings.Cut(o.Rule, "+")
	if months = periods[every]; months == 0 {
		return 0, 0, strings.Fields(o.Rule)
	}
	shift, _ = strconv.Atoi(days) // without a shift it is 0
	return months, shift, nil
}

// span is the period that an occurrence asks for; a cron rule of one day of each month asks for
// that month. ok is false for any other cron rule, which has days and no periods.
func (o Occurrence) span() (first, last calendar.Day, ok bool) {
	months, shift, cron := o.read()
	switch {
	case months > 0:
		last = o.Due.AddDays(-shift)
		return calendar.NewDay(last.Year, last.Month-time.Month(months-1), 1), last, true
	case len(cron) != 5 || cron[3] != "*" || cron[4] != "*" || strings.Trim(cron[2], "0123456789") != "":
		return first, last, false
	}
	return calendar.NewDay(o.Due.Year, o.Due.Month, 1), o.Due.MonthEnd(), true
}

// before is the occurrence of the same rule one period earlier.
func (o Occurrence) before() Occurrence {
	first, _, _ := o.span()
	eve := first.AddDays(-1)
	months, shift, _ := o.read()
	if months == 0 {
		return Occurrence{o.At, o.Rule, calendar.NewDay(eve.Year, eve.Month, min(o.Due.Date, eve.Date))}
	}
	return Occurrence{o.At, o.Rule, eve.AddDays(shift)}
}

// Duty judges a duty by law 11: each occurrence is opened once, whatever the duty's rule
// becomes, and no period is skipped or asked for twice. What fell due in a pause, or before its
// rule was given, need not be asked for. Of a rule that has days and no periods Duty can only
// tell that each day is asked for once.
func Duty(h DutyHistory) (found []Breach) {
	breaks := func(o Occurrence, format string, a ...any) {
		found = append(found, Breach{Law: 11, At: o.At, Of: o.Due.String(), Text: fmt.Sprintf(format, a...)})
	}
	var asked, due calendar.Day // the last day asked for, the last due date
	for _, o := range h.Opened {
		first, last, ok := o.span()
		if !ok {
			if !o.Due.After(due) {
				breaks(o, "%s by %s is asked for again", o.Due, o.Rule)
			}
			asked, due = o.Due, o.Due
			continue
		}
		gap := h.From
		if !asked.IsZero() {
			gap = asked.AddDays(1)
		}
		for _, s := range h.skipped(o, gap) {
			breaks(o, "%s", s)
		}
		if last.After(asked) {
			asked = last
		} else {
			breaks(o, "%s by %s asks again for %s to %s", o.Due, o.Rule, first, last)
		}
		due = o.Due
	}
	return found
}

// skipped are the periods, by the rule of the occurrence o, that begin on or after a day and end
// before o's own period, and for which nobody asked although it could be done.
func (h DutyHistory) skipped(o Occurrence, from calendar.Day) (found []string) {
	for before := o; ; {
		before = before.before()
		a, b, _ := before.span()
		if a.Before(from) || b.Before(from) {
			return found
		}
		free := before.Due.Before(h.From)
		var paused calendar.Day
		for _, x := range h.Acts {
			switch {
			case x.Refused != "":
			case x.Kind == act.Suspend:
				paused = x.On
			case x.Kind == act.Resume:
				if !paused.IsZero() && before.Due.Before(x.On) && !x.At.After(o.At) {
					free = true
				}
				paused = calendar.Day{}
			case x.Kind == act.SetRule && !x.At.After(o.At) && (before.Due.Before(x.On) || before.Due.Before(x.Due)):
				free = true
			}
		}
		if !free {
			found = append(found, fmt.Sprintf("%s by %s: nobody asked for %s to %s", o.Due, o.Rule, a, b))
		}
	}
}
