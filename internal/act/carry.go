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

	// Set of Case.From alone: the task of the other plan as it was on the day On.
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

// CheckCarry tells whether a task or a duty can go on as t in another plan; nil is yes. ended
// tells of a duty that falls due no more: it can go on although it is over.
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

// CarryOut is a task, an occurrence or a duty once act a has carried it into another plan: its
// state is Carried, which is over and not done. What is owed about it and waits for a decision
// goes on in the other plan: see CarryIn.
func (r Rules) CarryOut(before Case, a Act, into Elsewhere) Case {
	c := before
	c.unsay(a.At)
	c.State, c.ClosedOn, c.Into, c.Pause = Carried, a.On, &into, nil
	c = c.acted(a.ID)
	c.Track = pruned(c, r.Owed(c))
	return c
}

// CarryIn is a task or an occurrence of another plan that goes on as task t of plan p; r are the
// rules of p. It changes as if an amendment had made t of it. Its acts, its pending requests and
// what has been said of it go along, so that nothing is said twice. A date that was missed stays
// missed, whatever the new one is.
func (r Rules) CarryIn(before Case, p *plan.Plan, t plan.Task, a Act, from Elsewhere) Case {
	c := before
	c.unsay(a.At)
	c = r.seated(c, p, t, a)
	if c.Kind == plan.Dated && t.Due != c.Due {
		Effects[Correct].Apply(&c, Act{Due: t.Due, On: a.On})
	}
	from.Due, from.Late = before.Due, r.Late(before, a.On)
	missed := from.Late > 0 && !before.Inherited(r) && c.Lead == before.Lead && c.Due != before.Due && !c.Due.Before(a.On)
	c = r.renumbered(before, c, a)
	if missed {
		c.Misses = append(slices.Clone(c.Misses), Miss{Unit: before.Lead, Due: before.Due, Late: from.Late, On: a.On, Number: before.Number})
	}
	c.Begin, c.Publish, c.From = t.Begin, t.Publish, &from
	r.limits(&c)
	c.Track = pruned(c, r.Owed(c))
	return c
}

// CarryDuty is a duty of another plan that goes on as t in p; was is its rule in the other plan.
// In p it goes on after the last period that was asked for there (plan.Recurrence.GoesOnFrom).
func (r Rules) CarryDuty(before Case, was plan.Recurrence, p *plan.Plan, t plan.Task, a Act, from Elsewhere) Case {
	asked := was.AskedFor(before.Opened)
	if before.Fresh {
		asked = before.Asked
	}
	c := r.seated(before, p, t, a)
	rule := *t.Recur
	rule.From = rule.GoesOnFrom(was, asked, p)
	c.Rule, c.Asked, c.Fresh, c.Publish, c.From = &rule, asked, true, t.Publish, &from
	c.Restarted = a.At
	r.limits(&c)
	return c
}

// seated is a case with the seats, units, title and policy that the plan p and its task t give
// it.
func (r Rules) seated(c Case, p *plan.Plan, t plan.Task, a Act) Case {
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
	if c.State == Closed { // a duty that fell due no more goes on
		c.State, c.ClosedOn = Open, calendar.Day{}
	}
	c.Revision++
	return c.acted(a.ID)
}

// CarryTalk carries a talk along with one of its tasks, of, which goes on as the task id of
// another plan; task is the case of id. out is the talk in the old plan, where it ends when the
// last of its tasks has left. in is the talk in the new plan, about that task alone; Along joins
// further ones to it.
func (r Rules) CarryTalk(before TalkCase, of string, task Case, id string, a Act) (out, in TalkCase) {
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
		out = r.resaidOfTalk(before, out.weighed(a), a.At)
	}
	mine.Task = id
	in.Task, in.Office, in.Leadership, in.Policy = id, task.Office, task.Leadership, task.Policy
	in.Members, in.About = []Member{mine}, mine.About
	in.Acts++
	in.Revision++
	return out, in.weighed(a)
}

// Along is a talk that was carried into a new plan, once another task of it is carried there
// too. in is what CarryTalk gives for that task.
func (r Rules) Along(before, in TalkCase, a Act) TalkCase {
	c := before
	c.unsay(a.At)
	c.Members = append(slices.Clone(c.Of()), in.Of()...)
	c = c.WithGrounds(in.Grounds).weighed(a)
	c.Acts++
	return r.resaidOfTalk(before, c, a.At)
}
