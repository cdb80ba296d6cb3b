package ledgertest

import (
	"errors"
	"testing"
	"time"

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
	_, err := w.OpenTask(w.ctx, occurrence, evening)
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
		order = append(order, task.ID+" "+string(task.State))
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

// rests is a notice for 2022 by which some days of January are days off.
func rests(paper string, dates ...int) calendar.Year {
	y := calendar.Year{Year: 2022, Papers: []string{paper}}
	for _, d := range dates {
		y.Days = append(y.Days, calendar.Holiday{Name: "元旦", Date: calendar.NewDay(2022, 1, d), IsOffDay: true})
	}
	return y
}

func formerNotices(t *testing.T, address string) {
	w := newWorld(t, address, 0)
	first, second, third := rests("一", 3), rests("二", 4), rests("三", 5)
	inForce := func(what string, year int, days []calendar.Holiday, known bool, unmoved ...int) {
		y, ok, err := w.MovedNotice(w.ctx, year)
		w.ok(err)
		w.is(what+": known", ok, known)
		if known {
			w.is(what, y.Days, days)
		}
		years, err := w.Unmoved(w.ctx)
		w.ok(err)
		w.is(what+": not carried out", years, unmoved)
	}
	for range 2 {
		w.ok(w.PutCalendar(w.ctx, first, "wang", evening))
	}
	inForce("a notice came while the plan ran", 2022, nil, true, 2022)
	for range 2 {
		w.ok(w.MarkMoved(w.ctx, 2022, 7, "wang", evening))
	}
	inForce("it was carried out", 2022, nil, true)
	w.ok(w.PutCalendar(w.ctx, second, "wang", evening))
	inForce("another came", 2022, first.Days, true, 2022)
	w.ok(w.PutCalendar(w.ctx, third, ledger.Engine, evening))
	inForce("and one more, before all had moved", 2022, nil, false, 2022)
	w.is("events", w.last(4), []string{ledger.CalendarPut, ledger.CalendarMoved, ledger.CalendarPut, ledger.CalendarPut})
}

// Two workers with different folders do not change the year in turn, and neither
// changes what a person has brought in.
func broughtNotices(t *testing.T, address string) {
	w := newWorld(t, address, 0)
	bring := func(y calendar.Year, in bool, paper string) {
		got, err := w.BringCalendar(w.ctx, y, evening)
		w.ok(err)
		w.is("brought in", got, in)
		years, err := w.Calendar(w.ctx)
		w.ok(err)
		w.is("in force", years[0].Papers[0], paper)
	}
	one, other := rests("甲", 3), rests("乙", 4)
	bring(one, true, "甲")
	bring(other, true, "乙")
	bring(one, false, "乙")
	bring(other, true, "乙")
	again := rests("乙，重印", 4)
	bring(again, true, "乙")
	w.ok(w.PutCalendar(w.ctx, rests("办公室", 5), "wang", evening))
	bring(rests("丙", 6), false, "办公室")
	bring(other, false, "办公室")
	bring(rests("丁", 5), true, "办公室")
}

// A notice taken back leaves the one before in force, and when it was in force is
// known to every plan.
func noticesTakenBack(t *testing.T, address string) {
	w := newWorld(t, address, 0)
	at := func(hours int) ledger.When {
		return ledger.When{Real: evening.Real.Add(time.Duration(hours) * time.Hour), Plan: evening.Plan.Add(time.Duration(hours) * time.Hour)}
	}
	none := func() {
		t.Helper()
		b, err := w.WouldTakeBack(w.ctx, 2022)
		w.is("nothing to take back", errors.Is(err, ledger.ErrNoNotice), true)
		w.is("nothing is taken back", errors.Is(w.TakeBackCalendar(w.ctx, b, "wang", "误导入", at(0)), ledger.ErrNoNotice), true)
	}
	none()
	w.ok(w.PutCalendar(w.ctx, rests("一", 3), "wang", at(1)))
	w.ok(w.PutCalendar(w.ctx, rests("二", 4), "wang", at(2)))
	for i, want := range [][2]string{{"二", "一"}, {"一", ""}} {
		b, err := w.WouldTakeBack(w.ctx, 2022)
		w.ok(err)
		w.is("to be taken back", []any{b.Was.Papers, len(b.Is.Days) > 0}, []any{[]string{want[0]}, i == 0})
		for again := range 2 { // asked twice, as when the answer to a COMMIT is lost: one notice is taken back
			w.ok(w.TakeBackCalendar(w.ctx, b, "wang", "误导入", at(3+i+again)))
			years, err := w.Calendar(w.ctx)
			w.ok(err)
			w.is("in force", years[0].Papers, append([]string{}, b.Is.Papers...))
		}
	}
	none()
	w.ok(w.PutCalendar(w.ctx, calendar.Year{Year: 2023, Papers: []string{"明年"}}, "wang", at(6)))
	l, err := w.Plan(w.ctx, "jincheng")
	w.ok(err)
	var hours []float64
	for _, s := range l.CalendarUndone {
		hours = append(hours, s.To.Sub(s.From).Hours()/l.Clock.Rate)
	}
	w.is("how long they were in force: the second from 2 to 3, the first since it was back, from 3 to 4", hours, []float64{1, 1})
	w.is("events", w.last(5), []string{ledger.CalendarPut, ledger.CalendarPut, ledger.CalendarBack, ledger.CalendarBack, ledger.CalendarPut})
	proof, err := w.Prove(w.ctx, ledger.Check{Full: true})
	w.ok(err)
	w.ok(proof.Err())

	// Somebody else has changed the year since it was looked at.
	w.ok(w.PutCalendar(w.ctx, rests("三", 5), "wang", at(7)))
	b, err := w.WouldTakeBack(w.ctx, 2022)
	w.ok(err)
	w.ok(w.PutCalendar(w.ctx, rests("四", 6), "li", at(8)))
	w.is("another notice", errors.Is(w.TakeBackCalendar(w.ctx, b, "wang", "误导入", at(9)), ledger.ErrBehind), true)
	w.is("events", w.last(1), []string{ledger.CalendarPut})
}
