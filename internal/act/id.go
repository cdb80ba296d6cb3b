package act

import (
	"fmt"
	"regexp"
	"strings"
)

// An act is known by its ID: the same ID again is the same act. People's IDs and
// those of the engine's own acts are of two alphabets, so that nobody can take an ID
// that the engine will use, and have its act passed by as done.

// peoplesID is what a person's act may be called.
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

// DropID is that of the act by which it takes a unit that is dissolved from those that
// assist.
func DropID(n int, unit string) string {
	return fmt.Sprintf("%samend-%d-%s-%s", ownPrefix, n, unit, Assist)
}

// PolicyID is the ID of the act that moves a thing that has had so many acts to a
// version of a policy.
func PolicyID(version, acts int) string {
	return fmt.Sprintf("%spolicy-v%d-a%d", ownPrefix, version, acts)
}

// OfMany tells by its ID an act that one order does on many things: an amendment, a
// policy. Workflows branch on it while they replay: what it says of an ID never changes.
func OfMany(id string) bool {
	return strings.HasPrefix(id, ownPrefix+"amend-") || strings.HasPrefix(id, ownPrefix+"policy-")
}

// RuleID is the ID of the act by which a rule of consequences proposes what has a key.
func RuleID(key string) string { return ownPrefix + "rule-" + strings.ReplaceAll(key, "/", "-") }

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
		what == "policy" && !engine && a.Kind == SetPolicy,
		what == "amend" && !engine && strings.HasSuffix(id, "-"+string(a.Kind)) && amends(a.Kind):
		return nil
	}
	return refuse("id_engine", "ID", clip(a.ID))
}

// Sayable refuses an act that says too much, or is not called as it may be; nil is
// yes. It does not depend on what is acted on.
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
