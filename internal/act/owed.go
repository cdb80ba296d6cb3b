package act

import (
	"slices"
	"strconv"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// Topics of what is owed beside the task's own limit.
const (
	TopicSilent      = "silent"      // received, and nothing heard since
	TopicPart        = "part"        // an assisting unit's part
	TopicReturn      = "return"      // the office is to rule on a return
	TopicExtension   = "extension"   // an extension waits for a decision
	TopicReport      = "report"      // a completion report waits to be verified
	TopicInstruction = "instruction" // a leader's instruction waits for an answer
)

// Owed is one thing that somebody owes 待办: who, since when, by when, and the
// rungs by which it is chased. What is done is not owed any more.
type Owed struct {
	ID     string             // finish, receive, silent, part-1, instruction-1, return-4, extension-7, report-9; of a talk its step
	By     []people.Recipient // the seats that have to do it
	Since  calendar.Day       // the day after which its days count
	Limit  calendar.Day       // the last day to do it; zero when it has none of its own
	Runs   bool               // its clock runs, and somebody may be chased for it now
	Rungs  []Rung             // the words by which it is chased
	soon   bool               // a reminder that would come before its days begin comes on the first of them
	matter plan.Matter
	halts  []Halt
}

// Topic is what it is about, "" where that is the task's own limit.
func (o Owed) Topic() string { return o.matter.Topic }

// Rung is one word by which something owed is chased. Exactly one of the distances is set.
type Rung struct {
	plan.Stage              // without its time
	Before     *plan.Offset // counted back from the limit
	After      *plan.Offset // counted after the limit, in days in which the clock ran
	Since      *plan.Offset // counted after Owed.Since, likewise, but not past the limit
}

// Finish and Receive are the Owed.ID of what the lead owes of every task: to do it, and to
// acknowledge it 签收.
const (
	Finish  = "finish"
	Receive = "receive"
)

// Owed is everything that is owed about a task now, in a fixed order. A task that
// is over, and a duty, whose occurrences are tasks, owe nothing.
func (r Rules) Owed(c Case) []Owed {
	if c.Over() || c.Kind != plan.Dated || c.Due.IsZero() {
		return nil
	}
	o := owing{Rules: r, c: c, p: r.policy(c)}
	o.task()
	o.silent()
	o.parts()
	o.instructions()
	o.requests()
	return o.all
}

// owing gathers what is owed about one task.
type owing struct {
	Rules
	c   Case
	p   plan.Policy
	all []Owed
}

// to are seats of a case: its lead's, its office's, its leadership's.
func (c Case) to(roles ...people.Role) (to []people.Recipient) {
	for _, r := range roles {
		to = append(to, people.Directory{Office: c.Office, Leadership: c.Leadership}.Seat(r, c.Lead))
	}
	return to
}

// task is the task's own ladder, as its policy has it: to receive it, and to
// finish it.
func (o *owing) task() {
	own := Owed{By: o.c.to(people.Liaison), Since: o.begins(o.c), Limit: o.c.Due, Runs: o.c.Runs(), halts: o.c.halts()}
	finish, receive := own, own
	finish.ID, receive.ID = Finish, Receive
	finish.Rungs = make([]Rung, 0, len(o.p.Stages))
	for _, rule := range o.p.Stages {
		r := Rung{Stage: plan.Stage{ID: rule.ID, Kind: rule.Kind, To: o.seats(rule.To, o.c.Lead), Light: rule.Light, Unless: rule.Unless}, Before: rule.Before, After: rule.After}
		if rule.From == plan.FromAssigned {
			r.Since, r.After = rule.After, nil
		}
		if rule.Kind == plan.Talk && o.p.Talk != nil && o.p.Talk.Open == plan.TalkOnApproval {
			r.To = o.deciding(r.To)
		}
		if rule.Unless == plan.UnlessAcknowledged {
			r.Topic = plan.TopicAcknowledge
			receive.Rungs = append(receive.Rungs, r)
		} else {
			finish.Rungs = append(finish.Rungs, r)
		}
	}
	if o.c.Acknowledged.IsZero() && len(receive.Rungs) > 0 {
		o.all = append(o.all, receive)
	}
	o.all = append(o.all, finish)
}

// deciding are those of some seats who hear of a talk that a leader has yet to decide:
// not the unit that it is about, and the leader in any case.
func (o *owing) deciding(to []people.Recipient) []people.Recipient {
	to = slices.DeleteFunc(to, func(r people.Recipient) bool {
		return r.Unit == o.c.Lead && r.Unit != o.c.Office && r.Unit != o.c.Leadership
	})
	return union(to, o.c.to(people.Leader))
}

// silent is the sign of life that a unit owes which has received the task, until the reminders
// of the due date come. Its days count anew from the day on which the office sets another date:
// the office has settled the date with the unit then, and does not ask for news the next
// morning.
func (o *owing) silent() {
	if o.c.Heard.IsZero() || o.c.Acknowledged.IsZero() {
		return
	}
	o.all = append(o.all, Owed{ID: TopicSilent, By: o.c.to(people.Liaison), Since: latest(o.c.Heard, o.begins(o.c), o.c.DateSet), Runs: o.c.Runs(), halts: o.c.halts(),
		matter: plan.Matter{Topic: TopicSilent, Limit: o.c.Heard},
		Rungs:  []Rung{{Stage: plan.Stage{ID: TopicSilent + "-" + o.c.Heard.String(), Kind: plan.Urge, To: o.c.to(people.Liaison, people.Deputy)}, Since: &o.p.Acts.Silent}}})
}

// parts are what assisting units owe the lead. Their clocks halt with the task's.
func (o *owing) parts() {
	for _, p := range o.c.Parts {
		if p.Given.IsZero() {
			helper := Case{Lead: p.Unit}
			o.add(Owed{ID: TopicPart + "-" + p.ID, By: helper.to(people.Liaison), Since: p.Asked, Limit: p.Due, Runs: o.c.Runs(), halts: o.c.halts(),
				matter: plan.Matter{Topic: TopicPart, Words: p.Words, By: o.People.Name(o.c.Lead)}},
				o.p.Acts.Part, o.p.Acts.PartMissed, append(helper.to(people.Liaison, people.Deputy), o.c.to(people.Liaison)...))
		}
	}
}

// instructions are a leader's words that the lead has to answer by a day.
func (o *owing) instructions() {
	workday := plan.Offset{N: 1, Work: true}
	for _, n := range o.c.Instructions {
		if n.Answered.IsZero() && !n.Due.IsZero() {
			o.add(Owed{ID: TopicInstruction + "-" + n.ID, By: o.c.to(people.Liaison, people.Head), Since: n.On, Limit: o.answerBy(o.c, n), Runs: o.c.Runs(), halts: o.c.halts(),
				matter: plan.Matter{Topic: TopicInstruction, Words: n.Words, By: n.By}},
				workday, workday, o.c.to(people.Head, people.Office, people.Leader))
		}
	}
}

// answerBy is the day by which the lead answers an instruction. A unit that was given
// the task while that day was still to come has the policy's grace at the least.
func (r Rules) answerBy(c Case, n Instruction) calendar.Day {
	given := r.day(c.Assigned)
	if n.Due.IsZero() || n.Due.Before(given) || !given.After(n.On) {
		return n.Due
	}
	return latest(n.Due, r.within(r.policy(c).Acts.Grace, given))
}

// requests are the requests that the office, or the leadership, has to decide. The clock of a
// decision is halted only while the task is paused.
func (o *owing) requests() {
	goesOn, decides := o.c.Pause == nil, []people.Role{people.Office}
	o.decision(TopicReturn, o.c.Return, o.p.Acts.Rule, goesOn, people.Office)
	o.decision(TopicReport, o.c.Report, o.p.Acts.Verify, true, people.Office)
	if o.c.Granted > 0 {
		decides = []people.Role{people.Leader, people.Office}
	}
	o.decision(TopicExtension, o.c.Extension, o.p.Acts.Rule, goesOn && o.c.Report == nil, decides...)
}

// decision is one request that waits: on its limit whoever decides is reminded,
// and on the working day after it the leadership hears.
func (o *owing) decision(topic string, q *Pending, within plan.Offset, runs bool, by ...people.Role) {
	if q != nil {
		o.add(Owed{ID: topic + "-" + strconv.Itoa(q.N), By: o.c.to(by...), Since: q.On, Limit: o.within(within, q.On), Runs: runs, halts: o.c.pauses(),
			matter: plan.Matter{Topic: topic, Words: q.Words, By: q.By, New: q.Due}},
			plan.Offset{}, plan.Offset{N: 1, Work: true}, o.c.to(people.Office, people.Leader))
	}
}

// add adds something owed with a limit of its own. The days in which its clock was halted are
// added to the limit, because its debtor could do nothing about it then.
func (o *owing) add(one Owed, before, after plan.Offset, upward []people.Recipient) {
	one.Limit = o.pushed(one.Limit, one.Since, one.halts)
	one.matter.Limit = one.Limit
	o.all = append(o.all, chasedOnce(one, 0, before, after, one.By, upward, ""))
}

// Steps of a matter with a limit of its own: a reminder on or before it, a word after it.
const (
	stepRemind = "remind"
	stepMissed = "missed"
)

// chasedOnce is a thing owed with its two rungs: a reminder before its limit, and one
// word after it. round is the talk's, 0 of what is owed about a task.
func chasedOnce(o Owed, round int, before, after plan.Offset, to, upward []people.Recipient, light plan.Light) Owed {
	id := o.ID
	if round > 0 {
		id = "talk-" + id
	}
	o.Rungs = []Rung{
		{Stage: plan.Stage{ID: numbered(id+"-"+stepRemind, round), Kind: plan.Remind, To: to, Light: light}, Before: &before},
		{Stage: plan.Stage{ID: numbered(id+"-"+stepMissed, round), Kind: plan.Escalate, To: upward, Light: light}, After: &after},
	}
	return o
}

// pushed is a limit with the days after since on which the clock was halted added. Where
// that is a rest day, it is the working day after it.
func (r Rules) pushed(limit, since calendar.Day, halts []Halt) calendar.Day {
	was := limit
	for d := since.AddDays(1); !d.After(limit); d = d.AddDays(1) {
		if haltsForGood(halts, d) {
			break
		}
		if halted(halts, d) {
			limit = limit.AddDays(1)
		}
	}
	if limit != was {
		return r.Calendar.OnOrAfter(limit)
	}
	return limit
}

// within is the last day to answer what came on a day.
func (r Rules) within(limit plan.Offset, on calendar.Day) calendar.Day {
	return r.Calendar.OnOrAfter(limit.After(on, r.Calendar))
}

func (r Rules) seats(roles []people.Role, lead string) (to []people.Recipient) {
	for _, role := range roles {
		to = union(to, []people.Recipient{r.People.Seat(role, lead)})
	}
	return to
}
