package act

import (
	"fmt"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// Topics of the stages that chase something other than the task's own limit.
const (
	TopicSilent      = "silent"      // acknowledged, and nothing heard since
	TopicPart        = "part"        // an assisting unit's part
	TopicReturn      = "return"      // the office is to rule on a return
	TopicExtension   = "extension"   // an extension waits for a decision
	TopicReport      = "report"      // a completion report waits to be verified
	TopicInstruction = "instruction" // a leader's instruction waits for an answer
)

// Steps of a strand: a reminder on or before its limit, a word after it.
const (
	stepRemind = "remind"
	stepMissed = "missed"
)

func strandID(topic string, n int, step string) string {
	return fmt.Sprintf("%s-%d-%s", topic, n, step)
}

func silentID(heard calendar.Day) string { return TopicSilent + "-" + heard.String() }

func step(id string) string { return id[strings.LastIndex(id, "-")+1:] }

// strand is one matter with a limit of its own.
type strand struct {
	id     string // part-1
	matter plan.Matter
	remind calendar.Day
	missed calendar.Day
	to     []people.Recipient // reminded
	upward []people.Recipient // told that it was missed
}

// strands are the stages of every matter the case has pending, whenever they
// speak: which of them have spoken is for the caller to know.
func (b Book) strands(c Case) []plan.Stage {
	if c.Over() || c.Kind == plan.Duty {
		return nil
	}
	p := b.policy(c)
	cal := b.Calendar
	office := people.Recipient{Unit: c.Office, Role: people.Office}
	leader := people.Recipient{Unit: c.Leadership, Role: people.Leader}
	lead := func(r people.Role) people.Recipient { return people.Recipient{Unit: c.Lead, Role: r} }
	var all []plan.Stage
	add := func(s strand) {
		if !s.remind.IsZero() {
			all = append(all, b.stage(p, s, stepRemind, plan.Remind, s.remind, s.to))
		}
		all = append(all, b.stage(p, s, stepMissed, plan.Escalate, s.missed, s.upward))
	}
	// decision is something the office, or the leadership, owes an answer to.
	decision := func(topic string, q *Pending, within plan.Offset, to ...people.Recipient) {
		if q == nil {
			return
		}
		limit := b.within(within, q.On)
		add(strand{id: fmt.Sprintf("%s-%d", topic, q.N), matter: plan.Matter{Topic: topic, Words: q.Words, By: q.By, Limit: limit, New: q.Due},
			remind: limit, missed: cal.AddWorkdays(limit, 1), to: to, upward: []people.Recipient{office, leader}})
	}
	decision(TopicReturn, c.Return, p.Acts.Rule, office)
	decision(TopicReport, c.Report, p.Acts.Verify, office)
	if c.Granted == 0 {
		decision(TopicExtension, c.Extension, p.Acts.Rule, office)
	} else {
		decision(TopicExtension, c.Extension, p.Acts.Rule, leader, office)
	}
	for _, part := range c.Parts {
		if part.Given.IsZero() {
			of := func(r people.Role) people.Recipient { return people.Recipient{Unit: part.Unit, Role: r} }
			add(strand{id: "part-" + part.ID, matter: plan.Matter{Topic: TopicPart, Words: part.Words, By: b.People.Name(c.Lead), Limit: part.Due},
				remind: between(part.Asked, cal.OnOrBefore(p.Acts.Part.Before(part.Due, cal))), missed: cal.OnOrAfter(p.Acts.PartMissed.After(part.Due, cal)),
				to: []people.Recipient{of(people.Liaison)}, upward: []people.Recipient{of(people.Liaison), of(people.Deputy), lead(people.Liaison)}})
		}
	}
	for _, n := range c.Instructions {
		if n.Answered.IsZero() && !n.Due.IsZero() {
			add(strand{id: "instruction-" + n.ID, matter: plan.Matter{Topic: TopicInstruction, Words: n.Words, By: n.By, Limit: n.Due},
				remind: between(n.On, cal.OnOrBefore(cal.AddWorkdays(n.Due, -1))), missed: cal.OnOrAfter(cal.AddWorkdays(n.Due, 1)),
				to: []people.Recipient{lead(people.Liaison), lead(people.Head)}, upward: []people.Recipient{lead(people.Head), office, leader}})
		}
	}
	if s, ok := b.silent(c, p, lead(people.Liaison), lead(people.Deputy)); ok {
		all = append(all, s)
	}
	return all
}

// within is the last day to answer what came on a day.
func (b Book) within(limit plan.Offset, on calendar.Day) calendar.Day {
	return b.Calendar.OnOrAfter(limit.After(on, b.Calendar))
}

// between is the day, or none when it is not after from: too late to remind.
func between(from, day calendar.Day) calendar.Day {
	if day.After(from) {
		return day
	}
	return calendar.Day{}
}

func (b Book) stage(p plan.Policy, s strand, step string, kind plan.StageKind, day calendar.Day, to []people.Recipient) plan.Stage {
	return plan.Stage{ID: s.id + "-" + step, Kind: kind, At: b.At(p, day).UTC(), To: to, Matter: s.matter}
}

// silent is the stage about a task that was acknowledged and not heard of since,
// unless its own reminders come first.
func (b Book) silent(c Case, p plan.Policy, to ...people.Recipient) (plan.Stage, bool) {
	if c.Heard.IsZero() || c.Acknowledged.IsZero() || c.Due.IsZero() {
		return plan.Stage{}, false
	}
	day := b.Calendar.OnOrAfter(p.Acts.Silent.After(c.Heard, b.Calendar))
	if !day.Before(c.Due) {
		return plan.Stage{}, false
	}
	return plan.Stage{ID: silentID(c.Heard), Kind: plan.Urge, At: b.At(p, day).UTC(), To: to,
		Matter: plan.Matter{Topic: TopicSilent, Limit: c.Heard}}, true
}

// told are the messages an act sends at once.
func (b Book) told(before, after Case, a Act) []plan.Stage {
	m := plan.Matter{Topic: string(a.Kind), Words: a.Reason, By: a.By.Name, Limit: a.Until, Paper: a.Paper, Moves: a.Moves}
	switch a.Kind {
	case AskPart, Instruct:
		m.Limit = a.Due
	case Extend:
		m.New, m.Limit = a.Due, b.within(b.policy(after).Acts.Rule, a.On)
	case Return:
		m.Limit = b.within(b.policy(after).Acts.Rule, a.On)
	case Complete:
		m.Limit = b.within(b.policy(after).Acts.Verify, a.On)
	}
	if after.Due != before.Due {
		m.New, m.Was = after.Due, before.Due
	}
	to := b.listeners(before, after, a)
	if len(to) == 0 {
		return nil
	}
	return []plan.Stage{{ID: fmt.Sprintf("act-%d-%s", after.Acts, a.Kind), Kind: plan.Told, At: a.At, To: to, Matter: m}}
}

// listeners are who hears of an act at once.
func (b Book) listeners(before, after Case, a Act) []people.Recipient {
	office := people.Recipient{Unit: after.Office, Role: people.Office}
	leader := people.Recipient{Unit: after.Leadership, Role: people.Leader}
	of := func(unit string, roles ...people.Role) (to []people.Recipient) {
		for _, r := range roles {
			to = append(to, people.Recipient{Unit: unit, Role: r})
		}
		return to
	}
	switch a.Kind {
	case Return, Complete:
		return []people.Recipient{office}
	case Extend:
		if after.Granted > 0 {
			return []people.Recipient{office, leader}
		}
		return []people.Recipient{office}
	case Uphold, Reject, Grant, Refuse, Chase, Correct:
		return of(after.Lead, people.Liaison, people.Deputy)
	case Verify, Suspend, Resume, SetPolicy, GivePart, Reword, EndDuty, SetRule:
		return of(after.Lead, people.Liaison)
	case AskPart:
		return of(a.Unit, people.Liaison)
	case Reassign:
		return append(of(after.Lead, people.Liaison, people.Deputy), of(before.Lead, people.Liaison)...)
	case Assist:
		to := of(after.Lead, people.Liaison)
		for _, unit := range union(before.Assist, after.Assist) {
			to = append(to, of(unit, people.Liaison)...)
		}
		return to
	case Cancel:
		to := of(after.Lead, people.Liaison, people.Deputy)
		for _, unit := range after.Assist {
			to = append(to, of(unit, people.Liaison)...)
		}
		return to
	case Instruct:
		return append(of(after.Lead, people.Liaison, people.Head), office)
	case Answer:
		return []people.Recipient{leader, office}
	}
	return nil
}

func union(a, b []string) []string {
	seen, all := map[string]bool{}, []string{}
	for _, s := range append(append([]string{}, a...), b...) {
		if !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	return all
}

// midnight is the beginning of a day in the plan's zone, UTC.
func (b Book) midnight(d calendar.Day) time.Time { return d.At(0, 0, b.Zone).UTC() }
