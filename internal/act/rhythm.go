package act

import (
	"slices"
	"strconv"
	"strings"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// askedOf is what words that are no act's ask of whom beside the reminders of a limit: a
// leader's or the office's decision, or an answer of the unit.
var askedOf = map[string][]people.Role{
	TopicProposal: {people.Leader}, TopicDoubt: {people.Leader}, TopicExtension: ofHeads, TopicReport: {people.Office},
	TopicOrder: ofUnit, plan.ProposeCircular: ofUnit,
}

// asks tells that a stage asks one of its recipients itself for something.
func asks(s plan.Stage, r people.Recipient) bool {
	row, _ := Topic(Kind(s.Topic))
	return slices.Contains(askedOf[s.Topic], r.Role) || slices.Contains(row.News.Asks, r.Role)
}

// WordTo is a stage as its recipient hears it: what is put into a message by the
// rhythm of the policy. thing is the task's ID, or the talk's of a stage of its own.
// limit is the day by which what it is about is to be done, zero where there is none.
func WordTo(thing string, s plan.Stage, r people.Recipient, limit calendar.Day) plan.Word {
	w := plan.Word{Role: r.Role, Of: thing + "/" + aboutOf(s), Kind: s.Kind, Light: s.Light, At: s.At, Asks: asks(s, r)}
	before := s.Kind.Gravity() <= plan.DueDay.Gravity() && s.Kind != plan.Told || s.Topic == TopicOrder
	if acts := r.Role == people.Liaison || r.Role == people.Office || w.Asks; acts && before {
		w.Until = limit
	}
	return w
}

// OwnPace is what the person on a seat has chosen.
func (b Book) OwnPace(r people.Recipient) plan.Pace {
	c, _ := b.People.Contact(r)
	return plan.Pace(c.Pace)
}

// aboutOf names what a stage is about, so that two words of one thing owed have the
// same name.
func aboutOf(s plan.Stage) string {
	if s.Kind != plan.Told || s.Topic == string(Propose) {
		return OwedID(s)
	}
	if row, _ := Topic(Kind(s.Topic)); row.News.Owes != "" {
		if n, ok := strings.CutSuffix(strings.TrimPrefix(s.ID, "act-"), "-"+s.Topic); ok {
			return row.News.Owes + "-" + n
		}
	}
	return s.ID
}

// Settled tells of a word that told of an act which asked for a decision that it is made
// since, or asked for no more: whoever has decided is not asked the next morning.
func (c Case) Settled(s plan.Stage) bool {
	waits := map[string]*Pending{TopicReturn: c.Return, TopicExtension: c.Extension, TopicReport: c.Report}
	row, _ := Topic(Kind(s.Topic))
	topic := row.News.Owes
	if s.Kind != plan.Told || topic == "" {
		return false
	}
	q := waits[topic]
	return q == nil || aboutOf(s) != topic+"-"+strconv.Itoa(q.N)
}

// Settled is the same of a talk or circular that was proposed.
func (c TalkCase) Settled(s plan.Stage) bool {
	return s.Kind == plan.Told && s.Topic == string(Propose) && c.State != TalkProposed
}

// Limit is the day by which what a stage of the task is about is to be done; zero
// where there is none.
func (b Book) Limit(c Case, s plan.Stage) calendar.Day { return b.limitOf(s, c.Due) }

func (b Book) limitOf(s plan.Stage, due calendar.Day) calendar.Day {
	switch s.Topic {
	case "", plan.TopicAcknowledge:
		return due
	case TopicOrder:
		if b.day(s.At).After(due) {
			return calendar.Day{} // it is late already
		}
		return due
	}
	return s.Matter.Limit
}

// TalkLimit is Limit of a stage of a talk.
func (b Book) TalkLimit(c TalkCase, s plan.Stage) calendar.Day {
	if step, round := StageStep(s.ID); round > 0 && s.Topic == "" {
		return b.StepLimit(c, step)
	}
	return s.Matter.Limit
}

// SameMatter tells that two stages of one task, or of one talk, are about one thing owed.
func SameMatter(a, b plan.Stage) bool { return aboutOf(a) == aboutOf(b) }
