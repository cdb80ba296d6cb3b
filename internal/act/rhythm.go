package act

import (
	"slices"
	"strconv"
	"strings"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// askedOf are the seats that a stage asks for a decision or an answer, by the stage's topic. It
// has the topics that are no act's: those of acts are in News.Asks. Reminders of a limit are not
// among them.
var askedOf = map[string][]people.Role{
	TopicProposal: {people.Leader}, TopicDoubt: {people.Leader}, TopicExtension: ofHeads, TopicReport: {people.Office},
	TopicOrder: ofUnit, plan.ProposeCircular: ofUnit,
}

// asks tells that a stage asks one of its recipients itself for something.
func asks(s plan.Stage, r people.Recipient) bool {
	row, _ := Topic(Kind(s.Topic))
	return slices.Contains(askedOf[s.Topic], r.Role) || slices.Contains(row.News.Asks, r.Role)
}

// WordTo is a stage as one recipient hears it, in the form that the policy's rhythm puts into
// messages (Rules.Place). thing is the ID of the task, or of the talk for a stage of a talk.
// limit is the day by which what the stage is about is to be done, zero where there is none.
func WordTo(thing string, s plan.Stage, r people.Recipient, limit calendar.Day) plan.Word {
	w := plan.Word{Role: r.Role, Of: thing + "/" + aboutOf(s), Kind: s.Kind, Light: s.Light, At: s.At, Asks: asks(s, r)}
	before := s.Kind.Gravity() <= plan.DueDay.Gravity() && s.Kind != plan.Told || s.Topic == TopicOrder
	if acts := r.Role == people.Liaison || r.Role == people.Office || w.Asks; acts && before {
		w.Until = limit
	}
	return w
}

// OwnPace is the pace of messages that the person on a seat has chosen.
func (r Rules) OwnPace(to people.Recipient) plan.Pace {
	c, _ := r.People.Contact(to)
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

// Settled tells that the decision which a message asks for has been made since, or is asked for
// no more: whoever has decided is not asked again the next morning. s is the message about a
// return, a request for an extension or a completion report; Settled is false for every other
// stage.
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

// Settled is Case.Settled for the message that a talk or circular was proposed.
func (c TalkCase) Settled(s plan.Stage) bool {
	return s.Kind == plan.Told && s.Topic == string(Propose) && c.State != TalkProposed
}

// Limit is the day by which what a stage of the task is about is to be done; zero
// where there is none.
func (r Rules) Limit(c Case, s plan.Stage) calendar.Day { return r.limitOf(s, c.Due) }

func (r Rules) limitOf(s plan.Stage, due calendar.Day) calendar.Day {
	switch s.Topic {
	case "", plan.TopicAcknowledge:
		return due
	case TopicOrder:
		if r.day(s.At).After(due) {
			return calendar.Day{} // the order of a task that is late already names no limit
		}
		return due
	}
	return s.Matter.Limit
}

// TalkLimit is Limit of a stage of a talk.
func (r Rules) TalkLimit(c TalkCase, s plan.Stage) calendar.Day {
	if step, round := StageStep(s.ID); round > 0 && s.Topic == "" {
		return r.StepLimit(c, step)
	}
	return s.Matter.Limit
}

// SameMatter tells that two stages of one task, or of one talk, are about one thing owed.
func SameMatter(a, b plan.Stage) bool { return aboutOf(a) == aboutOf(b) }
