package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/whatif"
	"duban/internal/words"
)

func TestAnAmendmentSaysWhatActsHaveChangedSince(t *testing.T) {
	t.Parallel()
	d := newDesk(t, at(6, 1, 10))
	row := ledger.TaskOf(&plan.Plan{ID: "p"}, plan.Task{ID: "a", Kind: plan.Dated, Lead: "shuiwu", Due: calendar.NewDay(2021, 6, 30)}, at(4, 8, 0))
	moment := ledger.When{Real: at(4, 8, 0), Plan: at(4, 8, 0)}
	_, err := d.store.AddPlan(t.Context(), ledger.Launched{Plan: plan.Plan{ID: "p", Hash: "h"}, At: at(4, 8, 0)}, []ledger.Task{row}, moment)
	require.NoError(t, err)
	old := plan.Task{ID: row.ID, Kind: plan.Dated, Lead: "another", Due: row.Due.AddDays(-20)}
	amendedTask := old
	amendedTask.Due = row.Due.AddDays(-5)
	changes := plan.Changes{Tasks: []plan.TaskChange{{ID: row.ID, What: plan.Changed, Old: &old, New: &amendedTask,
		Fields: []plan.FieldChange{{Field: plan.FieldDue, Old: old.Due.String(), New: amendedTask.Due.String()}}}}}
	now, err := whatif.New(d.store, time.Now).SinceChanged(t.Context(), "p", changes, nil)
	require.NoError(t, err)
	require.Equal(t, []whatif.TaskNow{{Task: row.ID, Due: row.Due.String(), Lead: row.Lead, Back: true}}, now)
	require.Equal(t, []string{
		"  注意：" + row.ID + " 的时限办理中已变更，现为 " + row.Due.String() + "；修订后的时限比现在的早",
		"  注意：" + row.ID + " 已改派，现由市水务局牵头",
	}, whatif.NowSaid(words.New("zh"), now[0], plan.Plan{Directory: people.Directory{Units: []people.Unit{{ID: row.Lead, Name: "市水务局"}}}}))
}
