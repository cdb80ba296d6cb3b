package plan

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"duban/internal/calendar"
)

// Occurrence is one period's run of a duty 期次: it is chased like a task.
type Occurrence struct {
	Task   string       `json:"task"`   // ID of the occurrence: 2.4-monitor.2021Q2
	Period string       `json:"period"` // 2021-06, 2021Q2, 2021H1, 2021, or the due date under a cron rule
	Due    calendar.Day `json:"due"`
	Opens  time.Time    `json:"opens"` // when its workflow starts and its ladder is worked out, UTC
}

// cronFields accepts the five standard fields and nothing else: robfig/cron
// panics on "TZ=" prefixes and understands "@every", neither of which names days.
var cronFields = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// ParseCron reads a cron expression of five fields, with L and # as described at
// picked. A zone prefix, a descriptor such as @daily and an expression that never
// fires are errors.
func ParseCron(expr string) (sched cron.Schedule, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%q is not a cron expression", expr)
		}
	}()
	if strings.ContainsAny(expr, "=@") {
		return nil, fmt.Errorf("%q: give five fields, without a zone or a descriptor", expr)
	}
	sched, ours, err := parsePicked(expr)
	if !ours {
		sched, err = cronFields.Parse(expr)
	}
	if err != nil {
		return nil, err
	}
	if sched.Next(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("%q never fires", expr)
	}
	return sched, nil
}

// Next is the first due date later than a day, with the name of its period. ok is
// false when the recurrence has ended, or its cron expression is none.
func (r Recurrence) Next(after calendar.Day) (due calendar.Day, period string, ok bool) {
	if !r.From.IsZero() && after.Before(r.From.AddDays(-1)) {
		after = r.From.AddDays(-1)
	}
	if r.Cron != "" {
		sched, err := ParseCron(r.Cron)
		if err != nil {
			return calendar.Day{}, "", false
		}
		at := sched.Next(after.End(time.UTC).Add(-time.Second))
		if at.IsZero() {
			return calendar.Day{}, "", false
		}
		due = calendar.DayOf(at)
		period = due.String()
	} else {
		end := r.periodEnd(after.AddDays(-r.Shift))
		for !end.AddDays(r.Shift).After(after) {
			end = r.periodEnd(end.AddDays(1))
		}
		due, period = end.AddDays(r.Shift), r.period(end)
	}
	if !r.Until.IsZero() && r.periodOf(due).After(r.Until) {
		return calendar.Day{}, "", false
	}
	return due, period, true
}

// periodOf is the last day of the period that a due date asks for: a date of a rule
// by cron asks for itself.
func (r Recurrence) periodOf(due calendar.Day) calendar.Day {
	if r.Cron != "" {
		return due
	}
	return due.AddDays(-r.Shift)
}

// BeginsIn is the first day on which r may fall due in the plan of a year, when it may
// not before from: due dates for periods that ended before that year are left to the
// plan of the year before.
func (r Recurrence) BeginsIn(year int, from calendar.Day) calendar.Day {
	first := calendar.NewDay(year, time.January, 1)
	free := r
	free.From, free.Until = from, calendar.Day{}
	due, _, ok := free.Next(from.AddDays(-1))
	if !ok || !free.periodOf(due).Before(first) {
		return from
	}
	for ok && free.periodOf(due).Before(first) {
		due, _, ok = free.Next(due)
	}
	return due
}

// GoesOnFrom is the first day on which r may fall due when, in plan p, it goes on after
// a rule of an earlier plan, was, that has asked for everything up to the day asked; a
// zero asked says that it asked for nothing. Periods that end before p's year are left
// out where the earlier rule ended before them. Where p's files give r a beginning of its
// own, the day is no earlier than that.
func (r Recurrence) GoesOnFrom(was Recurrence, asked calendar.Day, p *Plan) calendar.Day {
	from, year := was.From, calendar.NewDay(p.Year, time.January, 1)
	if from.IsZero() {
		from = year
	}
	if !asked.IsZero() {
		from = r.Follows(asked, calendar.Day{})
	}
	if said := r.From; said != r.BeginsIn(p.Year, p.Issued) {
		from = later(from, said)
	}
	free := r
	free.From, free.Until = from, calendar.Day{}
	for due, _, ok := free.Next(from.AddDays(-1)); ok; due, _, ok = free.Next(due) {
		if end := free.periodOf(due); !end.Before(year) || was.Until.IsZero() || !end.After(was.Until) {
			return later(from, due)
		}
	}
	return from
}

// LastPeriod is the last day of the last period that Until lets r ask for, and whether
// r would ask for more in that period's year. Of a rule by cron the period is Until
// itself.
func (r Recurrence) LastPeriod() (end calendar.Day, more bool) {
	if end = r.Until; end.IsZero() {
		return end, false
	}
	if r.Cron != "" {
		free := r
		free.Until = calendar.Day{}
		next, _, ok := free.Next(end)
		return end, ok && next.Year == end.Year
	}
	for r.periodEnd(end) != end {
		end = calendar.NewDay(end.Year, end.Month, 1).AddDays(-1)
	}
	return end, r.periodEnd(end.AddDays(1)).Year == end.Year
}

// CutOff is the due date of a period that Until cuts off, so that nobody is asked
// for its part of the year, and the period's name. ok is false when Until is zero or
// the end of a period. A rule by cron has no periods: its due date is cut off when it is
// the first of r in the month of Until, and after Until.
func (r Recurrence) CutOff() (due calendar.Day, period string, ok bool) {
	if r.Until.IsZero() {
		return due, "", false
	}
	free := r
	free.Until = calendar.Day{}
	if r.Cron == "" {
		end := r.periodEnd(r.Until)
		due = end.AddDays(r.Shift)
		return due, r.period(end), end != r.Until && !due.Before(r.From)
	}
	first := calendar.NewDay(r.Until.Year, r.Until.Month, 1)
	if !r.From.IsZero() && first.Before(r.From) {
		first = r.From
	}
	due, period, ok = free.Next(first.AddDays(-1))
	return due, period, ok && due.After(r.Until) && !due.After(r.Until.MonthEnd())
}

// AskedFor is the last day of the period that r asked for by the due date opened last;
// zero when none was opened. A due date by cron asks for the whole month in which it is.
func (r Recurrence) AskedFor(last calendar.Day) calendar.Day {
	switch {
	case last.IsZero():
		return last
	case r.Cron != "":
		return last.MonthEnd()
	}
	return r.periodEnd(last.AddDays(-r.Shift))
}

// Follows is the first day on which r may fall due after a rule that has asked for
// everything up to a day, so that each period is asked for once: r's first period
// that is not asked for whole. It is no earlier than from. asked is zero when
// nothing was opened.
func (r Recurrence) Follows(asked, from calendar.Day) calendar.Day {
	if asked.IsZero() {
		return from
	}
	first := asked.AddDays(1)
	if r.Cron == "" {
		end := r.periodEnd(asked)
		if !end.After(asked) {
			end = r.periodEnd(end.AddDays(1))
		}
		first = end.AddDays(r.Shift)
	}
	return later(first, from)
}

func (r Recurrence) periodEnd(d calendar.Day) calendar.Day {
	switch r.Every {
	case "month":
		return d.MonthEnd()
	case "quarter":
		return d.QuarterEnd()
	case "halfyear":
		return d.HalfEnd()
	}
	return d.YearEnd()
}

func (r Recurrence) period(end calendar.Day) string {
	switch r.Every {
	case "month":
		return fmt.Sprintf("%04d-%02d", end.Year, int(end.Month))
	case "quarter":
		return fmt.Sprintf("%04dQ%d", end.Year, (int(end.Month)+2)/3)
	case "halfyear":
		return fmt.Sprintf("%04dH%d", end.Year, (int(end.Month)+5)/6)
	}
	return fmt.Sprintf("%04d", end.Year)
}

// NextOccurrence is the duty's first occurrence that is due later than a day; false when
// there is none, or t is no duty. An occurrence whose due date had passed when the plan
// was launched is left out. An occurrence opens p.Ahead before its first stage, at
// midnight of the plan's zone, or at the launch if that is later.
func (l Ladderer) NextOccurrence(p Policy, t Task, after calendar.Day, launched time.Time) (Occurrence, bool) {
	if t.Recur == nil {
		return Occurrence{}, false
	}
	if eve := calendar.DayOf(launched.In(l.Zone)).AddDays(-1); after.Before(eve) {
		after = eve
	}
	due, period, ok := t.Recur.Next(after)
	if !ok {
		return Occurrence{}, false
	}
	o := Occurrence{Task: t.ID + "." + period, Period: period, Due: due, Opens: launched.UTC()}
	first := l.Calendar.OnOrBefore(due)
	for _, rule := range p.Stages {
		if rule.Before != nil {
			if d := l.Calendar.OnOrBefore(rule.Before.Before(due, l.Calendar)); d.Before(first) {
				first = d
			}
		}
	}
	if opens := p.Ahead.Before(first, l.Calendar).At(0, 0, l.Zone); opens.After(launched) {
		o.Opens = opens.UTC()
	}
	return o, true
}
