package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// For random rows, every total is the sum of its parts; units that missed nothing are above
// those that missed something; a unit with a better rate has the better rank, with equal
// ranks for equal rates; a unit below the floor has no rank.
func TestTalliesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lights := []plan.Light{plan.Red, plan.Yellow, plan.Blue, plan.Green, plan.Done, plan.DoneLate}
		units := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
		var rows []report.Row
		for range rapid.IntRange(0, 60).Draw(t, "rows") {
			r := report.Row{Kind: plan.Dated, State: ledger.TaskOpen, LeadID: units.Draw(t, "lead"), Light: rapid.SampledFrom(lights).Draw(t, "light")}
			r.Overdue = r.Light == plan.Red && rapid.Bool().Draw(t, "overdue")
			if r.Light == plan.Done || r.Light == plan.DoneLate {
				r.State = ledger.TaskClosed
			}
			if rapid.Bool().Draw(t, "occurrence") {
				r.Duty = "duty"
			}
			if rapid.IntRange(0, 9).Draw(t, "cancelled") == 0 {
				r.State, r.Light = ledger.TaskCancelled, ""
			} else if rapid.IntRange(0, 9).Draw(t, "carried") == 0 {
				r.State, r.Light = ledger.TaskCarried, ""
			}
			if rapid.IntRange(0, 4).Draw(t, "given") == 0 {
				r.Inherited = rapid.Bool().Draw(t, "inherited")
				r.Misses = []report.Miss{{UnitID: units.Draw(t, "missed")}}
			}
			for range rapid.IntRange(0, 2).Draw(t, "talks") {
				r.Talks = append(r.Talks, report.Called{UnitID: units.Draw(t, "called"), State: rapid.SampledFrom([]act.TalkState{act.TalkOpen, act.TalkVoid, act.TalkProposed}).Draw(t, "state"),
					What: rapid.SampledFrom([]string{plan.ProposeTalk, plan.ProposeCircular}).Draw(t, "what")})
			}
			rows = append(rows, r)
		}
		floor := rapid.IntRange(1, 6).Draw(t, "floor")
		c := report.Count(rows, floor)
		require.Equal(t, len(rows), c.Total+c.Cancelled+c.Carried)
		require.Equal(t, c.ByLight, linesOf(c.Tally))
		every := append([]report.Tally{c.Tally, c.ByKind[0].Tally, c.ByKind[1].Tally}, talliesOf(c.ByUnit)...)
		for _, one := range every {
			require.Equal(t, one.Total, one.Done+one.Open)
			require.Equal(t, one.Done, one.OnTime+one.DoneLate)
			require.Equal(t, one.Open, one.Green+one.Blue+one.Yellow+one.Red)
			require.LessOrEqual(t, one.Overdue, one.Red)
		}
		inherited, passed := 0, 0
		for _, u := range c.ByUnit {
			require.Equal(t, u.Struck, u.Done+u.Red-u.Inherited+u.Passed)
			inherited, passed = inherited+u.Inherited, passed+u.Passed
		}
		same := func(parts []report.Tally) {
			sum := sumOf(parts)
			whole := c.Tally
			whole.Struck, sum.Struck, whole.OnTimeRate = 0, 0, nil
			require.Equal(t, whole, sum)
		}
		same(every[1:3])
		same(every[3:])
		struck := 0
		for _, u := range c.ByUnit {
			struck += u.Struck
		}
		require.Equal(t, c.Struck, struck+inherited-passed)

		missed := false
		for i, u := range c.ByUnit {
			missed = missed || u.Missed() > 0
			require.Equal(t, missed, u.Missed() > 0, "who missed nothing stands above: %d", i)
			if u.Struck < floor {
				require.Zero(t, u.Rank)
				continue
			}
			better := 0
			for _, other := range c.ByUnit {
				if (other.Struck >= floor || other.Struck > 0 && other.Missed() == 0) && other.OnTime*u.Struck > u.OnTime*other.Struck {
					better++
				}
			}
			require.Equal(t, better+1, u.Rank)
		}
	})
}

func talliesOf(units []report.UnitTally) (all []report.Tally) {
	for _, u := range units {
		all = append(all, u.Tally)
	}
	return all
}

func sumOf(all []report.Tally) (sum report.Tally) {
	for _, a := range all {
		sum.Total += a.Total
		sum.Done += a.Done
		sum.OnTime += a.OnTime
		sum.DoneLate += a.DoneLate
		sum.Open += a.Open
		sum.Overdue += a.Overdue
		sum.Green += a.Green
		sum.Blue += a.Blue
		sum.Yellow += a.Yellow
		sum.Red += a.Red
		sum.Cancelled += a.Cancelled
		sum.Carried += a.Carried
		sum.Talks += a.Talks
	}
	return sum
}

// linesOf are a tally's lights as Counts.ByLight has them.
func linesOf(c report.Tally) (lines []report.LightRow) {
	for _, one := range []report.LightRow{{Light: plan.Red, Count: c.Red}, {Light: plan.Yellow, Count: c.Yellow}, {Light: plan.Blue, Count: c.Blue},
		{Light: plan.Green, Count: c.Green}, {Light: plan.DoneLate, Count: c.DoneLate}, {Light: plan.Done, Count: c.OnTime}} {
		if c.Total > 0 {
			one.Share = float64(one.Count) / float64(c.Total)
		}
		lines = append(lines, one)
	}
	return lines
}

// The book of a plan of which tasks were carried into the next plan says how many, in its
// first lines and in its counts; any other book does not mention it.
func TestABookSaysWhatWasCarriedOn(t *testing.T) {
	t.Parallel()
	for state, want := range map[ledger.TaskState]bool{ledger.TaskCarried: true, ledger.TaskOpen: false} {
		book := report.Table{Counts: report.Count([]report.Row{{Kind: plan.Dated, State: state, LeadID: "a"}}, 5)}
		_, sheets := report.Texts(book, words.New("zh"))
		said := fmt.Sprint(sheets)
		require.Equal(t, []bool{want, want}, []bool{strings.Contains(said, "结转到下一计划 1 项"), strings.Contains(said, "撤销 结转")}, state)
	}
}

// When a task that is overdue is given to another unit, the miss and the talk still count
// for the former unit, and not for the new one.
func TestAMissAndATalkCountForWhomTheyWereAbout(t *testing.T) {
	t.Parallel()
	r := small(t)
	rules, err := act.NewRules(&r.launched.Plan, holidays(t))
	require.NoError(t, err)
	c := rules.Course(r.tasks[0].Facts)
	given := act.Act{ID: "g", Kind: act.Reassign, By: act.Actor{Account: "wang", Name: "王", Unit: "xietiao"}, At: nine(day(6, 28)), On: day(6, 28), Unit: "gaoping", Reason: "职责调整"}
	c, _, refused := rules.Act(c, given)
	require.Nil(t, refused)
	r.tasks[0].Facts, r.tasks[0].Lead = c.Case, "gaoping"
	counts := r.book(t, day(7, 1)).Counts
	units := map[string]report.UnitTally{}
	for _, u := range counts.ByUnit {
		units[u.UnitID] = u
	}
	was, now := units["shuiwu"], units["gaoping"]
	require.Equal(t, []int{1, 1, 1, 1}, []int{was.Talks, was.Passed, was.Struck, was.Missed()}, "the unit that was called")
	require.Equal(t, []int{0, 1, 0, 2}, []int{now.Talks, now.Inherited, now.Passed, now.Red}, "the unit that leads now: one red of its own, one that it took over")
	require.Equal(t, 1, now.Missed())
	require.Equal(t, 1, counts.Talks)
}

// A rate is shown as 0% or 100% only when it is exactly that, in words and in the workbook.
func TestRatesAreNotRoundedToNothingOrAll(t *testing.T) {
	t.Parallel()
	say := report.Speak(words.New("zh"))
	for _, c := range []struct {
		of, all int
		want    string
	}{{2399, 2400, "99.9%"}, {1, 2400, "0.1%"}, {0, 2400, "0.0%"}, {2400, 2400, "100.0%"}, {1, 3, "33.3%"}, {1999, 2000, "99.9%"}} {
		rate := float64(c.of) / float64(c.all)
		require.Equal(t, c.want, say.Rate(&rate), "%d of %d", c.of, c.all)
	}
	var rows []report.Row
	for i := range 2400 {
		r := report.Row{Kind: plan.Dated, State: ledger.TaskClosed, LeadID: "a", Lead: "甲", Light: plan.Done}
		if i == 7 {
			r.Light = plan.DoneLate
		}
		rows = append(rows, r)
	}
	f := workbook(t, report.Table{Tasks: rows, Counts: report.Count(rows, 0)}, "zh")
	counts := sheetRows(t, f, "统计")
	require.Contains(t, counts[5], "99.9%")
	require.NotContains(t, counts[5], "100.0%")
}

// On the first day of a plan nobody is ranked, and the two units with a miss are last.
func TestTheFirstDayOfAPlanRanksNobody(t *testing.T) {
	t.Parallel()
	var rows []report.Row
	for _, unit := range []string{"late1", "late2", "a", "b", "c"} {
		r := report.Row{Kind: plan.Dated, State: ledger.TaskOpen, LeadID: unit, Light: plan.Green}
		if unit[0] == 'l' {
			r.Light, r.Overdue = plan.Red, true
		}
		rows = append(rows, r)
	}
	c := report.Count(rows, 0)
	var order []string
	for _, u := range c.ByUnit {
		require.Zero(t, u.Rank, u.UnitID)
		order = append(order, u.UnitID)
	}
	require.Equal(t, []string{"a", "b", "c", "late1", "late2"}, order)
	require.Equal(t, report.DefaultRankFloor, c.RankFloor)

	// Later one of them has missed five more, and another has done the little that was due:
	// a unit that missed everything is not the first.
	for range 5 {
		rows = append(rows, report.Row{Kind: plan.Dated, State: ledger.TaskOpen, LeadID: "late1", Light: plan.Red, Overdue: true})
	}
	rows = append(rows, report.Row{Kind: plan.Dated, State: ledger.TaskClosed, LeadID: "c", Light: plan.Done})
	ranks := map[string]int{}
	for _, u := range report.Count(rows, 0).ByUnit {
		ranks[u.UnitID] = u.Rank
	}
	require.Equal(t, map[string]int{"late1": 2, "late2": 0, "a": 0, "b": 0, "c": 0}, ranks)
}
