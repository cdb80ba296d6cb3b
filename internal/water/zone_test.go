package water_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/water"
)

// Zones are judged by their sections against their own target: one by its section, two by the
// means of both, two of which only classes are known by the worse.
func TestAMonthsZones(t *testing.T) {
	t.Parallel()
	may := water.Month{Year: 2021, Month: 5}
	target := func(c water.Class) []water.YearlyTarget { return []water.YearlyTarget{{Year: 2021, Class: c}} }
	reg := &water.Register{Sections: []water.Section{
		{ID: "a", Name: "甲", Targets: target(water.V)}, {ID: "b", Name: "乙", Targets: target(water.III)}, {ID: "c", Name: "丙", Targets: target(water.IV)},
		{ID: "d", Name: "丁"}, {ID: "e", Name: "戊", Body: water.Lake},
	}, Zones: []water.Zone{
		{ID: "z1", Name: "一区", Basin: "丹河", Kind: "饮用水源区", Sections: []string{"a"}, Target: water.III},
		{ID: "z2", Name: "二区", Basin: "丹河", Sections: []string{"a", "b"}, Target: water.III},
		{ID: "z3", Name: "三区", Basin: "沁河", Sections: []string{"c", "b"}},
		{ID: "z4", Name: "四区", Basin: "沁河", Sections: []string{"c", "d"}, Target: water.III},
		{ID: "z5", Name: "五区", Basin: "沁河", Sections: []string{"d", "e"}, Target: water.III},
		{ID: "z6", Name: "六区", Sections: []string{"a", "e"}, Target: water.IV},
	}}
	full := func(ammonia string) water.Values {
		return values(t, "pH=7", "DO=8", "CODMn=3", "TP=0.05", "氨氮="+ammonia)
	}
	readings := []water.Reading{
		{Section: "a", Month: may, Span: water.OfMonth, Values: full("1.5")},
		{Section: "a", Month: may.Add(-12), Span: water.OfMonth, Class: water.II},
		{Section: "b", Month: may, Span: water.OfMonth, Values: full("0.3")},
		{Section: "c", Month: may, Span: water.OfMonth, Class: water.IV},
	}
	rows := water.ZoneTable(reg, readings, may)
	one := rows[0]
	require.Equal(t, []any{water.IV, water.Missed, water.II, 1, 1}, []any{one.Month.Class, one.Month.Outcome, one.LastYear.Class, one.Of, one.Known})
	require.Equal(t, []string{"氨氮(0.5)"}, overs(one.Month.Over), "against the zone's target, not the section's")
	require.Equal(t, water.Met, water.Table(reg, readings, may)[0].Month.Outcome)

	two := rows[1]
	require.Equal(t, []any{water.III, water.Met}, []any{two.Month.Class, two.Month.Outcome}, "the mean is 0.9")
	require.Equal(t, "0.9", two.Month.Values[water.NH3N].String())
	require.Equal(t, []any{water.IV, water.Met}, []any{rows[2].Month.Class, rows[2].Month.Outcome}, "each its own target")
	four := rows[3]
	require.Equal(t, []any{water.IV, water.Missed, 2, 1}, []any{four.Month.Class, four.Month.Outcome, four.Of, four.Known}, "of one section nothing came in")
	require.True(t, rows[4].Month.None)
	require.Equal(t, []any{water.IV, water.Met}, []any{rows[5].Month.Class, rows[5].Month.Outcome})

	basins := water.ZonesOf(rows, func(z water.Zone) string { return z.Basin })
	require.Equal(t, []string{"丹河", "沁河", ""}, []string{basins[0].Name, basins[1].Name, basins[2].Name})
	require.Equal(t, []int{2, 2, 1, 1}, []int{basins[0].Month.Of, basins[0].Month.Known, basins[0].Month.Met, basins[0].Month.Missed})
	require.Equal(t, []int{3, 2, 1, 1, 1}, []int{basins[1].Month.Of, basins[1].Month.Known, basins[1].Month.Met, basins[1].Month.Missed, basins[1].Month.None})
	require.Nil(t, water.ZoneTable(nil, nil, may))
}

// A zone of one section with the section's own target is judged as the section is; a zone of
// several is never better than the best of them nor worse than the worst, and where one of them
// misses the zone's target it has not met it unless the means do.
func TestAnyZone(t *testing.T) {
	t.Parallel()
	may := water.Month{Year: 2021, Month: 5}
	rapid.Check(t, func(t *rapid.T) {
		reg, readings := &water.Register{}, []water.Reading{}
		var ids []string
		for i := range rapid.IntRange(1, 5).Draw(t, "sections") {
			id := string(rune('a' + i))
			own := water.Class(rapid.IntRange(1, 5).Draw(t, "own"))
			reg.Sections = append(reg.Sections, water.Section{ID: id, Name: id, Targets: []water.YearlyTarget{{Year: 2021, Class: own}}})
			reg.Zones = append(reg.Zones, water.Zone{ID: id, Sections: []string{id}, Target: own})
			ids = append(ids, id)
			r := water.Reading{Section: id, Month: may, Span: water.OfMonth}
			switch rapid.IntRange(0, 3).Draw(t, "how") {
			case 0:
				r.Class = water.Class(rapid.IntRange(1, 6).Draw(t, "class"))
			case 1:
				r.State = water.Dry
			case 2:
				r.Values = water.Values{water.PH: water.Number("7"), water.DO: water.Number("8"), water.CODMn: water.Number("3"), water.TP: water.Number("0.05"),
					water.NH3N: water.Number(rapid.SampledFrom([]string{"0.1", "0.6", "1.2", "1.8", "2.5"}).Draw(t, "ammonia"))}
			default:
				continue // nothing came in
			}
			readings = append(readings, r)
		}
		reg.Zones = append(reg.Zones, water.Zone{ID: "all", Sections: ids, Target: water.Class(rapid.IntRange(0, 5).Draw(t, "target"))})
		rows, zones := water.Table(reg, readings, may), water.ZoneTable(reg, readings, may)
		best, worst, known := water.Worse, water.NoClass, 0
		for i, row := range rows {
			require.Equal(t, row.Month, zones[i].Month)
			require.Equal(t, row.Year, zones[i].Year)
			if row.Month.Class != water.NoClass {
				best, worst, known = min(best, row.Month.Class), max(worst, row.Month.Class), known+1
			}
		}
		all := zones[len(rows)]
		require.Equal(t, known, all.Known)
		if known == 0 {
			require.Equal(t, water.NoClass, all.Month.Class)
			require.Equal(t, water.Undecided, all.Month.Outcome)
			return
		}
		if len(all.Month.Values) == 0 {
			require.Equal(t, worst, all.Month.Class)
		}
		require.True(t, best <= all.Month.Class && all.Month.Class <= worst)
		if all.Month.Outcome == water.Met && all.Zone.Target != water.NoClass {
			require.LessOrEqual(t, all.Month.Class, all.Zone.Target)
		}
		if all.Month.Outcome == water.Missed && len(all.Month.Values) > 0 {
			require.NotEmpty(t, all.Month.Over)
		}
	})
}
