package act

import (
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Could tells whether somebody could do an act now, whatever it would say: nil, or
// why not, which lies in who it is, in the state of the case or in the day. What an
// act must say is in its row of the table.
func (c Case) Could(k Kind, by Actor, on calendar.Day) *Refusal {
	later := c.Due
	if on.After(later) {
		later = on
	}
	a := Act{ID: "could", Kind: k, By: by, On: on, Reason: saysAnything, Paper: saysAnything, Title: saysAnything, Unit: c.Lead + "'", Units: []string{c.Lead + "'"},
		Policy: c.Policy + "'", Due: later.AddDays(1), Rule: "month", Evidence: []Evidence{{Name: saysAnything, URL: "https://a.invalid/"}}}
	switch k {
	case SetRule:
		if c.HasRule(a) {
			a.Rule = "quarter"
		}
	case AskPart:
		if len(c.Assist) > 0 {
			a.Unit = c.Assist[0]
		}
	case GivePart:
		a.Ref = "-"
		if i := slices.IndexFunc(c.Parts, func(p Part) bool { return p.Unit == by.Unit && p.Given.IsZero() }); i >= 0 {
			a.Ref = c.Parts[i].ID
		}
	case Answer:
		a.Ref = "-"
		if i := slices.IndexFunc(c.Instructions, func(n Instruction) bool { return n.Answered.IsZero() }); i >= 0 {
			a.Ref = c.Instructions[i].ID
		}
	}
	return c.Check(a)
}

// Could tells the same of an act on a talk.
func (c TalkCase) Could(k Kind, by Actor, on calendar.Day) *Refusal {
	said := &TalkFacts{What: plan.ProposeTalk, Number: saysAnything, Time: on.At(9, 0, time.UTC), Place: saysAnything, Called: []string{saysAnything}}
	return c.Check(Act{ID: "could", Kind: k, By: by, On: on, Reason: saysAnything, Paper: saysAnything, Talk: said})
}

const saysAnything = "…"
