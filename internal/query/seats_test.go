package query_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/query"
)

// The parts that a plan may leave out are there for whom a plan with them concerns: a unit of a
// plan of another field has none.
func TestWhatThePlansOfAUnitHave(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["SQLite"](t))
	all := query.PlanParts{Water: true, Assessment: true, Complaints: true, Incidents: true}
	for unit, want := range map[string]query.PlanParts{"office": all, "leaders": all, "gaoping": all, "shuiwu": all, "huanbao": {}, "airoffice": {}, "lvye": {}} {
		seats, err := w.reader().Seats(t.Context(), person("x", unit))
		require.NoError(t, err)
		require.Equal(t, want, seats.Has, unit)
	}
	seats, err := w.reader().Seats(t.Context(), person("x", "huanbao"))
	require.NoError(t, err)
	require.NotEmpty(t, seats.Unit, "it has a plan")
	require.Equal(t, calendar.Beijing.String(), seats.Zone.String())
}
