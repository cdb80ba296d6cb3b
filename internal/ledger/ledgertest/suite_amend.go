package ledgertest

import (
	"errors"
	"testing"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// nextPlan is the sample plan with other files: t0 in other words, t1 withdrawn, n
// new before all, the standing line s led by another unit.
func (w *world) nextPlan() ledger.Amendment {
	t0 := plan.Task{ID: "t0", Kind: plan.Dated, Lead: "shuiwu", Due: due, Clause: "三（二）5", Publish: true, Priority: true}
	s := plan.Task{ID: "s", Kind: plan.Standing, Title: "常", Lead: "huanjing", Assist: []string{"zhujian"}, Policy: "soft"}
	n := plan.Task{ID: "n", Kind: plan.Dated, Lead: "shuiwu", Due: due, Policy: "standard@2"}
	next := samplePlan()
	next.Title, next.Hash, next.Tasks = "修订后", "def", []plan.Task{n, t0, s}
	next.Policies = map[string]plan.Policy{"standard@2": {Name: "standard", Version: 2}}
	added := sampleTask("n")
	added.Policy = "standard@2"
	return ledger.Amendment{
		Plan: next, Before: "abc", Paper: "晋市政办〔2021〕30号", Reason: "调整", Actor: "wang", Added: []ledger.Task{added},
		Changes: plan.Changes{Tasks: []plan.TaskChange{
			{ID: "n", What: plan.Added, New: &n},
			{ID: "t0", What: plan.Changed, Old: &plan.Task{ID: "t0", Kind: plan.Dated}, New: &t0, Fields: []plan.FieldChange{{Field: plan.FieldClause, New: t0.Clause}}},
			{ID: "s", What: plan.Changed, Old: &plan.Task{ID: "s", Kind: plan.Standing}, New: &s, Fields: []plan.FieldChange{{Field: plan.FieldLead, New: s.Lead}}},
			{ID: "t1", What: plan.Removed, Old: &plan.Task{ID: "t1", Kind: plan.Dated}},
		}},
	}
}

func amendments(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	occurrence := sampleTask("d.2021Q2")
	occurrence.Plan, occurrence.Duty = "jincheng", "d"
	_, err := w.AddOccurrence(w.ctx, occurrence, evening)
	w.ok(err)
	none, err := w.LastAmendment(w.ctx, "jincheng")
	w.ok(err)
	w.is("before any", none, ledger.Amended{})

	a := w.nextPlan()
	got, fresh, err := w.Amend(w.ctx, a, evening)
	w.ok(err)
	w.is("amended", []any{got.N, got.Paper, fresh}, []any{1, a.Paper, true})
	l, err := w.open().Plan(w.ctx, "jincheng")
	w.ok(err)
	w.is("plan", []any{l.Plan.Title, l.Plan.Hash, len(l.Plan.Tasks), l.At, l.Clock}, []any{"修订后", "def", 3, w.plan.At, w.plan.Clock})
	w.is("both versions", []int{l.Plan.Policies["standard"].Version, l.Plan.Policies["standard@2"].Version}, []int{1, 2})

	tasks, err := w.Tasks(w.ctx, ledger.TaskFilter{Plan: "jincheng"})
	w.ok(err)
	var order []string
	for _, task := range tasks {
		order = append(order, task.ID+" "+task.State)
	}
	w.is("order", order, []string{"n open", "t0 open", "s open", "t1 open", "d open", "d.2021Q2 open"})
	t0, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	want := standing("t0")
	want.Clause, want.Publish, want.Soft = "三（二）5", true, false
	w.is("what no act changes", t0, want)
	s, err := w.Task(w.ctx, "jincheng", "s")
	w.ok(err)
	w.is("standing line", []any{s.Title, s.Lead, s.Assist, s.Policy}, []any{"常", "huanjing", []string{"zhujian"}, "soft"})
	end := w.holds()
	again, fresh, err := w.Amend(w.ctx, a, speaks)
	w.ok(err)
	w.is("again", []any{again.N, again.Paper, again.Reason, again.Actor, len(again.Changes.Tasks), again.Carried, fresh}, []any{1, a.Paper, "调整", "wang", 4, false, false})
	other := a
	other.Plan.Hash = "ghi"
	if _, _, err := w.Amend(w.ctx, other, evening); !errors.Is(err, ledger.ErrAmendedMeanwhile) {
		t.Errorf("worked out against another plan: %v", err)
	}
	if _, _, err := w.Amend(w.ctx, ledger.Amendment{}, evening); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("no such plan: %v", err)
	}
	w.is("events", w.holds(), end)
}

func amendmentsCarried(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	_, _, err := w.Amend(w.ctx, w.nextPlan(), evening)
	w.ok(err)
	left := []ledger.LeftUndone{{Task: "t0", Kind: act.Correct, Refused: act.Refusal{Key: "act.refused_state", Data: map[string]string{"State": "reported"}}}}
	for _, step := range [][]ledger.LeftUndone{left, left, nil, {}, left} {
		w.ok(w.Carry(w.ctx, "jincheng", 1, step, "wang", evening))
		last, err := w.LastAmendment(w.ctx, "jincheng")
		w.ok(err)
		w.is("carried", []any{last.N, last.Carried, len(last.Left)}, []any{1, true, len(step)})
	}
	w.ok(w.Carry(w.ctx, "jincheng", 2, left, "wang", evening))
	w.is("events", w.last(5), []string{ledger.PlanLaunched, ledger.PlanAmended, ledger.PlanCarried, ledger.PlanCarried, ledger.PlanCarried})
}

func policiesAdded(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	next := samplePlan().Policies["standard"]
	next.Version = 2
	for range 2 {
		w.ok(w.AddPolicy(w.ctx, "jincheng", "standard@2", next, "wang", evening))
	}
	l, err := w.Plan(w.ctx, "jincheng")
	w.ok(err)
	w.is("versions", []int{l.Plan.Policies["standard"].Version, l.Plan.Policies["standard@2"].Version}, []int{1, 2})
	w.is("the files are the same", l.Plan.Hash, "abc")
	w.is("events", w.last(2), []string{ledger.PlanLaunched, ledger.PolicyAdded})
	a := w.nextPlan()
	a.Plan.Policies = map[string]plan.Policy{}
	_, _, err = w.Amend(w.ctx, a, evening)
	w.ok(err)
	l, err = w.Plan(w.ctx, "jincheng")
	w.ok(err)
	w.is("an amendment keeps them", len(l.Plan.Policies), 2)
}

func formerNotices(t *testing.T, address string) {
	w := newWorld(t, address, 0)
	first := calendar.Year{Year: 2022, Papers: []string{"一"}, Days: []calendar.Holiday{{Name: "元旦", Date: calendar.NewDay(2022, 1, 3), IsOffDay: true}}}
	second := calendar.Year{Year: 2022, Papers: []string{"二"}, Days: first.Days}
	for i, y := range []calendar.Year{{}, first, first, second} {
		if i > 0 {
			w.ok(w.PutCalendar(w.ctx, y, "wang", evening))
		}
		version, err := w.NoticeVersion(w.ctx, 2022)
		w.ok(err)
		w.is("version", version, []int{0, 1, 1, 2}[i])
		former, there, err := w.FormerNotice(w.ctx, 2022)
		w.ok(err)
		w.is("a former one", there, i == 3)
		if there {
			w.is("former", former, first)
		}
	}
	for i := range 3 {
		unmoved, err := w.Unmoved(w.ctx, 2022)
		w.ok(err)
		w.is("not all is moved by it", unmoved, i == 0)
		w.ok(w.MarkMoved(w.ctx, 2022, 7, "wang", evening))
	}
	w.ok(w.PutCalendar(w.ctx, calendar.Year{Year: 2023}, ledger.Engine, evening))
	for _, year := range []int{2023, 2024} {
		unmoved, err := w.Unmoved(w.ctx, year)
		w.ok(err)
		w.is("the engine's own, and none", unmoved, false)
	}
	w.is("events", w.last(4), []string{ledger.CalendarPut, ledger.CalendarPut, ledger.CalendarMoved, ledger.CalendarPut})
}
