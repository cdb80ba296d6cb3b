package act

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// Topics of what is owed about a talk beside its steps, and what they are called.
const (
	TopicProposal  = "proposal"  // nobody has decided about it
	TopicDoubt     = "doubt"     // what it rests on has gone, and nobody has said what becomes of it
	TopicWithdrawn = "withdrawn" // it was withdrawn for that
	TopicFounded   = "founded"   // what it rests on is so again, and it goes on
	TopicVoided    = "voided"    // it ends with its task
	TopicRevived   = "revived"   // its task is reinstated, and it goes on
	TopicPassedOn  = "passed_on" // its unit is dissolved, and another is called in its place
	TopicDissolved = "dissolved" // its unit is dissolved, and it ends

	TopicAnswer = "circular_answer" // the unit named in a circular is to report what it did

	OwedDecision = "decided" // talk-decided-remind
	OwedDoubt    = "kept"    // talk-kept-remind
)

// TalkCourse is one talk under way: the facts, and what is said next if nobody
// does anything; nil: nothing.
type TalkCourse struct {
	TalkCase
	Next *plan.Stage `json:"next,omitempty"`
}

func (b Book) talkPolicy(c TalkCase) plan.Policy { return b.policy(c.as()) }

// TalkCourse is a talk under way as this book's policies and calendar have it.
func (b Book) TalkCourse(c TalkCase) TalkCourse {
	return TalkCourse{TalkCase: c, Next: first(b.TalkAhead(c))}
}

// as is a talk as a case of which something is owed.
func (c TalkCase) as() Case {
	as := Case{Track: c.Track, Policy: c.Policy, Lead: c.Lead, Office: c.Office, Leadership: c.Leadership}
	if c.State == TalkVoid {
		as.State = Cancelled // it may go on
	}
	return as
}

// TalkAhead is everything still to be said about a talk if nobody does anything,
// in order of time and ID.
func (b Book) TalkAhead(c TalkCase) (all []plan.Stage) {
	all = b.ahead(c.as(), b.TalkOwed(c))
	if c.State == TalkProposed && !c.AskedAt.IsZero() && len(c.Said) == 0 {
		all = append(b.toldOfTalk(c, Act{Kind: Propose, By: Actor{Name: c.By}, Reason: c.Grounds, At: c.AskedAt}), all...)
		all[0].Limit = b.within(b.talkPolicy(c).Acts.Decide, c.Asked)
	}
	byTime(all)
	return all
}

// TalkOwed is everything that is owed about a talk now: a leader's decision about
// a proposal, or about a talk that has lost what it rests on; and the steps whose
// turn has come, each by whoever takes it.
func (b Book) TalkOwed(c TalkCase) (all []Owed) {
	p, workday := b.talkPolicy(c), plan.Offset{N: 1, Work: true}
	decision := func(step, topic string, since calendar.Day, words, by string) {
		var stands []Stand
		if c.State == TalkProposed {
			stands = c.Stood // days in which there was nothing to decide
		}
		limit := b.pushed(b.within(p.Acts.Decide, since), since, stands)
		to := c.as().to(people.Leader, people.Office)
		o := chasedOnce(Owed{ID: step, By: to[:1], Since: since, Limit: limit, Runs: true, stands: stands,
			matter: plan.Matter{Topic: topic, Words: words, By: by, Limit: limit}}, 1, plan.Offset{}, workday, to, to, "")
		o.Rungs = o.Rungs[1:] // it was said when it was asked, and is once when the limit has passed
		all = append(all, o)
	}
	switch {
	case c.State == TalkProposed:
		decision(OwedDecision, TopicProposal, c.Asked, c.Grounds, c.By)
	case c.State == TalkOpen && c.Doubt != nil:
		decision(OwedDoubt, TopicDoubt, c.Doubt.On, c.Doubt.Words, c.Doubt.By)
	}
	if c.State == TalkOpen && c.What == plan.ProposeCircular {
		o := Owed{ID: StepAnswer, By: c.as().to(people.Liaison), Since: c.Opened, Limit: c.AnswerBy, Runs: true, soon: true,
			matter: plan.Matter{Topic: TopicAnswer, Limit: c.AnswerBy}}
		return []Owed{chasedOnce(o, 1, workday, workday, o.By, c.as().to(people.Head, people.Office, people.Leader), plan.Red)}
	}
	if c.State != TalkOpen || p.Talk == nil {
		return all
	}
	stands := c.stands()
	for _, s := range p.Talk.Steps {
		since, turn := c.Since, s.After == "opened"
		if day, taken := c.Taken[s.After]; taken {
			since, turn = day, true
		}
		if !turn || c.took(s.ID) {
			continue
		}
		to, upward, by := b.seats(p.Talk.To, c.Lead), b.seats(p.Talk.Upward, c.Lead), c.as().to(people.Liaison)
		if !byUnitStep[s.ID] { // the office's own: nobody else is pressed for it
			by = c.as().to(people.Office)
			to, upward = by, c.as().to(people.Office, people.Leader)
		}
		limit := b.pushed(b.within(s.Limit, since), since, stands)
		all = append(all, chasedOnce(Owed{ID: s.ID, By: by, Since: since, Limit: limit, Runs: c.Doubt == nil && c.Paused.IsZero(), stands: stands, soon: true},
			c.Round(), p.Talk.Remind, p.Talk.Missed, to, upward, plan.Red))
	}
	return all
}

// StepLimit is the last day to take a step of a talk, with the days in which the
// talk's clock stood; of a step whose turn has not come, if each before it is taken
// on its last day. It is the zero Day when the policy knows no such step, or the
// talk has not opened.
func (b Book) StepLimit(c TalkCase, step string) calendar.Day {
	p := b.talkPolicy(c)
	if step == StepAnswer {
		return c.AnswerBy
	}
	if p.Talk == nil || c.Since.IsZero() {
		return calendar.Day{}
	}
	days, stands := map[string]calendar.Day{"opened": c.Since}, c.stands()
	for _, s := range p.Talk.Steps {
		since := days[s.After]
		limit := b.pushed(b.within(s.Limit, since), since, stands)
		if s.ID == step {
			return limit
		}
		days[s.ID] = limit
		if day, taken := c.Taken[s.ID]; taken {
			days[s.ID] = day
		}
	}
	return calendar.Day{}
}

// StepLate is by how many working days a step's limit was passed on a day, counted
// in days in which the talk's clock ran. late is false when it was not passed, or
// only while the clock stood.
func (b Book) StepLate(c TalkCase, limit, on calendar.Day) (days int, late bool) {
	if limit.IsZero() {
		return 0, false
	}
	stands := c.stands()
	return b.count(true, limit, on, stands), b.count(false, limit, on, stands) > 0
}

// OfficeStep tells that a step is the office's own to take, and no lapse of the unit's
// when it is late.
func OfficeStep(step string) bool { return step != "" && !byUnitStep[step] }

// byUnitStep are the steps that the unit called takes; the others are the office's.
var byUnitStep = map[string]bool{StepPlan: true, StepReport: true}

// stands are the intervals in which the talk's clock stood.
func (c TalkCase) stands() []Stand {
	all := c.Stood[:len(c.Stood):len(c.Stood)]
	if c.Doubt != nil {
		all = append(all, Stand{From: c.Doubt.On})
	}
	if !c.Paused.IsZero() {
		all = append(all, Stand{From: c.Paused})
	}
	return all
}

// numbered is a stage's ID in a round: the first bears no number.
func numbered(id string, n int) string {
	if n <= 1 {
		return id
	}
	return id + "." + strconv.Itoa(n)
}

// SayOfTalk is the case with a stage among what has been said.
func (b Book) SayOfTalk(c TalkCase, s plan.Stage) TalkCase {
	c.Track = b.say(c.as(), b.TalkOwed(c), s)
	return c
}

// DecideOfTalk is the course once its next stage is decided, and that stage.
func (b Book) DecideOfTalk(c TalkCourse) (TalkCourse, plan.Stage) {
	s := *c.Next
	return b.TalkCourse(b.SayOfTalk(c.TalkCase, s)), s
}

// OpenTalk is the course of a talk that its stage called for, as its policy says
// (plan.Talks.Open): open at once on the day of at, or proposed to a named leader.
func (b Book) OpenTalk(c TalkCase, at time.Time) TalkCourse {
	on := b.day(at)
	if p := b.talkPolicy(c); p.Talk != nil && p.Talk.Open == plan.TalkOnApproval {
		c.State, c.Asked = TalkProposed, on
	} else {
		c.begin(on)
	}
	return b.TalkCourse(c)
}

// Propose is the course of a talk or circular that an act proposes about c's
// task; what is said of it at once comes next. c is the new talk's:
// its task, number, unit, seats, policy and origin.
func (b Book) Propose(c TalkCase, a Act) (TalkCourse, *Refusal) {
	c.State = TalkState(Unborn)
	if r := c.Check(a); r != nil {
		return TalkCourse{}, r
	}
	if r := b.unknown(a); r != nil {
		return TalkCourse{}, r
	}
	c.What, c.Grounds, c.By, c.Asked, c.AskedAt = a.Talk.What, a.Reason, a.By.Name, a.On, a.At
	c.Members = slices.Clone(c.Of())
	for i, m := range c.Members {
		if !m.Due.Before(a.On) { // by hand: no date was missed, and none takes it back
			c.Members[i].About = 0
		}
	}
	c.About = c.Members[0].About
	if a.By.Account == EngineActor.Account { // a leader reads what was counted with the words of the next office morning
		p := b.talkPolicy(c)
		c.Asked = b.Morning(p, a.At)
		c.AskedAt = b.At(p, c.Asked).UTC()
	}
	c = c.apply(a, b.Zone)
	return b.TalkCourse(c), nil
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
	c := before.TalkCase
	c.unsay(a.At)
	c = c.apply(a, b.Zone)
	if a.Kind == Approve && c.What == plan.ProposeCircular && c.AnswerBy.IsZero() {
		c.AnswerBy = b.within(b.talkPolicy(c).Acts.Circular, a.On)
	}
	c = b.resaidOfTalk(before.TalkCase, c, a.At)
	return b.TalkCourse(c), b.toldOfTalk(c, a), nil
}

// resaidOfTalk is a talk after an act with what has been said of it by now: see resaid.
func (b Book) resaidOfTalk(before, c TalkCase, at time.Time) TalkCase {
	c.Track = b.resaid(before.Track, c.as(), b.TalkOwed(c), b.TalkAhead(c), at)
	return c
}

// toldOfTalk are the messages an act on a talk sends at once. c is the case after it.
func (b Book) toldOfTalk(c TalkCase, a Act) []plan.Stage {
	row, _ := Of(OnTalk, a.Kind)
	units := Case{Lead: c.Lead, Office: c.Office, Leadership: c.Leadership}
	hears := row.News.To
	if a.Kind == Approve && c.What == plan.ProposeCircular {
		hears = []Ear{HearsHead, HearsDeputy, HearsLiaison, HearsOffice, HearsLeader}
	}
	to := b.People.Once(hearing{units, units, a}.heard(hears))
	if len(to) == 0 {
		return nil
	}
	m := plan.Matter{Topic: string(a.Kind), Words: a.Reason, By: a.By.Name, Paper: a.Paper}
	switch {
	case a.Kind == TakeOver && c.State == TalkVoid: // nobody has taken over
		m.Topic = TopicDissolved
	case a.Kind == TakeOver:
		m.Topic, m.Unit = TopicPassedOn, a.Ref
	case a.Kind == Serve: // what the 约谈通知书 says beyond its grounds is in c.Notice
		m.Paper, m.Words = a.Talk.Number, strings.TrimPrefix(c.Grounds+"\n"+a.Reason, "\n")
	case a.Kind == Approve && c.What == plan.ProposeCircular:
		m.Topic, m.Words, m.Limit = plan.ProposeCircular, c.Grounds, c.AnswerBy
	}
	return []plan.Stage{{ID: toldID(c.Acts, a.Kind), Kind: plan.Told, At: a.At, To: to, Matter: m}}
}

// TalkUntil is a talk's course once it has run until to, exclusive, while nobody acts, and
// what it has said.
func (b Book) TalkUntil(c TalkCourse, to time.Time) (said []plan.Stage, after TalkCourse) {
	c = b.TalkCourse(c.TalkCase)
	for c.Next != nil && c.Next.At.Before(to) {
		var s plan.Stage
		c, s = b.DecideOfTalk(c)
		said = append(said, s)
	}
	return said, c
}
