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
	Gone    calendar.Day `json:"gone,omitzero"`     // since when what was missed is no longer so
	Ended   calendar.Day `json:"ended,omitzero"`    // the day on which the task was cancelled, or was carried into another plan
	Checked calendar.Day `json:"checked,omitzero"`  // the day on which its rectification was verified, in this round
}

// Called is a task whose ladder calls its unit to a talk at an instant.
type Called struct {
	Task string
	At   time.Time
}

// Compare is the order in which what a unit is called for makes talks: by instant, then by
// the task's ID. The first is the talk, and the others join it. It asks nothing else, so
// that the preview and every machine give the same.
func (c Called) Compare(other Called) int {
	return cmp.Or(c.At.Compare(other.At), strings.Compare(c.Task, other.Task))
}

// CallsUntil are the instants, the last of them until, at which a task's ladder still
// calls for a talk if nobody does anything.
func (b Book) CallsUntil(c Case, until time.Time) (all []time.Time) {
	said, _, _ := b.Play(Course{Case: c}, nil, until.Add(1))
	for _, s := range said {
		if b.calls(c, s) {
			all = append(all, s.At)
		}
	}
	return all
}

// calls tells that a stage of a task calls for a talk.
func (b Book) calls(c Case, s plan.Stage) bool {
	return s.Kind == plan.Talk && b.Policies[c.Policy].Talk != nil
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

// With is a talk that is about the tasks of another too, from an instant of a day on. One
// that waits because its tasks are paused goes on with those.
func (c TalkCase) With(other TalkCase, on calendar.Day, at time.Time) TalkCase {
	_, held := c.Taken[StepHeld]
	all := slices.Clone(c.Of())
	for _, m := range other.Of() {
		m.On, m.Further = on, held
		if i := slices.IndexFunc(all, func(k Member) bool { return k.Task == m.Task }); i < 0 {
			all = append(all, m)
		} else if !all[i].live() {
			all[i] = m // it was missed anew
		}
	}
	c.Members = all
	return c.weighed(Act{On: on, At: at}).WithGrounds(other.Grounds)
}

// Takes tells that a talk of the same unit that opens goes on as part of this one: it is
// open and not held yet; or, where the policy lets what is missed later join the
// rectification (plan.Talks.Later), the rectification is not verified.
func (b Book) Takes(c TalkCase) bool {
	if c.State != TalkOpen || c.What != plan.ProposeTalk || c.Doubt != nil || c.took(StepVerified) {
		return false
	}
	p := b.talkPolicy(c)
	return !c.took(StepHeld) || p.Talk != nil && cmp.Or(p.Talk.Later, plan.LaterJoins) == plan.LaterJoins
}

// FoundedBy is Founded of a talk about several tasks: what it rests on still is so for
// one of them. of gives a task.
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

// member is where a task is among those of a talk that are not over for it; -1: nowhere.
func (c TalkCase) member(task string) int {
	return slices.IndexFunc(c.Of(), func(m Member) bool { return m.Task == task && m.Ended.IsZero() })
}

// Rests tells that a talk rests on one of its tasks still, or was kept all the same.
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

// checked is a talk once a verification names a task, or all of them: the step is taken
// when every task is verified that the talk rests on.
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
