package act

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// toldID is the stage ID of what the nth act on a thing says at once: act-3-grant.
func toldID(n int, k Kind) string { return fmt.Sprintf("act-%d-%s", n, k) }

// told are the messages an act sends at once.
func (b Book) told(before, after Case, a Act) []plan.Stage {
	m := plan.Matter{Topic: string(a.Kind), Words: a.words(), By: a.By.Name, Limit: a.Until, Paper: a.Paper, Moves: a.Moves}
	switch a.Kind {
	case AskPart, Instruct:
		m.Limit = a.Due
	case Chase:
		m.Limit = after.ChaseFrom
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
	if q := before.Extension; q != nil && after.Extension == nil && a.Kind != Grant && a.Kind != Refuse {
		m.Ended = q.Due
	}
	m.Ends = strings.Join(endedBy(before, a), " ")
	if after.Begin != before.Begin {
		m.Begin = after.Begin
	}
	switch a.Kind {
	case Reassign:
		m.Unit = before.Lead
	case TakeOver:
		m.Unit = a.Ref
	}
	to := b.People.Once(b.listeners(before, after, a))
	if len(to) == 0 {
		return nil
	}
	all := []plan.Stage{{ID: toldID(after.Acts, a.Kind), Kind: plan.Told, At: b.toldAt(b.policy(after), a, after.Due), To: to, Matter: m}}
	if a.Kind == Reassign || a.Kind == TakeOver && after.Lead != before.Lead {
		all = append(all, b.passedOn(after, a)...)
	}
	if a.Kind == TakeOver {
		all = append(all, b.partsPassedOn(before, after, a)...)
	}
	return all
}

// endedBy is what waits for the office beside an extension, and ends by an act that
// does not decide it.
func endedBy(c Case, a Act) (ends []string) {
	if c.Return != nil && (a.Kind == Cancel || a.Kind == Verify) {
		ends = append(ends, TopicReturn)
	}
	if c.Report != nil && a.Kind == Cancel {
		ends = append(ends, TopicReport)
	}
	return ends
}

// ownResumption tells the end of a pause that came by itself.
func (a Act) ownResumption() bool { return a.Kind == Resume && a.By == EngineActor }

// words are the reason that an act is told with. That of a pause that ends by itself
// is its day, which says nothing new.
func (a Act) words() string {
	if a.ownResumption() {
		return ""
	}
	return a.Reason
}

// toldAt is when an act on something with a limit is told: at once, but of a pause that
// ends by itself, which happens at midnight, at the next speaking time. Where the limit
// comes before that, it is told on the day itself, though that is a rest day.
func (b Book) toldAt(p plan.Policy, a Act, limit calendar.Day) time.Time {
	if !a.ownResumption() {
		return a.At
	}
	day := b.Morning(p, a.At)
	if !limit.IsZero() && day.After(limit) && !a.On.After(limit) {
		day = a.On
	}
	return b.At(p, day).UTC()
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
	case Verify:
		return append(of(after.Lead, people.Liaison), waiting(before)...)
	case Suspend, Resume, SetPolicy, GivePart, Reword, EndDuty, SetRule:
		return of(after.Lead, people.Liaison)
	case AskPart:
		return of(a.Unit, people.Liaison)
	case Reassign:
		to := append(of(after.Lead, people.Liaison, people.Deputy), of(before.Lead, people.Liaison)...)
		for _, unit := range after.Assist {
			to = union(to, of(unit, people.Liaison))
		}
		return union(to, parties(before, after.Lead))
	case Assist:
		to := of(after.Lead, people.Liaison)
		for _, unit := range append(slices.Clone(before.Assist), after.Assist...) {
			to = union(to, of(unit, people.Liaison))
		}
		return to
	case TakeOver:
		if before.Lead == after.Lead {
			return of(a.Unit, people.Liaison)
		}
		return append(of(after.Lead, people.Liaison, people.Deputy), parties(after, after.Lead)...)
	case Cancel, Reinstate:
		to := of(after.Lead, people.Liaison, people.Deputy)
		for _, unit := range after.Assist {
			to = append(to, of(unit, people.Liaison)...)
		}
		return union(to, waiting(before))
	case Instruct:
		return append(of(after.Lead, people.Liaison, people.Head), office)
	case Answer:
		return []people.Recipient{leader, office}
	}
	return nil
}

// parties are the liaisons of the units that owe a part, but for one unit.
func parties(c Case, but string) (to []people.Recipient) {
	for _, p := range c.Parts {
		if p.Given.IsZero() && p.Unit != but {
			to = union(to, []people.Recipient{{Unit: p.Unit, Role: people.Liaison}})
		}
	}
	return to
}

// waiting are who waits for something that ends with the task, or owes it: units
// asked for a part, and the leadership that waits for an answer.
func waiting(c Case) []people.Recipient {
	to := parties(c, "")
	if slices.ContainsFunc(c.Instructions, func(n Instruction) bool { return n.Answered.IsZero() && !n.Due.IsZero() }) {
		to = append(to, people.Recipient{Unit: c.Leadership, Role: people.Leader})
	}
	return to
}

// passedOn are the instructions that a unit inherits with the task, told to it as
// they were told to the unit before.
func (b Book) passedOn(c Case, a Act) (told []plan.Stage) {
	for _, n := range c.Instructions {
		if !n.Answered.IsZero() {
			continue
		}
		told = append(told, plan.Stage{ID: toldID(c.Acts, Instruct) + "." + n.ID, Kind: plan.Told, At: a.At,
			To:     b.People.Once([]people.Recipient{{Unit: c.Lead, Role: people.Liaison}, {Unit: c.Lead, Role: people.Head}}),
			Matter: plan.Matter{Topic: string(Instruct), Words: n.Words, By: n.By, Limit: b.answerBy(c, n)}})
	}
	return told
}

// partsPassedOn are the parts that a unit takes over, told to it as they were told to
// the unit before.
func (b Book) partsPassedOn(before, c Case, a Act) (told []plan.Stage) {
	for i, p := range c.Parts {
		if !p.Given.IsZero() || before.Parts[i].Unit == p.Unit {
			continue
		}
		told = append(told, plan.Stage{ID: toldID(c.Acts, AskPart) + "." + p.ID, Kind: plan.Told, At: a.At,
			To:     []people.Recipient{{Unit: p.Unit, Role: people.Liaison}},
			Matter: plan.Matter{Topic: string(AskPart), Words: p.Words, By: a.By.Name, Limit: p.Due}})
	}
	return told
}

// midnight is the beginning of a day in the plan's zone, UTC.
func (b Book) midnight(d calendar.Day) time.Time { return d.At(0, 0, b.Zone).UTC() }
