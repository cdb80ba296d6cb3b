package script

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// called is a talk that a stage of a task calls for, or that a person proposes.
type called struct {
	of     act.Case // the task, as it was then
	at     time.Time
	hand   *moment // nil when a stage calls for it
	walk   *walk   // the task's
	number int     // among its task's
}

// id is the talk's.
func (c called) id() string { return fmt.Sprintf("%s#%d", c.walk.id, c.number) }

// calls is the task, and the instant, that called for the talk.
func (c called) calls() act.Called { return act.Called{Task: c.walk.id, At: c.at} }

// unit is who is called.
func (c called) unit() string {
	if c.hand != nil {
		return cmp.Or(c.hand.act.Unit, c.of.Lead)
	}
	return c.of.Lead
}

// calls are the talks about a task, numbered in order.
func (w *walk) calls() []called {
	for _, m := range w.moments(Propose, w.id, plan.Dated, time.Time{}) {
		w.talks = append(w.talks, called{of: w.caseAt(m.act.At), at: m.act.At, hand: &m})
	}
	slices.SortStableFunc(w.talks, func(a, b called) int { return a.at.Compare(b.at) })
	for i := range w.talks {
		w.talks[i].walk, w.talks[i].number = w, i+1
	}
	return w.talks
}

// caseAt is the task as it was at an instant.
func (w *walk) caseAt(at time.Time) act.Case {
	c := w.states[0].of
	for _, s := range w.states {
		if !s.at.After(at) {
			c = s.of
		}
	}
	return c
}

// openTalks are the lives of all talks, each unit's by itself: a unit is called to one
// talk at a time, see ledger.OpenTalk.
func (f *foreteller) openTalks() {
	units := map[string][]called{}
	for _, w := range f.walks {
		for _, c := range w.calls() {
			units[c.unit()] = append(units[c.unit()], c)
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(units)) {
		all := units[unit]
		slices.SortStableFunc(all, func(a, b called) int { return a.calls().Compare(b.calls()) })
		desk := &desk{foreteller: f}
		for _, c := range all {
			desk.to(c.at)
			desk.call(c)
		}
		desk.to(never)
	}
}

// desk are the talks of one unit.
type desk struct {
	*foreteller
	talks []*talkWalk
}

// to lets every talk run until an instant, exclusive, in order of what happens: an
// approval may make one part of another.
func (d *desk) to(at time.Time) {
	for {
		var first *talkWalk
		var when time.Time
		for _, t := range d.talks {
			if next, ok := t.happens(); ok && next.Before(at) && (first == nil || next.Before(when)) {
				first, when = t, next
			}
		}
		if first == nil {
			break
		}
		first.next(d)
	}
	for _, t := range d.talks {
		t.to(at)
	}
}

// call is a talk that is called for: it opens, is proposed, or joins one that is there.
func (d *desk) call(c called) {
	e := d.eraAt(c.at)
	talk := act.TalkCase{About: c.of.Number, Task: c.walk.id, What: plan.ProposeTalk, State: act.TalkPending, Number: c.number, Lead: c.unit(), Office: c.of.Office,
		Leadership: c.of.Leadership, Policy: act.TalkPolicy(e.plan, c.of.Policy), Origin: act.Origin{Kind: act.OriginStage},
		Members: []act.Member{{Task: c.walk.id, About: c.of.Number, Due: c.of.Due}}}
	t := &talkWalk{walk: c.walk, now: c.at, names: []string{c.id()}, about: map[string]*walk{c.walk.id: c.walk}, since: c.at, did: map[string]bool{}}
	if c.hand == nil {
		t.course = e.rules.OpenTalk(talk, c.at)
	} else {
		d.acted[c.hand.key] = true
		talk.Origin = act.Origin{Kind: act.OriginHand}
		c.hand.act.Unit = talk.Lead
		course, refused := e.rules.Propose(talk, c.hand.act)
		if refused != nil {
			d.Refused[c.hand.key] = refused.Key
			return
		}
		t.course = course
	}
	if host := d.host(t, c.at); host != nil {
		host.takes(t, c.at)
		return
	}
	d.talks = append(d.talks, t)
}

// host is the talk that t joins when it opens, or is proposed, at an instant; nil for none.
func (d *desk) host(t *talkWalk, at time.Time) *talkWalk {
	for _, other := range d.talks {
		switch {
		case other == t || other.course.What != t.course.What:
		case t.course.State == act.TalkProposed && other.course.State == act.TalkProposed,
			t.course.State == act.TalkOpen && d.eraAt(at).rules.Takes(other.course.TalkCase):
			return other
		}
	}
	return nil
}

// talkWalk is the life of one talk, with what acts on its tasks make of it.
type talkWalk struct {
	*walk  // of the task it was opened for
	course act.TalkCourse
	now    time.Time
	since  time.Time        // from then on acts on its tasks concern the talk
	names  []string         // its ID, and those of the talks that have joined it
	about  map[string]*walk // by task
	did    map[string]bool  // what has happened to it, by event.key
}

// takes makes another talk part of this one.
func (t *talkWalk) takes(other *talkWalk, at time.Time) {
	on := calendar.DayOf(at.In(t.eras[0].rules.Zone))
	t.course.TalkCase = t.course.With(other.course.TalkCase, on, at)
	t.names = append(t.names, other.names...)
	for id, w := range other.about {
		if t.about[id] == nil {
			t.about[id] = w
			for _, s := range w.states { // acts before this instant do not concern the talk
				if s.at.Before(at) {
					t.did[stateKey(id, s)] = true
				}
			}
		}
	}
}

// event is an act on a talk, or on one of its tasks.
type event struct {
	at    time.Time
	key   string
	act   *moment
	state *state
	task  string
}

func stateKey(task string, s state) string { return task + "/" + s.by.ID + s.at.String() }

// events are the acts on the talk and its tasks that are still to come, in order; at one
// instant acts on tasks come first.
func (t *talkWalk) events() (all []event) {
	for _, id := range slices.Sorted(maps.Keys(t.about)) {
		for i, s := range t.about[id].states {
			if s.by.ID != "" && !s.at.Before(t.since) && !t.did[stateKey(id, s)] {
				all = append(all, event{at: s.at, key: stateKey(id, s), state: &t.about[id].states[i], task: id})
			}
		}
	}
	for _, name := range t.names {
		for _, m := range t.moments(OnTalk, name, plan.Dated, t.since) {
			if key := name + "/" + m.key + m.act.ID; !t.did[key] {
				all = append(all, event{at: m.act.At, key: key, act: &m})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.at.Compare(b.at) })
	return all
}

// happens is when the next act comes.
func (t *talkWalk) happens() (time.Time, bool) {
	all := t.events()
	if len(all) == 0 {
		return time.Time{}, false
	}
	return all[0].at, true
}

// next does the next act.
func (t *talkWalk) next(d *desk) {
	e := t.events()[0]
	t.did[e.key] = true
	t.to(e.at.Add(1))
	if e.state != nil {
		t.affected(e.task, *e.state)
		return
	}
	opened := t.course.State != act.TalkOpen
	t.do(*e.act)
	if opened && t.course.State == act.TalkOpen && e.act.act.Kind == act.Approve {
		if host := d.host(t, e.at); host != nil {
			host.takes(t, e.at)
			d.talks = slices.DeleteFunc(d.talks, func(other *talkWalk) bool { return other == t })
		}
	}
}

// affected changes the talk as an act on one of its tasks does (act.Rules.AffectedBy).
func (t *talkWalk) affected(task string, s state) {
	course, told, ok := t.eraAt(s.at).rules.AffectedBy(t.course, task, s.before, s.of, s.by)
	if ok {
		t.course = course
		t.say(told)
	}
}

// to lets the talk run until an instant, exclusive.
func (t *talkWalk) to(at time.Time) {
	for t.now.Before(at) {
		stop := at
		if next := t.eraAfter(t.now); next.Before(stop) {
			stop = next
		}
		said, after := t.eraAt(t.now).rules.TalkUntil(t.course, stop)
		t.course, t.now = after, stop
		t.say(said)
	}
}

func (t *talkWalk) do(m moment) {
	t.acted[m.key] = true
	after, told, refused := t.eraAt(m.act.At).rules.ActOnTalk(t.course, m.act)
	if refused != nil {
		if m.key != "" {
			t.Refused[m.key] = refused.Key
		}
		return
	}
	t.course = after
	t.say(told)
}

func (t *talkWalk) say(stages []plan.Stage) {
	for _, s := range stages {
		t.Stages = append(t.Stages, plan.Foretold{Task: t.id, Unit: t.course.Lead, Due: t.caseAt(s.At).Due, Stage: s})
	}
}
