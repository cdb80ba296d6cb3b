package query_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
)

// Duties are seen by those who lead them and those who oversee the plan, with their
// rule, their occurrences and the next one, whether the database chooses or not.
func TestDuties(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["SQLite"](t))
	duty := w.water.Tasks[2]
	book, err := act.NewBook(&w.water, w.cal)
	require.NoError(t, err)
	o, ok := book.NextOccurrence(w.water.Policies["standard"], duty, w.water.Issued, at(6, 1, 0))
	require.True(t, ok)
	row := ledger.TaskOf(&w.water, act.OccurrenceOf(duty, o), o.Opens)
	row.Duty, row.Period = duty.ID, o.Period
	_, err = w.store.OpenTask(t.Context(), row, when(at(6, 20, 0)))
	require.NoError(t, err)
	want := query.DutyLine{Plan: "water", ID: "watch", Title: "监测断面水质", Lead: "高平市人民政府", LeadID: "gaoping", Phase: act.Open, Recurs: duty.Recur, Opened: 1, Open: 1, Overdue: 1}
	for _, mode := range []string{"read whole", "chosen by the database"} {
		for _, v := range viewers {
			page, err := w.reader().Duties(t.Context(), v.as, query.DutyFilter{Limit: 5})
			require.NoError(t, err, v.name)
			switch v.name {
			case "operator", "office", "leader", "assisting": // who leads it
				require.Len(t, page.Lines, 1, "%s: %s", mode, v.name)
				got := page.Lines[0]
				require.Equal(t, calendar.NewDay(2021, 9, 30), got.Upcoming.Due, mode)
				got.Upcoming = nil
				require.Equal(t, want, got, "%s: %s", mode, v.name)
			default:
				require.Empty(t, page.Lines, "%s: %s", mode, v.name)
				require.Zero(t, page.Total)
			}
		}
		w.refresh()
	}
}

// A list of several plans gives the same lines in pages as in whole, whatever the size
// of the page.
func TestPagesOfSeveralPlans(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			for _, mode := range []string{"read whole", "chosen by the database"} {
				for _, f := range []query.TaskFilter{{}, {Kinds: []string{string(plan.Dated)}}, {Lights: []plan.Light{plan.Red}}} {
					whole, err := w.reader().Tasks(t.Context(), query.Operator(), f)
					require.NoError(t, err)
					require.Len(t, whole.Lines, whole.Total)
					for size := 1; size <= whole.Total+1; size++ {
						var got []query.TaskLine
						for f.Skip, f.Limit = 0, size; f.Skip < whole.Total; f.Skip += size {
							page, err := w.reader().Tasks(t.Context(), query.Operator(), f)
							require.NoError(t, err)
							require.Equal(t, whole.Total, page.Total)
							got = append(got, page.Lines...)
						}
						require.Equal(t, lineIDs(whole.Lines), lineIDs(got), "%s, %d a page", mode, size)
					}
				}
				w.refresh()
			}
		})
	}
}

func lineIDs(lines []query.TaskLine) (ids []string) {
	for _, l := range lines {
		ids = append(ids, l.Plan+" "+l.ID)
	}
	return ids
}
