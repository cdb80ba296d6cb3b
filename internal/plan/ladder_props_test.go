package plan_test

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

func anySetting(t *rapid.T, l plan.Ladderer, seeded map[string]plan.Policy) setting {
	s := setting{policy: anyPolicy(t, seeded), due: calendar.NewDay(2021, 1, 1).AddDays(rapid.IntRange(0, 5*365).Draw(t, "due"))}
	from := s.due.AddDays(rapid.IntRange(-120, 120).Draw(t, "assigned"))
	s.assigned = from.At(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 0, 1, 59}).Draw(t, "minute"), calendar.Beijing)
	s.stages = l.Ladder(s.policy, s.due, "u", s.assigned)
	return s
}

func checkLadders(t *testing.T, check func(t *rapid.T, l plan.Ladderer, s setting)) {
	l, seeded := seededLadderer(t), seededPolicies(t)
	rapid.Check(t, func(t *rapid.T) { check(t, l, anySetting(t, l, seeded)) })
}

func local(s plan.Stage) calendar.Day { return calendar.DayOf(s.At.In(calendar.Beijing)) }

func TestNoStageIsLost(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, _ plan.Ladderer, s setting) {
		var want, got []string
		for _, r := range s.policy.Stages {
			want = append(want, r.ID)
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

// limits is the stages about a task's own limit: those that no acknowledgement spares.
func limits(stages []plan.Stage) []plan.Stage {
	return slices.DeleteFunc(slices.Clone(stages), func(s plan.Stage) bool { return s.Unless != "" })
}

func TestStagesSpeakOnWorkingMorningsOneADay(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, l plan.Ladderer, s setting) {
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

// ordinary is where a rule stands by itself: its day wanted and its working day.
func ordinary(l plan.Ladderer, s setting, r plan.Rule) (wanted, moved calendar.Day) {
	switch {
	case r.From == plan.FromAssigned:
		wanted = r.After.After(calendar.DayOf(s.assigned.In(calendar.Beijing)), l.Calendar)
		moved = l.Calendar.OnOrAfter(wanted)
		if limit := l.Calendar.OnOrBefore(s.due); moved.After(limit) && r.Unless == "" {
			moved = limit
		}
	case r.Before != nil:
		wanted = r.Before.Before(s.due, l.Calendar)
		moved = l.Calendar.OnOrBefore(wanted)
	default:
		wanted = r.After.After(s.due, l.Calendar)
		moved = l.Calendar.OnOrAfter(wanted)
	}
	return wanted, moved
}

func overdue(r plan.Rule) bool { return r.After != nil && r.From != plan.FromAssigned }

func TestStagesKeepToTheirSideOfTheDueDate(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, l plan.Ladderer, s setting) {
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

// Whether a stage about the acknowledgement will speak is not known in advance:
// so only its like becomes one with it, and the due date does not hold it back.
func TestStagesAboutTheAcknowledgementStandByThemselves(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, l plan.Ladderer, s setting) {
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
			require.Equal(t, l.Calendar.OnOrAfter(r.After.After(calendar.DayOf(s.assigned.In(calendar.Beijing)), l.Calendar)), local(stage))
		}
	})
}

func TestTheGravestOfADayWins(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, _ plan.Ladderer, s setting) {
		kinds := map[string]plan.StageKind{plan.CatchUp: plan.Remind}
		for _, r := range s.policy.Stages {
			kinds[r.ID] = r.Kind
		}
		for _, stage := range s.stages {
			missed := slices.Contains(stage.Merged, plan.CatchUp) || stage.ID == plan.CatchUp
			for _, id := range stage.Merged {
				if !missed { // what was missed may have been graver: it is past
					require.LessOrEqual(t, kinds[id].Gravity(), stage.Kind.Gravity(), "%s in %s", id, stage.ID)
				}
			}
		}
	})
}

func TestALaunchInTimeMovesNothingElse(t *testing.T) {
	t.Parallel()
	checkLadders(t, func(t *rapid.T, l plan.Ladderer, s setting) {
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
		for _, r := range s.policy.Stages {
			_, moved := ordinary(l, s, r)
			switch {
			case overdue(r) && anyOverdueMissed:
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
	checkLadders(t, func(t *rapid.T, l plan.Ladderer, s setting) {
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
		require.Equal(t, []string{"urge", "warn", "talk"}, ids(stages))
		require.Equal(t, l.Morning(policy, assigned), local(stages[0]), "starts on the next office morning")
		require.Equal(t, 4, l.Calendar.Workdays(local(stages[0]), local(stages[1])))
		require.Equal(t, 9, l.Calendar.Workdays(local(stages[0]), local(stages[2])))
		require.Equal(t, []calendar.Day{urged, l.Calendar.AddWorkdays(due, 5), l.Calendar.AddWorkdays(due, 10)},
			[]calendar.Day{stages[0].MovedFrom, stages[1].MovedFrom, stages[2].MovedFrom}, "and say when they should have been")
		require.Contains(t, stages[0].Merged, plan.CatchUp)
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
			if s.ID != plan.CatchUp {
				require.Equal(t, days[s.ID], s.At, s.ID)
			}
		}
	})
}

func TestWakeIsSpreadOverTheWindowButItsLastTwentieth(t *testing.T) {
	t.Parallel()
	at := moment(t, "2021-04-30 09:00")
	rapid.Check(t, func(t *rapid.T) {
		task := rapid.String().Draw(t, "task")
		window := time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "window"))
		wake := plan.Wake(task, at, window)
		require.False(t, wake.Before(at.Add(-window)))
		require.False(t, wake.After(at.Add(-window/20)))
		require.Equal(t, wake, plan.Wake(task, at, window), "the same every time")
	})
	require.Equal(t, at, plan.Wake("t", at, -time.Hour))

	tenths := map[int]int{}
	for i := range 10_000 {
		early := at.Sub(plan.Wake(fmt.Sprintf("2.4-survey.%d", i), at, 2*time.Hour)) - 6*time.Minute
		tenths[int(early*10/(114*time.Minute))]++
	}
	for tenth := range 10 {
		require.InDelta(t, 1000, tenths[tenth], 150, "tenth %d", tenth)
	}
}

func TestTalkLaddersGoInOrder(t *testing.T) {
	t.Parallel()
	l, policy := seededLadderer(t), seededPolicies(t)["standard"]
	rapid.Check(t, func(t *rapid.T) {
		opened := l.Calendar.OnOrAfter(calendar.NewDay(2021, 1, 1).AddDays(rapid.IntRange(0, 4*365).Draw(t, "opened")))
		taken := map[string]calendar.Day{}
		last := opened
		for _, step := range policy.Talk.Steps[:rapid.IntRange(0, len(policy.Talk.Steps)).Draw(t, "steps taken")] {
			last = last.AddDays(rapid.IntRange(0, 30).Draw(t, "days"))
			taken[step.ID] = last
		}
		stages := l.TalkLadder(policy, "u", opened, taken)
		require.Len(t, stages, 2*(len(policy.Talk.Steps)-len(taken)))
		at := map[string]time.Time{}
		for i, s := range stages {
			at[s.ID] = s.At
			require.True(t, l.Calendar.IsWorkday(local(s)))
			require.Equal(t, "09:00:00", s.At.In(calendar.Beijing).Format(time.TimeOnly))
			if i > 0 {
				require.False(t, s.At.Before(stages[i-1].At))
			}
		}
		for _, step := range policy.Talk.Steps {
			if _, done := taken[step.ID]; done {
				continue
			}
			limit := l.TalkLimit(policy, step.ID, opened, taken)
			require.True(t, l.Calendar.IsWorkday(limit), "a term that ends on a rest day ends on the next working day")
			before := l.Calendar.Workdays(calendar.DayOf(at["talk-"+step.ID+"-remind"].In(calendar.Beijing)), limit)
			require.True(t, before == 1 || before == 0, "reminded a working day before, or on the day after a long rest")
			require.Equal(t, 1, l.Calendar.Workdays(limit, calendar.DayOf(at["talk-"+step.ID+"-missed"].In(calendar.Beijing))))
		}
	})
}
