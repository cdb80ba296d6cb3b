package whatif_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/whatif"
)

// What a dissolved unit has of a running plan is handed over as the files say. An amendment that
// does not say who takes over is refused, and the refusal names the unit.
func TestWhatAUnitThatGoesHandsOver(t *testing.T) {
	t.Parallel()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	unit := func(id, name string) people.Unit {
		return people.Unit{ID: id, Name: name, Kind: people.CityDepartment, Contacts: []people.Contact{{Role: people.Liaison, Name: name, Email: id + "@x.example"}}}
	}
	task := func(id, lead string, assist ...string) plan.Task {
		return plan.Task{ID: id, Kind: plan.Dated, Title: id, Lead: lead, Assist: assist, Due: calendar.NewDay(2021, 12, 31), Policy: "standard"}
	}
	made := func(hash string, units []people.Unit, tasks ...plan.Task) plan.Plan {
		return plan.Plan{ID: "p", Title: "p", Year: 2021, Zone: "Asia/Shanghai", Policy: "standard", Hash: hash, Tasks: tasks,
			Directory: people.Directory{Office: "ban", Leadership: "zu", Units: append([]people.Unit{unit("ban", "办公室"), unit("zu", "领导小组")}, units...)},
			Policies:  map[string]plan.Policy{"standard": {Name: "standard", Version: 1}}}
	}
	at := calendar.NewDay(2021, 4, 8).At(9, 0, calendar.Beijing).UTC()
	shuili, shuiwu, linye := unit("shuili", "市水利局"), unit("shuiwu", "市水务局"), unit("linye", "市林业局")
	before := made("1", []people.Unit{shuili, shuiwu, linye}, task("a", "shuili"), task("b", "shuiwu", "shuili"), task("c", "linye"))
	rows := []ledger.Task{ledger.TaskOf(&before, before.Tasks[0], at), ledger.TaskOf(&before, before.Tasks[1], at), ledger.TaskOf(&before, before.Tasks[2], at)}
	_, err = store.AddPlan(t.Context(), ledger.Launched{Plan: before, At: at, Version: 1, Clock: calendar.Clock{Epoch: at, Start: at, Rate: 1}}, rows, ledger.When{Real: at, Plan: at})
	require.NoError(t, err)
	w := whatif.New(store, time.Now)
	amend := func(p plan.Plan) ([]plan.Handover, error) {
		changes, err := w.Amending(t.Context(), &p)
		return changes.Handovers, err
	}
	succeeded, dissolved, renamed := shuili, shuili, shuili
	succeeded.Successor, dissolved.Dissolved = "shuiwu", true
	renamed.ID, renamed.Was = "slj", "shuili"

	got, err := amend(made("2", []people.Unit{succeeded, shuiwu, linye}, task("a", "shuiwu"), task("b", "shuiwu"), task("c", "linye")))
	require.NoError(t, err)
	require.Equal(t, []plan.Handover{{Unit: "shuili", To: "shuiwu", Tasks: []string{"a", "b"}}}, got)
	got, err = amend(made("3", []people.Unit{succeeded, shuiwu, linye}, task("a", "linye"), task("b", "shuiwu"), task("c", "linye")))
	require.NoError(t, err)
	require.Equal(t, []plan.Handover{{Unit: "shuili", To: "shuiwu", Tasks: []string{"b"}}}, got, "a is given to another")
	got, err = amend(made("4", []people.Unit{renamed, shuiwu, linye}, task("a", "slj"), task("b", "shuiwu", "slj"), task("c", "linye")))
	require.NoError(t, err)
	require.Equal(t, []plan.Handover{{Unit: "shuili", To: "slj", Tasks: []string{"a", "b"}}}, got)
	got, err = amend(made("5", []people.Unit{shuili, shuiwu, linye}, task("a", "shuili"), task("b", "shuiwu", "shuili"), task("c", "shuiwu")))
	require.NoError(t, err)
	require.Empty(t, got, "who stays hands nothing over")

	var gone *whatif.GoneError
	_, err = amend(made("6", []people.Unit{shuiwu, linye}, task("a", "shuiwu"), task("b", "shuiwu"), task("c", "linye")))
	require.ErrorAs(t, err, &gone)
	require.Equal(t, []any{"shuili", []string{"b"}}, []any{gone.Unit.ID, gone.Tasks}, "a is given to another by the files")
	_, err = amend(made("7", []people.Unit{dissolved, shuiwu, linye}, task("a", "shuili"), task("b", "shuiwu"), task("c", "linye")))
	require.ErrorAs(t, err, &gone)
	require.Equal(t, []string{"a"}, gone.Leads, "somebody has to lead it")
	got, err = amend(made("8", []people.Unit{dissolved, shuiwu, linye}, task("a", "shuiwu"), task("b", "shuiwu"), task("c", "linye")))
	require.NoError(t, err)
	require.Equal(t, []plan.Handover{{Unit: "shuili", Tasks: []string{"b"}}}, got)

	next := made("2", []people.Unit{shuiwu, linye}, task("a", "shuiwu"), task("b", "shuiwu"), task("c", "linye"))
	next = next.Succeeded(shuili, "shuiwu")
	l, err := store.Plan(t.Context(), "p")
	require.NoError(t, err)
	merged, changes, err := w.Amendment(t.Context(), l, &next)
	require.NoError(t, err)
	require.Len(t, changes.Handovers, 1)
	require.True(t, slices.ContainsFunc(merged.Directory.Units, func(u people.Unit) bool { return u.ID == "shuili" && len(u.Contacts) == 1 }), "its name and address stay")
}
