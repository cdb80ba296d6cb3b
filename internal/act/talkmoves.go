package act

import (
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// recalendarTalk are the stages still to speak of a talk by another calendar, and
// whether one of them moves. Only what waits moves: what was said stands for the
// limit as it is now, and is not said of it again. What the calendar puts before
// now speaks on the next office morning; a reminder that would come no sooner than
// the word on its limit is let go.
func (b Book) recalendarTalk(before TalkCourse, c *TalkCase, a Act) (ladder []plan.Stage, moved bool) {
	anew := b.anew(*c)
	for _, s := range anew {
		if c.State == TalkOpen && !slices.ContainsFunc(before.Ladder, hasID(s.ID)) {
			c.stands(s.ID, s.At)
		}
	}
	for _, u := range before.Ladder {
		i := slices.IndexFunc(anew, hasID(u.ID))
		switch {
		case u.Kind == plan.Told:
			ladder = append(ladder, u)
		case i >= 0:
			ladder = append(ladder, b.onNewDay(u, anew[i], *c, a))
		}
	}
	all := slices.Clone(ladder)
	ladder = slices.DeleteFunc(ladder, func(s plan.Stage) bool {
		gone := tooLate(s, all)
		if gone {
			c.Spoken = append(slices.Clone(c.Spoken), Spoken{ID: s.ID, At: s.At})
		}
		return gone
	})
	byTime(ladder)
	return ladder, len(ladder) != len(before.Ladder) || slices.ContainsFunc(ladder, missingFrom(before.Ladder))
}

// anew are the stages of a talk as this book's calendar has them, said or not. Of
// a proposal that was asked for before, the next word comes with them.
func (b Book) anew(c TalkCase) []plan.Stage {
	if c.State != TalkProposed {
		stages := b.TalkLadder(b.talkPolicy(c), c.Lead, c.Since, c.Taken)
		for i := range stages {
			stages[i].ID = numbered(stages[i].ID, c.Round)
		}
		return stages
	}
	stages := b.proposal(c)
	if next, _ := b.Renew(TalkCourse{TalkCase: c}); !slices.ContainsFunc(stages, hasID(next.Ladder[0].ID)) {
		stages = append(stages, next.Ladder...)
	}
	return stages
}

// onNewDay is a stage that waits, u, at the instant that a calendar gives it, s.
func (b Book) onNewDay(u, s plan.Stage, c TalkCase, a Act) plan.Stage {
	switch p := b.talkPolicy(c); {
	case !s.At.Before(a.At):
	case u.At.Before(a.At):
		return u // it is being said
	default:
		s.MovedFrom = calendar.DayOf(s.At.In(b.Zone))
		s.At = b.At(p, b.Morning(p, a.At)).UTC()
	}
	return s
}

// tooLate tells a reminder that comes no sooner than the word on its limit.
func tooLate(s plan.Stage, ladder []plan.Stage) bool {
	step, round := StageStep(s.ID)
	return s.Kind == plan.Remind && slices.ContainsFunc(ladder, func(u plan.Stage) bool {
		other, n := StageStep(u.ID)
		return u.Kind == plan.Escalate && step == other && round == n && !s.At.Before(u.At)
	})
}

// stands makes what was said of a stage stand for its limit at another instant.
func (c *TalkCase) stands(id string, at time.Time) {
	c.Spoken = slices.Clone(c.Spoken)
	for i, k := range c.Spoken {
		if k.ID == id && k.At.Before(at) {
			c.Spoken[i].At = at
		}
	}
}

func hasID(id string) func(plan.Stage) bool {
	return func(s plan.Stage) bool { return s.ID == id }
}

// SaysAs tells that two courses of a talk say the same at the same instants.
func (c TalkCourse) SaysAs(o TalkCourse) bool {
	return slices.EqualFunc(c.Ladder, o.Ladder, func(x, y plan.Stage) bool { return x.ID == y.ID && x.At.Equal(y.At) }) &&
		slices.EqualFunc(c.Spoken, o.Spoken, func(x, y Spoken) bool { return x.ID == y.ID && x.At.Equal(y.At) })
}
