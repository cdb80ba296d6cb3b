package compensation_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/compensation"
	"duban/internal/water"
)

func n(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func to(text string) *decimal.Decimal { d := n(text); return &d }

// shanxi is the province's table of 2013 as the press quotes it; the three amounts in the
// middle are not confirmed.
var shanxi = compensation.Table{From: water.Month{Year: 2021, Month: 1}, Settled: 10, Items: []water.Item{water.COD, water.NH3N}, Sum: compensation.SumItems, Inflow: true,
	Scales:  []compensation.Scale{{Bands: []compensation.Band{{To: to("0.5"), Amount: n("500000")}, {To: to("1"), Amount: n("1000000")}, {To: to("5"), Amount: n("1500000")}, {To: to("10"), Amount: n("2000000")}, {Amount: n("3000000")}}}},
	Rewards: []compensation.Reward{{Kind: compensation.MetRunning, Months: 3, Amount: n("100000")}, {Kind: compensation.MetYear, Amount: n("1000000")}, {Kind: compensation.Passing, Amount: n("1000000")}, {Kind: compensation.Risen, Amount: n("500000")}}}

// hebei is 冀政办字〔2016〕169号 as it was read: of COD every 0.2 times begun, of the two
// others every 0.5 times (inferred from a case), 300 000 each.
var hebei = compensation.Table{From: water.Month{Year: 2016, Month: 1}, Settled: 20, Items: []water.Item{water.COD, water.NH3N, water.TP}, Sum: compensation.SumItems, Inflow: true,
	Scales: []compensation.Scale{{Items: []water.Item{water.COD}, Step: n("0.2"), Amount: n("300000")}, {Step: n("0.5"), Amount: n("300000")}}}

// jincheng is how the city's notice of November 2022 charged: its brackets are the city's.
var jincheng = compensation.Table{From: water.Month{Year: 2021, Month: 5}, Settled: 10, Sum: compensation.SumWorst,
	Scales: []compensation.Scale{{Bands: []compensation.Band{{To: to("1"), Amount: n("500000")}, {Amount: n("1000000")}}}}}

// line is a section's line of a month by concentrations against a target.
func line(target water.Class, values water.Values) water.Row {
	s := water.Section{ID: "s", Name: "郑庄", County: "c", Items: []water.Item{water.COD}, Targets: []water.YearlyTarget{{Year: 2021, Class: target}}}
	return water.Table(&water.Register{Sections: []water.Section{s}}, []water.Reading{{Section: "s", Month: water.Month{Year: 2021, Month: 5}, Span: water.OfMonth, Values: values}}, water.Month{Year: 2021, Month: 5})[0]
}

// Published cases come to what was published.
func TestPublishedCases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		table  compensation.Table
		target water.Class
		item   water.Item
		value  string
		amount string
	}{
		{"晋城 2022年11月 郑庄 氨氮 2.12，Ⅲ类，超 1.12 倍", jincheng, water.III, water.NH3N, "2.12", "1000000"},
		{"晋城 2022年11月 寺底南桥 氨氮 3.17，Ⅴ类，超 0.585 倍", jincheng, water.V, water.NH3N, "3.17", "500000"},
		{"衡水 2016年12月 COD 超 0.375 倍，两档", hebei, water.V, water.COD, "55", "600000"},
		{"保定 2018年 氨氮超 0.48 倍，一档", hebei, water.V, water.NH3N, "2.96", "300000"},
		{"山西 2013 至 50%", shanxi, water.III, water.COD, "30", "500000"},
		{"山西 2013 10 倍以上", shanxi, water.III, water.NH3N, "11.01", "3000000"},
		{"山西 2013 达标", shanxi, water.III, water.COD, "20", "0"},
		{"不在规则之内的指标", shanxi, water.III, water.TP, "3", "0"},
	} {
		require.Equal(t, c.amount, compensation.Sum(c.table.Month(line(c.target, water.Values{c.item: water.Number(c.value)}))).String(), c.name)
	}
	both := water.Values{water.COD: water.Number("30"), water.NH3N: water.Number("2.5")}
	require.Equal(t, "2000000", compensation.Sum(shanxi.Month(line(water.III, both))).String(), "both items are charged")
	all := jincheng.Month(line(water.III, both))
	require.Len(t, all, 1)
	require.Equal(t, []any{water.NH3N, "1.5", compensation.ItemOver}, []any{all[0].Item, all[0].Times.String(), all[0].Why}, "the dearest alone, with how it came about")
}

func TestWhatIsNotCharged(t *testing.T) {
	t.Parallel()
	why := func(table compensation.Table, row water.Row) (all []compensation.Why) {
		for _, e := range table.Month(row) {
			all = append(all, e.Why)
		}
		return all
	}
	dirty := line(water.III, water.Values{water.COD: water.Number("60")})
	require.Equal(t, []compensation.Why{compensation.ItemOver}, why(shanxi, dirty))
	dirty.NotWorse = true
	require.Equal(t, []compensation.Why{compensation.Exempt}, why(shanxi, dirty), "no worse than what flows in")
	require.Equal(t, []compensation.Why{compensation.ItemOver}, why(jincheng, dirty), "which the city's table does not know")
	for _, state := range water.States {
		row := dirty
		row.Month = water.Result{State: state}
		require.Equal(t, []compensation.Why{compensation.NotCharged}, why(shanxi, row))
	}
	unknown := dirty
	unknown.Target = water.Target{}
	require.Equal(t, []compensation.Why{compensation.Unknown}, why(shanxi, unknown), "its target is the province's to set")
	class := line(water.III, nil)
	class.Month = water.Result{Class: water.Worse, Outcome: water.Missed}
	require.Equal(t, []compensation.Why{compensation.Unknown}, why(shanxi, class), "over its target, and nobody said by which item")
	worse := shanxi
	worse.Worse = n("400000")
	require.Equal(t, []compensation.Why{compensation.Unknown, compensation.WorseV}, why(worse, class))
	class.Month.Over = []water.Over{{Item: water.TP}}
	require.Empty(t, why(shanxi, class), "by an item that the table does not charge")
	capped := shanxi
	capped.Cap, capped.Worse = n("700000"), n("400000")
	dirty.NotWorse = false
	require.Equal(t, "700000", compensation.Sum(capped.Month(dirty)).String())
	require.Equal(t, []compensation.Why{compensation.ItemOver, compensation.WorseV, compensation.Capped}, why(capped, dirty))
}

// More over never costs less, and the steps are as many as were begun.
func TestMoreOverNeverCostsLess(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		for _, table := range []compensation.Table{shanxi, hebei, jincheng} {
			for _, s := range table.Scales {
				a, b := decimal.New(int64(rapid.IntRange(0, 20000).Draw(t, "a")), -3), decimal.New(int64(rapid.IntRange(0, 20000).Draw(t, "b")), -3)
				if b.LessThan(a) {
					a, b = b, a
				}
				less, _ := s.Cost(a)
				more, steps := s.Cost(b)
				require.False(t, more.LessThan(less), "%s %s", a, b)
				require.Equal(t, b.IsPositive(), more.IsPositive())
				if s.Step.IsPositive() && b.IsPositive() {
					require.True(t, s.Step.Mul(decimal.NewFromInt(steps)).GreaterThanOrEqual(b))
					require.True(t, s.Step.Mul(decimal.NewFromInt(steps-1)).LessThan(b))
				}
			}
		}
	})
}

var (
	zone = time.FixedZone("", 8*3600)
	reg  = &water.Register{Sections: []water.Section{{ID: "s", Name: "润城", County: "c", Items: []water.Item{water.COD}, Targets: []water.YearlyTarget{{Year: 2021, Class: water.III}}}}}
)

// came is COD of a month of 2021, or of a year before, that came in on a day of 2021.
func came(year, month int, class water.Class, cod string, inMonth time.Month, day int) compensation.Came {
	r := water.Reading{Section: "s", Month: water.Month{Year: year, Month: month}, Span: water.OfMonth, Class: class}
	if cod != "" {
		r.Values = water.Values{water.COD: water.Number(cod)}
	}
	return compensation.Came{At: time.Date(2021, inMonth, day, 9, 0, 0, 0, zone), Reading: r}
}

func of(month int) water.Month { return water.Month{Year: 2021, Month: month} }

var end = time.Date(2022, 6, 1, 0, 0, 0, 0, zone)

// What was settled never changes: a correction is an entry of its own in the month in which
// it came, and both together are what the right value comes to.
func TestACorrectionIsAnEntryOfItsOwn(t *testing.T) {
	t.Parallel()
	all := []compensation.Came{came(2021, 5, water.IV, "25", 6, 5), came(2021, 6, water.III, "", 7, 5), came(2021, 5, water.IV, "35", 7, 20), came(2021, 7, water.III, "", 8, 5)}
	of5 := shanxi.Statements(reg, all[:1], of(5), end, zone)
	require.Equal(t, "500000", of5[0].Sum.String())
	require.Equal(t, of5, shanxi.Statements(reg, all, of(5), end, zone), "as it was settled")
	require.Empty(t, shanxi.Statements(reg, all, of(6), end, zone)[0].Entries)
	now := shanxi.Statements(reg, all, of(7), end, zone)[0]
	require.Len(t, now.Entries, 1)
	require.Equal(t, []any{compensation.Correction, of(5), "500000"}, []any{now.Entries[0].Why, now.Entries[0].Of, now.Entries[0].Amount.String()})
	require.Equal(t, "500000", shanxi.Statements(reg, all, of(5), time.Date(2021, 6, 6, 0, 0, 0, 0, zone), zone)[0].Sum.String(), "not settled yet: as it is known")
	require.Equal(t, compensation.Unknown, shanxi.Statements(reg, nil, of(5), end, zone)[0].Entries[0].Why)

	late := []compensation.Came{came(2021, 5, water.IV, "25", 8, 1)}
	require.Equal(t, "0", shanxi.Statements(reg, late, of(5), end, zone)[0].Sum.String())
	require.Equal(t, "500000", shanxi.Statements(reg, late, of(7), end, zone)[0].Charged.String(), "what came in late is charged when it came")
}

func TestRewards(t *testing.T) {
	t.Parallel()
	var all []compensation.Came
	for month := 1; month <= 12; month++ {
		at := min(month+1, 12)
		all = append(all, came(2021, month, water.II, "", time.Month(at), 5))
	}
	all[11].At = time.Date(2022, 1, 5, 0, 0, 0, 0, zone)
	all = append(all, came(2020, 4, water.IV, "", 1, 1), came(2020, 5, water.III, "", 1, 1))
	earned := func(month int) map[compensation.Why]string {
		out := map[compensation.Why]string{}
		for _, e := range shanxi.Statements(reg, all, of(month), end, zone)[0].Entries {
			out[e.Why] = e.Amount.String()
		}
		return out
	}
	require.Equal(t, map[compensation.Why]string{}, earned(1))
	require.Equal(t, map[compensation.Why]string{compensation.MetRunning: "-100000"}, earned(3))
	require.Equal(t, map[compensation.Why]string{compensation.Passing: "-1000000"}, earned(4), "from failing to passing")
	require.Equal(t, map[compensation.Why]string{compensation.Risen: "-500000"}, earned(5), "a class better")
	require.Equal(t, map[compensation.Why]string{compensation.MetRunning: "-100000", compensation.MetYear: "-1000000"}, earned(12))

	var year []compensation.Statement
	for month := 1; month <= 12; month++ {
		year = append(year, shanxi.Statements(reg, all, of(month), end, zone)...)
	}
	b := compensation.Balances(2021, year)
	require.Len(t, b, 1)
	require.Equal(t, []string{"0", "2900000", "-2900000", "-1100000"}, []string{b[0].Charged.String(), b[0].Earned.String(), b[0].Sum.String(), b[0].Months[11].String()})
	require.Empty(t, compensation.Balances(2022, year))
}

// Whatever comes in when: the statements of a year and the corrections in them come to what
// all that is known at its end comes to, and every sum is that of its entries.
func TestAYearComesToWhatIsKnown(t *testing.T) {
	t.Parallel()
	plain := shanxi
	plain.Until = of(9)
	rapid.Check(t, func(t *rapid.T) {
		var all []compensation.Came
		at := time.Date(2021, 1, 5, 0, 0, 0, 0, zone)
		for range rapid.IntRange(0, 15).Draw(t, "times") {
			at = at.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "later"))
			c := came(2021, rapid.IntRange(1, 9).Draw(t, "month"), water.NoClass, []string{"10", "20", "25", "35", "90", "300"}[rapid.IntRange(0, 5).Draw(t, "cod")], 1, 1)
			c.At = at
			all = append(all, c)
		}
		sum := decimal.Zero
		for m := of(1); m.Before(water.Month{Year: 2022, Month: 4}); m = m.Add(1) {
			for _, s := range plain.Statements(reg, all, m, end, zone) {
				require.True(t, compensation.Sum(s.Entries).Equal(s.Sum))
				require.True(t, s.Charged.Sub(s.Earned).Equal(s.Sum))
				sum = sum.Add(s.Sum)
			}
		}
		readings := map[water.Month]water.Reading{}
		for _, c := range all {
			readings[c.Reading.Month] = c.Reading
		}
		var last []water.Reading
		for _, r := range readings {
			last = append(last, r)
		}
		want := decimal.Zero
		for m := of(1); m.Before(of(10)); m = m.Add(1) {
			for _, s := range plain.Months(reg, last, m) {
				want = want.Add(s.Sum)
			}
		}
		require.True(t, want.Equal(sum), "%s %s", want, sum)
	})
}
