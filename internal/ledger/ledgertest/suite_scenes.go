package ledgertest

import (
	"testing"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// Whatever becomes of a task, its unit, the names of units and the policy, a stage
// that was decided keeps what was true then; so does what an act told.
func scenes(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	was := w.plan.Plan
	d := decision("t0", dueStage)
	d.From = &was
	_, _, err := Decide(w.ctx, w.Store, d, evening)
	w.ok(err)

	row, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	other := samplePlan()
	other.Directory.Units[0].Name = "市水务集团"
	moved := row.Facts
	moved.Title, moved.Lead, moved.Due = "别的题目", "zhujian", calendar.NewDay(2021, 9, 15)
	a := act.Act{ID: "r", Kind: act.Reassign, By: act.Actor{Account: "wang", Unit: "shuizhiban"}, At: evening.Plan}
	told := plan.Stage{ID: "told-1-reassign", Kind: plan.Told, At: evening.Plan, To: []people.Recipient{liaison}, Matter: plan.Matter{Topic: string(act.Reassign), Unit: "shuiwu"}}
	_, _, err = w.Act(w.ctx, ledger.Acted{Plan: "jincheng", Task: "t0", Act: a, Version: row.Version, Facts: moved, Told: []plan.Stage{told}, From: &other}, evening)
	w.ok(err)

	stages, err := w.Stages(w.ctx, "jincheng", "t0")
	w.ok(err)
	w.is("stages", len(stages), 2)
	scenes := map[string]ledger.Scene{stages[0].ID: stages[0].Scene, stages[1].ID: stages[1].Scene}
	w.is("the scene of the spring", scenes["due"], ledger.Scene{Title: "黑臭水体整治 t0", Unit: "shuiwu", Due: due,
		Names: map[string]string{"shuiwu": "市水务局"}, Rules: was.Policies["standard"].Stages})
	w.is("the scene of the act", scenes["told-1-reassign"], ledger.Scene{Title: "别的题目", Unit: "zhujian", Due: calendar.NewDay(2021, 9, 15),
		Names: map[string]string{"shuiwu": "市水务集团", "zhujian": "zhujian"}})
}
