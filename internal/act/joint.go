package act

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Member is one task of a talk 合并约谈: a unit is called to one talk about all that it
// has missed, each task with a date of its own.
type Member struct {
	Task    string       `json:"task"`
	About   int          `json:"about,omitempty"`   // Case.Number of the date that was missed
	Due     calendar.Day `json:"due,omitzero"`      // that date
	On      calendar.Day `json:"on,omitzero"`       // the day it joined; zero of what the talk was opened for
	Further bool         `json:"further,omitempty"` // it joined after the talk was held: a further demand of the rectification
	Paused  calendar.Day `json:"paused,omitzero"`   // the task is paused since
	Gone    calendar.Day `json:"gone,omitzero"`     // the day since which the date is no longer a missed one
	Ended   calendar.Day `json:"ended,omitzero"`    // the day on which the task was cancelled, or was carried into another plan
	Checked calendar.Day `json:"checked,omitzero"`  // the day on which its rectification was verified, in this round
}

// Called is a task whose ladder calls its unit to a talk at an instant.
type Called struct {
	Task string
	At   time.Time
}

// Compare is the order in which stages that call a unit to a talk make talks: by instant, then
// by the task's ID. The first opens the talk, and the others join it. Nothing else decides, so
// that the preview and every machine give the same.
func (c Called) Compare(other Called) int {
	return cmp.Or(c.At.Compare(other.At), strings.Compare(c.Task, other.Task))
}

// CallsUntil are the instants, up to and including until, at which a task's ladder still calls
// for a talk if nobody does anything.
func (r Rules) CallsUntil(c Case, until time.Time) (all []time.Time) {
	said, _, _ := r.Play(Course{Case: c}, nil, until.Add(1))
	for _, s := range said {
		if r.calls(c, s) {
			all = append(all, s.At)
		}
	}
	return all
}

// calls tells that a stage of a task calls for a talk.
func (r Rules) calls(c Case, s plan.Stage) bool {
	return s.Kind == plan.Talk && r.Policies[c.Policy].Talk != nil
}

// live tells that a talk still rests on the task.
func (m Member) live() bool { return m.Gone.IsZero() && m.Ended.IsZero() }

// Of are the tasks that a talk is about, the one it was opened for first.
func (c TalkCase) Of() []Member {
	if len(c.Members) == 0 {
		return []Member{{Task: c.Task, About: c.About}}
	}
	return c.Members
}

// Has tells that a talk is about a task.
func (c TalkCase) Has(task string) bool {
	return slices.ContainsFunc(c.Of(), func(m Member) bool { return m.Task == task })
}

// With is a talk once the tasks of another have joined it, at an instant of a day. Where the
// talk waits because its own tasks are paused, it goes on when a task joins that is not.
func (c TalkCase) With(other TalkCase, on calendar.Day, at time.Time) TalkCase {
	_, held := c.Taken[StepHeld]
	all := slices.Clone(c.Of())
	for _, m := range other.Of() {
		m.On, m.Further = on, held
		if i := slices.IndexFunc(all, func(k Member) bool { return k.Task == m.Task }); i < 0 {
			all = append(all, m)
		} else if !all[i].live() {
			all[i] = m // the task was missed anew
		}
	}
	c.Members = all
	return c.weighed(Act{On: on, At: at}).WithGrounds(other.Grounds)
}

// Takes tells that another talk of the same unit, when it opens, becomes part of this one. This
// one is open, and either not held yet; or, where the policy lets what is missed later join the
// rectification (plan.Talks.Later), its rectification is not verified yet.
func (r Rules) Takes(c TalkCase) bool {
	if c.State != TalkOpen || c.What != plan.ProposeTalk || c.Doubt != nil || c.took(StepVerified) {
		return false
	}
	p := r.talkPolicy(c)
	return !c.took(StepHeld) || p.Talk != nil && cmp.Or(p.Talk.Later, plan.LaterJoins) == plan.LaterJoins
}

// FoundedBy is Founded of a talk about several tasks: what the talk rests on still holds for one
// of them. of gives the case of a task.
func (c TalkCase) FoundedBy(of func(task string) Case) bool {
	all := c.Of()
	if len(all) == 1 {
		return c.Founded(of(c.Task))
	}
	return slices.ContainsFunc(all, func(m Member) bool {
		one := c
		one.About = m.About
		return m.live() && one.Founded(of(m.Task))
	})
}

// member is the index in Of of a task that has not left the talk (Member.Ended); -1: there is
// none.
func (c TalkCase) member(task string) int {
	return slices.IndexFunc(c.Of(), func(m Member) bool { return m.Task == task && m.Ended.IsZero() })
}

// Rests tells that a talk still rests on one of its tasks, or that a leader has kept it although
// it rests on none.
func (c TalkCase) Rests() bool { return c.Kept || len(c.rests()) > 0 }

// rests are the members that the talk still rests on.
func (c TalkCase) rests() (all []Member) {
	for _, m := range c.Of() {
		if m.live() {
			all = append(all, m)
		}
	}
	return all
}

// checked is a talk once its office has verified the rectification of the task a.Ref, or of all
// its tasks when Ref is empty. The step (StepVerified) is taken when every task that the talk
// rests on is verified.
func (c TalkCase) checked(a Act) TalkCase {
	c.Members = slices.Clone(c.Of())
	for i, m := range c.Members {
		if a.Ref == "" || m.Task == a.Ref {
			c.Members[i].Checked = a.On
		}
	}
	return c
}

// unchecked tells that a task the talk rests on is not verified yet.
func (c TalkCase) unchecked() bool {
	return slices.ContainsFunc(c.rests(), func(m Member) bool { return m.Checked.IsZero() })
}
