package act

import (
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Track is what a task and a talk have in common: how far its acts have come, and what
// has been said of what is owed about it.
type Track struct {
	Revision  int       `json:"revision"`           // grows when a stage that was decided is to be said at another time: the stage then has another name in the ledger (ledger.Effect)
	Restarted time.Time `json:"restarted,omitzero"` // instant of the last act that let the clock, or the ladder, begin anew (Row.Restarts)
	Said      []Said    `json:"said,omitempty"`     // what has been said of what is owed now
	Acts      int       `json:"acts,omitempty"`     // how many so far
	Known     []string  `json:"known,omitempty"`    // IDs of the last few
}

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

// Say is the case with a stage among what has been said.
func (r Rules) Say(c Case, s plan.Stage) Case {
	c.Track = r.say(c, r.Owed(c), s)
	return c
}

// say is the track of a case with a stage, and the stages merged into it, added to what has been
// said. owed is what is owed about the case.
func (r Rules) say(c Case, owed []Owed, s plan.Stage) Track {
	one, t := Said{Of: OwedID(s), Kind: s.Kind, At: s.At}, c.Track
	if one.Of == Finish {
		one.About, one.Late = c.Number, r.day(s.At).After(c.Due)
	} else if i := slices.IndexFunc(owed, func(o Owed) bool { return o.ID == one.Of }); i >= 0 {
		one.Limit = owed[i].Limit
	}
	if slices.ContainsFunc(t.Said, func(k Said) bool { return k.Of == one.Of && k.ID == s.ID && k.About == one.About }) {
		t.Revision++ // a stage that is said once more, as about a limit that was moved, has another name in the ledger
	}
	t.Said = slices.Clone(t.Said)
	for _, id := range append(slices.Clone(s.Merged), s.ID) {
		one.ID = id
		t.Said = append(t.Said, one)
	}
	return t
}

// OwedID is the ID of what a stage chases.
func OwedID(s plan.Stage) string {
	if step, round := StageStep(s.ID); round > 0 {
		return step
	}
	switch s.Topic {
	case "":
		return Finish
	case plan.TopicAcknowledge:
		return Receive
	case TopicSilent:
		return TopicSilent
	case string(Propose):
		return OwedDecision
	}
	return s.ID[:strings.LastIndex(s.ID, "-")] // part-1 of part-1-remind
}

// Speaks tells whether a stage that was decided is still to be said: no act since then has taken
// it back.
func (t Track) Speaks(s plan.Stage) bool {
	return s.Kind == plan.Told || // the act of which the stage tells has happened
		slices.ContainsFunc(t.Said, func(k Said) bool { return k.ID == s.ID && k.At.Equal(s.At) })
}

// later tells what is decided for an instant after at.
func later(at time.Time) func(Said) bool { return func(s Said) bool { return s.At.After(at) } }

// unsay takes back the stages that are decided for an instant after at: an act that is done
// before a stage speaks comes first.
func (t *Track) unsay(at time.Time) {
	t.Said = slices.DeleteFunc(slices.Clone(t.Said), later(at))
}

// resaid is the track of a case after an act. Stages that the track before had decided for later
// are put back where they are still ahead at the same instant, and what was said of things no
// longer owed is left out.
func (r Rules) resaid(before Track, c Case, owed []Owed, ahead []plan.Stage, at time.Time) Track {
	if slices.ContainsFunc(before.Said, later(at)) {
		revision := c.Revision
		for _, s := range ahead {
			if before.Speaks(s) {
				c.Track = r.say(c, owed, s)
			}
		}
		c.Revision = revision // what is put back has the name by which it was decided
		if len(c.Said) != len(before.Said) && !c.Over() {
			c.Revision++ // a stage that is said at another time has another name in the ledger
		}
	}
	return pruned(c, owed)
}

// pruned is the track of a case without what was said of things that are not owed any more.
func pruned(c Case, owed []Owed) Track {
	if c.State == Cancelled { // a cancelled task may be reinstated
		return c.Track
	}
	c.Said = slices.DeleteFunc(slices.Clone(c.Said), func(s Said) bool {
		owes := slices.ContainsFunc(owed, func(o Owed) bool { return o.ID == s.Of })
		return !owes || s.Of == Finish && s.About != c.Number && !c.hasMissed(s.About) || s.Of == Receive && !s.At.After(c.Assigned)
	})
	if len(c.Said) == 0 {
		c.Said = nil
	}
	return c.Track
}

// hasMissed tells that a date with this number was missed, and the unit told so.
func (c Case) hasMissed(number int) bool {
	return slices.ContainsFunc(c.Missed, func(d Dated) bool { return d.Number == number })
}
