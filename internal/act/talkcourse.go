package act

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// TopicProposal is the Matter of the stages about a proposal nobody has decided.
const TopicProposal = "proposal"

// stepDecided is the step of a proposal: talk-decided-remind.
const stepDecided = "decided"

// TalkCourse is one talk under way: the case, and the stages still to speak by time.
type TalkCourse struct {
	TalkCase
	Ladder []plan.Stage `json:"ladder"`
	Ahead  []plan.Stage `json:"ahead,omitempty"` // decided for an instant that may be still to come
}

// Decide takes the next stage: from now on it counts as decided.
func (c *TalkCourse) Decide() plan.Stage {
	s := c.Ladder[0]
	c.Ladder = c.Ladder[1:]
	c.Ahead = slices.DeleteFunc(slices.Clone(c.Ahead), func(a plan.Stage) bool { return a.At.Before(s.At) })
	c.Ahead = append(c.Ahead, s)
	c.Spoken = append(slices.Clone(c.Spoken), Spoken{ID: s.ID, Kind: s.Kind, At: s.At})
	return s
}

// unwound is the course with the stages that were decided for an instant after
// at back on the ladder: an act that comes before a stage speaks comes first.
func (c TalkCourse) unwound(at time.Time) TalkCourse {
	i := slices.IndexFunc(c.Ahead, func(s plan.Stage) bool { return s.At.After(at) })
	if i < 0 {
		return c
	}
	back := c.Ahead[i:]
	c.Ladder = append(slices.Clone(back), c.Ladder...)
	c.Ahead = slices.Clone(c.Ahead[:i])
	c.Spoken = slices.DeleteFunc(slices.Clone(c.Spoken), func(k Spoken) bool {
		return slices.ContainsFunc(back, func(s plan.Stage) bool { return s.ID == k.ID && s.At.Equal(k.At) })
	})
	return c
}

// Void is the course of a talk whose task ended before it opened, or was cancelled.
func (c TalkCourse) Void() TalkCourse {
	c.State, c.Ladder, c.Ahead = TalkVoid, nil, nil
	return c
}

func (b Book) talkPolicy(c TalkCase) plan.Policy { return b.policy(Case{Policy: c.Policy}) }

// OpenTalk is the course of a talk that its stage called for, as its policy says
// (plan.Talks.Open): open at once on the day of at, or proposed to a named leader.
func (b Book) OpenTalk(c TalkCase, at time.Time) TalkCourse {
	on := calendar.DayOf(at.In(b.Zone))
	p := b.talkPolicy(c)
	if p.Talk != nil && p.Talk.Open == plan.TalkOnApproval {
		c.State, c.Asked = TalkProposed, on
		return TalkCourse{TalkCase: c, Ladder: b.proposal(c)}
	}
	c.begin(on)
	return TalkCourse{TalkCase: c, Ladder: b.TalkLadder(p, c.Lead, c.Since, c.Taken)}
}

// Propose is the course of a talk or circular that an act proposes about c's
// task, with what is said of it at once as its first stage. c is the new talk's:
// its task, number, unit, seats, policy and origin.
func (b Book) Propose(c TalkCase, a Act) (TalkCourse, *Refusal) {
	if r := CheckPropose(c, a); r != nil {
		return TalkCourse{}, r
	}
	if r := b.unknown(a); r != nil {
		return TalkCourse{}, r
	}
	c.What, c.Grounds, c.By, c.Asked = a.Talk.What, a.Reason, a.By.Name, a.On
	c = c.apply(a)
	ladder := b.proposal(c)
	told := toldOfTalk(c, a)
	for i := range told {
		told[i].Limit = ladder[0].Limit
	}
	return TalkCourse{TalkCase: c, Ladder: append(told, ladder...)}, nil
}

// CheckPropose tells whether an act may propose a talk; nil is yes.
func CheckPropose(c TalkCase, a Act) *Refusal {
	if r := TalkAllowed(c, a.By, Propose); r != nil {
		return r
	}
	if r := Measure(a); r != nil {
		return r
	}
	row, _ := OfTalk(Propose)
	for _, f := range row.Needs {
		if !a.has(f) {
			return refuse("needs", "Field", string(f))
		}
	}
	return nil
}

// proposal are the stages of a proposal until a leader decides: on the limit
// day, and the working day after it. See Renew for what comes then.
func (b Book) proposal(c TalkCase) []plan.Stage {
	limit := b.Calendar.OnOrAfter(b.talkPolicy(c).Acts.Decide.After(c.Asked, b.Calendar))
	return []plan.Stage{
		b.undecided(c, "talk-"+stepDecided+"-"+stepRemind, plan.Remind, limit, limit),
		b.undecided(c, "talk-"+stepDecided+"-"+stepMissed, plan.Escalate, b.Calendar.AddWorkdays(limit, 1), limit),
	}
}

func (b Book) undecided(c TalkCase, id string, kind plan.StageKind, day, limit calendar.Day) plan.Stage {
	p := b.talkPolicy(c)
	return plan.Stage{ID: id, Kind: kind, At: b.At(p, day).UTC(),
		To:     []people.Recipient{{Unit: c.Leadership, Role: people.Leader}, {Unit: c.Office, Role: people.Office}},
		Matter: plan.Matter{Topic: TopicProposal, Words: c.Grounds, By: c.By, Limit: limit}}
}

// Renew puts the next word about a proposal on a ladder that has run out: it is
// said again every limit until a leader decides. ok is false when there is
// nothing to renew.
func (b Book) Renew(c TalkCourse) (after TalkCourse, ok bool) {
	if c.State != TalkProposed || len(c.Ladder) > 0 {
		return c, false
	}
	first, last, times := b.proposal(c.TalkCase)[1], time.Time{}, 0
	for _, s := range c.Spoken {
		if strings.HasPrefix(s.ID, first.ID) {
			last, times = s.At, times+1
		}
	}
	if times == 0 {
		c.Ladder = []plan.Stage{first}
		return c, true
	}
	said := calendar.DayOf(last.In(b.Zone))
	day := b.Calendar.OnOrAfter(b.talkPolicy(c.TalkCase).Acts.Decide.After(said, b.Calendar))
	if !day.After(said) {
		day = b.Calendar.AddWorkdays(said, 1)
	}
	c.Ladder = []plan.Stage{b.undecided(c.TalkCase, numbered(first.ID, times+1), plan.Escalate, day, first.Limit)}
	return c, true
}

// numbered is a stage's ID in a round: the first bears no number.
func numbered(id string, n int) string {
	if n <= 1 {
		return id
	}
	return id + "." + strconv.Itoa(n)
}

// ActOnTalk is the course after an act, and what it says at once. Check refuses
// first. An act done already changes nothing.
func (b Book) ActOnTalk(before TalkCourse, a Act) (after TalkCourse, told []plan.Stage, refused *Refusal) {
	if before.Done(a.ID) {
		return before, nil, nil
	}
	if r := before.Check(a); r != nil {
		return before, nil, r
	}
	before = before.unwound(a.At)
	after = TalkCourse{TalkCase: before.apply(a), Ahead: before.Ahead}
	var moved bool
	if a.Kind == Recalendar {
		after.Ladder, moved = b.recalendarTalk(before, &after.TalkCase, a)
	} else {
		after.Ladder, moved = b.steps(before, after.TalkCase, a)
	}
	if moved {
		after.Revision++
		after.Revised = a.At
	}
	return after, toldOfTalk(after.TalkCase, a), nil
}

// steps are the stages still to speak after an act, and whether one is new, has
// moved or is not to speak of its step any more. What was said of a limit is not said of it again; a step that
// has a later limit now is spoken of anew. A step whose limit passed before it
// was asked for again has its word on the next office morning.
func (b Book) steps(before TalkCourse, c TalkCase, a Act) (ladder []plan.Stage, moved bool) {
	if c.State != TalkOpen {
		return nil, false
	}
	p := b.talkPolicy(c)
	for _, s := range b.TalkLadder(p, c.Lead, c.Since, c.Taken) {
		s.ID = numbered(s.ID, c.Round)
		if slices.ContainsFunc(c.Spoken, func(k Spoken) bool { return k.ID == s.ID && !s.At.After(k.At) }) {
			continue
		}
		i := slices.IndexFunc(before.Ladder, func(u plan.Stage) bool { return u.ID == s.ID })
		if s.At.Before(a.At) {
			switch {
			case i >= 0:
				s = before.Ladder[i] // it waits to be said already
			case s.Kind == plan.Remind:
				continue
			default:
				s.MovedFrom = calendar.DayOf(s.At.In(b.Zone))
				s.At = b.At(p, b.Morning(p, a.At)).UTC()
			}
		}
		ladder = append(ladder, s)
	}
	byTime(ladder)
	return ladder, slices.ContainsFunc(ladder, missingFrom(before.Ladder)) ||
		slices.ContainsFunc(before.Ladder, func(s plan.Stage) bool { return c.Speaks(s) && missingFrom(ladder)(s) })
}

// missingFrom tells stages that a ladder does not have, or has at another time.
func missingFrom(ladder []plan.Stage) func(plan.Stage) bool {
	return func(s plan.Stage) bool {
		return !slices.ContainsFunc(ladder, func(u plan.Stage) bool { return u.ID == s.ID && u.At.Equal(s.At) })
	}
}

// toldOfTalk are the messages an act on a talk sends at once. c is the case after it.
func toldOfTalk(c TalkCase, a Act) []plan.Stage {
	to := c.listeners(a.Kind)
	if len(to) == 0 {
		return nil
	}
	m := plan.Matter{Topic: string(a.Kind), Words: a.Reason, By: a.By.Name, Paper: a.Paper}
	switch {
	case a.Kind == Serve: // what the 约谈通知书 says beyond its grounds is in c.Notice
		m.Paper = a.Talk.Number
		if m.Words == "" {
			m.Words = c.Grounds
		}
	case a.Kind == Approve && c.What == plan.ProposeCircular:
		m.Topic, m.Words = plan.ProposeCircular, c.Grounds
	}
	return []plan.Stage{{ID: fmt.Sprintf("act-%d-%s", c.Acts, a.Kind), Kind: plan.Told, At: a.At, To: to, Matter: m}}
}

// listeners are who hears of an act on the talk at once.
func (c TalkCase) listeners(k Kind) []people.Recipient {
	office := people.Recipient{Unit: c.Office, Role: people.Office}
	leader := people.Recipient{Unit: c.Leadership, Role: people.Leader}
	of := func(r people.Role) people.Recipient { return people.Recipient{Unit: c.Lead, Role: r} }
	switch k {
	case Propose:
		return []people.Recipient{leader, office}
	case Approve:
		if c.What == plan.ProposeCircular {
			return []people.Recipient{of(people.Head), of(people.Deputy), office, leader}
		}
		return []people.Recipient{of(people.Head), office}
	case Decline, GivePlan, GiveReport:
		return []people.Recipient{office}
	case Serve:
		return []people.Recipient{of(people.Head), of(people.Liaison)}
	case Absent:
		return []people.Recipient{of(people.Head), office, leader}
	case ReturnPlan:
		return []people.Recipient{of(people.Liaison), of(people.Head)}
	case CloseTalk:
		return []people.Recipient{of(people.Head), of(people.Liaison), office}
	case Again:
		return []people.Recipient{of(people.Head), office}
	}
	return nil
}

// PlayTalk lets a talk's course run until to, exclusive: stages speak at their
// instants, acts happen at theirs. It gives all that was said, in order. Acts
// must be in order of time; a refused one is left out and named.
func (b Book) PlayTalk(c TalkCourse, acts []Act, to time.Time) (said []plan.Stage, after TalkCourse, refused map[string]*Refusal) {
	refused = map[string]*Refusal{}
	speak := func(until time.Time) {
		for {
			c, _ = b.Renew(c)
			if len(c.Ladder) == 0 || !c.Ladder[0].At.Before(until) {
				return
			}
			said = append(said, c.Decide())
		}
	}
	for _, a := range acts {
		if !a.At.Before(to) {
			break
		}
		speak(a.At.Add(1)) // what speaks at the instant of the act has spoken
		next, told, r := b.ActOnTalk(c, a)
		if r != nil {
			refused[a.ID] = r
			continue
		}
		c = next
		said = append(said, told...)
	}
	speak(to)
	return said, c, refused
}
