package act

import (
	"slices"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Elsewhere names a task of another plan: the one that a task goes on as 结转, or the
// one that it comes from.
type Elsewhere struct {
	Plan string       `json:"plan"`
	Task string       `json:"task"`
	On   calendar.Day `json:"on"` // the day it was carried

	// Of where it comes from, as it stood on that day.
	Due   calendar.Day `json:"due,omitzero"`    // its limit
	Late  int          `json:"late,omitempty"`  // working days late
	Talks int          `json:"talks,omitempty"` // the highest number of a talk about it
}

// TalksBefore is the highest number of a talk about the task in the plan that it was
// carried from.
func (c Case) TalksBefore() int {
	if c.From == nil {
		return 0
	}
	return c.From.Talks
}

// Unsettled tells that somebody waits for something under the task beside its end: a
// ruling, a decision, a part, an answer; or that it is paused.
func (c Case) Unsettled() bool {
	return c.Report != nil || c.Return != nil || c.Extension != nil || c.Pause != nil ||
		slices.ContainsFunc(c.Parts, func(p Part) bool { return p.Given.IsZero() }) ||
		slices.ContainsFunc(c.Instructions, func(n Instruction) bool { return n.Answered.IsZero() })
}

// CheckCarry tells whether a task, or a duty, can go on as t in another plan; nil is
// yes. ended tells of a duty that has run its course: it goes on too.
func (c Case) CheckCarry(t plan.Task, ended bool) *Refusal {
	switch {
	case c.Into != nil:
		return refuse("carried_already", "Plan", c.Into.Plan, "Task", c.Into.Task)
	case c.Over() && !ended:
		return refuse("carry_over", "State", string(c.State), "Day", c.ClosedOn.String())
	case c.Kind != t.Kind || c.Kind == plan.Standing:
		return refuse("carry_kind")
	}
	return nil
}

// CarryOut is a task, an occurrence or a duty that goes on elsewhere: over, and not
// done. What it is owed and waits for goes along: see CarryIn.
func (b Book) CarryOut(before Case, a Act, into Elsewhere) Case {
	c := before
	c.unsay(a.At)
	c.State, c.ClosedOn, c.Into, c.Pause = Carried, a.On, &into, nil
	c = c.acted(a.ID)
	c.Track = pruned(c, b.Owed(c))
	return c
}

// CarryIn is a task, or an occurrence, that comes from another plan and goes on as t
// in p, whose book b is: as if an amendment had made t of it. Its acts, what waits
// and what has been said go along, so that nothing is said twice; a date that was
// missed stays missed, whatever the new one is.
func (b Book) CarryIn(before Case, p *plan.Plan, t plan.Task, a Act, from Elsewhere) Case {
	c := before
	c.unsay(a.At)
	c = b.seated(c, p, t, a)
	if c.Kind == plan.Dated && t.Due != c.Due {
		Effects[Correct].Apply(&c, Act{Due: t.Due, On: a.On})
	}
	from.Due, from.Late = before.Due, b.Late(before, a.On)
	missed := from.Late > 0 && !before.Inherited(b) && c.Lead == before.Lead && c.Due != before.Due && !c.Due.Before(a.On)
	c = b.renumbered(before, c, a)
	if missed {
		c.Misses = append(slices.Clone(c.Misses), Miss{Unit: before.Lead, Due: before.Due, Late: from.Late, On: a.On, Number: before.Number})
	}
	c.Begin, c.Publish, c.From = t.Begin, t.Publish, &from
	b.limits(&c)
	c.Track = pruned(c, b.Owed(c))
	return c
}

// CarryDuty is a duty that comes from another plan and goes on as t in p. was is its
// rule until then. It goes on after the last period that was asked for.
func (b Book) CarryDuty(before Case, was plan.Recurrence, p *plan.Plan, t plan.Task, a Act, from Elsewhere) Case {
	asked := was.AskedFor(before.Opened)
	if before.Fresh {
		asked = before.Asked
	}
	c := b.seated(before, p, t, a)
	rule := *t.Recur
	rule.From = rule.GoesOnFrom(was, asked, p)
	c.Rule, c.Asked, c.Fresh, c.Publish, c.From = &rule, asked, true, t.Publish, &from
	c.Restarted = a.At
	b.limits(&c)
	return c
}

// seated is a case in another plan: its seats, unit, words and rules.
func (b Book) seated(c Case, p *plan.Plan, t plan.Task, a Act) Case {
	due, lead, policy := c.Due, c.Lead, c.Policy
	c.Office, c.Leadership = p.Directory.Office, p.Directory.Leadership
	if t.Lead != c.Lead {
		Effects[Reassign].Apply(&c, Act{Unit: t.Lead, At: a.At, On: a.On})
	}
	Effects[Assist].Apply(&c, Act{Units: t.Assist, On: a.On})
	c.Policy, c.Title = t.Policy, t.Title
	if c.Kind == plan.Dated && t.Due != due || t.Lead != lead || t.Policy != policy {
		c.Restarted = a.At
	}
	if c.State == Closed { // a duty that had run its course
		c.State, c.ClosedOn = Open, calendar.Day{}
	}
	c.Revision++
	return c.acted(a.ID)
}

// CarryTalk is a talk about a task that goes on as another one in another plan: as it is
// from then on in the old plan, where it ends with the last of its tasks that leaves, and
// in the new one, where it is about that task alone: see Along. of and id are the task's
// IDs in the old plan and in the new one.
func (b Book) CarryTalk(before TalkCase, of string, task Case, id string, a Act) (out, in TalkCase) {
	in = before
	in.unsay(a.At)
	out = in
	all := slices.Clone(before.Of())
	i := max(0, before.member(of))
	mine := all[i]
	all[i].Ended = a.On
	out.Members = all
	out.Acts++
	switch {
	case !slices.ContainsFunc(all, func(m Member) bool { return m.Ended.IsZero() }):
		out.State = TalkCarried
	default:
		out = b.resaidOfTalk(before, out.weighed(a), a.At)
	}
	mine.Task = id
	in.Task, in.Office, in.Leadership, in.Policy = id, task.Office, task.Leadership, task.Policy
	in.Members, in.About = []Member{mine}, mine.About
	in.Acts++
	in.Revision++
	return out, in.weighed(a)
}

// Along is a talk in a new plan once another task that it was about in the old one is
// carried there too. in is what CarryTalk gives of that task.
func (b Book) Along(before, in TalkCase, a Act) TalkCase {
	c := before
	c.unsay(a.At)
	c.Members = append(slices.Clone(c.Of()), in.Of()...)
	c = c.WithGrounds(in.Grounds).weighed(a)
	c.Acts++
	return b.resaidOfTalk(before, c, a.At)
}
