package act

import (
	"slices"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// Affected is what an act on a task makes of one of the task's talks. A talk rests
// on a date that was missed: when that date moves into the future, or the task is
// done before the talk was held, what has not happened yet of it is withdrawn, or
// put before a leader to end or keep; what has happened stays. While its task is
// paused a talk waits too. ok is false when the act changes nothing about it.
//
// A talk that only waits to open, and a proposal nobody has decided, are withdrawn
// and void; told says so to those who were asked. An open talk gets a Doubt. When the
// date is set back to the one that was missed, the talk goes on, and the proposal is
// before the leader again: a slip neither punishes nor acquits, and neither the ladder
// nor a rule calls for it once more, for the miss is the same.
//
// A talk about several tasks has lost what it rests on when all of them have: until
// then one that is cancelled, done or given a date to come only leaves it, and it waits
// while all are paused.
func (b Book) Affected(talk TalkCourse, before, after Case, a Act) (course TalkCourse, told []plan.Stage, ok bool) {
	return b.AffectedBy(talk, talk.Task, before, after, a)
}

// AffectedBy is Affected by an act on one of the talk's tasks.
func (b Book) AffectedBy(talk TalkCourse, task string, before, after Case, a Act) (course TalkCourse, told []plan.Stage, ok bool) {
	if a.Kind == Reinstate {
		return b.reinstated(talk, task, a)
	}
	i := talk.member(task)
	if i < 0 {
		return talk, nil, false
	}
	about := talk.Of()[i].About
	founded := after.missed(about) && !before.missed(about) && after.Due.Before(a.On) && !before.Due.Before(a.On)
	if v := talk.Voided; v != nil && v.Moved && talk.State == TalkVoid && founded && !after.Over() {
		c := talk.TalkCase.again(a)
		c.Members[i].Gone = calendar.Day{}
		c.Acts++
		return b.TalkCourse(c), b.withdrawn(talk.TalkCase, a, TopicFounded), true
	}
	if talk.Over() {
		return talk, nil, false
	}
	c := talk.TalkCase
	c.unsay(a.At)
	c.Members = slices.Clone(c.Of())
	m := &c.Members[i]
	it := TalkCase{Lead: c.Lead, About: m.About, Kept: c.Kept}
	gone := after.State == Closed && !c.took(StepHeld) || moved(before, after, a) && !after.missedBefore(it)
	switch {
	case after.State == Cancelled:
		m.Ended = a.On
		if slices.ContainsFunc(c.Members, func(m Member) bool { return m.Ended.IsZero() }) {
			if c.State == TalkOpen && len(c.rests()) == 0 && c.Doubt == nil { // of the others it has lost what it rests on before
				c = c.doubted(a)
				told = b.withdrawn(c, a, TopicDoubt)
			}
			break
		}
		if c.State == TalkProposed || c.State == TalkOpen {
			talk.Voided = &Voided{From: c.State, On: a.On}
		}
		switch c.State {
		case TalkProposed:
			told = b.withdrawn(c, a, TopicWithdrawn)
		case TalkOpen:
			told = b.withdrawn(c, a, TopicVoided)
		}
		return talk.Void(), told, true
	case a.Kind == Suspend && c.State == TalkOpen:
		m.Paused = a.On
		if c.Paused.IsZero() && !slices.ContainsFunc(c.rests(), func(m Member) bool { return m.Paused.IsZero() }) {
			c.Paused = a.On
		}
	case a.Kind == Resume && !m.Paused.IsZero():
		m.Paused = calendar.Day{}
		if !c.Paused.IsZero() {
			c.goesOn(a.On, a.At)
		}
		if gone {
			m.Gone = a.On
			if len(c.rests()) == 0 {
				c = c.doubted(a)
				told = b.withdrawn(c, a, TopicDoubt)
			}
		}
	case gone:
		m.Gone = a.On
		if len(c.rests()) > 0 {
			break
		}
		if c.State == TalkProposed {
			told = b.withdrawn(c, a, TopicWithdrawn)
			if after.State != Closed {
				talk.Members, talk.Voided = c.Members, &Voided{From: c.State, On: a.On, Moved: true}
			}
		}
		if c.State != TalkOpen {
			return talk.Void(), told, true
		}
		c = c.doubted(a)
		told = b.withdrawn(c, a, TopicDoubt)
	case !m.Gone.IsZero() && founded:
		m.Gone = calendar.Day{}
		if c.Doubt != nil {
			c.settle(a)
			told = b.withdrawn(c, a, TopicFounded)
		}
	default:
		return talk, nil, false
	}
	c.Acts++
	c = b.resaidOfTalk(talk.TalkCase, c, a.At)
	return b.TalkCourse(c), told, true
}

// reinstated is a talk once one of its tasks that was cancelled is taken up again: it is
// about that task again, and goes on where it had ended with the last of them.
func (b Book) reinstated(talk TalkCourse, task string, a Act) (course TalkCourse, told []plan.Stage, ok bool) {
	c := talk.TalkCase
	c.Members = slices.Clone(c.Of())
	i := slices.IndexFunc(c.Members, func(m Member) bool { return m.Task == task })
	if i < 0 {
		return talk, nil, false
	}
	v := c.Voided
	switch {
	case v != nil && !v.Moved && c.State == TalkVoid:
		for j := range c.Members {
			if j != i && c.Members[j].Ended.IsZero() { // the last to be cancelled
				c.Members[j].Ended = v.On
			}
		}
		c = c.again(a)
		told = b.withdrawn(talk.TalkCase, a, TopicRevived)
	case !c.Over() && !c.Members[i].Ended.IsZero():
	default:
		return talk, nil, false
	}
	c.Members[i].Ended, c.Members[i].Paused = calendar.Day{}, calendar.Day{}
	c.Acts++
	return b.TalkCourse(c), told, true
}

// again is a talk or proposal that was void and goes on by an act: the days in which it
// was void count for nobody.
func (c TalkCase) again(a Act) TalkCase {
	v := c.Voided
	c.Members = slices.Clone(c.Of())
	c.State, c.Voided, c.Restarted = v.From, nil, a.At
	c.Revision++
	if !c.Paused.IsZero() && v.On.After(c.Paused) { // the pause ended with the task
		c.Stood = append(slices.Clone(c.Stood), Stand{From: c.Paused, Until: v.On})
	}
	c.Paused = calendar.Day{}
	if a.On.After(v.On) {
		c.Stood = append(slices.Clone(c.Stood), Stand{From: v.On, Until: a.On})
	}
	return c
}

// moved tells that an act gives a task a date that is still to come.
func moved(before, after Case, a Act) bool {
	return after.Due != before.Due && !after.Due.Before(a.On)
}

// Founded tells that what a talk rests on still is so: its unit's date is the one it
// was about, or was so until another unit was given the task, or a leader has kept
// the talk all the same.
func (c TalkCase) Founded(task Case) bool {
	if c.Lead != task.Lead {
		return c.Kept || slices.ContainsFunc(task.Misses, func(m Miss) bool { return m.Unit == c.Lead || slices.Contains(c.Formerly, m.Unit) })
	}
	return c.Kept || c.About == 0 || task.missed(c.About) || task.missedBefore(c)
}

// missed tells that the date that counts is the one of a number, or one that was missed
// under it: a date set again may have been missed twice.
func (c Case) missed(number int) bool {
	return c.Number == number || slices.Contains(c.Missed, Dated{number, c.Due})
}

// missedBefore tells that a talk rests on a date that its unit missed in an earlier
// plan: no other date touches that.
func (c Case) missedBefore(talk TalkCase) bool {
	return talk.About != 0 && slices.ContainsFunc(c.Misses, func(m Miss) bool { return m.Unit == talk.Lead && m.Number == talk.About })
}

func (c TalkCase) doubted(a Act) TalkCase {
	if c.Doubt == nil {
		c.Doubt = &Mark{On: a.On, By: a.By.Name, Words: a.Reason}
	}
	return c
}

// withdrawn tells the leadership and the office that a proposal is void, or asks
// what becomes of an open talk, because what it rested on has gone; or says that it
// goes on, because that has come back. That it has ended the head of the unit called
// hears too.
func (b Book) withdrawn(c TalkCase, a Act, topic string) []plan.Stage {
	to := c.as().to(people.Leader, people.Office)
	if topic == TopicVoided || a.Kind == Reinstate && c.Voided != nil && c.Voided.From == TalkOpen {
		to = append(c.as().to(people.Head), to...)
	}
	return []plan.Stage{{ID: toldID(c.Acts+1, Kind(topic)), Kind: plan.Told, At: b.toldAt(b.Policies[c.Policy], a, calendar.Day{}),
		To:     b.People.Once(to),
		Matter: plan.Matter{Topic: topic, Words: a.words(), By: a.By.Name}}}
}
