package water_test

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/water"
)

func TestAMonthsTable(t *testing.T) {
	t.Parallel()
	may := water.Month{Year: 2021, Month: 5}
	target := func(c water.Class) []water.YearlyTarget {
		return []water.YearlyTarget{{Year: 2021, Class: c}, {Year: 2020, Class: c}}
	}
	reg := &water.Register{Sections: []water.Section{
		{ID: "a", Name: "甲", Targets: target(water.III)},
		{ID: "b", Name: "乙", Targets: target(water.III), Upstream: []string{"a"}},
		{ID: "c", Name: "丙", Targets: target(water.NoClass)},
		{ID: "d", Name: "丁", Targets: target(water.V)},
		{ID: "e", Name: "戊", Targets: target(water.III)},
	}}
	full := func(ammonia string) water.Values {
		return values(t, "pH=7", "DO=8", "CODMn=3", "TP=0.05", "氨氮="+ammonia)
	}
	times := decimal.RequireFromString("0.3")
	rows := water.Table(reg, []water.Reading{
		{Section: "a", Month: may, Span: water.OfMonth, Values: full("1.5")},
		{Section: "a", Month: may.Add(-1), Span: water.OfMonth, Values: full("0.3")},
		{Section: "a", Month: may.Add(-12), Span: water.OfMonth, Class: water.II},
		{Section: "b", Month: may, Span: water.OfMonth, Class: water.IV, Values: full("1.4")},
		{Section: "b", Month: may, Span: water.OfYear, Class: water.III},
		{Section: "b", Month: may.Add(-12), Span: water.OfYear, Class: water.V},
		{Section: "c", Month: may, Span: water.OfMonth, Class: water.Worse, Over: []water.Over{{Item: water.NH3N, Times: &times}}},
		{Section: "d", Month: may, Span: water.OfMonth, State: water.Dry},
	}, may)

	a := rows[0]
	require.Equal(t, []any{water.IV, water.Missed, 2}, []any{a.Month.Class, a.Month.Outcome, must(a.Change())})
	require.Equal(t, []string{"氨氮(0.5)"}, overs(a.Month.Over))
	require.Equal(t, []any{water.III, 2, water.Met}, []any{a.Year.Class, a.Year.Months, a.Year.Outcome}, "the mean of April and May is 0.9")

	b := rows[1]
	require.Equal(t, water.IV, b.Inflow)
	require.True(t, b.NotWorse, "1.4 came of 1.5")
	require.Equal(t, []any{water.III, water.Met, -2}, []any{b.Year.Class, b.Year.Outcome, must(b.YearChange())}, "as it was reported")

	require.Equal(t, water.Undecided, rows[2].Month.Outcome, "its target is not known")
	require.Equal(t, []string{"氨氮(0.3)"}, overs(rows[2].Month.Over), "as reported")
	require.Equal(t, []any{water.Dry, water.NoClass, water.Undecided}, []any{rows[3].Month.State, rows[3].Month.Class, rows[3].Month.Outcome})
	require.False(t, rows[3].Month.None)
	require.True(t, rows[4].Month.None && rows[4].Year.None)

	sum := water.SumOf(rows, water.OfMonth)
	require.Equal(t, []int{5, 3, 0, 1, 0, 2, 1}, []int{sum.Of, sum.Known, sum.Good, sum.Worse, sum.Met, sum.Missed, sum.None})
	require.Equal(t, map[string]int{"Ⅳ": 2, "劣Ⅴ": 1}, sum.Classes)
	require.Nil(t, water.Table(nil, nil, may))
}

// Where not all that is judged is known, a class may say that a target was missed, and
// says that it was met only as it was reported.
func TestOutcomesOfWhatIsKnownInPart(t *testing.T) {
	t.Parallel()
	may := water.Month{Year: 2021, Month: 5}
	outcome := func(limits []water.Limit, r water.Reading) water.Outcome {
		reg := &water.Register{Sections: []water.Section{{ID: "a", Targets: []water.YearlyTarget{{Year: 2021, Class: water.III, Limits: limits}}}}}
		r.Section, r.Month, r.Span = "a", may, water.OfMonth
		return water.Table(reg, []water.Reading{r}, may)[0].Month.Outcome
	}
	require.Equal(t, water.Missed, outcome(nil, water.Reading{Values: values(t, "氨氮=1.2")}))
	require.Equal(t, water.Undecided, outcome(nil, water.Reading{Values: values(t, "氨氮=0.2")}), "four of its five items are not known")
	require.Equal(t, water.Met, outcome(nil, water.Reading{Class: water.II, Values: values(t, "氨氮=0.2")}))
	require.Equal(t, water.Missed, outcome(nil, water.Reading{Class: water.IV}))
	require.Equal(t, water.Met, outcome(nil, water.Reading{Class: water.III}))
	own := []water.Limit{{Item: water.NH3N, Value: decimal.NewFromInt(3)}}
	require.Equal(t, water.Undecided, outcome(own, water.Reading{Class: water.Worse}), "its ammonia may be within its own limit")
	require.Equal(t, water.Missed, outcome(own, water.Reading{Values: values(t, "氨氮=3.1")}))
	require.Equal(t, water.Met, outcome(own, water.Reading{Class: water.Worse, Values: values(t, "pH=7", "DO=8", "CODMn=3", "TP=0.05", "氨氮=2.9")}))
}

func must(n int, ok bool) int {
	if !ok {
		return 99
	}
	return n
}

// TestASectionsCourseIsThatOfTheTable: month by month, with what flows in from above.
func TestASectionsCourseIsThatOfTheTable(t *testing.T) {
	t.Parallel()
	r := &water.Register{Sections: []water.Section{{ID: "top"}, {ID: "beside"}, {ID: "low", Upstream: []string{"top", "gone"}}}}
	for i := range r.Sections {
		r.Sections[i].Targets = []water.YearlyTarget{{Year: 2021, Class: water.III}}
	}
	var all []water.Reading
	var months []water.Month
	for m := 1; m <= 12; m++ {
		months = append(months, water.Month{2021, m})
		for i, s := range r.Sections {
			all = append(all, water.Reading{Section: s.ID, Month: water.Month{2021, m}, Span: water.OfMonth, Values: water.Values{water.NH3N: water.Number([]string{"0.4", "1.2", "2.5", "1.9"}[(i*5+m)%4])}})
		}
	}
	inflow := 0
	for _, s := range r.Sections {
		for i, row := range water.Course(r, all, s, months) {
			want := water.Table(r, all, months[i])
			at := slices.IndexFunc(want, func(o water.Row) bool { return o.Section.ID == s.ID })
			require.Equal(t, want[at], row, "%s %s", s.ID, months[i])
			if row.Inflow != water.NoClass {
				inflow++
			}
		}
	}
	require.Equal(t, 12, inflow)
}
