package script

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/words"
)

// When gives the instants at which acts were done, by Entry.Key and, for the acts
// that the engine does itself when a plan is amended or a calendar changes, by
// task and act ID with a slash between. An act that is not in it was not done. Of tasks that
// the plan's document does not name, and acts that follow on tasks from what was measured,
// complained of and noted, it gives the instants too (Opened): without them they follow at once.
type When map[string]time.Time

// Foresight are the words and answers of a plan's year in which the acts of a script are done.
type Foresight struct {
	// Stages in order of time, task and ID: as act.Preview gives them, with
	// what acts change, and with what acts say at once.
	Stages []plan.Foretold
	// Refused are the acts that are refused, by Entry.Key: the reason's key.
	Refused map[string]string
	// Opened are the occurrences of duties, by task: when each opens.
	Opened map[string]time.Time
}

// NoThing is the Foresight.Refused of an act on what does not exist at that time.
const NoThing = "script.no_thing"

// Foretell is the plan's year as act.Preview foretells it, with the acts
// of a script in it. Without entries it is that preview exactly. when is when the
// acts were really done; nil, they are done as the script tells.
func Foretell(p *plan.Plan, cal *calendar.Calendar, launched time.Time, until calendar.Day, s *Script, when When) Foresight {
	if s == nil || len(s.Entries) == 0 {
		return Foresight{Stages: act.Preview(p, cal, launched, until)}
	}
	f := &foreteller{
		Foresight: Foresight{Refused: map[string]string{}, Opened: map[string]time.Time{}},
		launched:  launched.UTC(), until: until, script: s, when: when, acted: map[string]bool{},
	}
	if err := f.divide(p, cal); err != nil {
		return f.Foresight // Load refuses unknown time zones
	}
	f.follow()
	f.year()
	f.openTalks()
	for _, e := range s.Entries {
		if e.Sort != Amends && e.Sort != Notice && !f.acted[e.Key()] {
			f.Refused[e.Key()] = NoThing
		}
	}
	slices.SortStableFunc(f.Stages, func(a, b plan.Foretold) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Task, b.Task), strings.Compare(a.Stage.ID, b.Stage.ID))
	})
	return f.Foresight
}

// Astray are the entries whose answer is not the one the script expects.
func (f Foresight) Astray(s *Script) []Entry {
	return slices.DeleteFunc(slices.Clone(s.Entries), func(e Entry) bool { return e.Expects(f.Refused[e.Key()]) })
}

// AstrayLines are sentences about the entries Astray, a line each; none without a script.
func (f Foresight) AstrayLines(w *words.Words, s *Script) (lines []string) {
	if s == nil {
		return nil
	}
	for _, e := range f.Astray(s) {
		why := w.T("script.accepted")
		if key := f.Refused[e.Key()]; key != "" {
			why = key
		}
		lines = append(lines, w.T("script.astray", words.Data{"File": s.File, "Line": e.Line, "Kind": w.T("act.kind_" + string(e.Act.Kind)), "Thing": e.Thing, "Why": why}))
	}
	return lines
}

// Expects tells whether an answer is the one an entry expects: refused is the
// reason's key, "" when the act was accepted.
func (e Entry) Expects(refused string) bool {
	return e.Refused == (refused != "") && (e.Why == "" || e.Why == refused)
}

type foreteller struct {
	Foresight
	launched time.Time
	until    calendar.Day
	script   *Script
	when     When
	eras     []era
	acted    map[string]bool // by Entry.Key: the act was done or refused
	walks    []*walk         // of tasks and occurrences
	follows  followed
}

// year is the life of everything in the plan, and of what amendments add.
func (f *foreteller) year() {
	for _, t := range f.eras[0].plan.Tasks {
		f.commitment(t, f.launched)
	}
	for _, e := range f.eras[1:] {
		for _, t := range e.added {
			f.commitment(t, e.from)
		}
	}
	for _, o := range f.follows.opened {
		f.commitment(o.task, o.at)
	}
}

func (f *foreteller) commitment(t plan.Task, from time.Time) {
	e := f.eraAt(from)
	c := act.NewCase(e.plan, t, from)
	if order := e.rules.Order(c); order != nil {
		f.Stages = append(f.Stages, plan.Foretold{Task: t.ID, Unit: c.Lead, Due: c.Due, Stage: *order})
	}
	switch t.Kind {
	case plan.Dated:
		f.task(t.ID, c, from)
	case plan.Duty:
		f.duty(t, from)
	}
}

// moment is one act at its instant.
type moment struct {
	act act.Act
	key string // Entry.Key; "" for the engine's own
}

// moments are the acts on one thing from an instant on, in order.
func (f *foreteller) moments(sort Sort, thing string, kind plan.Kind, from time.Time) []moment {
	var all []moment
	for _, e := range f.script.Entries {
		if at, ok := f.done(e.Key(), e.At); ok && e.Sort == sort && e.Thing == thing {
			all = append(all, moment{e.at(at, f.eras[0].rules.Zone), e.Key()})
		}
	}
	for _, e := range f.eras[1:] {
		if sort == OnTask || sort == OnDuty {
			all = append(all, f.own(e, thing, kind)...)
		}
	}
	if sort == OnTask {
		all = append(all, f.follows.acts[thing]...)
	}
	all = slices.DeleteFunc(all, func(m moment) bool { return m.act.At.Before(from) })
	slices.SortStableFunc(all, func(a, b moment) int { return a.act.At.Compare(b.act.At) })
	return all
}

// done is when an act was done, or is to be; ok is false when it was not.
func (f *foreteller) done(key string, at time.Time) (time.Time, bool) {
	if f.when == nil {
		return at, true
	}
	at, ok := f.when[key]
	return at, ok
}

// walk is the life of one task or duty.
type walk struct {
	*foreteller
	id     string
	course act.Course
	now    time.Time // everything before this instant has happened
	talks  []called
	states []state   // the thing after each act, in order; the first is how it began
	owed   []act.Act // acts of amendments that the thing refused: the daily audit asks for them again
}

// state is a task after an act.
type state struct {
	at     time.Time
	by     act.Act
	before act.Case
	of     act.Case
}

// task is the whole life of a task or an occurrence that begins at from.
func (f *foreteller) task(id string, c act.Case, from time.Time) {
	w := &walk{foreteller: f, id: id, course: f.eraAt(from).rules.Open(c), now: from}
	w.states = []state{{at: from, of: w.course.Case}}
	for _, m := range f.moments(OnTask, id, plan.Dated, from) {
		w.to(m.act.At.Add(1)) // stages that speak at the instant of the act speak before it
		w.do(m)
	}
	w.to(never)
	f.walks = append(f.walks, w)
}

// never is an instant after every other.
var never = time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)

// to lets the thing run until an instant, exclusive: the stages speak and pauses
// end, under the calendar of their time.
func (w *walk) to(at time.Time) {
	for w.now.Before(at) {
		e, end := w.eraAt(w.now), at
		if next := w.eraAfter(w.now); next.Before(end) {
			end = next
		}
		audit := w.audit(e)
		if !audit.IsZero() && !audit.After(end) {
			end = audit
		}
		w.course = e.rules.Course(w.course.Case)
		w.pass(e, end)
		w.now = end
		if end.Equal(audit) {
			w.askOwed(end)
		}
	}
}

// audit is when the daily audit next asks for the acts that amendments owe the thing; zero
// when none is owed, or the thing is over.
func (w *walk) audit(e era) time.Time {
	if len(w.owed) == 0 || w.course.Over() || w.now.After(w.launched.AddDate(owedYears, 0, 0)) {
		return time.Time{}
	}
	day := calendar.DayOf(w.now.In(e.rules.Zone))
	at := day.At(0, 0, e.rules.Zone).Add(act.AuditAt)
	if !at.After(w.now) {
		at = day.AddDays(1).At(0, 0, e.rules.Zone).Add(act.AuditAt)
	}
	return at.UTC()
}

// owedYears is for how many years after a plan's launch audits are foretold: longer than any
// plan's year.
const owedYears = 3

func (w *walk) askOwed(at time.Time) {
	owed := w.owed
	w.owed = nil
	for _, a := range owed {
		a.At, a.On = at, calendar.DayOf(at.In(w.eraAt(at).rules.Zone))
		w.do(moment{act: a})
	}
}

// pass lets the thing run within one era.
func (w *walk) pass(e era, end time.Time) {
	for {
		resume, wakes := w.course.ResumesBy(end)
		switch next := w.course.Next; {
		case next != nil && next.At.Before(end) && !(wakes && resume.At.Before(next.At)):
			var s plan.Stage
			w.course, s = e.rules.Decide(w.course)
			w.say(s, w.course.Case)
			if s.Kind == plan.Talk && e.plan.Policies[w.course.Policy].Talk != nil {
				w.talks = append(w.talks, called{of: w.course.Case, at: s.At})
			}
		case wakes:
			w.do(moment{act: resume})
		default:
			return
		}
	}
}

// do does one act: it changes the thing, and says at once what it tells.
func (w *walk) do(m moment) {
	e, before := w.eraAt(m.act.At), w.course.Case
	if m.key == "" && act.OwnID(m.act.ID) {
		var left bool
		if m.act, left = before.Kept(m.act); !left {
			return
		}
	}
	after, told, refused := e.rules.Act(w.course, m.act)
	w.acted[m.key] = true
	amends := m.key == "" && act.OfMany(m.act.ID)
	if amends {
		w.owed = slices.DeleteFunc(w.owed, func(a act.Act) bool { return a.Kind == m.act.Kind })
	}
	if refused != nil && amends && w.when == nil {
		w.owed = append(w.owed, m.act)
	}
	if refused != nil {
		if m.key != "" {
			w.Refused[m.key] = refused.Key
		}
		return
	}
	w.course = after
	w.states = append(w.states, state{at: m.act.At, by: m.act, before: before, of: after.Case})
	for _, s := range told {
		w.say(s, after.Case)
	}
}

func (w *walk) say(s plan.Stage, c act.Case) {
	w.Stages = append(w.Stages, plan.Foretold{Task: w.id, Unit: c.Lead, Due: c.Due, Stage: s})
}
