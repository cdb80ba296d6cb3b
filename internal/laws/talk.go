package laws

import (
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// Talk judges one talk by laws 0 to 5 and 10. h is the history of the task that the talk was
// opened for; the histories of the tasks that joined it are in t.
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

	waits  calendar.Day // since when all its tasks are paused; zero: they are not
	halts  []halt       // in which its clock did not run
	doubt  calendar.Day // since when what it rests on has gone; zero: it has not
	urged  bool         // somebody was reminded to decide what becomes of the talk
	ended  bool
	voided calendar.Day // the day on which it ended with its task
	round  int
	begun  calendar.Day            // the day this round's limits count from
	taken  map[string]calendar.Day // steps taken in this round, with their days
	spoken map[string]bool         // IDs of the words of this round
}

// event is one thing that happened to a talk or to one of its tasks.
type event struct {
	at    time.Time
	order int // at one instant words come first, then acts and notices in the order of the ledger
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

// tells tells that a word on a topic was said of the talk at once, at an instant.
func (x *talk) tells(topic string, at time.Time) bool {
	return slices.ContainsFunc(x.t.Said, func(s plan.Stage) bool { return s.Kind == plan.Told && s.Topic == topic && s.At.Equal(at) })
}

// onTalk brings the judge's talk to what it is after an act on it.
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

// onWord judges a word about the talk by the laws.
func (x *talk) onWord(s plan.Stage) {
	x.of = s.ID
	defer func() { x.of = "" }()
	step, n := stepOf(s.ID)
	x.copies(s)
	// A word that was decided for the next morning before a holiday notice came is said on that
	// morning all the same.
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
