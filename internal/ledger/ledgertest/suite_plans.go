package ledgertest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

func planOnce(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	added, err := w.AddPlan(w.ctx, w.plan, []ledger.Task{sampleTask("other")}, evening)
	w.ok(err)
	w.is("added again", added, false)
	other := w.plan
	other.Plan.Hash = "def"
	added, err = w.AddPlan(w.ctx, other, nil, evening)
	w.ok(err)
	w.is("another of this ID added", added, false)
	w.is("events", w.holds(), int64(1))

	again := w.open()
	for _, s := range []*ledger.Store{w.Store, again, again} {
		l, err := s.Plan(w.ctx, "jincheng")
		w.ok(err)
		w.is("plan", l, w.plan)
	}
	if _, err := w.Plan(w.ctx, "none"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a plan that is not there: %v", err)
	}
	infos, err := w.Plans(w.ctx)
	w.ok(err)
	w.is("plans", infos, []ledger.PlanInfo{{ID: "jincheng", Title: w.plan.Plan.Title, Hash: "abc", Zone: "Asia/Shanghai", Launched: launch,
		Clock: w.plan.Clock, Tasks: 2, Duties: 1, Standing: 1, Open: 2, Unarmed: 3}})

	task, err := w.Task(w.ctx, "jincheng", "t1")
	w.ok(err)
	w.is("task", task, standing("t1"))
	task, err = w.Task(w.ctx, "jincheng", "d")
	w.ok(err)
	w.is("duty", task, ledger.Task{Plan: "jincheng", ID: "d", Kind: plan.Duty, Lead: "shuiwu", Assist: []string{}, Policy: "standard", State: ledger.TaskOpen, Version: 1, Assigned: launch})
	if _, err := w.Task(w.ctx, "jincheng", "none"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a task that is not there: %v", err)
	}
	dated, err := w.Tasks(w.ctx, ledger.TaskFilter{Plan: "jincheng", Lead: "shuiwu", State: ledger.TaskOpen, Kind: plan.Dated})
	w.ok(err)
	w.is("dated tasks", dated, []ledger.Task{standing("t0"), standing("t1")})

}

func planBig(t *testing.T, address string) {
	w := newWorld(t, address, 0)
	var tasks []ledger.Task
	for i := range 10_000 {
		tasks = append(tasks, sampleTask(fmt.Sprintf("big%05d", i)))
	}
	l := w.plan
	l.Plan.ID = "big"
	began := time.Now()
	added, err := w.AddPlan(w.ctx, l, tasks, before)
	w.ok(err)
	t.Logf("10,000 tasks in %s", time.Since(began).Round(time.Millisecond))
	w.is("added", added, true)
	all, err := w.Unarmed(w.ctx, "big")
	w.ok(err)
	w.is("tasks", len(all), 10_000)
	w.is("the first", all[0].ID, "big00000")
	w.holds()
}

func occurrences(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	n := sampleTask("d.2021Q2")
	n.Plan, n.Duty, n.Period = "jincheng", "d", "2021Q2"
	for i, want := range []bool{true, false} {
		added, err := w.OpenTask(w.ctx, n, evening)
		w.ok(err)
		w.is(fmt.Sprintf("added, call %d", i+1), added, want)
	}
	w.is("events", w.last(2), []string{ledger.PlanLaunched, ledger.OccurrenceOpened})
	tasks, err := w.Tasks(w.ctx, ledger.TaskFilter{Plan: "jincheng"})
	w.ok(err)
	var ids []string
	for _, task := range tasks {
		ids = append(ids, task.ID)
	}
	w.is("order", ids, []string{"t0", "d", "d.2021Q2", "s"})
	duty, err := w.Task(w.ctx, "jincheng", "d")
	w.ok(err)
	w.is("opened last", duty.Facts.Opened, n.Due)
	n.ID, n.Duty = "x.2021Q2", "x"
	if _, err := w.OpenTask(w.ctx, n, evening); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("an occurrence of no duty: %v", err)
	}
}

// opened: a task that the plan's document does not name is after all others, keeps what
// it was opened for and tells its units once.
func opened(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	n := sampleTask("x1")
	n.Plan, n.Origin = "jincheng", act.FromSection("niucun", "2021-04")
	n.Order = &ledger.Order{Stage: plan.Stage{ID: act.OrderID, Kind: plan.Told, At: evening.Plan, To: []people.Recipient{{Unit: n.Lead, Role: people.Liaison}}}, Channels: []string{"outbox"}}
	for i, want := range []bool{true, false} {
		added, err := w.OpenTask(w.ctx, n, evening)
		w.ok(err)
		w.is(fmt.Sprintf("added, call %d", i+1), added, want)
	}
	w.is("events", w.last(3), []string{ledger.PlanLaunched, ledger.TaskOpened, ledger.TaskOrdered})
	tasks, err := w.Tasks(w.ctx, ledger.TaskFilter{Plan: "jincheng"})
	w.ok(err)
	w.is("the last", tasks[len(tasks)-1].ID, "x1")
	w.is("origin", tasks[len(tasks)-1].Origin, n.Origin)
	w.is("of the plan", tasks[0].Origin, act.Origin{Kind: act.OriginPlan})
	for from, want := range map[string]int{"section:": 1, "section:niucun/": 1, "section:niu/": 0, "section:%": 0} {
		of, err := w.Tasks(w.ctx, ledger.TaskFilter{Plan: "jincheng", From: from})
		w.ok(err)
		w.is("opened for "+from, len(of), want)
	}
	for prefix, want := range map[string]int{"x": 1, "x1": 1, "x0": 0, "x2": 0, "x1.": 0, "X": 0} {
		of, err := w.Tasks(w.ctx, ledger.TaskFilter{Plan: "jincheng", Prefix: prefix})
		w.ok(err)
		w.is("whose ID begins with "+prefix, len(of), want)
	}
	told, err := w.Unstarted(w.ctx, "jincheng", "x1")
	w.ok(err)
	w.is("digests", len(told), 1)
	n.Origin = act.Origin{Kind: act.OriginComplaint, Of: "7"}
	if _, err := w.OpenTask(w.ctx, n, evening); !errors.Is(err, ledger.ErrOtherTask) {
		t.Errorf("another with its ID: %v", err)
	}
	n.Plan = "nothing"
	if _, err := w.OpenTask(w.ctx, n, evening); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("in no plan: %v", err)
	}
	w.holds()
}

func armed(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	for range 2 {
		w.ok(w.MarkArmed(w.ctx, "jincheng", []string{"t2", "d", "t0", "t0", "none"}, evening))
	}
	w.is("events", w.last(2), []string{ledger.PlanLaunched, ledger.TaskArmed})
	left, err := w.Unarmed(w.ctx, "jincheng")
	w.ok(err)
	w.is("unarmed", left, []ledger.Task{standing("t1")})
	w.ok(w.MarkArmed(w.ctx, "jincheng", []string{"t0", "t1"}, evening))
	left, err = w.Unarmed(w.ctx, "jincheng")
	w.ok(err)
	w.is("unarmed at last", left, []ledger.Task{})
	events, err := w.Events(w.ctx, ledger.EventFilter{Plan: "jincheng", Task: "t1"})
	w.ok(err)
	w.is("the one armed alone", len(events), 1)
}

func calendars(t *testing.T, address string) {
	w := newWorld(t, address, 0)
	first := calendar.Year{Year: 2022, Papers: []string{"http://gov.example/1"}, Days: []calendar.Holiday{{Name: "元旦", Date: calendar.NewDay(2022, 1, 3), IsOffDay: true}}}
	second := calendar.Year{Year: 2022, Papers: []string{"http://gov.example/2"}}
	early := calendar.Year{Year: 2021, Days: []calendar.Holiday{{Name: "国庆节", Date: calendar.NewDay(2021, 10, 9)}}}
	for _, y := range []calendar.Year{first, first, second, first, early} {
		w.ok(w.PutCalendar(w.ctx, y, "wang", evening))
	}
	years, err := w.Calendar(w.ctx)
	w.ok(err)
	w.is("years", years, []calendar.Year{early, first})
	w.is("events", w.last(5), []string{ledger.PlanLaunched, ledger.CalendarPut, ledger.CalendarPut, ledger.CalendarPut, ledger.CalendarPut})
}

func closing(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	midnight := due.End(calendar.Beijing)
	for id, at := range map[string]time.Time{"t0": midnight.Add(-time.Microsecond), "t1": midnight} {
		for range 2 {
			w.ok(Verify(w.ctx, w.Store, "jincheng", id, "wang", "查验合格", "act-"+id, ledger.When{Real: launch, Plan: at}))
		}
		if err := Verify(w.ctx, w.Store, "jincheng", id, "wang", "", "another", evening); !errors.Is(err, ledger.ErrBehind) {
			t.Errorf("closing a closed task: %v", err)
		}
	}
	for id, closed := range map[string]calendar.Day{"t0": due, "t1": due.AddDays(1)} {
		got, err := w.Task(w.ctx, "jincheng", id)
		w.ok(err)
		w.is(id, []any{got.State, got.Facts.State, got.Facts.ClosedOn}, []any{ledger.TaskClosed, act.Closed, closed})
	}
	w.is("events", w.last(3), []string{ledger.PlanLaunched, ledger.ActKind(act.Verify), ledger.ActKind(act.Verify)})
	if err := Verify(w.ctx, w.Store, "jincheng", "none", "wang", "", "close", evening); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("closing no task: %v", err)
	}
}
