package act

import (
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Said is one rung that has been said, or is decided to be: of what, about which
// date, when.
type Said struct {
	Of    string         `json:"of"` // Owed.ID
	ID    string         `json:"id"` // the rung's
	Kind  plan.StageKind `json:"kind"`
	About int            `json:"about,omitempty"` // of Finish: Case.Number, the date it was about
	Limit calendar.Day   `json:"limit,omitzero"`  // of others: the limit it was about
	Late  bool           `json:"late,omitempty"`  // of Finish: the date had passed when it was said
	At    time.Time      `json:"at"`
}

// Say is the case with a stage among what has been said: itself, and what had
// become one with it.
func (b Book) Say(c Case, s plan.Stage) Case {
	of := OwedID(s)
	limit := c.Due
	if s.Topic != "" && s.Topic != plan.TopicAcknowledge {
		limit = s.Limit
	}
	said := slices.Clone(c.Said)
	if len(b.Undone) > 0 && slices.ContainsFunc(said, func(k Said) bool { return k.Of == of && k.ID == s.ID && (of != Finish || k.About == c.Number) }) {
		c.Revision++ // what is said once more bears another name
	}
	for _, id := range append(slices.Clone(s.Merged), s.ID) {
		one := Said{Of: of, ID: id, Kind: s.Kind, At: s.At}
		if of == Finish {
			one.About, one.Late = c.Number, b.day(s.At).After(c.Due)
		} else {
			one.Limit = limit
		}
		said = append(said, one)
	}
	c.Said = said
	return c
}

// OwedID is the ID of what a stage of a task chases.
func OwedID(s plan.Stage) string {
	switch s.Topic {
	case "":
		return Finish
	case plan.TopicAcknowledge:
		return Receive
	case TopicSilent:
		return TopicSilent
	}
	return s.ID[:strings.LastIndex(s.ID, "-")] // part-1 of part-1-remind
}

// Speaks tells whether a stage that was decided is still to be said: no act has
// come between that takes it back.
func (c Case) Speaks(s plan.Stage) bool {
	if s.Kind == plan.Told {
		return true // it has happened
	}
	of := OwedID(s)
	return slices.ContainsFunc(c.Said, func(k Said) bool { return k.Of == of && k.ID == s.ID && k.At.Equal(s.At) })
}

// unsaid is the case without what is decided for an instant after at: an act that
// comes before a stage speaks comes first.
func (c Case) unsaid(at time.Time) Case {
	if slices.ContainsFunc(c.Said, func(s Said) bool { return s.At.After(at) }) {
		c.Said = slices.DeleteFunc(slices.Clone(c.Said), func(s Said) bool { return s.At.After(at) })
	}
	return c
}

// resaid is the case after an act with what before had decided for later put
// back, as far as it is to be said at the same instant all the same.
func (b Book) resaid(before, c Case, at time.Time) Case {
	var last time.Time
	for _, s := range before.Said {
		if s.At.After(at) && s.At.After(last) {
			last = s.At
		}
	}
	if last.IsZero() {
		return c
	}
	for next := b.Next(c); next != nil && !next.At.After(last) && before.Speaks(*next); next = b.Next(c) {
		c = b.Say(c, *next)
	}
	if len(c.Said) != len(before.Said) && !c.Over() {
		c.Revision++ // what is said another time bears another name
	}
	return c
}

// hasMissed tells that a date with this number was missed, and the unit told so.
func (c Case) hasMissed(number int) bool {
	return slices.ContainsFunc(c.Missed, func(d Dated) bool { return d.Number == number })
}

// pruned is the case without what was said of things that are not owed any more.
func (b Book) pruned(c Case) Case {
	if c.State == Cancelled { // it may be reinstated
		return c
	}
	owed := map[string]bool{}
	for _, o := range b.Owed(c) {
		owed[o.ID] = true
	}
	c.Said = slices.DeleteFunc(slices.Clone(c.Said), func(s Said) bool {
		return !owed[s.Of] || s.Of == Finish && s.About != c.Number && !c.hasMissed(s.About) || s.Of == Receive && !s.At.After(c.Assigned)
	})
	if len(c.Said) == 0 {
		c.Said = nil
	}
	return c
}
