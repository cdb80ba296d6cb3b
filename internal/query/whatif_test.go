package query_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
)

// A reminder that was said early because of a holiday notice that was then taken back is to
// be said again on its own day, so CalendarMoves has it among the stages still to come.
func TestMovesAfterANoticeWasTakenBack(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			b, err := act.NewRules(&w.water, w.cal)
			require.NoError(t, err)
			ahead := b.Ahead(w.task("water", "late").Facts)
			i := slices.IndexFunc(ahead, func(s plan.Stage) bool { return s.At.After(w.now) && (s.Kind == plan.Remind || s.Kind == plan.DueDay) })
			require.GreaterOrEqual(t, i, 0)
			early := ahead[i]
			day := early.At.Day()
			moved := func() bool {
				moves, err := w.reader().CalendarMoves(t.Context(), query.Operator(), w.resting(day)) // the day before is still to come
				require.NoError(t, err)
				return slices.ContainsFunc(moves, func(m query.MovedStage) bool { return m.Task == "late" && m.Stage == early.ID })
			}
			in := func(cal *calendar.Calendar, hour int) {
				years := cal.Years()
				y := years[slices.IndexFunc(years, func(y calendar.Year) bool { return y.Year == 2021 })]
				require.NoError(t, w.store.PutCalendar(t.Context(), y, "zhao", when(at(7, 5, hour))))
			}
			in(w.cal, 6)
			require.True(t, moved(), "it is still to come")
			in(w.later(), 7)
			early.At = at(7, 5, 8)
			w.decide("water", "late", "", early)
			require.False(t, moved(), "it was said")
			back, err := w.store.WouldTakeBack(t.Context(), 2021)
			require.NoError(t, err)
			require.NoError(t, w.store.TakeBackCalendar(t.Context(), back, "zhao", "误导入", ledger.When{Real: at(7, 5, 9), Plan: at(7, 5, 9)}))
			require.True(t, moved(), "it is to come again")
		})
	}
}
