package act_test

import (
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/laws"
	"duban/internal/plan"
)

// What the tests give to the judge, package laws.
type (
	done   = laws.Done
	breach = laws.Breach
	shown  = laws.Shown
)

// history is what a ledger holds of one task.
type history struct {
	lead, office, leadership, policy string
	due, begin                       calendar.Day
	occurs                           bool
	assigned, until                  time.Time // until: the end, exclusive
	acts                             []done
	said                             []plan.Stage
	shown                            []shown
	facts                            []act.Fact // that the rules of consequences counted at the end
	talks                            []*talkHistory
	notices                          []holidays
}

// holidays is a notice that came into force: the calendar from then on.
type holidays struct {
	at  time.Time
	cal *calendar.Calendar
	n   int       // in the order of the ledger, with the acts
	i   int       // how many words had been said by then: laws.Holidays.Said
	of  time.Time // when the notice that it takes back came into force: laws.Holidays.Undoes
}

// talkHistory is what a ledger holds of one talk about a task.
type talkHistory struct {
	policy string
	opened time.Time
	acts   []done
	said   []plan.Stage
}

func (t *talkHistory) law() *laws.TalkHistory {
	return &laws.TalkHistory{Policy: t.policy, Opened: t.opened, Acts: t.acts, Said: t.said}
}

func (h history) law() laws.History {
	out := laws.History{Lead: h.lead, Office: h.office, Leadership: h.leadership, Policy: h.policy, Due: h.due, Begin: h.begin,
		Assigned: h.assigned, Occurs: h.occurs, Until: h.until, Acts: h.acts, Said: h.said, Shown: h.shown, Facts: h.facts}
	for _, t := range h.talks {
		out.Talks = append(out.Talks, t.law())
	}
	for _, n := range h.notices {
		out.Notices = append(out.Notices, laws.Holidays{At: n.at, Calendar: n.cal, N: n.n, Said: n.i, Undoes: n.of})
	}
	return out
}

func rulesOf(b act.Rules) laws.Rules {
	return laws.Rules{Calendar: b.Calendar, Policies: b.Policies, Zone: calendar.Beijing, Units: b.People.Units}
}

// judge judges a task's history by the laws.
func judge(b act.Rules, h history) []breach { return laws.Judge(rulesOf(b), h.law()) }
