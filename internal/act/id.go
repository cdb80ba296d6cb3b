package act

import (
	"fmt"
	"regexp"
	"strings"
)

// An act is known by its ID: the same ID again is the same act. IDs of the engine's own acts
// contain a colon, which people's IDs cannot: nobody can use an ID that the engine will use, so
// that the engine's act would be passed over as done already.

// peoplesID is the form of the ID of a person's act.
var peoplesID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// ownPrefix begins the IDs that only the engine makes.
const ownPrefix = "engine:"

// ResumeID is the ID of the engine's act that ends the pause of a thing that has had
// so many acts.
func ResumeID(acts int) string { return fmt.Sprintf("%sresume-%d", ownPrefix, acts) }

// AmendID is the ID of the act by which a plan's nth amendment changes a running thing.
func AmendID(n int, k Kind) string { return fmt.Sprintf("%samend-%d-%s", ownPrefix, n, k) }

// TakeOverID is the ID of the act by which a plan's nth amendment passes what a unit
// has of a running thing to another.
func TakeOverID(n int, unit string) string {
	return fmt.Sprintf("%samend-%d-%s-%s", ownPrefix, n, unit, TakeOver)
}

// DropID is the ID of the act by which a plan's nth amendment removes a dissolved unit from the
// units that assist in a running thing.
func DropID(n int, unit string) string {
	return fmt.Sprintf("%samend-%d-%s-%s", ownPrefix, n, unit, Assist)
}

// PolicyID is the ID of the act that moves a thing that has had so many acts to a
// version of a policy.
func PolicyID(version, acts int) string {
	return fmt.Sprintf("%spolicy-v%d-a%d", ownPrefix, version, acts)
}

// OfMany tells from an act's ID that one order does it on many things: an amendment, or another
// version of a policy. Workflows branch on OfMany while they replay: what it answers for an ID
// must never change.
func OfMany(id string) bool {
	return strings.HasPrefix(id, ownPrefix+"amend-") || strings.HasPrefix(id, ownPrefix+"policy-")
}

// RuleID is the ID of the act by which a rule of consequences makes the proposal with this key
// (Proposal.Key).
func RuleID(key string) string { return ownPrefix + "rule-" + strings.ReplaceAll(key, "/", "-") }

// ReadingsID is the ID of the engine's act that closes (Verify) or cancels (Cancel) a task
// because of what was measured of sections. A task has at most one of each.
func ReadingsID(k Kind) string { return ownPrefix + "readings-" + string(k) }

// IncidentID is the ID of the engine's act that closes (Verify) or cancels (Cancel) a task
// because of what was noted in an incident. A task has at most one of each.
func IncidentID(k Kind) string { return ownPrefix + "incident-" + string(k) }

// OwnID tells that only the engine makes such an ID.
func OwnID(id string) bool { return strings.HasPrefix(id, ownPrefix) }

// Named refuses an act whose ID is not one that it may have; nil is yes.
func Named(a Act) *Refusal {
	id, own := strings.CutPrefix(a.ID, ownPrefix)
	if !own {
		if !peoplesID.MatchString(a.ID) {
			return refuse("id", "ID", clip(a.ID))
		}
		return nil
	}
	what, _, _ := strings.Cut(id, "-")
	engine := a.By.Account == EngineActor.Account
	switch {
	case what == "resume" && engine && a.Kind == Resume,
		what == "rule" && engine && a.Kind == Propose,
		(what == "readings" || what == "incident") && engine && (a.Kind == Verify || a.Kind == Cancel),
		what == "complaint" && !engine && strings.HasSuffix(id, "-"+string(a.Kind)) && follows(a.Kind),
		what == "policy" && !engine && a.Kind == SetPolicy,
		what == "amend" && !engine && strings.HasSuffix(id, "-"+string(a.Kind)) && amends(a.Kind):
		return nil
	}
	return refuse("id_engine", "ID", clip(a.ID))
}

// Sayable refuses an act whose ID is not one that it may have (Named), or whose texts are too
// long (Lengths); nil is yes. It does not depend on what the act is done to.
func Sayable(a Act) *Refusal {
	if r := Named(a); r != nil {
		return r
	}
	return Lengths(a)
}

// amends tells that amendments do such acts.
func amends(k Kind) bool {
	_, changes := fieldOf[k]
	return changes || k == Cancel || k == EndDuty || k == Reinstate || k == TakeOver
}

// follows tells that such acts on a complaint's task follow from acts on the complaint.
func follows(k Kind) bool {
	return k == Reassign || k == Uphold || k == Reject || k == Verify || k == Cancel
}

// Taken is the refusal of an act whose ID another act has.
func Taken(a Act) *Refusal { return refuse("id_taken", "ID", clip(a.ID)) }

// clip is a short form of what was typed, in one line and without control characters.
func clip(id string) string {
	const most = 40
	id = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '·'
		}
		return r
	}, strings.ToValidUTF8(id, "·"))
	if r := []rune(id); len(r) > most {
		return string(r[:most]) + "…"
	}
	return id
}
