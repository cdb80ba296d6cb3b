package script

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
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

// horizon is where talks that nobody decides are not followed any further.
func (f *foreteller) horizon() time.Time {
	until := f.until
	if until.IsZero() {
		until = calendar.NewDay(f.eras[0].plan.Year+1, time.December, 31)
	}
	return until.End(f.eras[0].book.Zone)
}

// talk is one talk from its call to the end of its stages. With its task
// cancelled it is over.
func (w *walk) talk(number int, c called) {
	e := w.eraAt(c.at)
	talk := act.TalkCase{Task: w.id, What: plan.ProposeTalk, State: act.TalkPending, Number: number, Lead: c.of.Lead, Office: c.of.Office,
		Leadership: c.of.Leadership, Policy: ledger.TalkPolicy(e.plan, ledger.Task{Policy: c.of.Policy}), Origin: act.OriginStage}
	var course act.TalkCourse
	if c.hand == nil {
		course = e.book.OpenTalk(talk, c.at)
	} else {
		w.acted[c.hand.key] = true
		talk.Origin, talk.Lead = act.OriginHand, cmp.Or(c.hand.act.Unit, c.of.Lead)
		c.hand.act.Unit = talk.Lead
		var refused *act.Refusal
		if course, refused = e.book.Propose(talk, c.hand.act); refused != nil {
			w.Refused[c.hand.key] = refused.Key
			return
		}
	}
	to := never
	if last := w.states[len(w.states)-1]; last.of.State == act.Cancelled ||
		last.of.State == act.Closed && c.hand == nil && course.State == act.TalkProposed {
		to = last.at // it is void
	}
	t := &talkWalk{walk: w, due: c.of.Due, course: course, now: c.at}
	for _, m := range w.moments(OnTalk, fmt.Sprintf("%s#%d", w.id, number), plan.Dated, c.at) {
		t.to(m.act.At.Add(1), to)
		t.do(m)
	}
	t.to(never, to)
}

type talkWalk struct {
	*walk
	due    calendar.Day
	course act.TalkCourse
	now    time.Time
}

// to lets the talk run until an instant, exclusive, but not past end.
func (t *talkWalk) to(at, end time.Time) {
	if end.Before(at) {
		at = end
	}
	if t.course.State == act.TalkProposed && t.horizon().Before(at) {
		at = t.horizon() // it is said again and again until a leader decides
	}
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
	if m.act.Kind == act.Recalendar && t.when == nil && t.course.SaysAs(after) {
		return // the engine leaves alone what does not move
	}
	t.course = after
	t.say(told)
}

func (t *talkWalk) say(stages []plan.Stage) {
	for _, s := range stages {
		t.Stages = append(t.Stages, plan.Foretold{Task: t.id, Unit: t.course.Lead, Due: t.due, Stage: s})
	}
}
