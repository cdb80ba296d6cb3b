package laws

import (
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// member is what the judge knows of one task of the talk: the date that was missed, and whether
// the talk still rests on it.
type member struct {
	*world // the date and the pause of the task
	talk   *talk
	h      History
	task   string
	joined []time.Time

	in     bool                  // the task has joined the talk
	rested map[calendar.Day]bool // due dates that count as the one miss on which the talk rests
	led    bool                  // another unit was given the task since it joined
	fast   bool                  // the date was missed in an earlier plan: no other date undoes the miss
	gone   bool                  // the date is no longer a missed one
	over   bool                  // the task was cancelled, or goes on in another plan
	proved bool                  // its rectification was verified in this round
}

// open tells that the talk had opened, or the task had joined it, at an instant.
func (m *member) open(at time.Time) bool { return !at.Before(m.joined[0]) }

// rests tells that the talk still rests on one of its tasks.
func (x *talk) rests() bool { return slices.ContainsFunc(x.members, (*member).bears) }

// bears tells that the talk rests on the task.
func (m *member) bears() bool { return m.in && !m.gone && !m.over }

// stays tells that the talk is still about the task.
func (m *member) stays() bool { return m.in && !m.over }

// runs tells that a task the talk rests on is not paused.
func (x *talk) runs() bool {
	return slices.ContainsFunc(x.members, func(m *member) bool { return m.bears() && m.pausedOn.IsZero() })
}

// joins: from now on the talk is about the task, or the task was missed anew. A talk that waits
// because its other tasks are paused goes on with one that is not paused: the unit is called to
// no second talk meanwhile.
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
		x.halts = append(x.halts, halt{x.waits, x.day(at)})
		x.waits = calendar.Day{}
	}
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
		x.halts = append(x.halts, halt{x.waits, on})
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

// lost: the task's date is no longer a missed one. When that is so of all tasks of the talk, a
// leader has to be asked what becomes of it (law 3).
func (m *member) lost(on calendar.Day, at time.Time) {
	if m.gone = true; !m.talk.rests() {
		m.talk.doubted(on, at)
	}
}

// doubted: what the talk rests on has gone, and a leader has to be asked at once what becomes of
// it (law 3). When that follows from a pause that ended by itself, at midnight, the leader is
// asked in the morning.
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

// undoubted ends the doubt about the talk: the days of the doubt count for nothing.
func (x *talk) undoubted(on calendar.Day) {
	if !x.doubt.IsZero() {
		x.halts = append(x.halts, halt{x.doubt, on})
	}
	x.doubt, x.urged = calendar.Day{}, false
}

// onTask brings the judge's talk to what it is after an act on one of its tasks.
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
	case act.Carry: // the task goes on in the next plan
		m.carriedOff(a)
	case act.Reinstate: // the talk is about the task again, and goes on when it had ended with the task
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
	if !x.waits.IsZero() && !slices.ContainsFunc(x.members, func(o *member) bool { return o != m && o.stays() }) { // the wait ends with the last of the tasks
		if open {
			x.halts = append(x.halts, halt{x.waits, a.On})
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

// carriedOff: the task goes on in the next plan, and its part of the talk with it. In the old
// plan the talk ends with the last of its tasks, and waits when all that are left are paused.
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

// returns: a cancelled task is reinstated.
func (m *member) returns(a act.Act) {
	x := m.talk
	if !m.open(a.At) {
		return
	}
	m.over = false
	if x.ended && !x.voided.IsZero() {
		x.halts = append(x.halts, halt{x.voided, a.On})
		x.ended, x.voided = false, calendar.Day{}
	}
}

// carried brings the judge's talk to what it is when its task goes on in the next plan: the date
// that the talk rests on was missed, whatever the new date is.
func (m *member) carried(a act.Act) {
	if a.Due.IsZero() { // of an occurrence the act names no date, because an occurrence keeps its own
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

// redated brings the judge's talk to what it is after an act that may set another date, or gives
// the task to another unit.
func (m *member) redated(a act.Act) {
	x, before, open := m.talk, m.due, m.open(a.At)
	m.led = m.led || a.Kind == act.Reassign && open
	if !a.Due.IsZero() {
		m.due = a.Due
	}
	for _, s := range m.h.Said { // a Grant without a date grants the one that was asked for, which its message names
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
		if a.Kind == act.Reassign || !(passed && m.due.Before(a.On)) { // dates missed before are another unit's, or another miss
			clear(m.rested)
		}
		m.rested[m.due] = true
	case !moved || !open || m.fast:
	case !m.due.Before(a.On):
		m.lost(a.On, a.At)
	case passed: // the same miss under another date, unless the miss is no longer one
		if !m.gone {
			m.rested[m.due] = true
		}
	case m.gone && m.rested[m.due] && !m.led: // the date that the talk rests on is set again
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
