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

// Topics of the words about a talk beside those of its steps, and the names of the two decisions
// that a leader owes.
const (
	TopicProposal  = "proposal"  // nobody has decided about the proposal
	TopicDoubt     = "doubt"     // the talk's ground has gone, and nobody has said what becomes of the talk
	TopicWithdrawn = "withdrawn" // the proposal was withdrawn because its ground has gone
	TopicFounded   = "founded"   // the ground holds again, and the talk or proposal goes on
	TopicVoided    = "voided"    // the talk ends with its task
	TopicRevived   = "revived"   // the talk's task is reinstated, and the talk goes on
	TopicPassedOn  = "passed_on" // the talk's unit is dissolved, and another unit is called in its place
	TopicDissolved = "dissolved" // the talk's unit is dissolved, and the talk ends

	TopicAnswer = "circular_answer" // the unit named in a circular is to report what it did

	OwedDecision = "decided" // the decision about a proposal: its stages are talk-decided-…
	OwedDoubt    = "kept"    // the decision about a talk in doubt: its stages are talk-kept-…
)

// TalkCourse is one talk under way: the facts, and what is said next if nobody
// does anything; nil: nothing.
type TalkCourse struct {
	TalkCase
	Next *plan.Stage `json:"next,omitempty"`
}

func (r Rules) talkPolicy(c TalkCase) plan.Policy { return r.policy(c.as()) }

// TalkCourse is a talk under way as the policies and the calendar have it.
func (r Rules) TalkCourse(c TalkCase) TalkCourse {
	return TalkCourse{TalkCase: c, Next: first(r.TalkAhead(c))}
}

// as is a talk in the form of a Case, so that what is owed about it is chased by the code for
// tasks.
func (c TalkCase) as() Case {
	as := Case{Track: c.Track, Policy: c.Policy, Lead: c.Lead, Office: c.Office, Leadership: c.Leadership}
	if c.State == TalkVoid {
		as.State = Cancelled // a void talk may go on, as a cancelled task may be reinstated: what was said of it is kept (pruned)
	}
	return as
}

// TalkAhead is everything still to be said about a talk if nobody does anything,
// in order of time and ID.
func (r Rules) TalkAhead(c TalkCase) (all []plan.Stage) {
	all = r.ahead(c.as(), r.TalkOwed(c))
	if c.State == TalkProposed && !c.AskedAt.IsZero() && len(c.Said) == 0 {
		all = append(r.toldOfTalk(c, Act{Kind: Propose, By: Actor{Name: c.By}, Reason: c.Grounds, At: c.AskedAt}), all...)
		all[0].Limit = r.within(r.talkPolicy(c).Acts.Decide, c.Asked)
	}
	byTime(all)
	return all
}

// TalkOwed is everything that is owed about a talk now: a leader's decision about
// a proposal, or about a talk that has lost what it rests on; and the steps whose
// turn has come, each by whoever takes it.
func (r Rules) TalkOwed(c TalkCase) (all []Owed) {
	p, workday := r.talkPolicy(c), plan.Offset{N: 1, Work: true}
	decision := func(step, topic string, since calendar.Day, words, by string) {
		var halts []Halt
		if c.State == TalkProposed {
			halts = c.Halts // days in which there was nothing to decide
		}
		limit := r.pushed(r.within(p.Acts.Decide, since), since, halts)
		to := c.as().to(people.Leader, people.Office)
		o := chasedOnce(Owed{ID: step, By: to[:1], Since: since, Limit: limit, Runs: true, halts: halts,
			matter: plan.Matter{Topic: topic, Words: words, By: by, Limit: limit}}, 1, plan.Offset{}, workday, to, to, "")
		o.Rungs = o.Rungs[1:] // without the reminder: the request itself is the first word, and one word follows the limit
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
	halts := c.halts()
	for _, s := range p.Talk.Steps {
		since, turn := c.Since, s.After == "opened"
		if day, taken := c.Taken[s.After]; taken {
			since, turn = day, true
		}
		if !turn || c.took(s.ID) {
			continue
		}
		to, upward, by := r.seats(p.Talk.To, c.Lead), r.seats(p.Talk.Upward, c.Lead), c.as().to(people.Liaison)
		if !byUnitStep[s.ID] { // a step of the office: nobody else is pressed for it
			by = c.as().to(people.Office)
			to, upward = by, c.as().to(people.Office, people.Leader)
		}
		limit := r.pushed(r.within(s.Limit, since), since, halts)
		all = append(all, chasedOnce(Owed{ID: s.ID, By: by, Since: since, Limit: limit, Runs: c.Doubt == nil && c.Paused.IsZero(), halts: halts, soon: true},
			c.Round(), p.Talk.Remind, p.Talk.Missed, to, upward, plan.Red))
	}
	return all
}

// StepLimit is the last day to take a step of a talk, with the days in which the
// talk's clock was halted; of a step whose turn has not come, if each before it is taken
// on its last day. It is the zero Day when the policy knows no such step, or the
// talk has not opened.
func (r Rules) StepLimit(c TalkCase, step string) calendar.Day {
	p := r.talkPolicy(c)
	if step == StepAnswer {
		return c.AnswerBy
	}
	if p.Talk == nil || c.Since.IsZero() {
		return calendar.Day{}
	}
	days, halts := map[string]calendar.Day{"opened": c.Since}, c.halts()
	for _, s := range p.Talk.Steps {
		since := days[s.After]
		limit := r.pushed(r.within(s.Limit, since), since, halts)
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
// only while the clock was halted.
func (r Rules) StepLate(c TalkCase, limit, on calendar.Day) (days int, late bool) {
	if limit.IsZero() {
		return 0, false
	}
	halts := c.halts()
	return r.count(true, limit, on, halts), r.count(false, limit, on, halts) > 0
}

// OfficeStep tells that a step is the office's own to take, and no lapse of the unit's
// when it is late.
func OfficeStep(step string) bool { return step != "" && !byUnitStep[step] }

// byUnitStep are the steps that the unit called takes; the others are the office's.
var byUnitStep = map[string]bool{StepPlan: true, StepReport: true}

// halts are the intervals in which the talk's clock did not run.
func (c TalkCase) halts() []Halt {
	all := c.Halts[:len(c.Halts):len(c.Halts)]
	if c.Doubt != nil {
		all = append(all, Halt{From: c.Doubt.On})
	}
	if !c.Paused.IsZero() {
		all = append(all, Halt{From: c.Paused})
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
func (r Rules) SayOfTalk(c TalkCase, s plan.Stage) TalkCase {
	c.Track = r.say(c.as(), r.TalkOwed(c), s)
	return c
}

// DecideOfTalk is the course once its next stage is decided, and that stage.
func (r Rules) DecideOfTalk(c TalkCourse) (TalkCourse, plan.Stage) {
	s := *c.Next
	return r.TalkCourse(r.SayOfTalk(c.TalkCase, s)), s
}

// OpenTalk is the course of a talk that its stage called for, as its policy says
// (plan.Talks.Open): open at once on the day of at, or proposed to a named leader.
func (r Rules) OpenTalk(c TalkCase, at time.Time) TalkCourse {
	on := r.day(at)
	if p := r.talkPolicy(c); p.Talk != nil && p.Talk.Open == plan.TalkOnApproval {
		c.State, c.Asked = TalkProposed, on
	} else {
		c.begin(on)
	}
	return r.TalkCourse(c)
}

// Propose is the course of a talk or circular that an act proposes about c's task; Next is the
// message that it is proposed. c has the new talk's task, number, unit, seats, policy and
// origin.
func (r Rules) Propose(c TalkCase, a Act) (TalkCourse, *Refusal) {
	c.State = TalkState(Unborn)
	if no := c.Check(a); no != nil {
		return TalkCourse{}, no
	}
	if no := r.unknown(a); no != nil {
		return TalkCourse{}, no
	}
	c.What, c.Grounds, c.By, c.Asked, c.AskedAt = a.Talk.What, a.Reason, a.By.Name, a.On, a.At
	c.Members = slices.Clone(c.Of())
	for i, m := range c.Members {
		if !m.Due.Before(a.On) { // proposed by hand before the date was missed: no other date takes the proposal back
			c.Members[i].About = 0
		}
	}
	c.About = c.Members[0].About
	if a.By.Account == EngineActor.Account { // a leader reads what was counted with the words of the next office morning
		p := r.talkPolicy(c)
		c.Asked = r.Morning(p, a.At)
		c.AskedAt = r.At(p, c.Asked).UTC()
	}
	c = c.apply(a, r.Zone)
	return r.TalkCourse(c), nil
}

// ActOnTalk is the course after an act, and what the act says at once. It refuses what Check
// refuses. An act done already changes nothing.
func (r Rules) ActOnTalk(before TalkCourse, a Act) (after TalkCourse, told []plan.Stage, refused *Refusal) {
	if before.Done(a.ID) {
		return before, nil, nil
	}
	if no := before.Check(a); no != nil {
		return before, nil, no
	}
	c := before.TalkCase
	c.unsay(a.At)
	c = c.apply(a, r.Zone)
	if a.Kind == Approve && c.What == plan.ProposeCircular && c.AnswerBy.IsZero() {
		c.AnswerBy = r.within(r.talkPolicy(c).Acts.Circular, a.On)
	}
	c = r.resaidOfTalk(before.TalkCase, c, a.At)
	return r.TalkCourse(c), r.toldOfTalk(c, a), nil
}

// resaidOfTalk is a talk after an act with what has been said of it by now: see resaid.
func (r Rules) resaidOfTalk(before, c TalkCase, at time.Time) TalkCase {
	c.Track = r.resaid(before.Track, c.as(), r.TalkOwed(c), r.TalkAhead(c), at)
	return c
}

// toldOfTalk are the messages an act on a talk sends at once. c is the case after it.
func (r Rules) toldOfTalk(c TalkCase, a Act) []plan.Stage {
	row, _ := Of(OnTalk, a.Kind)
	units := Case{Lead: c.Lead, Office: c.Office, Leadership: c.Leadership}
	hears := row.News.To
	if a.Kind == Approve && c.What == plan.ProposeCircular {
		hears = []Ear{HearsHead, HearsDeputy, HearsLiaison, HearsOffice, HearsLeader}
	}
	to := r.People.Once(hearing{units, units, a}.heard(hears))
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
	id := toldID(c.Acts, a.Kind)
	if a.Kind == TakeOver { // the one act that a task has too, in whose name notices of its first talk are kept (ledger.Decision.Key)
		id = toldID(c.Acts, Kind(m.Topic))
	}
	return []plan.Stage{{ID: id, Kind: plan.Told, At: a.At, To: to, Matter: m}}
}

// TalkUntil is a talk's course once it has run until to, exclusive, while nobody acts, and
// what it has said.
func (r Rules) TalkUntil(c TalkCourse, to time.Time) (said []plan.Stage, after TalkCourse) {
	c = r.TalkCourse(c.TalkCase)
	for c.Next != nil && c.Next.At.Before(to) {
		var s plan.Stage
		c, s = r.DecideOfTalk(c)
		said = append(said, s)
	}
	return said, c
}
