package script

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/plan"
)

// called is a talk that a stage of a task calls for, or that a person proposes.
type called struct {
	of   act.Case // the task, as it was then
	at   time.Time
	hand *moment // nil when a stage calls for it
}

// openTalks are the lives of the talks about a task, numbered in order.
func (w *walk) openTalks() {
	for _, m := range w.moments(Propose, w.id, plan.Dated, time.Time{}) {
		w.talks = append(w.talks, called{of: w.caseAt(m.act.At), at: m.act.At, hand: &m})
	}
	slices.SortStableFunc(w.talks, func(a, b called) int { return a.at.Compare(b.at) })
	for i, c := range w.talks {
		w.talk(i+1, c)
	}
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

// talk is one talk from its call to the end of its stages, with what acts on its
// task make of it.
func (w *walk) talk(number int, c called) {
	e := w.eraAt(c.at)
	talk := act.TalkCase{About: c.of.Number, Task: w.id, What: plan.ProposeTalk, State: act.TalkPending, Number: number, Lead: c.of.Lead, Office: c.of.Office,
		Leadership: c.of.Leadership, Policy: act.TalkPolicy(e.plan, c.of.Policy), Origin: act.OriginStage}
	t := &talkWalk{walk: w, now: c.at}
	if c.hand == nil {
		t.course = e.book.OpenTalk(talk, c.at)
	} else {
		w.acted[c.hand.key] = true
		talk.Origin, talk.Lead = act.OriginHand, cmp.Or(c.hand.act.Unit, c.of.Lead)
		c.hand.act.Unit = talk.Lead
		course, refused := e.book.Propose(talk, c.hand.act)
		if refused != nil {
			w.Refused[c.hand.key] = refused.Key
			return
		}
		t.course = course
	}
	acts := w.moments(OnTalk, fmt.Sprintf("%s#%d", w.id, number), plan.Dated, c.at)
	states := slices.DeleteFunc(slices.Clone(w.states), func(s state) bool { return s.by.ID == "" || s.at.Before(c.at) })
	for len(acts) > 0 || len(states) > 0 {
		if len(states) > 0 && (len(acts) == 0 || !acts[0].act.At.Before(states[0].at)) {
			t.to(states[0].at.Add(1))
			t.affected(states[0])
			states = states[1:]
			continue
		}
		t.to(acts[0].act.At.Add(1))
		t.do(acts[0])
		acts = acts[1:]
	}
	t.to(never)
}

// affected is what an act on its task makes of the talk.
func (t *talkWalk) affected(s state) {
	course, told, ok := t.eraAt(s.at).book.Affected(t.course, s.before, s.of, s.by)
	if ok {
		t.course = course
		t.say(told)
	}
}

type talkWalk struct {
	*walk
	course act.TalkCourse
	now    time.Time
}

// to lets the talk run until an instant, exclusive.
func (t *talkWalk) to(at time.Time) {
	for t.now.Before(at) {
		stop := at
		if next := t.eraAfter(t.now); next.Before(stop) {
			stop = next
		}
		said, after, _ := t.eraAt(t.now).book.PlayTalk(t.course, nil, stop)
		t.course, t.now = after, stop
		t.say(said)
	}
}

func (t *talkWalk) do(m moment) {
	t.acted[m.key] = true
	after, told, refused := t.eraAt(m.act.At).book.ActOnTalk(t.course, m.act)
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
