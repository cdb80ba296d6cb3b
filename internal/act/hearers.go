package act

import (
	"slices"

	"duban/internal/calendar"
	"duban/internal/people"
)

// Ear is who hears of an act at once.
type Ear string

const (
	HearsLiaison   Ear = "liaison"   // of the unit that leads the task after the act, or is called to the talk
	HearsDeputy    Ear = "deputy"    // of that unit
	HearsHead      Ear = "head"      // of that unit
	HearsOffice    Ear = "office"    // 协调办
	HearsLeader    Ear = "leader"    // of the leadership
	HearsDecider   Ear = "decider"   // the office, and the leader where an extension is the leadership's to decide
	HearsFormer    Ear = "former"    // liaison of the unit that led before
	HearsAssisting Ear = "assisting" // liaisons of the units that assist, or did before
	HearsAsked     Ear = "asked"     // liaison of the unit that the act names
	HearsParties   Ear = "parties"   // liaisons of the units that owe a part
	HearsWaiting   Ear = "waiting"   // parties, and the leader where the leadership waits for an answer
	HearsSuccessor Ear = "successor" // whoever takes over the work of a unit that goes
)

// hearing is an act with the case before and after it, by which those who hear of it are found.
// Of a talk, before and after hold its units alone.
type hearing struct {
	before, after Case
	act           Act
}

// heard are the recipients for some Ears, each once, in order.
func (h hearing) heard(to []Ear) (all []people.Recipient) {
	for _, e := range to {
		all = union(all, h.by(e))
	}
	return all
}

func (h hearing) by(e Ear) []people.Recipient {
	lead := h.after.Lead
	switch e {
	case HearsLiaison, HearsDeputy, HearsHead:
		return seatsOf(people.Role(e), lead)
	case HearsOffice:
		return seatsOf(people.Office, h.after.Office)
	case HearsLeader:
		return seatsOf(people.Leader, h.after.Leadership)
	case HearsDecider:
		if h.after.Granted > 0 {
			return h.heard([]Ear{HearsOffice, HearsLeader})
		}
		return h.by(HearsOffice)
	case HearsFormer:
		return seatsOf(people.Liaison, h.before.Lead)
	case HearsAssisting:
		return seatsOf(people.Liaison, slices.Concat(h.before.Assist, h.after.Assist)...)
	case HearsAsked:
		return seatsOf(people.Liaison, h.act.Unit)
	case HearsParties:
		return parties(h.before, lead)
	case HearsWaiting:
		to := parties(h.before, "")
		if slices.ContainsFunc(h.before.Instructions, func(n Instruction) bool { return n.Answered.IsZero() && !n.Due.IsZero() }) {
			to = union(to, h.by(HearsLeader))
		}
		return to
	case HearsSuccessor:
		if h.before.Lead == lead {
			return h.by(HearsAsked)
		}
		return slices.Concat(h.heard([]Ear{HearsLiaison, HearsDeputy}), parties(h.after, lead))
	}
	return nil
}

// seatsOf is a seat in some units.
func seatsOf(role people.Role, units ...string) (to []people.Recipient) {
	for _, unit := range units {
		to = append(to, people.Recipient{Unit: unit, Role: role})
	}
	return to
}

// parties are the liaisons of the units that owe a part, without the unit but.
func parties(c Case, but string) (to []people.Recipient) {
	for _, p := range c.Parts {
		if p.Given.IsZero() && p.Unit != but {
			to = union(to, seatsOf(people.Liaison, p.Unit))
		}
	}
	return to
}

// limitBy is the limit that the message about an act names, by what News.Limit calls it.
func (r Rules) limitBy(what string, after Case, a Act) calendar.Day {
	acts := r.policy(after).Acts
	switch what {
	case "answer", "part":
		return a.Due
	case "until":
		return a.Until
	case "chase":
		return after.ChaseFrom
	case "rule", "decide":
		return r.within(acts.Rule, a.On)
	case "verify":
		return r.within(acts.Verify, a.On)
	}
	return calendar.Day{}
}
