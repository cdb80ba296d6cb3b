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
func (r Rules) told(before, after Case, a Act) []plan.Stage {
	row, _ := Of(after.thing(), a.Kind)
	to := r.People.Once(hearing{before, after, a}.heard(row.News.To))
	if len(to) == 0 {
		return nil
	}
	m := plan.Matter{Topic: string(a.Kind), Words: a.words(), By: a.By.Name, Limit: r.limitBy(row.News.Limit, after, a), Paper: a.Paper, Moves: a.Moves,
		Ends: strings.Join(endedBy(row, before, after), " ")}
	if q := after.Extension; q != nil && before.Extension == nil {
		m.New = q.Due
	}
	if after.Due != before.Due {
		m.New, m.Was = after.Due, before.Due
	}
	if q := before.Extension; q != nil && after.Extension == nil && !slices.Contains(row.Settles, TopicExtension) {
		m.Ended = q.Due
	}
	if after.Begin != before.Begin {
		m.Begin = after.Begin
	}
	if a.Kind == TakeOver {
		m.Unit = a.Ref
	} else if after.Lead != before.Lead {
		m.Unit = before.Lead
	}
	all := []plan.Stage{{ID: toldID(after.Acts, a.Kind), Kind: plan.Told, At: r.toldAt(r.policy(after), a, after.Due), To: to, Matter: m}}
	if after.Lead != before.Lead {
		all = append(all, r.passedOn(after, a)...)
	}
	return append(all, r.partsPassedOn(before, after, a)...)
}

// endedBy are the topics of the requests, other than one for an extension, that waited for the
// office and end by an act that does not decide them.
func endedBy(row Row, before, after Case) (ends []string) {
	if before.Return != nil && after.Return == nil && !slices.Contains(row.Settles, TopicReturn) {
		ends = append(ends, TopicReturn)
	}
	if before.Report != nil && after.Report == nil && !slices.Contains(row.Settles, TopicReport) {
		ends = append(ends, TopicReport)
	}
	return ends
}

// ownResumption tells that the act is the engine's, by which a pause ends by itself.
func (a Act) ownResumption() bool { return a.Kind == Resume && a.By == EngineActor }

// words are the reason with which an act is told. The reason of the act by which a pause ends by
// itself is its day alone, and is not told.
func (a Act) words() string {
	if a.ownResumption() {
		return ""
	}
	return a.Reason
}

// toldAt is when an act on something with a limit is told: at once, but of a pause that
// ends by itself, which happens at midnight, at the next speaking time. Where the limit
// comes before that, it is told on the day itself, though that is a rest day.
func (r Rules) toldAt(p plan.Policy, a Act, limit calendar.Day) time.Time {
	if !a.ownResumption() {
		return a.At
	}
	day := r.Morning(p, a.At)
	if !limit.IsZero() && day.After(limit) && !a.On.After(limit) {
		day = a.On
	}
	return r.At(p, day).UTC()
}

// passedOn are the instructions that a unit inherits with the task, told to it as
// they were told to the unit before.
func (r Rules) passedOn(c Case, a Act) (told []plan.Stage) {
	for _, n := range c.Instructions {
		if !n.Answered.IsZero() {
			continue
		}
		told = append(told, plan.Stage{ID: toldID(c.Acts, Instruct) + "." + n.ID, Kind: plan.Told, At: a.At,
			To:     r.People.Once([]people.Recipient{{Unit: c.Lead, Role: people.Liaison}, {Unit: c.Lead, Role: people.Head}}),
			Matter: plan.Matter{Topic: string(Instruct), Words: n.Words, By: n.By, Limit: r.answerBy(c, n)}})
	}
	return told
}

// partsPassedOn are the parts that a unit takes over, told to it as they were told to
// the unit before.
func (r Rules) partsPassedOn(before, c Case, a Act) (told []plan.Stage) {
	for i, p := range c.Parts[:len(before.Parts)] {
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
func (r Rules) midnight(d calendar.Day) time.Time { return d.At(0, 0, r.Zone).UTC() }
