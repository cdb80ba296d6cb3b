package laws

import (
	"fmt"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// halt is an interval in which a clock did not run: the days after from, up to and including
// until. A zero until: the clock is still halted.
type halt struct{ from, until calendar.Day }

func halted(halts []halt, d calendar.Day) bool {
	return slices.ContainsFunc(halts, func(s halt) bool { return d.After(s.from) && (s.until.IsZero() || !d.After(s.until)) })
}

// word is a rung that was said.
type word struct {
	id   string
	kind plan.StageKind
	on   calendar.Day
}

// request is something asked of the office.
type request struct {
	topic string
	on    calendar.Day
	words []word
}

// piece is a part or an instruction.
type piece struct {
	unit     string
	on, due  calendar.Day
	answered bool
	words    []word
	passed   time.Time // of a part: when another unit took the part over
}

// world is what the judge knows of a task at one moment.
type world struct {
	cal      *calendar.Calendar
	policies map[string]plan.Policy
	units    []people.Unit
	doneLate int          // working days by which a closed task was late
	byHand   calendar.Day // the last day on which the office chased the unit itself
	zone     *time.Location
	of       string // what is being judged: a word's ID, or the kind of an act; see Breach.Of
	silence  bool   // what is being judged is that nothing was said; see Breach.Silent

	lead, office, leadership, policy string
	due, begin, assigned             calendar.Day
	over                             bool
	acked                            bool
	heard                            calendar.Day // last act of the lead, since it was given the task
	pausedOn, pausedUntil            calendar.Day
	moves                            bool
	asked                            map[string]*request // return, report, extension
	parts, instructions              map[string]*piece
	pauses, waits                    []halt
	granted                          int
	left                             calendar.Day // the day of the last act after which the unit is left its grace
	leftBy                           act.Kind
	since                            calendar.Day           // the last day on which the date, the unit, the rules or the clock changed
	misses                           map[calendar.Day][]int // numbers of the misses of a date, in order
	miss, nextMiss                   int
	missSince                        calendar.Day // since when the policy and the miss are the present ones
	ladder                           map[int][]word
	early                            map[string]bool      // reminders said of this date
	earlyAt                          map[string]time.Time // when each was said last
	receive                          map[string]bool
	silences                         map[string]bool
	caught                           map[int]bool         // misses about which plan.CatchUp was said
	passed                           map[int]calendar.Day // when the unit was told that the date of a miss had passed while its clock was halted
	setLate                          calendar.Day         // the day on which a date to come was replaced by one gone by
	dateSet                          calendar.Day         // the last day on which the office set another date
	found                            []Breach
	stints                           []stint // of units that led before
	cancelled                        bool
	ended                            calendar.Day // the day on which it was cancelled, or closed
	notice                           calendar.Day // the day of the last holiday notice
}

// stint is a date that was missed by a unit that led the task before, and for which it answers.
type stint struct {
	unit string
	due  calendar.Day
	late int // working days
}

func (w *world) breaks(law int, at time.Time, format string, a ...any) {
	w.found = append(w.found, Breach{Law: law, At: at, Of: w.of, Silent: w.silence, Text: fmt.Sprintf(format, a...)})
}

// day is the day of an instant in the plan's zone.
func (w *world) day(at time.Time) calendar.Day { return calendar.DayOf(at.In(w.zone)) }

func newWorld(r Rules, h History) *world {
	w := &world{cal: r.Calendar, policies: r.Policies, units: r.Units, zone: r.Zone, lead: h.Lead, office: h.Office, leadership: h.Leadership, policy: h.Policy,
		due: h.Due, begin: h.Begin, asked: map[string]*request{}, parts: map[string]*piece{}, instructions: map[string]*piece{}, nextMiss: 1}
	w.given(w.day(h.Assigned))
	w.earlyAt = map[string]time.Time{}
	w.early, w.passed, w.caught = map[string]bool{}, map[int]calendar.Day{}, map[int]bool{}
	return w
}

// given begins a unit's time with the task: what was missed before is not the unit's own.
func (w *world) given(on calendar.Day) {
	w.assigned, w.since, w.missSince = on, on, on
	w.heard, w.acked, w.setLate = calendar.Day{}, false, calendar.Day{}
	w.misses, w.ladder = map[calendar.Day][]int{w.due: {w.nextMiss}}, map[int][]word{}
	w.miss = w.nextMiss
	w.nextMiss++
	w.receive, w.silences, w.early = map[string]bool{}, map[string]bool{}, map[string]bool{}
}

// dated sets another due date. A date that was missed before is the same miss again, and so is a
// date that has passed when it replaces one that had passed too (law 2).
func (w *world) dated(due, on calendar.Day) {
	if due == w.due {
		return
	}
	before := w.due
	w.due, w.since, w.missSince = due, on, on
	w.early = map[string]bool{}
	if before.Before(on) && due.Before(on) {
		w.misses[due] = append(w.misses[due], w.miss)
		return
	}
	w.setLate = calendar.Day{}
	for _, n := range slices.Backward(w.misses[due]) { // the last miss of which the unit was told counts
		if due.Before(on) && (len(w.ladder[n]) > 0 || w.passed[n].After(due)) {
			w.miss = n
			return
		}
	}
	w.miss = w.nextMiss
	w.nextMiss++
	w.misses[due] = append(w.misses[due], w.miss)
	if due.Before(on) {
		w.setLate = on
	}
}

// halts are the intervals in which the unit's clock did not run.
func (w *world) halts() []halt {
	all := append(slices.Clone(w.pauses), w.waits...)
	if !w.pausedOn.IsZero() {
		all = append(all, halt{from: w.pausedOn})
	}
	for _, topic := range []string{"return", "report"} {
		if q := w.asked[topic]; q != nil {
			all = append(all, halt{from: q.on})
		}
	}
	return all
}

func (w *world) paused() []halt {
	all := slices.Clone(w.pauses)
	if !w.pausedOn.IsZero() {
		all = append(all, halt{from: w.pausedOn})
	}
	return all
}

func (w *world) runs() bool {
	return !w.over && w.pausedOn.IsZero() && w.asked["return"] == nil && w.asked["report"] == nil
}

// ran counts the days after from, up to and including to, in which the clock ran.
func (w *world) ran(work bool, from, to calendar.Day, halts []halt) (n int) {
	for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if (!work || w.cal.IsWorkday(d)) && !halted(halts, d) {
			n++
		}
	}
	return n
}

// base is the day after which days late count, the latest of these: the due date; the day on
// which the unit was given the task, or on which the task begins; the day on which a date to
// come was replaced by one that had passed.
func (w *world) base() calendar.Day {
	base := w.due
	for _, d := range []calendar.Day{w.begins(), w.setLate} {
		if d.After(base) {
			base = d
		}
	}
	return base
}

func (w *world) begins() calendar.Day {
	if w.begin.After(w.assigned) {
		return w.begin
	}
	return w.assigned
}

func (w *world) offset(o plan.Offset, from calendar.Day, sign int) calendar.Day {
	if o.Work {
		return w.cal.AddWorkdays(from, sign*o.N)
	}
	return from.AddDays(sign * o.N)
}

// term is how many calendar days a limit gives from a day on, the move to a working day
// included.
func (w *world) term(o plan.Offset, on calendar.Day) int {
	return w.cal.OnOrAfter(w.offset(o, on, 1)).Sub(on)
}

func (w *world) acts() plan.Acts { return w.policies[w.policy].Acts }

func (w *world) resume(on calendar.Day) {
	if w.moves {
		w.dated(w.due.AddDays(on.Sub(w.pausedOn)), on)
	}
	w.pauses = append(w.pauses, halt{w.pausedOn, on})
	w.pausedOn, w.pausedUntil, w.moves = calendar.Day{}, calendar.Day{}, false
	w.left, w.leftBy, w.since = on, act.Resume, on
}

func (w *world) answered(topic string, on calendar.Day) {
	q := w.asked[topic]
	if q == nil {
		return
	}
	if topic != "extension" {
		w.waits = append(w.waits, halt{q.on, on})
	}
	delete(w.asked, topic)
}

// rule is the rung of the policy in force with an ID; false: there is none.
func (w *world) rule(id string) (plan.Rule, bool) {
	stages := w.policies[w.policy].Stages
	i := slices.IndexFunc(stages, func(r plan.Rule) bool { return r.ID == id })
	if i < 0 {
		return plan.Rule{}, false
	}
	return stages[i], true
}

// fell tells that on the due date the unit's clock did not run: it was halted, or the unit had
// not been given the task yet.
func (w *world) fell() bool { return halted(w.halts(), w.due) || w.inherited() }

// inherited tells that the date had passed when the unit was given the task.
func (w *world) inherited() bool { return w.begins().After(w.due) }
