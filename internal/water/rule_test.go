package water_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/water"
)

// ruled is a register of one section with a target of Ⅲ and the section above it, and rules.
func ruled(rules ...water.Rule) *water.Register {
	targets := []water.YearlyTarget{{Year: 2021, Class: water.III}}
	return &water.Register{Rules: rules, Sections: []water.Section{
		{ID: "up", Name: "上", Data: "jiance", Targets: targets}, {ID: "a", Name: "下", Data: "jiance", Upstream: []string{"up"}, Targets: targets}}}
}

func m(year, month int) water.Month { return water.Month{Year: year, Month: month} }

func class(section string, month water.Month, span water.Span, c water.Class) water.Reading {
	return water.Reading{Section: section, Month: month, Span: span, Class: c}
}

// found are the findings as RULE/SECTION/MONTH.
func found(reg *water.Register, readings ...water.Reading) (all []string) {
	for _, f := range water.Findings(reg, readings) {
		all = append(all, f.Rule.ID+"/"+f.Row.Section.ID+"/"+f.Of.String())
	}
	return all
}

// The rule of 2018 as data: both the month and the year so far down by so many classes on
// last year, now worse than Ⅲ, and the year's target missed.
func TestTheRuleOf2018(t *testing.T) {
	t.Parallel()
	level := func(n int) water.Rule {
		return water.Rule{ID: fmt.Sprint("level", n), From: m(2021, 1), Poorer: n, YearPoorer: n, WorseThan: water.III, YearOver: true}
	}
	at := func(month, monthAgo, year, yearAgo water.Class) []string {
		return found(ruled(level(1), level(2)), class("a", m(2021, 3), water.OfMonth, month), class("a", m(2020, 3), water.OfMonth, monthAgo),
			class("a", m(2021, 3), water.OfYear, year), class("a", m(2020, 3), water.OfYear, yearAgo))
	}
	require.Equal(t, []string{"level1/a/2021-03"}, at(water.IV, water.III, water.IV, water.III))
	require.Equal(t, []string{"level1/a/2021-03", "level2/a/2021-03"}, at(water.V, water.III, water.V, water.III))
	require.Equal(t, []string{"level1/a/2021-03"}, at(water.V, water.III, water.IV, water.III), "the worse level needs both")
	require.Empty(t, at(water.III, water.I, water.IV, water.II), "the month is not worse than Ⅲ")
	require.Empty(t, at(water.IV, water.III, water.III, water.II), "the year so far keeps its target")
	require.Empty(t, at(water.IV, water.IV, water.IV, water.III), "the month is as a year ago")
	require.Empty(t, at(water.IV, water.NoClass, water.IV, water.III), "of a year ago nothing is known")
}

func TestWhatRulesFind(t *testing.T) {
	t.Parallel()
	over := water.Rule{ID: "over", From: m(2021, 2), Over: true}
	readings := []water.Reading{}
	for n, c := range []water.Class{water.IV, water.IV, water.IV, water.III, water.V, water.Worse, water.IV, water.IV} {
		readings = append(readings, class("a", m(2021, n+1), water.OfMonth, c))
	}
	require.Equal(t, []string{"over/a/2021-02", "over/a/2021-03", "over/a/2021-05", "over/a/2021-06", "over/a/2021-07", "over/a/2021-08"}, found(ruled(over), readings...),
		"not of January, when it was not in force, nor of April, which kept the target")
	two := water.Rule{ID: "two", From: m(2021, 1), Over: true, Months: 2}
	require.Equal(t, []string{"two/a/2021-02", "two/a/2021-06", "two/a/2021-08"}, found(ruled(two), readings...), "two running, and twice two")
	require.Equal(t, []string{"v/a/2021-06"}, found(ruled(water.Rule{ID: "v", From: m(2021, 1), WorseThan: water.V}), readings...))
	require.Empty(t, found(ruled(water.Rule{ID: "example", Over: true}), readings...), "an example is not in force")
	require.Empty(t, found(ruled(water.Rule{ID: "nothing", From: m(2021, 1)}), readings...), "a rule that says nothing")
	require.Empty(t, found(nil))
	late := water.Rule{ID: "late", From: m(2021, 8), Over: true}
	require.Equal(t, []string{"over/a/2021-07", "over/a/2021-08", "late/a/2021-08"}, found(ruled(over, late), readings[6:]...), "each from its own month")

	value := func(section, ammonia string) water.Reading {
		return water.Reading{Section: section, Month: m(2021, 5), Span: water.OfMonth, Class: water.IV, Values: water.Values{water.NH3N: water.Number(ammonia)}}
	}
	spared := over
	spared.Inflow = true
	require.Equal(t, []string{"over/up/2021-05"}, found(ruled(spared), value("up", "1.4"), value("a", "1.3")), "no worse than what flows in")
	require.Len(t, found(ruled(spared), value("up", "1.2"), value("a", "1.3")), 2)
	require.Empty(t, found(ruled(over), water.Reading{Section: "a", Month: m(2021, 5), Span: water.OfMonth, State: water.Dry}), "a dry bed has no class")
}

// Whatever comes in, in whatever order: a rule calls for a section and a month at most once,
// only where it holds, and never of a month before it was in force.
func TestRulesFindOnceAndOnlyWhatHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rule := water.Rule{ID: "r", Over: true, Months: rapid.IntRange(0, 4).Draw(t, "months"), From: m(2021, rapid.IntRange(1, 12).Draw(t, "from"))}
		var readings []water.Reading
		held := map[string]int{} // how many months running
		running := 0
		for n := 1; n <= 12; n++ {
			c := water.Class(rapid.IntRange(0, 6).Draw(t, "class"))
			if c != water.NoClass {
				readings = append(readings, class("a", m(2021, n), water.OfMonth, c))
			}
			if running++; c <= water.III || n < rule.From.Month {
				running = 0
			}
			held["r/a/"+m(2021, n).String()] = running
		}
		all := found(ruled(rule), rapid.Permutation(readings).Draw(t, "order")...)
		seen := map[string]bool{}
		for _, f := range all {
			require.False(t, seen[f])
			seen[f] = true
		}
		for key, n := range held {
			require.Equal(t, n > 0 && n%max(1, rule.Months) == 0, seen[key], "%s after %d", key, n)
		}
	})
}

func TestWhatIsMissingOfAMonth(t *testing.T) {
	t.Parallel()
	names := func(readings ...water.Reading) (all []string) {
		for _, s := range water.Missing(ruled(), readings, "jiance", m(2021, 5)) {
			all = append(all, s.ID)
		}
		return all
	}
	require.Equal(t, []string{"up", "a"}, names())
	require.Equal(t, []string{"a"}, names(class("up", m(2021, 5), water.OfMonth, water.II)))
	require.Equal(t, []string{"up", "a"}, names(class("up", m(2021, 4), water.OfMonth, water.II), class("a", m(2021, 5), water.OfYear, water.II)), "another month, or the year, is not it")
	require.Empty(t, names(class("up", m(2021, 5), water.OfMonth, water.II), water.Reading{Section: "a", Month: m(2021, 5), Span: water.OfMonth, State: water.Frozen}), "frozen is a report")
	require.Empty(t, water.Missing(ruled(), nil, "another", m(2021, 5)))
}
