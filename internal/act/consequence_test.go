package act_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

var (
	twoOverdue = plan.Consequence{ID: "overdue-2", Count: plan.CountOverdue, AtLeast: 2, Propose: plan.ProposeTalk}
	threeReds  = plan.Consequence{ID: "reds-3", Count: plan.CountReds, AtLeast: 3, Propose: plan.ProposeCircular}
	secondTalk = plan.Consequence{ID: "talks-2", Count: plan.CountTalks, AtLeast: 2, Within: plan.Offset{N: 365}, Propose: plan.ProposeCircular}
)

// weekends is a calendar without notices: Saturdays and Sundays rest.
var weekends = calendar.New()

func on(month, date int) calendar.Day {
	return calendar.NewDay(2021, 1, 1).AddMonths(month - 1).AddDays(date - 1)
}

func openTask(task string, due calendar.Day) act.Fact {
	return act.Fact{Kind: act.FactDue, Unit: "gaoping", Task: task, Day: due, State: act.Open}
}

func closedTask(task string, due, closed calendar.Day) act.Fact {
	f := openTask(task, due)
	f.State, f.Closed = act.Closed, closed
	return f
}

func inState(f act.Fact, s act.State) act.Fact {
	f.State = s
	return f
}

func opened(talk, task string, day calendar.Day) act.Fact {
	return act.Fact{Kind: act.FactTalk, Unit: "gaoping", Task: task, Talk: talk, Day: day, State: act.Open}
}

// proposalsOf are the proposals that the rules make of facts; a fact's days late are the working
// days since its day, by a calendar.
func proposalsOf(rules []plan.Consequence, facts []act.Fact, fired []act.Fired, today calendar.Day, cal *calendar.Calendar) []act.Proposal {
	facts = slices.Clone(facts)
	for i, f := range facts {
		until := today
		if !f.Closed.IsZero() {
			until = f.Closed
		}
		if f.Kind == act.FactDue {
			facts[i].Late = max(0, cal.Workdays(f.Day, until))
		}
	}
	return act.Consequences(rules, facts, fired, today, cal)
}

// named are the facts of each proposal, as one text.
func named(proposals []act.Proposal) []string {
	out := []string{}
	for _, p := range proposals {
		out = append(out, p.Rule+" "+p.Unit+" "+p.Task+": "+strings.Join(p.Facts, " "))
	}
	return out
}

func TestTwoOverdueAtOnceWhole(t *testing.T) {
	t.Parallel()
	other := openTask("9.9", on(4, 30))
	other.Unit = "zezhou"
	facts := []act.Fact{other, openTask("3.1", on(5, 10)), openTask("2.4-survey.gaoping", on(4, 30)), closedTask("1.1", on(3, 31), on(5, 2))}
	got := proposalsOf([]plan.Consequence{twoOverdue}, facts, nil, on(5, 12), weekends)
	require.Equal(t, []act.Proposal{{
		Rule: "overdue-2", Unit: "gaoping", What: plan.ProposeTalk, Task: "3.1",
		Facts: []string{"overdue:2.4-survey.gaoping:2021-04-30", "overdue:3.1:2021-05-10"},
		Key:   "overdue-2/gaoping/2160949f20ace2e3",
		Grounds: []act.Ground{
			{Key: "overdue:2.4-survey.gaoping:2021-04-30", Count: plan.CountOverdue, Task: "2.4-survey.gaoping", Day: on(4, 30), Days: 12, Workdays: 8, On: on(5, 12)},
			{Key: "overdue:3.1:2021-05-10", Count: plan.CountOverdue, Task: "3.1", Day: on(5, 10), Days: 2, Workdays: 2, On: on(5, 12)},
		},
	}}, got)
}

func TestANewProposalNeedsAsManyNewFacts(t *testing.T) {
	t.Parallel()
	rules := []plan.Consequence{twoOverdue}
	facts := []act.Fact{openTask("a", on(4, 1)), openTask("b", on(4, 2))}
	first := proposalsOf(rules, facts, nil, on(4, 3), weekends)
	require.Equal(t, []string{"overdue-2 gaoping b: overdue:a:2021-04-01 overdue:b:2021-04-02"}, named(first))
	fired := []act.Fired{first[0].Fired()}

	facts = append(facts, openTask("c", on(4, 5)))
	require.Empty(t, proposalsOf(rules, facts, fired, on(4, 6), weekends), "a third joins two named before")

	facts = append(facts, openTask("d", on(4, 6)))
	second := proposalsOf(rules, facts, fired, on(4, 7), weekends)
	require.Equal(t, []string{"overdue-2 gaoping d: overdue:c:2021-04-05 overdue:d:2021-04-06"}, named(second))
	require.Equal(t, []act.Ground{
		{Key: "overdue:a:2021-04-01", Count: plan.CountOverdue, Task: "a", Day: on(4, 1), Days: 6, Workdays: 4, On: on(4, 7)},
		{Key: "overdue:b:2021-04-02", Count: plan.CountOverdue, Task: "b", Day: on(4, 2), Days: 5, Workdays: 3, On: on(4, 7)},
	}, second[0].Before)

	fired = append(fired, second[0].Fired())
	require.Empty(t, proposalsOf(rules, facts, fired, on(4, 7), weekends))

	facts[0], facts[1] = openTask("a", on(5, 1)), openTask("b", on(5, 1)) // new due dates, missed again
	require.Equal(t, []string{"overdue-2 gaoping b: overdue:a:2021-05-01 overdue:b:2021-05-01"},
		named(proposalsOf(rules, facts, fired, on(5, 2), weekends)))
}

func TestWhatIsNamedIsNamedToOneUnitByOneRule(t *testing.T) {
	t.Parallel()
	facts := []act.Fact{openTask("a", on(4, 1)), openTask("b", on(4, 2))}
	keys := []string{"overdue:a:2021-04-01", "overdue:b:2021-04-02"}
	for _, f := range []act.Fired{{Rule: "another", Unit: "gaoping", Facts: keys}, {Rule: "overdue-2", Unit: "zezhou", Facts: keys}, {Rule: "overdue-2", Unit: "gaoping"}} {
		require.Len(t, proposalsOf([]plan.Consequence{twoOverdue}, facts, []act.Fired{f}, on(4, 3), weekends), 1, "%v", f)
	}
}

func TestFiredReadsAProposal(t *testing.T) {
	t.Parallel()
	p := proposalsOf([]plan.Consequence{twoOverdue}, []act.Fact{openTask("a", on(4, 1)), openTask("b", on(4, 2))}, nil, on(4, 3), weekends)[0]
	text, err := json.Marshal(p)
	require.NoError(t, err)
	var f act.Fired
	require.NoError(t, json.Unmarshal(text, &f))
	require.Equal(t, p.Fired(), f)
}

// TestWhatCounts: which facts a rule names that one fact is enough for, case by case.
func TestWhatCounts(t *testing.T) {
	t.Parallel()
	today := on(6, 1)
	a := openTask("a", on(5, 1))
	for _, c := range []struct {
		name  string
		count string
		facts []act.Fact
		want  []string
	}{
		{"overdue from the day after", plan.CountOverdue, []act.Fact{openTask("y", today.AddDays(-1)), openTask("z", today)}, []string{"overdue:y:2021-05-31"}},
		{"overdue: open only", plan.CountOverdue, []act.Fact{a, inState(openTask("b", on(5, 2)), act.Suspended), inState(openTask("c", on(5, 3)), act.Reported),
			inState(openTask("d", on(5, 4)), act.Cancelled), closedTask("e", on(5, 5), on(5, 6))}, []string{"overdue:a:2021-05-01"}},
		{"overdue: no talks", plan.CountOverdue, []act.Fact{opened("a#1", "a", on(5, 1))}, nil},
		{"reds: open or done late", plan.CountReds, []act.Fact{a, closedTask("b", on(5, 2), on(5, 3))}, []string{"missed:a:2021-05-01", "missed:b:2021-05-02"}},
		{"reds: a task met ends the row", plan.CountReds, []act.Fact{a, closedTask("b", on(5, 2), on(5, 2)), openTask("c", on(5, 3))}, []string{"missed:c:2021-05-03"}},
		{"reds: the last one met, none", plan.CountReds, []act.Fact{a, openTask("c", on(5, 3)), closedTask("d", on(5, 4), on(4, 4))}, nil},
		{"reds: one day, by ID", plan.CountReds, []act.Fact{openTask("c", on(5, 1)), closedTask("b", on(5, 1), on(5, 1)), a}, []string{"missed:c:2021-05-01"}},
		{"reds: a report that waits ends the row", plan.CountReds, []act.Fact{a, inState(openTask("b", on(5, 2)), act.Reported), openTask("c", on(5, 3))}, []string{"missed:c:2021-05-03"}},
		{"reds: the suspended is passed over", plan.CountReds, []act.Fact{a, inState(openTask("b", on(5, 2)), act.Suspended), openTask("c", on(5, 3))}, []string{"missed:a:2021-05-01", "missed:c:2021-05-03"}},
		{"reds: what is not due yet and talks do not count", plan.CountReds, []act.Fact{a, openTask("z", today), opened("a#1", "a", on(5, 2))}, []string{"missed:a:2021-05-01"}},
		{"talks: from a year ago to today", plan.CountTalks, []act.Fact{opened("a#1", "a", today.AddDays(-366)), opened("a#2", "a", today.AddDays(-365)),
			opened("a#3", "a", today), opened("a#4", "a", today.AddDays(1)), a}, []string{"talk:a#2", "talk:a#3"}},
		{"an unknown count", "moons", []act.Fact{a}, nil},
	} {
		rule := plan.Consequence{ID: "r", Count: c.count, AtLeast: 1, Within: plan.Offset{N: 365}, Propose: plan.ProposeTalk}
		var got []string
		for _, p := range proposalsOf([]plan.Consequence{rule}, c.facts, nil, today, weekends) {
			got = append(got, p.Facts...)
		}
		require.Equal(t, c.want, got, c.name)
	}
}

func TestRedsAndTalksWhole(t *testing.T) {
	t.Parallel()
	facts := []act.Fact{
		closedTask("a", on(4, 1), on(4, 12)), openTask("b", on(4, 2)), closedTask("c", on(4, 5), on(4, 6)),
		opened("a#1", "a", on(4, 9)), opened("b#1", "b", on(4, 19)),
	}
	facts[3].State, facts[3].Closed = act.Closed, on(4, 12)
	got := proposalsOf([]plan.Consequence{secondTalk, threeReds}, facts, nil, on(4, 20), weekends)
	for i := range got {
		require.NotEmpty(t, got[i].Key)
		got[i].Key = ""
	}
	require.Equal(t, []act.Proposal{
		{Rule: "talks-2", Unit: "gaoping", What: plan.ProposeCircular, Task: "b", Facts: []string{"talk:a#1", "talk:b#1"},
			Grounds: []act.Ground{
				{Key: "talk:a#1", Count: plan.CountTalks, Task: "a", Talk: "a#1", Day: on(4, 9), On: on(4, 20)},
				{Key: "talk:b#1", Count: plan.CountTalks, Task: "b", Talk: "b#1", Day: on(4, 19), On: on(4, 20)},
			}},
		{Rule: "reds-3", Unit: "gaoping", What: plan.ProposeCircular, Task: "b", // c is the latest, but a talk cannot attach to it any more
			Facts: []string{"missed:a:2021-04-01", "missed:b:2021-04-02", "missed:c:2021-04-05"},
			Grounds: []act.Ground{
				{Key: "missed:a:2021-04-01", Count: plan.CountReds, Task: "a", Day: on(4, 1), Closed: on(4, 12), Days: 11, Workdays: 7, On: on(4, 20)},
				{Key: "missed:b:2021-04-02", Count: plan.CountReds, Task: "b", Day: on(4, 2), Days: 18, Workdays: 12, On: on(4, 20)},
				{Key: "missed:c:2021-04-05", Count: plan.CountReds, Task: "c", Day: on(4, 5), Closed: on(4, 6), Days: 1, Workdays: 1, On: on(4, 20)},
			}},
	}, got)

	facts[1] = closedTask("b", on(4, 2), on(4, 19))
	all := proposalsOf([]plan.Consequence{threeReds}, facts, nil, on(4, 20), weekends)
	require.Equal(t, "c", all[0].Task, "none is open: the latest")
}

func TestARuleOfNothingProposesNothing(t *testing.T) {
	t.Parallel()
	facts := []act.Fact{openTask("a", on(4, 1))}
	for _, least := range []int{-1, 0} {
		rule := twoOverdue
		rule.AtLeast = least
		require.Empty(t, proposalsOf([]plan.Consequence{rule}, facts, nil, on(5, 1), weekends))
	}
	require.Empty(t, proposalsOf(nil, facts, nil, on(5, 1), weekends))
	require.Empty(t, proposalsOf([]plan.Consequence{twoOverdue}, nil, nil, on(5, 1), weekends))
}

// What adds up across tasks adds up across plans and years: a talk in last year's plan
// and one in this year's, within 365 days, are a second talk; one more than a year
// before is not.
func TestTalksOfTwoPlansAddUp(t *testing.T) {
	t.Parallel()
	rule := []plan.Consequence{{ID: "second-talk", Count: plan.CountTalks, AtLeast: 2, Within: plan.Offset{N: 365}, Propose: plan.ProposeCircular}}
	cal := seededCalendar(t)
	talk := func(task, on string) act.Fact {
		return act.Fact{Kind: act.FactTalk, Unit: "gaoping", Task: task, Talk: task + "#1", Day: day(t, on), State: act.Open}
	}
	last, now := talk("p14", "2021-05-18").From("water-2021"), talk("p14", "2022-05-17")
	got := act.Consequences(rule, []act.Fact{last, now}, nil, day(t, "2022-05-18"), cal)
	require.Len(t, got, 1, "05-18 is 365 days after 05-18")
	require.Equal(t, []string{"talk:p14#1", "talk:water-2021/p14#1"}, got[0].Facts, "of two tasks with one number")
	require.Equal(t, "p14", got[0].Task, "it is about this plan's task")
	require.Empty(t, act.Consequences(rule, []act.Fact{last, now}, nil, day(t, "2022-05-19"), cal))

	// The other plan, whose audit comes after, proposes nothing again.
	fired := got[0].Fired().SeenFrom("water-2022", "water-2021")
	require.Equal(t, []string{"talk:water-2022/p14#1", "talk:p14#1"}, fired.Facts)
	require.Empty(t, act.Consequences(rule, []act.Fact{talk("p14", "2021-05-18"), now.From("water-2022")}, []act.Fired{fired}, day(t, "2022-05-18"), cal))
	third := got[0].Fired().SeenFrom("water-2022", "air")
	require.Equal(t, []string{"talk:water-2022/p14#1", "talk:water-2021/p14#1"}, third.Facts, "a third plan")
}

// The same across plans: tasks overdue at one time in two plans, and dates missed in a row over
// the end of a year. Of facts none of which is of this plan nothing is proposed: the other plans
// do it.
func TestMissesOfTwoPlansAddUp(t *testing.T) {
	t.Parallel()
	cal := seededCalendar(t)
	overdue := []plan.Consequence{{ID: "two-overdue", Count: plan.CountOverdue, AtLeast: 2, Propose: plan.ProposeCircular}}
	reds := []plan.Consequence{{ID: "three-reds", Count: plan.CountReds, AtLeast: 3, Propose: plan.ProposeTalk}}
	miss := func(task, due string) act.Fact {
		return act.Fact{Kind: act.FactDue, Unit: "gaoping", Task: task, Day: day(t, due), State: act.Open}
	}
	a, b := miss("a", "2021-06-30"), miss("a", "2021-07-15").From("air")
	got := act.Consequences(overdue, []act.Fact{a, b}, nil, day(t, "2021-07-20"), cal)
	require.Len(t, got, 1)
	require.Equal(t, []any{"a", []string{"overdue:a:2021-06-30", "overdue:air/a:2021-07-15"}}, []any{got[0].Task, got[0].Facts}, "the latest of this plan, though the other's is later")
	require.Empty(t, act.Consequences(overdue, []act.Fact{a.From("x"), b}, nil, day(t, "2021-07-20"), cal), "none is of this plan")
	row := []act.Fact{miss("a", "2021-11-30").From("last"), miss("b", "2021-12-31").From("last"), miss("c", "2022-01-31")}
	require.Len(t, act.Consequences(reds, row, nil, day(t, "2022-02-10"), cal), 1)
	met := miss("m", "2022-01-15").From("last")
	met.State, met.Closed = act.Closed, day(t, "2022-01-14")
	require.Empty(t, act.Consequences(reds, append(row, met), nil, day(t, "2022-02-10"), cal), "one that was met ends the row, in whatever plan")
}

// Rules of consequences count matters and days, and nothing before the ladder's own warning.
func TestRulesCountMattersAndDays(t *testing.T) {
	t.Parallel()
	of := func(f act.Fact, duty string) act.Fact {
		f.Duty = duty
		return f
	}
	early := func(f act.Fact) act.Fact {
		f.Unwarned = true
		return f
	}
	today := on(6, 1)
	for _, c := range []struct {
		name  string
		rule  plan.Consequence
		facts []act.Fact
		want  int
	}{
		{"two tasks are two matters", twoOverdue, []act.Fact{openTask("a", on(5, 1)), openTask("b", on(5, 1))}, 1},
		{"two occurrences of one duty are one", twoOverdue, []act.Fact{of(openTask("d.1", on(4, 1)), "d"), of(openTask("d.2", on(5, 1)), "d")}, 0},
		{"and with another task two", twoOverdue, []act.Fact{of(openTask("d.1", on(4, 1)), "d"), of(openTask("d.2", on(5, 1)), "d"), openTask("a", on(5, 1))}, 1},
		{"not warned of yet", twoOverdue, []act.Fact{openTask("a", on(5, 1)), early(openTask("b", on(5, 31)))}, 0},
		{"three missed on one day are one", threeReds, []act.Fact{openTask("a", on(5, 1)), openTask("b", on(5, 1)), openTask("c", on(5, 1))}, 0},
		{"three days running", threeReds, []act.Fact{openTask("a", on(5, 1)), openTask("b", on(5, 1)), openTask("c", on(5, 2)), openTask("d", on(5, 3))}, 1},
		{"the third not warned of yet", threeReds, []act.Fact{openTask("a", on(5, 1)), openTask("c", on(5, 2)), early(openTask("d", on(5, 3)))}, 0},
		{"two talks of one morning are one", secondTalk, []act.Fact{opened("a#1", "a", on(5, 1)), opened("b#1", "b", on(5, 1))}, 0},
		{"of two mornings two", secondTalk, []act.Fact{opened("a#1", "a", on(5, 1)), opened("b#1", "b", on(5, 2))}, 1},
	} {
		require.Len(t, proposalsOf([]plan.Consequence{c.rule}, c.facts, nil, today, weekends), c.want, c.name)
	}
}

// While a proposal waits for a leader, every new fact joins it, however few the new facts are.
func TestNewFactsJoinAProposalThatWaits(t *testing.T) {
	t.Parallel()
	facts := []act.Fact{openTask("a", on(4, 1)), openTask("b", on(4, 2)), openTask("c", on(4, 5))}
	fired := act.Fired{Rule: "overdue-2", Unit: "gaoping", Facts: []string{"overdue:a:2021-04-01", "overdue:b:2021-04-02"}, What: plan.ProposeTalk, Waits: true}
	rules := []plan.Consequence{twoOverdue}
	require.Equal(t, []string{"overdue-2 gaoping c: overdue:c:2021-04-05"}, named(proposalsOf(rules, facts, []act.Fired{fired}, on(4, 6), weekends)))
	byHand := act.Fired{Unit: "gaoping", What: plan.ProposeTalk, Waits: true}
	fired.Waits = false
	require.Len(t, proposalsOf(rules, facts, []act.Fired{fired, byHand}, on(4, 6), weekends), 1)
	byHand.What = plan.ProposeCircular
	require.Empty(t, proposalsOf(rules, facts, []act.Fired{fired, byHand}, on(4, 6), weekends), "another measure")
	require.Empty(t, proposalsOf(rules, facts[:2], []act.Fired{fired}, on(4, 6), weekends))
}

// On the days before the ladder's own warning about a miss, the miss does not count.
func TestAMissCountsFromItsWarningOn(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]string{"standard": "2021-05-11", "soft": "2021-05-11"} {
		b := newRules(t)
		c := begin(b, policy, on(4, 30), moment(t, "2021-04-08 00:00"))
		first := ""
		for d := on(5, 1); first == "" && d.Before(on(6, 1)); d = d.AddDays(1) {
			_, then, _ := b.Play(c, nil, d.At(9, 30, calendar.Beijing))
			for _, f := range b.Facts("a", then.Case, d) {
				if !f.Unwarned {
					first = d.String()
				}
			}
		}
		require.Equal(t, want, first, policy)
	}
}
