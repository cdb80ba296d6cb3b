package act_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

var (
	counts = []string{plan.CountOverdue, plan.CountReds, plan.CountTalks}
	spring = calendar.NewDay(2021, 3, 1)
)

func anyRules(t *rapid.T) []plan.Consequence {
	var rules []plan.Consequence
	for i := range rapid.IntRange(1, 4).Draw(t, "rules") {
		rules = append(rules, plan.Consequence{
			ID: fmt.Sprintf("rule-%d", i), Count: rapid.SampledFrom(counts).Draw(t, "count"), AtLeast: rapid.IntRange(1, 4).Draw(t, "at least"),
			Within:  plan.Offset{N: rapid.IntRange(0, 60).Draw(t, "within"), Work: rapid.Bool().Draw(t, "in working days")},
			Propose: rapid.SampledFrom([]string{plan.ProposeTalk, plan.ProposeCircular}).Draw(t, "propose"),
		})
	}
	return rules
}

// life is what happens to one task, or to a talk about it, over the days.
type life struct {
	unit, task  string
	talk        string // ID; "" for the task's own due day
	day, closed calendar.Day
	suspended   [2]calendar.Day // from, until before
	again       calendar.Day    // a new due date, given on the day it was due first; zero: none
}

func anyLives(t *rapid.T, label string, most int) (lives []life) {
	for i := range rapid.IntRange(0, most).Draw(t, label) {
		l := life{
			unit: rapid.SampledFrom([]string{"gaoping", "zezhou"}).Draw(t, "unit"), task: fmt.Sprintf("%s%d", label, i),
			day: spring.AddDays(rapid.IntRange(0, 80).Draw(t, "day")),
		}
		l.closed = l.day.AddDays(rapid.IntRange(-10, 40).Draw(t, "closed"))
		if rapid.Bool().Draw(t, "a talk") {
			l.talk = l.task + "#1"
		} else if rapid.Bool().Draw(t, "given another date") {
			l.again = l.day.AddDays(rapid.IntRange(1, 20).Draw(t, "again"))
		}
		from := l.day.AddDays(rapid.IntRange(-5, 20).Draw(t, "suspended"))
		l.suspended = [2]calendar.Day{from, from.AddDays(rapid.IntRange(0, 10).Draw(t, "for"))}
		lives = append(lives, l)
	}
	return lives
}

// factsOn are the facts that the ledger would give on the morning of a day.
func factsOn(lives []life, today calendar.Day) (facts []act.Fact) {
	for _, l := range lives {
		f := act.Fact{Kind: act.FactDue, Unit: l.unit, Task: l.task, Talk: l.talk, Day: l.day, State: act.Open}
		if l.talk != "" {
			f.Kind = act.FactTalk
		}
		if !l.again.IsZero() && today.After(l.day.AddDays(3)) {
			f.Day = l.again
		}
		if l.closed.Before(today) {
			f.State, f.Closed = act.Closed, l.closed
		} else if !today.Before(l.suspended[0]) && today.Before(l.suspended[1]) {
			f.State = act.Suspended
		}
		if f.Day.Before(today) {
			facts = append(facts, f)
		}
	}
	return facts
}

func who(p act.Proposal) string { return p.Rule + " to " + p.Unit }

// TestNoFactIsNamedTwice lets an audit run every day for four months. Whatever happens to the
// tasks, no fact is named in two proposals of one rule, every proposal rests on as many facts as
// the rule asks for, no key comes twice, and a second audit of the same day proposes nothing
// more.
func TestNoFactIsNamedTwice(t *testing.T) {
	t.Parallel()
	proposed := 0
	rapid.Check(t, func(t *rapid.T) {
		rules, lives := anyRules(t), anyLives(t, "t", 14)
		least := map[string]int{}
		for _, r := range rules {
			least[r.ID] = r.AtLeast
		}
		var fired []act.Fired
		named, keys := map[string]bool{}, map[string]bool{}
		for today := spring; today.Before(spring.AddDays(125)); today = today.AddDays(1) {
			facts := factsOn(lives, today)
			proposals := proposalsOf(rules, facts, fired, today, weekends)
			for _, p := range proposals {
				require.GreaterOrEqual(t, len(p.Facts), least[p.Rule])
				require.True(t, slices.IsSorted(p.Facts))
				require.Len(t, p.Grounds, len(p.Facts))
				require.False(t, keys[p.Key], "%s again on %s", p.Key, today)
				keys[p.Key] = true
				for _, f := range p.Facts {
					require.False(t, named[who(p)+f], "%s named %s twice", who(p), f)
					named[who(p)+f] = true
				}
				for _, g := range p.Before {
					require.True(t, named[who(p)+g.Key], "%s was not named before", g.Key)
				}
				fired = append(fired, p.Fired())
			}
			proposed += len(proposals)
			require.Empty(t, proposalsOf(rules, facts, fired, today, weekends))
		}
	})
	enough(t, 20, proposed, "too few proposals to mean anything")
}

// TestTheOrderOfFactsDoesNotMatter, nor does it matter whether a fact comes twice.
func TestTheOrderOfFactsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rules, today := anyRules(t), spring.AddDays(rapid.IntRange(0, 120).Draw(t, "today"))
		facts := factsOn(anyLives(t, "t", 14), today)
		want := proposalsOf(rules, facts, nil, today, weekends)
		mixed := rapid.Permutation(slices.Concat(facts, facts)).Draw(t, "mixed")
		require.Equal(t, want, proposalsOf(rules, mixed, nil, today, weekends))
	})
}

// TestMonotone: more facts about a unit never stop a rule from proposing, more proposals made
// before never make it propose, and a rule that asks for less proposes whenever one that asks
// for more does. For plan.CountReds, more facts means more missed tasks.
func TestMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rules, today := anyRules(t), spring.AddDays(rapid.IntRange(0, 120).Draw(t, "today"))
		facts := factsOn(anyLives(t, "t", 10), today)
		fired := anyFired(t, rules, facts, today)
		base := proposalsOf(rules, facts, fired, today, weekends)

		var more []act.Fact
		for _, f := range factsOn(anyLives(t, "more", 6), today) {
			if f.Kind == act.FactDue && f.State == act.Closed && !f.Closed.After(f.Day) {
				f.Closed = f.Day.AddDays(1)
			}
			more = append(more, f)
		}
		with := byWho(proposalsOf(rules, append(more, facts...), fired, today, weekends))
		for _, p := range base {
			require.Subset(t, with[who(p)].Facts, p.Facts, "more facts")
		}

		without := byWho(base)
		for _, p := range proposalsOf(rules, facts, append(fired, anyFired(t, rules, facts, today)...), today, weekends) {
			require.Subset(t, without[who(p)].Facts, p.Facts, "more said before")
		}

		for i := range rules {
			rules[i].AtLeast = rapid.IntRange(1, rules[i].AtLeast).Draw(t, "less")
		}
		milder := byWho(proposalsOf(rules, facts, fired, today, weekends))
		for _, p := range base {
			require.Equal(t, p, milder[who(p)], "a rule that asks for less")
		}
	})
}

func byWho(proposals []act.Proposal) map[string]act.Proposal {
	out := map[string]act.Proposal{}
	for _, p := range proposals {
		out[who(p)] = p
	}
	return out
}

// anyFired are proposals as the rules may have made them before, each with some of these facts.
func anyFired(t *rapid.T, rules []plan.Consequence, facts []act.Fact, today calendar.Day) (fired []act.Fired) {
	for _, r := range rules {
		r.AtLeast = 1
		for _, p := range proposalsOf([]plan.Consequence{r}, facts, nil, today, weekends) {
			n := rapid.IntRange(0, len(p.Facts)).Draw(t, "named before")
			fired = append(fired, act.Fired{Rule: p.Rule, Unit: p.Unit, Facts: p.Facts[:n]})
		}
	}
	return fired
}

// TestOverdueAgainstPlainCounting counts overdue tasks by hand.
func TestOverdueAgainstPlainCounting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule := plan.Consequence{ID: "r", Count: plan.CountOverdue, AtLeast: rapid.IntRange(1, 4).Draw(t, "at least"), Propose: plan.ProposeTalk}
		today := spring.AddDays(rapid.IntRange(0, 120).Draw(t, "today"))
		facts := factsOn(anyLives(t, "t", 10), today)
		n := map[string]int{}
		for _, f := range facts {
			if f.Talk == "" && f.State == act.Open {
				n[f.Unit]++
			}
		}
		want := []string{}
		for _, unit := range []string{"gaoping", "zezhou"} {
			if n[unit] >= rule.AtLeast {
				want = append(want, fmt.Sprint(unit, n[unit]))
			}
		}
		got := []string{}
		for _, p := range proposalsOf([]plan.Consequence{rule}, facts, nil, today, weekends) {
			got = append(got, fmt.Sprint(p.Unit, len(p.Facts)))
		}
		require.Equal(t, want, got)
	})
}
