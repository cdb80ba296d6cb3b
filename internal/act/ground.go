package act

import (
	"slices"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// AffectedBy is what an act on one of a talk's tasks makes of the talk. A talk rests
// on a date that was missed: when that date moves into the future, or the task is
// done before the talk was held, what has not happened yet of it is withdrawn, or
// put before a leader to end or keep; what has happened stays. While its task is
// paused a talk waits too. ok is false when the act changes nothing about it.
//
// A talk that only waits to open, and a proposal nobody has decided, are withdrawn
// and void; told says so to those who were asked. An open talk gets a Doubt. When the
// date is set back to the one that was missed, or the task is reinstated, the talk goes
// on, and the proposal is before the leader again. Neither the ladder nor a rule calls for
// a talk once more then, because the miss is the same.
//
// A talk about several tasks has lost what it rests on when that is so of every one of
// them: until then a task that is cancelled, done or given a date to come only leaves the
// talk. The talk waits while all its tasks are paused.
func (r Rules) AffectedBy(talk TalkCourse, task string, before, after Case, a Act) (course TalkCourse, told []plan.Stage, ok bool) {
	if talk.State == TalkOpen && talk.What == plan.ProposeCircular { // a circular that is out is not taken back
		return talk, nil, false
	}
	c := talk.TalkCase
	c.unsay(a.At)
	c.Members = slices.Clone(c.Of())
	i := slices.IndexFunc(c.Members, func(m Member) bool { return m.Task == task && m.Ended.IsZero() == (a.Kind != Reinstate) })
	if i < 0 {
		return talk, nil, false
	}
	m := &c.Members[i]
	founded := after.missed(m.About) && !before.missed(m.About) && after.Due.Before(a.On) && !before.Due.Before(a.On)
	gone := after.State == Closed && !c.took(StepHeld) || m.About != 0 && moved(before, after, a) && !after.missedBefore(TalkCase{Lead: c.Lead, About: m.About})
	topic := ""
	switch v := c.Voided; {
	case v != nil && c.State == TalkVoid && !v.Moved && a.Kind == Reinstate:
		topic, m.Ended, m.Paused = TopicRevived, calendar.Day{}, calendar.Day{}
		c = c.again(a)
	case v != nil && c.State == TalkVoid && v.Moved && founded && !after.Over():
		topic, m.Gone = TopicFounded, calendar.Day{}
		c = c.again(a)
	case c.Over():
		return talk, nil, false
	case a.Kind == Reinstate:
		m.Ended, m.Paused = calendar.Day{}, calendar.Day{}
	case after.State == Cancelled:
		m.Ended = a.On
	case after.State == Suspended && before.State != Suspended && c.State == TalkOpen:
		m.Paused = a.On
	case before.State == Suspended && after.State != Suspended && !m.Paused.IsZero():
		m.Paused = calendar.Day{}
	case founded && !m.Gone.IsZero():
		m.Gone = calendar.Day{}
	case !gone:
		return talk, nil, false
	}
	if gone {
		m.Gone, c.Kept = a.On, false
	}
	ended := !slices.ContainsFunc(c.Members, func(m Member) bool { return m.Ended.IsZero() })
	if !ended {
		c = c.weighed(a)
	}
	switch {
	case ended || c.State != TalkOpen && len(c.rests()) == 0:
		if c.State != TalkPending {
			topic = map[TalkState]string{TalkProposed: TopicWithdrawn, TalkOpen: TopicVoided}[c.State]
			if after.State != Closed {
				c.Voided = &Voided{From: c.State, On: a.On, Moved: after.State != Cancelled}
			}
		}
		c.State = TalkVoid
	case c.Doubt != nil && (gone || talk.Doubt == nil):
		topic = TopicDoubt
	case c.Doubt == nil && talk.Doubt != nil:
		topic = TopicFounded
	}
	if topic != "" {
		told = r.withdrawn(talk.TalkCase, a, topic)
	}
	c.Acts++
	return r.TalkCourse(r.resaidOfTalk(talk.TalkCase, c, a.At)), told, true
}

// weighed is a talk brought to what its tasks are now: it waits (Paused) while all tasks that it
// rests on are paused, and is in doubt (Doubt) when it rests on none of them and no leader has
// kept it.
func (c TalkCase) weighed(a Act) TalkCase {
	if c.State != TalkOpen || c.What != plan.ProposeTalk {
		return c
	}
	all := c.rests()
	none := len(all) == 0
	if none {
		all = slices.DeleteFunc(slices.Clone(c.Of()), func(m Member) bool { return !m.Ended.IsZero() })
	}
	switch waits := len(all) > 0 && !slices.ContainsFunc(all, func(m Member) bool { return m.Paused.IsZero() }); {
	case waits && c.Paused.IsZero():
		c.Paused = a.On
	case !waits && !c.Paused.IsZero():
		if a.On.After(c.Paused) {
			c.Halts = append(slices.Clone(c.Halts), Halt{From: c.Paused, Until: a.On})
		}
		c.Paused, c.Restarted = calendar.Day{}, a.At
	}
	switch {
	case none && !c.Kept && c.Doubt == nil:
		c.Doubt = &Mark{On: a.On, By: a.By.Name, Words: a.Reason}
	case !none && c.Doubt != nil:
		c.settle(a)
	}
	return c
}

// again is a talk or proposal that was void and goes on by an act: the days in which it
// was void count for nobody.
func (c TalkCase) again(a Act) TalkCase {
	v := c.Voided
	c.State, c.Voided, c.Restarted = v.From, nil, a.At
	c.Revision++
	if !c.Paused.IsZero() && v.On.After(c.Paused) { // the pause ended with the task
		c.Halts = append(slices.Clone(c.Halts), Halt{From: c.Paused, Until: v.On})
	}
	c.Paused = calendar.Day{}
	if a.On.After(v.On) {
		c.Halts = append(slices.Clone(c.Halts), Halt{From: v.On, Until: a.On})
	}
	return c
}

// moved tells that an act gives a task a date that is still to come.
func moved(before, after Case, a Act) bool {
	return after.Due != before.Due && !after.Due.Before(a.On)
}

// Founded tells that what a talk rests on still holds for a task. While the talk's unit leads
// the task: its present due date is the one that the talk is about, or that date was missed in
// an earlier plan, or the talk is about no date (About 0). When another unit leads the task: the
// talk's unit missed a date of it while it led. A talk that a leader has kept is founded in any
// case.
func (c TalkCase) Founded(task Case) bool {
	if c.Lead != task.Lead {
		return c.Kept || slices.ContainsFunc(task.Misses, func(m Miss) bool { return m.Unit == c.Lead || slices.Contains(c.Formerly, m.Unit) })
	}
	return c.Kept || c.About == 0 || task.missed(c.About) || task.missedBefore(c)
}

// missed tells that the present due date has this number, or was missed under it before: a date
// that is set again may have been missed under two numbers.
func (c Case) missed(number int) bool {
	return c.Number == number || slices.Contains(c.Missed, Dated{number, c.Due})
}

// missedBefore tells that a talk rests on a date that its unit missed in an earlier plan. No new
// date of the task undoes that miss.
func (c Case) missedBefore(talk TalkCase) bool {
	return talk.About != 0 && slices.ContainsFunc(c.Misses, func(m Miss) bool { return m.Unit == talk.Lead && m.Number == talk.About })
}

// withdrawn is the message to the leadership and the office, by topic, that a proposal or a talk
// is void, that a leader is to end or keep an open talk whose ground has gone, or that the talk
// or proposal goes on because its ground holds again. The head of the unit called hears too when
// an open talk ends, or goes on with its reinstated task.
func (r Rules) withdrawn(c TalkCase, a Act, topic string) []plan.Stage {
	to := c.as().to(people.Leader, people.Office)
	if topic == TopicVoided || a.Kind == Reinstate && c.Voided != nil && c.Voided.From == TalkOpen {
		to = append(c.as().to(people.Head), to...)
	}
	return []plan.Stage{{ID: toldID(c.Acts+1, Kind(topic)), Kind: plan.Told, At: r.toldAt(r.Policies[c.Policy], a, calendar.Day{}),
		To:     r.People.Once(to),
		Matter: plan.Matter{Topic: topic, Words: a.words(), By: a.By.Name}}}
}
