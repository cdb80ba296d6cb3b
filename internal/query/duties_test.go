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

// The units that lead duties and those who oversee the plan see them, with the recurrence,
// the counts of occurrences and the next one, whether or not the ledger keeps outlooks.
func TestDuties(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["SQLite"](t))
	duty := w.water.Tasks[2]
	rules, err := act.NewRules(&w.water, w.cal)
	require.NoError(t, err)
	o, ok := rules.NextOccurrence(w.water.Policies["standard"], duty, w.water.Issued, at(6, 1, 0))
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

// A sheet of progress has the tasks of the list in its order, and says of each what the list says.
func TestASheetSaysWhatTheListSays(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			type said struct {
				plan, id, key, title, lead string
				due                        calendar.Day
				reported                   *act.Act
			}
			brief := func(lines []query.ReportedLine) (all []said) {
				for _, l := range lines {
					all = append(all, said{l.Plan, l.ID, l.Key, l.Title, l.Lead + l.LeadID, l.Due, l.Report})
				}
				return all
			}
			for _, mode := range []string{"read whole", "chosen by the database"} {
				for _, v := range viewers {
					for _, f := range []query.TaskFilter{{}, {Kinds: []string{string(plan.Dated)}}, {Skip: 1, Limit: 2}} {
						want, total, err := w.reader().Reported(t.Context(), v.as, f)
						require.NoError(t, err)
						got, n, err := w.reader().ToReport(t.Context(), v.as, f)
						require.NoError(t, err)
						require.Equal(t, total, n, "%s: %s", mode, v.name)
						require.Equal(t, brief(want), brief(got), "%s: %s", mode, v.name)
					}
				}
				w.refresh()
			}
		})
	}
}

// The pages of a list of several plans together have the same lines as the list read at once,
// for every size of page.
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
