package act

import (
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Could tells whether an actor could do an act on a day, whatever the act would say: nil, or why
// not, which then lies in the actor, in the state of the case or in the day. What an act must
// say is in its Row.
func (c Case) Could(k Kind, by Actor, on calendar.Day) *Refusal {
	later := c.Due
	if on.After(later) {
		later = on
	}
	a := Act{ID: "could", Kind: k, By: by, On: on, Reason: saysAnything, Paper: saysAnything, Title: saysAnything, Unit: c.Lead + "'", Units: []string{c.Lead + "'"},
		Policy: c.Policy + "'", Due: later.AddDays(1), Rule: "month", Evidence: []Evidence{{Name: saysAnything, URL: "https://a.invalid/"}}, Talk: saysAllOfTalk(on)}
	if c.HasRule(a) {
		a.Rule = "quarter"
	}
	row, _ := Of(c.thing(), k)
	if row.Takes(FieldRef) {
		a.Ref = "-"
	}
	if of := c.Offers(k, FieldRef, by.Unit); len(of) > 0 {
		a.Ref = of[0].Value
	}
	if of := c.Offers(k, FieldUnit, by.Unit); len(of) > 0 {
		a.Unit = of[0].Value
	}
	return c.Check(a)
}

// Could is Case.Could for an act on a talk.
func (c TalkCase) Could(k Kind, by Actor, on calendar.Day) *Refusal {
	return c.Check(Act{ID: "could", Kind: k, By: by, On: on, Reason: saysAnything, Paper: saysAnything, Talk: saysAllOfTalk(on)})
}

const saysAnything = "…"

func saysAllOfTalk(on calendar.Day) *TalkFacts {
	return &TalkFacts{What: plan.ProposeTalk, Number: saysAnything, Time: on.At(9, 0, time.UTC), Place: saysAnything, Called: []string{saysAnything}}
}
