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
func (b Book) Affected(talk TalkCourse, before, after Case, a Act) (course TalkCourse, told []plan.Stage, ok bool) {
	founded := after.missed(talk.About) && !before.missed(talk.About) && after.Due.Before(a.On) && !before.Due.Before(a.On)
	if v := talk.Voided; v != nil && talk.State == TalkVoid && (!v.Moved && a.Kind == Reinstate || v.Moved && founded && !after.Over()) {
		topic := TopicRevived
		if v.Moved {
			topic = TopicFounded
		}
		c := talk.TalkCase
		c.State, c.Voided, c.Restarted = v.From, nil, a.At
		c.Acts++
		c.Revision++
		if !c.Paused.IsZero() && v.On.After(c.Paused) { // the pause ended with the task
			c.Stood = append(slices.Clone(c.Stood), Stand{From: c.Paused, Until: v.On})
		}
		c.Paused = calendar.Day{}
		if a.On.After(v.On) {
			c.Stood = append(slices.Clone(c.Stood), Stand{From: v.On, Until: a.On})
		}
		return b.TalkCourse(c), b.withdrawn(talk.TalkCase, a, topic), true
	}
	if talk.Over() {
		return talk, nil, false
	}
	c := talk.unsaid(a.At)
	switch {
	case after.State == Cancelled:
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
		c.Paused = a.On
	case a.Kind == Resume && !c.Paused.IsZero():
		if a.On.After(c.Paused) {
			c.Stood = append(slices.Clone(c.Stood), Stand{From: c.Paused, Until: a.On})
		}
		c.Paused, c.Restarted = calendar.Day{}, a.At
		if moved(before, after, a) && !after.missedBefore(c) {
			c = c.doubted(a)
			told = b.withdrawn(c, a, TopicDoubt)
		}
	case moved(before, after, a) && !after.missedBefore(c), after.State == Closed && !c.took(StepHeld):
		if c.State == TalkProposed {
			told = b.withdrawn(c, a, TopicWithdrawn)
			if after.State != Closed {
				talk.Voided = &Voided{From: c.State, On: a.On, Moved: true}
			}
		}
		if c.State != TalkOpen {
			return talk.Void(), told, true
		}
		c = c.doubted(a)
		told = b.withdrawn(c, a, TopicDoubt)
	case c.Doubt != nil && founded:
		c.settle(a)
		told = b.withdrawn(c, a, TopicFounded)
	default:
		return talk, nil, false
	}
	c.Acts++
	c = b.resaidOfTalk(talk.TalkCase, c, a.At)
	return b.TalkCourse(c), told, true
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
	to := []people.Recipient{{Unit: c.Leadership, Role: people.Leader}, {Unit: c.Office, Role: people.Office}}
	if topic == TopicVoided || a.Kind == Reinstate && c.Voided != nil && c.Voided.From == TalkOpen {
		to = append([]people.Recipient{{Unit: c.Lead, Role: people.Head}}, to...)
	}
	return []plan.Stage{{ID: toldID(c.Acts+1, Kind(topic)), Kind: plan.Told, At: b.toldAt(b.Policies[c.Policy], a, calendar.Day{}),
		To:     b.People.Once(to),
		Matter: plan.Matter{Topic: topic, Words: a.words(), By: a.By.Name}}}
}
