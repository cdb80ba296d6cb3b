package assessment_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/assessment"
)

func n(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func bound(text string) *assessment.Bound { d := n(text); return &d }

func table() assessment.Table {
	half := 50
	return assessment.Table{Title: "考核细则", Base: n("100"), Most: bound("120"), Least: bound("0"), Assist: 0, Objection: 5, Rules: []assessment.Rule{
		{ID: "late", Fact: assessment.Late, Points: n("-1"), Every: 5, Step: n("-0.5"), Cap: bound("5"), Help: &half},
		{ID: "missing", Fact: assessment.Missing, Points: n("-2"), Total: bound("3")},
		{ID: "projects", Fact: assessment.Project, Points: n("3"), Share: true},
		{ID: "important", Fact: assessment.Project, Only: assessment.OnlyPriority, Points: n("1")},
		{ID: "rate", Fact: assessment.PoolRate, Points: n("10"), Share: true},
		{ID: "praise", Fact: assessment.Favourable, Points: n("3")},
	}}
}

func fact(kind assessment.Kind, unit string, amount int) assessment.Fact {
	return assessment.Fact{Kind: kind, Unit: unit, Where: assessment.ToTask, ID: "t", Title: "某事", On: "2021-06-30", Amount: amount, OutOf: 100}
}

func work(t assessment.Table, facts ...assessment.Fact) assessment.Sheet {
	return assessment.Work("plan", t, "2021", "2022-01-05", []string{"a", "b", "c"}, facts, nil, nil)
}

// The points of the default frame: one for the first day, half a point for each further
// five working days, at most five.
func TestLateByHowMuch(t *testing.T) {
	t.Parallel()
	for days, want := range map[int]string{0: "99", 1: "99", 5: "99", 6: "98.5", 10: "98.5", 11: "98", 41: "95", 400: "95"} {
		got, _ := work(table(), fact(assessment.Late, "a", days)).Of("a")
		require.Equal(t, want, got.Score.String(), "%d working days", days)
	}
	assists := fact(assessment.Late, "b", 6)
	assists.Assist = true
	got, _ := work(table(), assists).Of("b")
	require.Equal(t, "99.25", got.Score.String(), "half of it for a unit that assists")
	project := fact(assessment.Project, "b", 100)
	project.Assist = true
	got, _ = work(table(), project).Of("b")
	require.Equal(t, "100", got.Score.String(), "nothing of a rule that says nothing, under a table that says nothing")
	require.Empty(t, got.Lines)
}

func TestBonusByNumberPriorityAndProgress(t *testing.T) {
	t.Parallel()
	half, done := fact(assessment.Project, "a", 50), fact(assessment.Project, "a", 100)
	done.Priority = true
	got, _ := work(table(), half, done).Of("a")
	require.Equal(t, "105.5", got.Score.String(), "1.5 + 3, and 1 for the important one")
	entry := func(kind assessment.Kind, id, on string) assessment.Fact {
		return assessment.Fact{Kind: kind, Unit: "b", Where: assessment.ToEntry, ID: id, On: on}
	}
	all := []assessment.Fact{entry(assessment.Pool, "1", "2021-02-01"), entry(assessment.Pool, "2", "2021-03-01"), entry(assessment.Pool, "3", "2021-04-01"), entry(assessment.Admitted, "4", "2021-12-31"), entry(assessment.Admitted, "5", "2022-01-01")}
	got, _ = work(table(), all...).Of("b")
	require.Equal(t, "103.33", got.Score.String(), "one of three was admitted within the year")
	require.Equal(t, 1, got.Lines[0].Facts[0].Amount)
	require.Equal(t, 3, got.Lines[0].Facts[0].OutOf)
	none, _ := work(table(), all[3]).Of("b")
	require.Equal(t, "100", none.Score.String(), "no rate where nothing was entered")
}

func TestLimitsOfARuleAndOfTheTable(t *testing.T) {
	t.Parallel()
	got, _ := work(table(), fact(assessment.Missing, "a", 1), fact(assessment.Missing, "a", 1)).Of("a")
	require.Equal(t, []string{"-4", "-3", "97"}, []string{got.Lines[0].Sum.String(), got.Lines[0].Count.String(), got.Score.String()})
	var many []assessment.Fact
	for range 9 {
		many = append(many, fact(assessment.Favourable, "a", 0))
	}
	got, _ = work(table(), many...).Of("a")
	require.Equal(t, []string{"127", "120"}, []string{got.Sum.String(), got.Score.String()})
}

func TestRanks(t *testing.T) {
	t.Parallel()
	late := []assessment.Fact{fact(assessment.Late, "b", 1), fact(assessment.Late, "c", 1)}
	s := assessment.Work("plan", table(), "2021", "2022-01-05", []string{"a", "b", "c", "d"}, append(late, fact(assessment.Late, "d", 400)), nil, map[string]int{"a": 3, "d": 1})
	var ranks []string
	for _, u := range s.Units {
		up, had := u.Change()
		ranks = append(ranks, fmt.Sprint(u.Unit, u.Rank, up, had))
	}
	require.Equal(t, []string{"a1 2 true", "b2 -2 false", "c2 -2 false", "d4 -3 true"}, ranks, "two of one rank, and the next is skipped")

	grouped := table()
	grouped.Groups = []assessment.Group{{Title: "县", Units: []string{"c", "d"}}, {Title: "部门", Units: []string{"b"}}}
	s = assessment.Work("plan", grouped, "2021", "2022-01-05", []string{"a", "b", "c", "d"}, late, nil, nil)
	ranks = nil
	for _, u := range s.Units {
		ranks = append(ranks, fmt.Sprint(u.Group, u.Unit, u.Rank))
	}
	require.Equal(t, []string{"县d1", "县c2", "部门b1"}, ranks, "each group by itself, and who is in none is not scored")
}

func TestWhatWasDecidedOfAnObjection(t *testing.T) {
	t.Parallel()
	decided := []assessment.Adjustment{{Fact: assessment.Fact{Unit: "a", Where: assessment.ToObjection, ID: "1", Note: "延期已批"}, Points: n("1.005")}}
	s := assessment.Work("plan", table(), "2021", "2022-01-05", []string{"a"}, []assessment.Fact{fact(assessment.Late, "a", 1)}, decided, nil)
	require.Equal(t, "100.01", s.Units[0].Score.String())
	require.Equal(t, assessment.Adjusted, s.Units[0].Lines[1].Facts[0].Kind)
}

// Whatever the facts: what is shown adds up, every fact that counts is one that was given,
// their order means nothing, a worse fact never helps, and a sheet read again is the same.
func TestSheetsAddUp(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 17))
		tbl := table()
		for i := range tbl.Rules {
			tbl.Rules[i].Points = decimal.New(r.Int64N(600)-300, -2)
			if r.IntN(2) == 0 {
				tbl.Rules[i].Total = bound(decimal.New(r.Int64N(900), -2).String())
			}
		}
		var facts []assessment.Fact
		for range r.IntN(40) {
			f := fact(assessment.Kinds[r.IntN(len(assessment.Kinds))], []string{"a", "b", "c", "x"}[r.IntN(4)], r.IntN(100))
			f.ID, f.On = fmt.Sprint(len(facts)), fmt.Sprintf("2021-%02d-%02d", 1+r.IntN(12), 1+r.IntN(28))
			f.Assist, f.Priority = f.Kind.OfTask() && r.IntN(3) == 0, r.IntN(2) == 0
			facts = append(facts, f)
		}
		p := []assessment.Period{"2021", "2021H2", "2021Q1", "2021-07"}[r.IntN(4)]
		do := func(all []assessment.Fact) assessment.Sheet {
			return assessment.Work("plan", tbl, p, "2022-01-05", []string{"a", "b", "c"}, all, nil, nil)
		}
		s := do(facts)
		for _, u := range s.Units {
			sum := tbl.Base
			for _, l := range u.Lines {
				of := decimal.Zero
				for _, f := range l.Facts {
					of = of.Add(f.Points)
					require.Equal(t, f.Points.String(), f.Points.Round(2).String())
					require.True(t, p.Has(f.On))
					if f.Kind != assessment.PoolRate {
						require.Contains(t, facts, f.Fact)
					}
				}
				require.True(t, of.Equal(l.Sum))
				require.True(t, l.Count.Abs().LessThanOrEqual(l.Sum.Abs()))
				sum = sum.Add(l.Count)
			}
			require.True(t, sum.Equal(u.Sum))
			require.True(t, u.Score.Equal(decimal.Max(decimal.Zero, decimal.Min(u.Sum, n("120")))))
		}
		mixed := slices.Clone(facts)
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		doc, hash := s.Document()
		again, same := do(mixed).Document()
		require.Equal(t, doc, again)
		require.Equal(t, hash, same)
		var read assessment.Sheet
		require.NoError(t, json.Unmarshal([]byte(doc), &read))
		kept, _ := read.Document()
		require.Equal(t, doc, kept, "a sheet that was kept is read as it was")

		tbl.Rules[0].Points = decimal.New(-r.Int64N(300), -2)
		before, _ := do(facts).Of("a")
		more := fact(assessment.Late, "a", r.IntN(100))
		more.On = p.Last()
		after, _ := do(append(slices.Clone(facts), more)).Of("a")
		require.True(t, after.Score.LessThanOrEqual(before.Score), "one more that is late does not help")
	}
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2021": "2021 2021-01-01 2021-12-31", "2021年度": "2021 2021-01-01 2021-12-31", "2021年上半年": "2021H1 2021-01-01 2021-06-30",
		"2021h2": "2021H2 2021-07-01 2021-12-31", "2021年第三季度": "2021Q3 2021-07-01 2021-09-30", "2021年4季度": "2021Q4 2021-10-01 2021-12-31",
		"2021-02": "2021-02 2021-02-01 2021-02-28", "2024年2月": "2024-02 2024-02-01 2024-02-29",
	} {
		p, err := assessment.ReadPeriod(text)
		require.NoError(t, err, text)
		require.Equal(t, want, fmt.Sprint(p, " ", p.First(), " ", p.Last()))
		require.True(t, p.Has(p.First()) && p.Has(p.Last()) && !p.Has("2020-12-31"))
	}
	for _, bad := range []string{"", "21", "2021Q5", "2021-13", "2021年13月", "2021H3", "9999", "1900", "上半年"} {
		_, err := assessment.ReadPeriod(bad)
		require.Error(t, err, bad)
	}
	require.True(t, assessment.Period("2021Q1").Before("2021Q2"))
	require.False(t, assessment.Period("2021Q1").Before("2021H2"), "another sort")
	require.False(t, assessment.Period("2021").Before("2021"))
}
