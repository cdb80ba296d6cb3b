package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// mostStale is how many stale tasks a reader works out for itself; where there are more,
// reading every task of the plan takes no longer.
const mostStale = 2000

// outlookReader reads outlooks of one plan in one state of the ledger, and works
// out those that are stale.
type outlookReader struct {
	s     *Store
	l     *Launched
	one   reading
	all   reading
	ok    bool
	stale []workedTask
}

// outlook lets do read the outlooks of a plan in one state of the ledger.
func (s *Store) outlook(ctx context.Context, l *Launched, basis string, cal *calendar.Calendar, do func(*outlookReader) error) error {
	rules, err := RulesOf(*l, cal)
	if err != nil {
		return err
	}
	return s.read(ctx, func(ctx context.Context) error {
		v, err := s.reader.BeginTxx(ctx, s.d.snapshot())
		if err != nil {
			return err
		}
		defer v.Rollback() //nolint:errcheck // it only read
		if way := s.d.indexed(); way != "" {
			if _, err := v.ExecContext(ctx, way); err != nil {
				return err
			}
		}
		r := &outlookReader{s: s, l: l,
			one: func(dest any, query string, args ...any) error {
				defer countRead(ctx, dest)
				return found(v.GetContext(ctx, dest, v.Rebind(query), args...))
			},
			all: func(dest any, query string, args ...any) error {
				defer countRead(ctx, dest)
				return v.SelectContext(ctx, dest, v.Rebind(query), args...)
			},
		}
		if err := r.begin(rules, basis); err != nil {
			return err
		}
		return do(r)
	})
}

// begin sets ok, and works out the outlooks that are stale.
func (r *outlookReader) begin(rules act.Rules, basis string) error {
	var now string
	switch err := r.one(&now, `SELECT o.basis FROM outlook_plans o JOIN plans p ON p.id = o.plan AND p.version = o.version WHERE o.plan = ?`, r.l.Plan.ID); {
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	var ids []string
	if err := r.all(&ids, fmt.Sprintf(`SELECT task FROM outlook_stale WHERE plan = ? ORDER BY task LIMIT %d`, mostStale+1), r.l.Plan.ID); err != nil {
		return err
	}
	if r.ok = now == basis && len(ids) <= mostStale; !r.ok || len(ids) == 0 {
		return nil
	}
	var err error
	r.stale, err = workOut(r.all, r.s.d, *r.l, rules, r.s.d.list(ids))
	return err
}

// fresh is a condition on outlook o: it is not stale.
const fresh = `NOT EXISTS (SELECT 1 FROM outlook_stale s WHERE s.plan = o.plan AND s.task = o.task)`

// lightOn is the light of outlook o on a day, given three times.
const lightOn = `CASE WHEN o.lamp <> 'open' THEN o.lamp WHEN o.red <= ? THEN 'red' WHEN o.yellow <= ? THEN 'yellow' WHEN o.blue <= ? THEN 'blue' ELSE 'green' END`

func (r *outlookReader) where(f ListFilter) (w where) {
	w.add("o.plan = ?", r.l.Plan.ID)
	w.kinds(f)
	w.oneOf("o.phase", texts(f.Phases))
	if len(f.Leads) > 0 {
		w.add(r.s.d.among("o.lead"), r.s.d.list(f.Leads))
	}
	if len(f.Units) > 0 {
		w.add("("+r.s.d.among("o.lead")+" OR "+r.assisting()+")", r.s.d.list(f.Units), r.l.Plan.ID, r.s.d.list(f.Units))
	}
	if f.Seat != "" {
		w.add("(o.lead = ? OR "+besideLead+")", f.Seat, r.l.Plan.ID, f.Seat)
	}
	if !f.From.IsZero() {
		w.add("o.due >= ?", f.From.String())
	}
	if !f.Until.IsZero() {
		w.add("o.due <> '' AND o.due <= ?", f.Until.String())
	}
	if f.Clause != "" {
		w.add("o.clause = ?", f.Clause)
	}
	if len(r.stale) > 0 {
		w.add(fresh)
	}
	return w
}

// besideLead is the condition that a unit of a plan has a part in a task that it does not lead.
const besideLead = `o.task IN (SELECT u.task FROM outlook_units u WHERE u.plan = ? AND u.unit = ? AND u.part <> 'lead')`

// assisting is the condition that one of some units of a plan assists in a task.
func (r *outlookReader) assisting() string {
	return `o.task IN (SELECT u.task FROM outlook_units u WHERE u.plan = ? AND u.part = 'assist' AND ` + r.s.d.among("u.unit") + `)`
}

// ofThem are conditions of which each line of a list of units meets one and no other: most lines
// are led by the units, and an index has all that a list asks of these.
func (r *outlookReader) ofThem(f ListFilter) (all []where) {
	units, seat := f.Units, f.Seat
	switch {
	case len(f.Leads) > 0:
		return []where{r.where(f)}
	case len(units) > 0:
		f.Units = nil
		lead, assist := r.where(f), r.where(f)
		lead.add(r.s.d.among("o.lead"), r.s.d.list(units))
		assist.add(r.assisting(), r.l.Plan.ID, r.s.d.list(units))
		assist.add("NOT ("+r.s.d.among("o.lead")+")", r.s.d.list(units))
		return []where{lead, assist}
	default:
		f.Seat = ""
		lead, other := r.where(f), r.where(f)
		lead.add("o.lead = ?", seat)
		other.add(besideLead, r.l.Plan.ID, seat)
		other.add("o.lead <> ?", seat)
		return []where{lead, other}
	}
}

// kinds adds the condition that a line is of one of the kinds asked for.
func (w *where) kinds(f ListFilter) {
	some := where{}
	some.oneOf("o.kind", texts(f.Kinds))
	if f.Occurrences {
		some.add("o.duty <> ''")
	}
	if f.Tasks {
		some.add("(o.kind = ? AND o.duty = '')", string(plan.Dated))
	}
	if len(some.terms) > 0 {
		w.add("("+strings.Join(some.terms, " OR ")+")", some.args...)
	}
}

func texts[T ~string](values []T) (all []string) {
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}

// showOne adds the condition that one of several lights is shown on a day; none asks
// for nothing.
func (w *where) showOne(lights []plan.Light, day string) {
	var terms []string
	for _, light := range lights {
		one := where{}
		one.shows(light, day)
		terms, w.args = append(terms, "("+one.terms[0]+")"), append(w.args, one.args...)
	}
	if len(terms) > 0 {
		w.terms = append(w.terms, "("+strings.Join(terms, " OR ")+")")
	}
}

// shows adds the condition that a light is shown on a day.
func (w *where) shows(light plan.Light, day string) {
	switch light {
	case plan.DoneLate, plan.Done:
		w.add("o.lamp = ?", string(light))
	case plan.Red: // red begins after the due date, so that the index on due leaves out lines not due yet
		w.add("o.lamp = 'open' AND o.red <= ? AND o.due < ?", day, day)
	case plan.Yellow:
		w.add("o.lamp = 'open' AND o.yellow <= ? AND o.red > ?", day, day)
	case plan.Blue:
		w.add("o.lamp = 'open' AND o.blue <= ? AND o.yellow > ? AND o.red > ?", day, day, day)
	case plan.Green:
		w.add("o.lamp = 'open' AND o.blue > ? AND o.yellow > ? AND o.red > ?", day, day, day)
	default:
		w.add("o.lamp = ''")
	}
}

// takes tells whether the filter chooses a stale task, as it is worked out now. It asks the
// same as the conditions in SQL (where) ask of tasks that are not stale.
func (f ListFilter) takes(t workedTask, today calendar.Day) bool {
	part := func(parts ...string) func([2]string) bool {
		return func(p [2]string) bool { return slices.Contains(parts, p[1]) && slices.Contains(f.Units, p[0]) }
	}
	seat := func(p [2]string) bool { return p[0] == f.Seat }
	kind := len(f.Kinds) == 0 && !f.Occurrences || slices.Contains(f.Kinds, t.now.Kind) || f.Occurrences && t.now.Duty != ""
	due := t.now.Due
	placed := (f.From.IsZero() || !due.Before(f.From)) && (f.Until.IsZero() || !due.IsZero() && !due.After(f.Until)) && (f.Clause == "" || t.now.Clause == f.Clause)
	return kind && placed && (len(f.Leads) == 0 || slices.Contains(f.Leads, t.now.Lead)) && (len(f.Phases) == 0 || slices.Contains(f.Phases, t.Outlook.State)) &&
		(len(f.Units) == 0 || slices.ContainsFunc(t.parts, part(partLead, partAssist))) &&
		(f.Seat == "" || slices.ContainsFunc(t.parts, seat)) && (len(f.Lights) == 0 || slices.Contains(f.Lights, t.Outlook.Light(today)))
}
