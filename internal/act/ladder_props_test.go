package act_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// setting is one random ladder with what it was made from.
type setting struct {
	policy   plan.Policy
	due      calendar.Day
	assigned time.Time
	stages   []plan.Stage
}

func offset(t *rapid.T, label string, low int) plan.Offset {
	return plan.Offset{N: rapid.IntRange(low, 40).Draw(t, label), Work: rapid.Bool().Draw(t, label+" in working days")}
}

// anyPolicy is one of the seeded policies or a random one.
func anyPolicy(t *rapid.T, seeded map[string]plan.Policy) plan.Policy {
	name := rapid.SampledFrom([]string{"standard", "soft", "13710", "random"}).Draw(t, "policy")
	if name != "random" {
		return seeded[name]
	}
	p := plan.Policy{Name: name, SpeakAt: "09:00", Blue: offset(t, "blue", 0), Yellow: offset(t, "yellow", 0)}
	for i := range rapid.IntRange(1, 8).Draw(t, "stages") {
		r := plan.Rule{ID: fmt.Sprintf("rule-%d", i), Light: rapid.SampledFrom(plan.Lights).Draw(t, "light"),
			Kind: rapid.SampledFrom(plan.StageKinds).Draw(t, "kind"), To: []people.Role{rapid.SampledFrom(people.Roles).Draw(t, "role")}}
		switch rapid.IntRange(0, 2).Draw(t, "side") {
		case 0:
			d := offset(t, "before", 0)
			r.Before = &d
		case 1:
			d := offset(t, "after", 1)
			r.After = &d
		case 2:
			d := offset(t, "after assigned", 0)
			r.From, r.After = plan.FromAssigned, &d
			if d.N > 0 && r.Kind != plan.Talk && rapid.Bool().Draw(t, "unless acknowledged") {
				r.Unless = plan.UnlessAcknowledged
			}
		}
		p.Stages = append(p.Stages, r)
	}
	return p
}

func anySetting(t *rapid.T, l ladderer, seeded map[string]plan.Policy) setting {
	s := setting{policy: anyPolicy(t, seeded), due: calendar.NewDay(2021, 1, 1).AddDays(rapid.IntRange(0, 5*365).Draw(t, "due"))}
	from := s.due.AddDays(rapid.IntRange(-120, 120).Draw(t, "assigned"))
	s.assigned = from.At(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 0, 1, 59}).Draw(t, "minute"), calendar.Beijing)
	s.stages = l.Ladder(s.policy, s.due, "u", s.assigned)
	return s
}

func checkLadders(t *testing.T, check func(t *rapid.T, l ladderer, s setting)) {
	l, seeded := seededLadderer(t), seededPolicies(t)
	rapid.Check(t, func(t *rapid.T) { check(t, l, anySetting(t, l, seeded)) })
}

func local(s plan.Stage) calendar.Day { return calendar.DayOf(s.At.In(calendar.Beijing)) }

func TestNoStageIsLost(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, l ladderer, s setting) {
		var want, got []string
		for _, r := range s.policy.Stages {
			if !toldByTheOrder(l, s, r) {
				want = append(want, r.ID)
			}
		}
		for _, stage := range s.stages {
			got = append(append(got, stage.ID), stage.Merged...)
		}
		got = slices.DeleteFunc(got, func(id string) bool { return id == plan.CatchUp })
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, want, got, "each exactly once")
	})
}

// toldByTheOrder tells a reminder whose day was over at the launch, where the next office
// morning comes after the limit. The order says the limit on the day of the launch then, and no
// reminder is said after the limit.
func toldByTheOrder(l ladderer, s setting, r plan.Rule) bool {
	if overdue(r) || r.Unless != "" || calendar.DayOf(s.assigned.In(calendar.Beijing)).After(s.due) || !l.Morning(s.policy, s.assigned).After(s.due) {
		return false
	}
	_, moved := ordinary(l, s, r)
	return moved.At(9, 0, calendar.Beijing).Before(s.assigned)
}

// limits are the stages about a task's own limit, without those about the acknowledgement.
func limits(stages []plan.Stage) []plan.Stage {
	return slices.DeleteFunc(slices.Clone(stages), func(s plan.Stage) bool { return s.Unless != "" })
}

func TestStagesSpeakOnWorkingMorningsOneADay(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, l ladderer, s setting) {
		require.True(t, slices.IsSortedFunc(s.stages, func(a, b plan.Stage) int { return a.At.Compare(b.At) }))
		ofLimit := limits(s.stages)
		for i := range ofLimit[min(1, len(ofLimit)):] {
			require.True(t, ofLimit[i+1].At.After(ofLimit[i].At), "one a day")
		}
		for _, stage := range s.stages {
			require.Equal(t, "09:00:00", stage.At.In(calendar.Beijing).Format(time.TimeOnly))
			require.Equal(t, time.UTC, stage.At.Location())
			require.True(t, l.Calendar.IsWorkday(local(stage)), "%s on %s", stage.ID, local(stage))
			require.False(t, stage.At.Before(s.assigned), "nothing before the launch")
		}
	})
}

// ordinary is the day on which a rung speaks when nothing moves it but rest days: wanted is that
// day by the policy, moved the working day on which it speaks.
func ordinary(l ladderer, s setting, r plan.Rule) (wanted, moved calendar.Day) {
	switch {
	case r.From == plan.FromAssigned:
		wanted = r.After.After(calendar.DayOf(s.assigned.In(calendar.Beijing)), l.Calendar)
		moved = l.Calendar.OnOrAfter(wanted)
		if limit := l.Calendar.OnOrBefore(s.due); moved.After(limit) && r.Unless == "" {
			moved = limit
		}
		if r.Unless != "" {
			moved = chained(l, s, r, calendar.DayOf(s.assigned.In(calendar.Beijing)), ofReceipt)
		}
	case r.Before != nil:
		wanted = r.Before.Before(s.due, l.Calendar)
		moved = l.Calendar.OnOrBefore(wanted)
	default:
		wanted = r.After.After(s.due, l.Calendar)
		moved = chained(l, s, r, s.due, overdue)
	}
	return wanted, moved
}

// chained is the day of a rung that is counted from a day, after the rungs before it: never
// nearer to the one before than in the policy, even where rest days have moved that one.
func chained(l ladderer, s setting, r plan.Rule, from calendar.Day, like func(plan.Rule) bool) calendar.Day {
	var rules []plan.Rule
	for _, x := range s.policy.Stages {
		if like(x) {
			rules = append(rules, x)
		}
	}
	start := from
	slices.SortStableFunc(rules, func(x, y plan.Rule) int {
		return x.After.After(start, l.Calendar).Compare(y.After.After(start, l.Calendar))
	})
	for _, x := range rules {
		day := l.Calendar.OnOrAfter(x.After.After(from, l.Calendar))
		if x.ID == r.ID {
			return day
		}
		if day.After(x.After.After(start, l.Calendar)) {
			from = x.After.Before(day, l.Calendar)
		} else {
			from = start
		}
	}
	return calendar.Day{}
}

func ofReceipt(r plan.Rule) bool { return r.Unless != "" }

func overdue(r plan.Rule) bool { return r.After != nil && r.From != plan.FromAssigned }

func TestStagesKeepToTheirSideOfTheDueDate(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, l ladderer, s setting) {
		rules := map[string]plan.Rule{}
		for _, r := range s.policy.Stages {
			rules[r.ID] = r
		}
		for _, stage := range s.stages {
			rule, ok := rules[stage.ID]
			if !ok {
				require.Equal(t, plan.CatchUp, stage.ID)
				continue
			}
			if overdue(rule) {
				require.True(t, local(stage).After(s.due), "nobody is late before 24:00 of the due date")
			} else {
				require.True(t, !local(stage).After(s.due) || rule.Unless != "", "no reminder of what has passed, but for the acknowledgement")
				wanted, moved := ordinary(l, s, rule)
				require.Equal(t, moved, local(stage))
				require.Equal(t, moved != wanted, !stage.MovedFrom.IsZero())
			}
			require.Equal(t, rule.Kind, stage.Kind)
			for _, role := range rule.To {
				require.Contains(t, stage.To, l.People.Seat(role, "u"))
			}
		}
	})
}

// Whether a stage about the acknowledgement will speak is not known in advance. So it merges
// only with other stages about the acknowledgement, and may come after the due date.
func TestStagesAboutTheAcknowledgementStandByThemselves(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, l ladderer, s setting) {
		at := map[string]plan.Stage{}
		for _, stage := range s.stages {
			for _, id := range append(slices.Clone(stage.Merged), stage.ID) {
				at[id] = stage
			}
		}
		for _, r := range s.policy.Stages {
			if r.Unless == "" {
				require.Empty(t, at[r.ID].Unless+at[r.ID].Topic)
				continue
			}
			stage := at[r.ID]
			require.Equal(t, []string{plan.UnlessAcknowledged, plan.TopicAcknowledge}, []string{stage.Unless, stage.Topic})
			require.Equal(t, chained(l, s, r, calendar.DayOf(s.assigned.In(calendar.Beijing)), ofReceipt), local(stage))
		}
	})
}

func TestTheGravestOfADayWins(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, _ ladderer, s setting) {
		kinds := map[string]plan.StageKind{plan.CatchUp: plan.Remind}
		for _, r := range s.policy.Stages {
			kinds[r.ID] = r.Kind
		}
		for _, stage := range s.stages {
			missed := slices.Contains(stage.Merged, plan.CatchUp) || stage.ID == plan.CatchUp
			for _, id := range stage.Merged {
				if !missed { // rungs whose day was over may have been graver than the word that replaces them
					require.LessOrEqual(t, kinds[id].Gravity(), stage.Kind.Gravity(), "%s in %s", id, stage.ID)
				}
			}
		}
	})
}

func TestALaunchInTimeMovesNothingElse(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, l ladderer, s setting) {
		days := map[string]calendar.Day{}
		for _, stage := range s.stages {
			for _, id := range append(slices.Clone(stage.Merged), stage.ID) {
				days[id] = local(stage)
			}
		}
		lateFor := func(d calendar.Day) bool { return d.At(9, 0, calendar.Beijing).Before(s.assigned) }
		anyOverdueMissed := slices.ContainsFunc(s.policy.Stages, func(r plan.Rule) bool {
			_, moved := ordinary(l, s, r)
			return overdue(r) && lateFor(moved)
		})
		first := calendar.NewDay(2100, 1, 1) // the first of the days of the rungs after the due date
		for _, r := range s.policy.Stages {
			if _, moved := ordinary(l, s, r); overdue(r) && moved.Before(first) {
				first = moved
			}
		}
		for _, r := range s.policy.Stages {
			_, moved := ordinary(l, s, r)
			switch {
			case overdue(r) && (anyOverdueMissed || calendar.DayOf(s.assigned.In(calendar.Beijing)).After(s.due) || !days[plan.CatchUp].Before(first)):
			case toldByTheOrder(l, s, r):
				require.NotContains(t, days, r.ID)
			case lateFor(moved):
				require.Equal(t, days[plan.CatchUp], days[r.ID], "%s was missed: caught up", r.ID)
			default:
				require.Equal(t, moved, days[r.ID], r.ID)
			}
		}
	})
}

func TestTheCatchUpComesOnTheNextOfficeMorning(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, l ladderer, s setting) {
		morning := l.Morning(s.policy, s.assigned)
		at := morning.At(9, 0, calendar.Beijing)
		require.False(t, at.Before(s.assigned))
		earlier := l.Calendar.AddWorkdays(morning, -1).At(9, 0, calendar.Beijing)
		require.True(t, earlier.Before(s.assigned), "and there is none before it")
		for _, stage := range s.stages {
			if stage.ID == plan.CatchUp || slices.Contains(stage.Merged, plan.CatchUp) {
				require.Equal(t, morning, local(stage))
			}
		}
	})
}

func TestOverdueStagesOfALateLaunchStartAtOnceAndKeepTheirDistances(t *testing.T) {
	t.Parallel()
	l, policy := seededLadderer(t), seededPolicies(t)["standard"]
	rapid.Check(t, func(t *rapid.T) {
		due := calendar.NewDay(2021, 1, 1).AddDays(rapid.IntRange(0, 4*365).Draw(t, "due"))
		urged := l.Calendar.AddWorkdays(due, 1)
		assigned := urged.At(9, 1, calendar.Beijing).Add(time.Duration(rapid.IntRange(0, 90*24).Draw(t, "hours late")) * time.Hour)
		stages := limits(l.Ladder(policy, due, "u", assigned))
		require.Equal(t, []string{plan.CatchUp, "urge", "warn", "talk"}, ids(stages))
		require.Equal(t, l.Morning(policy, assigned), local(stages[0]), "starts on the next office morning")
		require.Equal(t, 1, l.Calendar.Workdays(local(stages[0]), local(stages[1])), "nobody is urged before being told")
		require.Equal(t, 5, l.Calendar.Workdays(local(stages[0]), local(stages[2])))
		require.Equal(t, 10, l.Calendar.Workdays(local(stages[0]), local(stages[3])))
	})
}

func TestALaterLaunchNeverMovesTheDueDatesOwnStages(t *testing.T) {
	t.Parallel()
	l, policy := seededLadderer(t), seededPolicies(t)["standard"]
	rapid.Check(t, func(t *rapid.T) {
		due := calendar.NewDay(2021, 1, 1).AddDays(rapid.IntRange(0, 4*365).Draw(t, "due"))
		early := l.Ladder(policy, due, "u", due.AddDays(-200).At(8, 0, calendar.Beijing))
		days := map[string]time.Time{}
		for _, s := range early {
			days[s.ID] = s.At
		}
		// Before the first urge a launch drops reminders; it moves none.
		late := l.Ladder(policy, due, "u", due.AddDays(-rapid.IntRange(0, 60).Draw(t, "days before")).At(rapid.IntRange(0, 23).Draw(t, "hour"), 0, calendar.Beijing))
		for _, s := range limits(late) {
			if late[0].ID == plan.CatchUp && !late[0].At.Before(days["urge"]) && s.At.After(late[0].At) {
				break // the unit is told of the due date only after it has passed, and is urged on the next working day
			}
			if s.ID != plan.CatchUp {
				require.Equal(t, days[s.ID], s.At, s.ID)
			}
		}
	})
}
