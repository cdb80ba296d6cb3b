package query_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/query"
	quality "duban/internal/water"
)

func TestAMonthOfSections(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			r := w.reader()
			unit := person("li", "gaoping")
			m, err := r.WaterMonth(t.Context(), unit, "", quality.Month{})
			require.NoError(t, err)
			require.Equal(t, "2021-05", m.Month.String(), "the last of which anything is known")
			require.Equal(t, quality.Missed, m.Rows[0].Month.Outcome)
			require.Equal(t, 1, m.Sum.Missed)
			m, err = r.WaterMonth(t.Context(), unit, "water", quality.Month{Year: 2021, Month: 6})
			require.NoError(t, err)
			require.Equal(t, 1, m.Sum.None)
			s, err := r.WaterSection(t.Context(), unit, "", "s01")
			require.NoError(t, err)
			require.Len(t, s.Months, 1)
			require.Equal(t, "5月.xlsx B2", s.Months[0].Versions[0].Reading.Sources["class"])
			_, err = r.WaterSection(t.Context(), unit, "", "牛村")
			require.ErrorIs(t, err, query.ErrNoSuchSection)
			_, err = r.WaterMonth(t.Context(), unit, "air", quality.Month{})
			require.ErrorIs(t, err, query.ErrNoSections)
		})
	}
}

// A month's compensation is computed by the table in force, or tried by another one; a unit
// reads only its own.
func TestAMonthsCompensation(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			r := w.reader()
			c, err := r.Compensation(t.Context(), person("zhao", "office"), "", quality.Month{}, -1)
			require.NoError(t, err)
			require.Equal(t, []any{"市里的", 1, false, "2021-05"}, []any{c.Table.Title, c.Chosen, c.Trial, c.Month.String()})
			require.Len(t, c.Statements, 1)
			require.Equal(t, "gaoping", c.Statements[0].County)
			tried, err := r.Compensation(t.Context(), person("zhao", "office"), "", quality.Month{}, 0)
			require.NoError(t, err)
			require.True(t, tried.Trial)
			own, err := r.Compensation(t.Context(), person("li", "gaoping"), "", quality.Month{}, -1)
			require.NoError(t, err)
			require.Equal(t, c.Statements, own.Statements)
			other, err := r.Compensation(t.Context(), person("wang", "shuiwu"), "", quality.Month{}, -1)
			require.NoError(t, err)
			require.Empty(t, other.Statements)
			require.Empty(t, other.Balances)
			_, err = r.Compensation(t.Context(), person("zhao", "office"), "", quality.Month{}, 2)
			require.ErrorIs(t, err, query.ErrNoSections)
		})
	}
}

// Zones are judged against their own target, by whatever the sections have; the duty to issue
// them is named to those who see it.
func TestAMonthOfZones(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			r := w.reader()
			z, err := r.WaterZones(t.Context(), person("li", "gaoping"), "", quality.Month{})
			require.NoError(t, err)
			require.Equal(t, []any{"2021-05", quality.IV, quality.Met, "watch"}, []any{z.Month.String(), z.Zones[0].Month.Class, z.Zones[0].Month.Outcome, z.Duty})
			require.Equal(t, []any{"丹河流域", 1, 1}, []any{z.Basins[0].Name, z.Basins[0].Month.Of, z.Basins[0].Month.Met})
			other, err := r.WaterZones(t.Context(), person("wang", "shuiwu"), "", quality.Month{})
			require.NoError(t, err)
			require.Empty(t, other.Duty, "another unit's")
			_, err = r.WaterZones(t.Context(), person("li", "gaoping"), "air", quality.Month{})
			require.ErrorIs(t, err, query.ErrNoZones)
		})
	}
}

// What is known of an outlet is not found out by asking what a reading would change: its own unit and the
// office are told, other units are not.
func TestOutletsOfOthersAreNotAskedAfter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["SQLite"](t))
	would := func(unit string) int {
		changes, err := w.reader().WaterWould(t.Context(), person("x", unit), "water", []quality.Reading{
			{Section: "outlet/o1", Month: quality.Month{Year: 2021, Month: 5}, Span: quality.OfMonth, Values: quality.Values{quality.COD: quality.Number("1")}}})
		require.NoError(t, err)
		return len(changes)
	}
	require.Equal(t, []int{1, 0, 0}, []int{would("office"), would("shuiwu"), would("gaoping")})
}
