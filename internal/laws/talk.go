package laws

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// takes are the steps of a talk that acts take.
var takes = map[act.Kind]string{act.Serve: act.StepServed, act.Held: act.StepHeld, act.Minutes: act.StepMinutes,
	act.GivePlan: act.StepPlan, act.GiveReport: act.StepReport, act.VerifyTalk: act.StepVerified}

// stepOf is the step that a word about a talk is about, and its round: held and 2 of
// talk-held-missed.2; the first round bears no number.
func stepOf(id string) (step string, round int) {
	word, n, _ := strings.Cut(id, ".")
	if round, _ = strconv.Atoi(n); round == 0 {
		round = 1
	}
	if parts := strings.Split(word, "-"); len(parts) == 3 {
		step = parts[1]
	}
	return step, round
}

// Talk holds one talk to laws 1 to 5. h is the history of the task that it was opened
// for; those of the tasks that joined it are in t.
func Talk(r Rules, h History, t *TalkHistory) []Breach {
	of := func(h History) *world {
		return &world{cal: r.Calendar, policies: r.Policies, units: r.Units, zone: r.Zone, policy: t.Policy, due: h.Due}
	}
	x := &talk{world: of(h), h: h, t: t, round: 1, taken: map[string]calendar.Day{}, spoken: map[string]bool{}}
	x.begun = x.day(t.Opened)
	for _, m := range append([]Joined{{h, t.Task, append([]time.Time{t.Opened}, t.Anew...)}}, t.Joined...) {
		x.members = append(x.members, &member{world: of(m.History), talk: x, h: m.History, task: m.Task, joined: m.At, rested: map[calendar.Day]bool{m.Due: true}})
	}
	for _, e := range x.events() {
		x.endPauses(e.at)
		e.run()
	}
	x.endPauses(h.Until)
	x.pressed()
	return x.found
}

// talk is what the judge knows of a talk at one moment.
type talk struct {
	*world  // the calendar, the rules, and what was found
	h       History
	t       *TalkHistory
	members []*member

	waits  calendar.Day // since when all its tasks are paused
	stood  []stand      // in which its clock stood
	doubt  calendar.Day // since when what it rests on has gone
	urged  bool         // somebody was pressed to say what becomes of it
	ended  bool
	voided calendar.Day // the day on which it ended with its task
	round  int
	begun  calendar.Day            // the day this round's limits count from
	taken  map[string]calendar.Day // steps taken in this round, with their days
	spoken map[string]bool         // IDs of the words of this round
}

// member is what the judge knows of a task of the talk: what was missed of it, and
// whether that is still so.
type member struct {
	*world // the date and the pause of the task
	talk   *talk
	h      History
	task   string
	joined []time.Time

	in     bool                  // it has joined
	rested map[calendar.Day]bool // dates of the one miss that the talk rests on
	led    bool                  // another unit was given the task since it joined
	fast   bool                  // it rests on a date that was missed in an earlier plan: no other date touches it
	gone   bool                  // what was missed is no longer so
	over   bool                  // the task was cancelled, or goes on in another plan
	proved bool                  // its rectification was verified in this round
}

// event is one thing that happened to a talk or to one of its tasks.
type event struct {
	at    time.Time
	order int // of one instant words come first, then acts and notices as the ledger has them
	run   func()
}

// events are all that happened, in order.
func (x *talk) events() (all []event) {
	for _, n := range x.h.Notices {
		all = append(all, event{n.At, 1 + n.N, func() {
			x.cal, x.notice = n.Calendar, x.day(n.At)
			for _, m := range x.members {
				m.cal, m.notice = n.Calendar, x.day(n.At)
			}
		}})
	}
	for _, m := range x.members {
		for _, at := range m.joined {
			all = append(all, event{at, 0, func() { m.joins(at) }})
		}
	}
	for _, m := range x.members {
		for _, a := range m.h.Acts {
			if a.Refused == "" {
				all = append(all, event{a.At, 1 + a.N, func() {
					if a.GoesOn {
						m.carried(a.Act)
					} else {
						m.onTask(a.Act)
					}
				}})
			}
		}
	}
	for _, a := range x.t.Acts {
		if a.Refused == "" {
			all = append(all, event{a.At, 1 + a.N, func() { x.onTalk(a.Act) }})
		}
	}
	for _, s := range x.t.Said {
		if s.Kind != plan.Told {
			all = append(all, event{s.At, 0, func() { x.onWord(s) }})
		}
	}
	slices.SortStableFunc(all, func(a, b event) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.order - b.order
	})
	return all
}

// open tells that the talk had opened, or the task had joined it, at an instant.
func (m *member) open(at time.Time) bool { return !at.Before(m.joined[0]) }

// rests tells that the talk rests on one task still.
func (x *talk) rests() bool { return slices.ContainsFunc(x.members, (*member).bears) }

// bears tells that the talk rests on the task.
func (m *member) bears() bool { return m.in && !m.gone && !m.over }

// stays tells that the talk is about the task still.
func (m *member) stays() bool { return m.in && !m.over }

// runs tells that a task the talk rests on is not paused.
func (x *talk) runs() bool {
	return slices.ContainsFunc(x.members, func(m *member) bool { return m.bears() && m.pausedOn.IsZero() })
}

// joins: the talk is about the task from now on, or it was missed anew. A talk that waits
// because its other tasks are paused goes on with one that is not: the unit is called to no
// second one meanwhile.
func (m *member) joins(at time.Time) {
	x, opens := m.talk, !slices.ContainsFunc(m.talk.members, func(m *member) bool { return m.in })
	if m.in && m.gone {
		m.gone, m.led, m.rested = false, false, map[calendar.Day]bool{m.due: true}
	}
	m.in = true
	switch {
	case opens:
		x.waits = m.pausedOn
	case !x.waits.IsZero() && m.pausedOn.IsZero():
		x.stood = append(x.stood, stand{x.waits, x.day(at)})
		x.waits = calendar.Day{}
	}
}

// tells tells that something was said of the talk at once at an instant.
func (x *talk) tells(topic string, at time.Time) bool {
	return slices.ContainsFunc(x.t.Said, func(s plan.Stage) bool { return s.Kind == plan.Told && s.Topic == topic && s.At.Equal(at) })
}

// endPauses ends pauses whose end has come by an instant.
func (x *talk) endPauses(at time.Time) {
	for _, m := range x.members {
		if until := m.pausedUntil; !until.IsZero() && until.At(0, 0, x.zone).Before(at) {
			m.goesOn(until, until.At(0, 0, x.zone))
		}
	}
}

// suspended begins a pause of the task: the talk waits while all its tasks are paused.
func (m *member) suspended(a act.Act) {
	m.pausedOn, m.pausedUntil, m.moves = a.On, a.Until, a.Moves
	x := m.talk
	if m.in && x.waits.IsZero() && !x.runs() {
		x.waits = a.On
	}
}

// goesOn ends a pause of the task.
func (m *member) goesOn(on calendar.Day, at time.Time) {
	x, from := m.talk, m.pausedOn
	if from.IsZero() {
		return
	}
	if m.in && !x.waits.IsZero() {
		x.stood = append(x.stood, stand{x.waits, on})
		x.waits = calendar.Day{}
	}
	m.pausedOn, m.pausedUntil = calendar.Day{}, calendar.Day{}
	if !m.moves || !on.After(from) {
		return
	}
	before := m.due
	m.due = m.due.AddDays(on.Sub(from))
	if !m.open(at) && !(before.Before(on) && m.due.Before(on)) {
		clear(m.rested)
	}
	if !m.open(at) || m.due.Before(on) {
		m.rested[m.due] = true
	}
	if m.open(at) && !m.due.Before(on) {
		m.lost(on, at)
	}
}

// lost: what was missed is no longer so. When that holds of all its tasks, somebody has
// to be asked what becomes of the talk.
func (m *member) lost(on calendar.Day, at time.Time) {
	if m.gone = true; !m.talk.rests() {
		m.talk.doubted(on, at)
	}
}

// doubted: what the talk rests on has gone, and somebody has to be asked what becomes
// of it. The end of a pause that came by itself is told in the morning.
func (x *talk) doubted(on calendar.Day, at time.Time) {
	if x.ended || !x.doubt.IsZero() {
		return
	}
	x.doubt = on
	morning := func(s plan.Stage) bool {
		return s.Kind == plan.Told && s.Topic == act.TopicDoubt && at.Equal(on.At(0, 0, x.zone)) && x.day(s.At) == x.cal.OnOrAfter(on)
	}
	if !x.tells(act.TopicDoubt, at) && !slices.ContainsFunc(x.t.Said, morning) {
		x.breaks(3, at, "what the talk rests on has gone, and nobody is asked")
	}
}

// undoubted ends the doubt: the time of it counts for nothing.
func (x *talk) undoubted(on calendar.Day) {
	if !x.doubt.IsZero() {
		x.stood = append(x.stood, stand{x.doubt, on})
	}
	x.doubt, x.urged = calendar.Day{}, false
}

// onTask is what an act on the task makes of the talk.
func (m *member) onTask(a act.Act) {
	x := m.talk
	switch a.Kind {
	case act.Suspend:
		m.suspended(a)
	case act.Resume:
		m.goesOn(a.On, a.At)
	case act.Correct, act.Grant, act.Reassign:
		m.redated(a)
	case act.Cancel:
		m.leaves(a)
	case act.Carry: // it goes on in the next plan
		m.carriedOff(a)
	case act.Reinstate: // the talk goes on about it, and as a whole where it ended with it
		m.returns(a)
	case act.Verify:
		if _, held := x.taken[act.StepHeld]; m.open(a.At) && !held && !m.over {
			m.lost(a.On, a.At)
		}
	}
}

// leaves: the task is cancelled, and the talk ends with the last of its tasks.
func (m *member) leaves(a act.Act) {
	x, open := m.talk, m.open(a.At)
	if !x.waits.IsZero() && !slices.ContainsFunc(x.members, func(o *member) bool { return o != m && o.stays() }) { // it ends with the task
		if open {
			x.stood = append(x.stood, stand{x.waits, a.On})
		}
		x.waits = calendar.Day{}
	}
	m.pausedOn, m.pausedUntil = calendar.Day{}, calendar.Day{}
	if !open {
		return
	}
	m.over = true
	if slices.ContainsFunc(x.members, (*member).stays) {
		if !x.rests() {
			x.doubted(a.On, a.At)
		}
		return
	}
	if x.ended {
		return
	}
	if !x.tells(act.TopicVoided, a.At) {
		x.breaks(3, a.At, "the task is cancelled, and nobody is told that its talk ends")
	}
	x.ended, x.voided = true, a.On
}

// carriedOff: the task goes on in the next plan, and the talk with it; in the old plan it
// ends with the last of its tasks, and waits when all that are left are paused.
func (m *member) carriedOff(a act.Act) {
	x := m.talk
	if !m.open(a.At) || m.over {
		return
	}
	m.over = true
	switch {
	case !slices.ContainsFunc(x.members, (*member).stays):
		x.ended = true
	case !x.rests():
		if x.doubt.IsZero() && !x.ended {
			x.doubt = a.On
		}
	case x.waits.IsZero() && !x.runs():
		x.waits = a.On
	}
}

// returns: a task that was cancelled is taken up again.
func (m *member) returns(a act.Act) {
	x := m.talk
	if !m.open(a.At) {
		return
	}
	m.over = false
	if x.ended && !x.voided.IsZero() {
		x.stood = append(x.stood, stand{x.voided, a.On})
		x.ended, x.voided = false, calendar.Day{}
	}
}

// carried is a talk that goes on with its task in the next plan: what it rests on was
// missed, whatever the new date is.
func (m *member) carried(a act.Act) {
	if a.Due.IsZero() { // of an occurrence, which keeps its date
		a.Due = m.due
	}
	if m.open(a.At) {
		m.led = m.led || a.Unit != m.h.Lead
		m.fast = m.fast || a.Due != m.due && !a.Due.Before(a.On)
	} else {
		clear(m.rested)
		m.rested[a.Due] = true
	}
	m.due = a.Due
}

// redated is what an act that may set another date, or give the task to another unit,
// makes of the talk.
func (m *member) redated(a act.Act) {
	x, before, open := m.talk, m.due, m.open(a.At)
	m.led = m.led || a.Kind == act.Reassign && open
	if !a.Due.IsZero() {
		m.due = a.Due
	}
	for _, s := range m.h.Said { // a grant may leave its date to the request
		if a.Kind == act.Grant && s.Kind == plan.Told && s.At.Equal(a.At) && s.Topic == string(a.Kind) && !s.New.IsZero() {
			m.due = s.New
		}
	}
	if a.Kind == act.Grant || !a.Due.IsZero() {
		m.moves = false
	}
	moved, passed := m.due != before, before.Before(a.On)
	switch {
	case !open && (a.Kind == act.Reassign || moved):
		if a.Kind == act.Reassign || !(passed && m.due.Before(a.On)) { // what was missed before is another unit's, or another miss
			clear(m.rested)
		}
		m.rested[m.due] = true
	case !moved || !open || m.fast:
	case !m.due.Before(a.On):
		m.lost(a.On, a.At)
	case passed: // the same miss, another date; that of a miss that is no longer so is another
		if !m.gone {
			m.rested[m.due] = true
		}
	case m.gone && m.rested[m.due] && !m.led: // what it rests on is so again
		m.gone = false
		if x.doubt.IsZero() {
			return
		}
		x.undoubted(a.On)
		if !x.tells(act.TopicFounded, a.At) {
			x.breaks(3, a.At, "the date is what the talk rests on again, and nobody is told that it goes on")
		}
	}
}

// heldOn is the day on which a talk counts as held: the one that its record names, but
// not after the record, nor before the notice or the beginning of the round.
func (x *talk) heldOn(recorded, named calendar.Day) calendar.Day {
	day := named
	for _, first := range []calendar.Day{x.begun, x.taken[act.StepServed]} {
		if day.Before(first) {
			day = first
		}
	}
	if day.After(recorded) {
		day = recorded
	}
	return day
}

// verified tells that with an act the rectification of every task is verified that the
// talk rests on.
func (x *talk) verified(a act.Act) bool {
	all := true
	for _, m := range x.members {
		m.proved = m.proved || a.Ref == "" || a.Ref == m.task
		all = all && (m.proved || !m.bears())
	}
	return all
}

// anew lets every task be verified once more.
func (x *talk) anew() {
	for _, m := range x.members {
		m.proved = false
	}
}

// onTalk is what an act on the talk changes.
func (x *talk) onTalk(a act.Act) {
	if step, ok := takes[a.Kind]; ok && (a.Kind != act.VerifyTalk || x.verified(a)) {
		if _, before := x.taken[step]; !before {
			x.taken[step] = a.On
			if a.Kind == act.Held && a.Talk != nil && !a.Talk.Time.IsZero() {
				x.taken[step] = x.heldOn(a.On, x.day(a.Talk.Time))
			}
		}
	}
	switch a.Kind {
	case act.Keep:
		x.undoubted(a.On)
	case act.CloseTalk, act.Decline:
		x.ended = true
	case act.TakeOver:
		x.ended = x.ended || a.Unit == ""
	case act.ReturnPlan:
		x.anew()
		for _, s := range []string{act.StepPlan, act.StepReport, act.StepVerified} {
			delete(x.taken, s)
		}
		clear(x.spoken)
	case act.Absent, act.Again:
		x.anew()
		x.round, x.begun = x.round+1, a.On
		clear(x.taken)
		clear(x.spoken)
	}
}

// onWord holds a word about the talk to the laws.
func (x *talk) onWord(s plan.Stage) {
	x.of = s.ID
	defer func() { x.of = "" }()
	step, n := stepOf(s.ID)
	x.copies(s)
	// What was decided for the next morning before a notice came is said then.
	if on := x.day(s.At); s.Kind != plan.Told && !x.cal.IsWorkday(on) && (x.notice.IsZero() || on.Sub(x.notice) > 1) {
		x.breaks(4, s.At, "%s on %s, a day of rest", s.ID, on)
	}
	switch {
	case x.ended:
		x.breaks(1, s.At, "%s after the talk's end", s.ID)
	case step == "kept":
		x.urged = true
		if x.doubt.IsZero() {
			x.breaks(1, s.At, "%s: nothing is to be decided", s.ID)
		}
	case !x.doubt.IsZero():
		x.breaks(3, s.At, "%s: what it rests on has gone since %s", s.ID, x.doubt)
	case !x.waits.IsZero():
		x.breaks(1, s.At, "%s while the task is paused", s.ID)
	default:
		if _, did := x.taken[step]; did || n != x.round {
			x.breaks(1, s.At, "%s: it is not owed", s.ID)
		}
		if x.spoken[s.ID] && missed(s.ID) {
			x.breaks(2, s.At, "%s once more", s.ID)
		}
		x.spoken[s.ID] = true
		x.step(s, step)
	}
}

// missed tells the word after a step's limit.
func missed(id string) bool {
	word, _, _ := strings.Cut(id, ".")
	return strings.HasSuffix(word, "-missed")
}

// turn is the day from which a step's limit counts. ok is false when its turn has not
// come.
func (x *talk) turn(s plan.TalkStep) (from calendar.Day, ok bool) {
	if s.After == "opened" {
		return x.begun, true
	}
	from, ok = x.taken[s.After]
	return from, ok
}

// step holds a word about a step to the order of steps and its limit.
func (x *talk) step(s plan.Stage, step string) {
	rules := x.policies[x.policy].Talk
	if rules == nil {
		return
	}
	for _, r := range rules.Steps {
		if r.ID != step {
			continue
		}
		from, ok := x.turn(r)
		if !ok {
			x.breaks(5, s.At, "%s before %s", s.ID, r.After)
			return
		}
		if ran, term := x.ran(false, from, x.day(s.At), x.stood), x.term(r.Limit, from); missed(s.ID) && ran <= term {
			x.breaks(4, s.At, "%s: %d days ran of %d", s.ID, ran, term)
		}
	}
}

// pressed holds the silence until the end to what a fair office would have said: it
// errs on the side of the engine.
func (x *talk) pressed() {
	x.silence = true
	eve, rules := x.day(x.h.Until).AddDays(-1), x.policies[x.policy].Talk
	if x.ended || !x.waits.IsZero() || rules == nil {
		return
	}
	if !x.doubt.IsZero() {
		if x.ran(true, x.doubt, eve, nil) > x.acts().Decide.N+2 && !x.urged {
			x.breaks(3, x.h.Until, "what the talk rests on has gone since %s, and nobody is pressed to say what becomes of it", x.doubt)
		}
		return
	}
	for _, r := range rules.Steps {
		from, turn := x.turn(r)
		if _, did := x.taken[r.ID]; !turn || did {
			continue
		}
		said := slices.ContainsFunc(x.t.Said, func(s plan.Stage) bool {
			step, n := stepOf(s.ID)
			return step == r.ID && n == x.round && missed(s.ID) && x.day(s.At).After(from)
		})
		if !said && x.ran(false, from, eve, x.stood) > x.term(r.Limit, from)+12 {
			x.breaks(0, x.h.Until, "%s is owed since %s, and nobody is pressed for it", r.ID, from)
		}
	}
}
