package whatif_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/whatif"
)

// A plan that carries on tasks of another, whose tasks were renumbered by an amendment, means
// the numbers that the other plan's files have now, even where a number belongs to another task
// now.
func TestWhatIsCarriedOnIsCalledAsItsPlanCallsItNow(t *testing.T) {
	t.Parallel()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })

	due := calendar.NewDay(2021, 12, 31)
	at := calendar.NewDay(2021, 4, 8).At(9, 0, calendar.Beijing).UTC()
	task := func(id, label string) plan.Task {
		return plan.Task{ID: id, Label: label, Kind: plan.Dated, Title: id, Lead: "shuiwu", Due: due, Policy: "standard"}
	}
	old := plan.Plan{ID: "old", Title: "old", Year: 2021, Zone: "Asia/Shanghai", Policy: "standard", Hash: "abc",
		Tasks:     []plan.Task{task("t5", "t6"), task("t5@2", "t5")},
		Directory: people.Directory{Office: "shuizhiban", Leadership: "lingdao", Units: []people.Unit{{ID: "shuiwu", Name: "市水务局", Kind: people.CityDepartment}}},
		Policies:  map[string]plan.Policy{"standard": {Name: "standard", Version: 1}}}
	rows := []ledger.Task{ledger.TaskOf(&old, old.Tasks[0], at), ledger.TaskOf(&old, old.Tasks[1], at)}
	launched := ledger.Launched{Plan: old, At: at, Version: 1, Clock: calendar.Clock{Epoch: at, Start: at, Rate: 1}}
	_, err = store.AddPlan(t.Context(), launched, rows, ledger.When{Real: at, Plan: at})
	require.NoError(t, err)

	w := whatif.New(store, time.Now)
	for called, is := range map[string]string{"old/t5": "t5@2", "old/t6": "t5"} {
		next := task("n", "")
		next.Carries = called
		c, err := w.CarryingOne(t.Context(), next)
		require.NoError(t, err)
		require.Equal(t, is, c.Row.ID, called)
	}
	for _, called := range []string{"old/t7", "old/"} {
		none := task("n", "")
		none.Carries = called
		_, err = w.CarryingOne(t.Context(), none)
		var fault *whatif.CarryError
		require.ErrorAs(t, err, &fault, called)
	}
}
