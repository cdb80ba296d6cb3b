package laws

import (
	"slices"
	"strconv"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// takes are the steps of a talk that acts take.
var takes = map[act.Kind]string{act.Serve: act.StepServed, act.Held: act.StepHeld, act.Minutes: act.StepMinutes,
	act.GivePlan: act.StepPlan, act.GiveReport: act.StepReport, act.VerifyTalk: act.StepVerified}

// stepOf is the step that a word about a talk is about, and its round: held and 2 of
// talk-held-missed.2; the first round bears no number.
func stepOf(id string) (step string, round int) {
	word, n, _ := strings.Cut(id, ".")
	if round, _ = strconv.Atoi(n); round == 0 {
		round = 1
	}
	if parts := strings.Split(word, "-"); len(parts) == 3 {
		step = parts[1]
	}
	return step, round
}

// heldOn is the day on which a talk counts as held: the day that its record names, but no later
// than the day of the record, and no earlier than the service of the notice or the beginning of
// the round.
func (x *talk) heldOn(recorded, named calendar.Day) calendar.Day {
	day := named
	for _, first := range []calendar.Day{x.begun, x.taken[act.StepServed]} {
		if day.Before(first) {
			day = first
		}
	}
	if day.After(recorded) {
		day = recorded
	}
	return day
}

// verified tells that, with this act, the rectification of every task is verified that the talk
// rests on.
func (x *talk) verified(a act.Act) bool {
	all := true
	for _, m := range x.members {
		m.proved = m.proved || a.Ref == "" || a.Ref == m.task
		all = all && (m.proved || !m.bears())
	}
	return all
}

// anew takes back the verification of every task.
func (x *talk) anew() {
	for _, m := range x.members {
		m.proved = false
	}
}

// missed tells from its ID that a word is the one after a step's limit.
func missed(id string) bool {
	word, _, _ := strings.Cut(id, ".")
	return strings.HasSuffix(word, "-missed")
}

// turn is the day from which a step's limit counts. ok is false when its turn has not
// come.
func (x *talk) turn(s plan.TalkStep) (from calendar.Day, ok bool) {
	if s.After == "opened" {
		return x.begun, true
	}
	from, ok = x.taken[s.After]
	return from, ok
}

// step judges a word about a step: by law 5, that the step before it was taken, and by law 4,
// that its limit has passed.
func (x *talk) step(s plan.Stage, step string) {
	rules := x.policies[x.policy].Talk
	if rules == nil {
		return
	}
	for _, r := range rules.Steps {
		if r.ID != step {
			continue
		}
		from, ok := x.turn(r)
		if !ok {
			x.breaks(5, s.At, "%s before %s", s.ID, r.After)
			return
		}
		if ran, term := x.ran(false, from, x.day(s.At), x.halts), x.term(r.Limit, from); missed(s.ID) && ran <= term {
			x.breaks(4, s.At, "%s: %d days ran of %d", s.ID, ran, term)
		}
	}
}

// pressed judges what was not said of the talk until the end of the history. A word counts as
// missing only some days after it was due.
func (x *talk) pressed() {
	x.silence = true
	eve, rules := x.day(x.h.Until).AddDays(-1), x.policies[x.policy].Talk
	if x.ended || !x.waits.IsZero() || rules == nil {
		return
	}
	if !x.doubt.IsZero() {
		if x.ran(true, x.doubt, eve, nil) > x.acts().Decide.N+2 && !x.urged {
			x.breaks(3, x.h.Until, "what the talk rests on has gone since %s, and nobody is pressed to say what becomes of it", x.doubt)
		}
		return
	}
	for _, r := range rules.Steps {
		from, turn := x.turn(r)
		if _, did := x.taken[r.ID]; !turn || did {
			continue
		}
		said := slices.ContainsFunc(x.t.Said, func(s plan.Stage) bool {
			step, n := stepOf(s.ID)
			return step == r.ID && n == x.round && missed(s.ID) && x.day(s.At).After(from)
		})
		if !said && x.ran(false, from, eve, x.halts) > x.term(r.Limit, from)+12 {
			x.breaks(0, x.h.Until, "%s is owed since %s, and nobody is pressed for it", r.ID, from)
		}
	}
}
