package incident_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/incident"
	"duban/internal/water"
)

// What was measured of an outlet is judged by the outlet's own limits; what has no limit is not judged,
// and nothing is within its limits of which an item was not measured.
func TestDischargesByTheirOwnLimits(t *testing.T) {
	t.Parallel()
	limit := func(i water.Item, most string) water.Limit {
		return water.Limit{Item: i, Value: decimal.RequireFromString(most)}
	}
	limits := []water.Limit{limit(water.COD, "50"), limit(water.Solids, "10"), limit(water.PH, "9")}
	r := &incident.Registry{Outlets: []incident.Outlet{{ID: "a", Name: "一号", Limits: limits}, {ID: "b", Name: "厂"}}}
	month := water.Month{Year: 2021, Month: 5}
	require.Empty(t, (*incident.Registry)(nil).Places().Sections)
	require.Len(t, r.Places().Sections, 1, "without limits nothing is measured of an outlet")
	of := func(state water.State, values water.Values) incident.Discharge {
		all := r.Discharges([]water.Reading{{Section: "outlet/a", Month: month.Add(-1), Span: water.OfMonth, State: water.Dry}, {Section: "outlet/a", Month: month, Span: water.OfMonth, State: state, Values: values}}, month)
		require.Len(t, all, 1)
		return all[0]
	}
	n := water.Number
	for name, c := range map[string]struct {
		values water.Values
		met    water.Outcome
		over   string
		lacks  int
	}{
		"on the limit":          {water.Values{water.COD: n("50"), water.Solids: n("10"), water.PH: n("6")}, water.Met, "", 0},
		"over":                  {water.Values{water.COD: n("60"), water.Solids: n("25"), water.PH: n("7")}, water.Missed, "SS/1.5 COD/0.2", 0},
		"acid":                  {water.Values{water.COD: n("5"), water.Solids: n("2"), water.PH: n("5.9")}, water.Missed, "pH", 0},
		"one was not measured":  {water.Values{water.COD: n("5"), water.PH: n("7")}, water.Undecided, "", 1},
		"over all the same":     {water.Values{water.COD: n("75")}, water.Missed, "COD/0.5", 2},
		"another is not judged": {water.Values{water.COD: n("5"), water.Solids: n("2"), water.PH: n("7"), water.NH3N: n("99")}, water.Met, "", 0},
	} {
		d := of(water.Observed, c.values)
		require.Equal(t, []any{c.met, c.over, c.lacks, false}, []any{d.Outcome, water.Reading{Over: d.Over}.Fields()[water.FieldOver], len(d.Lacking), d.None}, name)
	}
	require.Equal(t, []any{water.Dry, water.Undecided, 0}, []any{of(water.Dry, nil).State, of(water.Dry, nil).Outcome, len(of(water.Dry, nil).Lacking)})
	require.True(t, r.Discharges(nil, month)[0].None)
	r.Example = true
	require.Empty(t, r.Discharges(nil, month), "nobody has adopted it")
}
