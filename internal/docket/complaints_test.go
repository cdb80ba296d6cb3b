package docket_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/complaint"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/query"
)

var rules = complaint.Rules{Title: "办理规则", Sort: 1, Call: 3, Window: 30, Matters: []string{"污水直排"}, Limits: []complaint.Limit{{ID: "ordinary", Title: "一般", Workdays: 5, Policy: "standard"}}}

// withComplaints gives the plan rules of complaints, and a second unit.
func withComplaints(p *plan.Plan) {
	p.Complaints = &rules
	p.Directory.Units = append(p.Directory.Units, people.Unit{ID: "jiaotong", Name: "市交通局", Kind: people.CityDepartment, Contacts: []people.Contact{{Role: people.Liaison, Name: "钱芳", Email: "jiaotong@x.example"}}})
}

// took takes a complaint in.
func (w *world) took(id string) int {
	w.t.Helper()
	a := w.act(office, act.Act{ID: id, Kind: act.TakeIn, Title: "夜间排污", Reason: "河水发黑", Complaint: &act.ComplaintFacts{Matter: "污水直排", Where: "西郜桥下"}})
	n, err := w.Ledger.TakeIn(w.ctx, []ledger.Complaining{{Plan: "p", Act: a, After: act.Complaint{}.After(a, time.Time{}, calendar.Day{})}}, ledger.When{Real: w.now, Plan: w.now})
	require.NoError(w.t, err)
	return n[0]
}

// does does an act on a complaint and what follows from it, twice.
func (w *world) does(number int, a act.Act) {
	w.t.Helper()
	l, err := w.Ledger.Plan(w.ctx, "p")
	require.NoError(w.t, err)
	all, err := w.Ledger.JudgedComplaints(w.ctx, l)
	require.NoError(w.t, err)
	c := all[number-1]
	a = w.act(office, a)
	a.ID = fmt.Sprintf("%s-%d-%d", a.Kind, number, len(c.Known))
	if a.Complaint != nil && a.Complaint.Into > 0 {
		c.Main = &all[a.Complaint.Into-1].Complaint
	}
	require.Nil(w.t, c.Check(a), "%v", c.Check(a))
	limit, _ := rules.Limit("ordinary")
	until, due := limit.From(a.At, w.cal, calendar.Beijing)
	require.NoError(w.t, w.Ledger.Complain(w.ctx, ledger.Complaining{Plan: "p", Act: a, Version: c.Version, After: c.After(a, until, due)}, false, ledger.When{Real: w.now, Plan: w.now}))
	for range 2 {
		require.NoError(w.t, w.Complaints(w.ctx, "p", chinese))
	}
}

func (w *world) unitDoes(task string, by act.Actor, a act.Act) {
	w.t.Helper()
	on, err := w.Course(w.ctx, "p", task)
	require.NoError(w.t, err)
	_, _, err = w.Act(w.ctx, "p", task, w.act(by, a), on, w.now)
	require.NoError(w.t, err)
}

// deskOwes is what the office owes of a complaint; "" for nothing.
func (w *world) deskOwes(number int) string {
	w.t.Helper()
	l, chase, err := w.Plan(w.ctx, "p")
	require.NoError(w.t, err)
	all, err := w.Ledger.JudgedComplaints(w.ctx, l)
	require.NoError(w.t, err)
	o, owes := chase.DeskOwes(all[number-1].Complaint)
	if !owes {
		return ""
	}
	return string(o.Step) + " " + o.Limit.String()
}

// A complaint that is sorted opens a task of the unit. Returned and sorted to another unit, the
// task is that unit's, with a limit from then on. What is to be done again goes back, and the
// task ends with the complaint.
func TestAComplaintsTaskGoesItsWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withComplaints)
	w.on(5, 10)
	n := w.took("t1")
	require.Equal(t, "sort 2021-05-11", w.deskOwes(n))
	require.NoError(t, w.Complaints(w.ctx, "p", chinese))
	_, err := w.Ledger.Task(w.ctx, "p", "complaint-1")
	require.ErrorIs(t, err, ledger.ErrNotFound, "nobody was given it yet")

	w.does(n, act.Act{Kind: act.Sort, Unit: "shuiwu", Complaint: &act.ComplaintFacts{Limit: "ordinary"}})
	row := w.row("complaint-1")
	require.Equal(t, []any{"12345诉求第1号（一般）：西郜桥下，夜间排污", "shuiwu", "2021-05-17", act.FromComplaint(1)}, []any{row.Title, row.Lead, row.Due.String(), row.Origin})
	require.Len(t, w.events(row.ID, ledger.TaskOrdered), 1)
	course, err := w.Course(w.ctx, "p", row.ID)
	require.NoError(t, err)
	require.NotNil(t, course.Next, "it is chased")

	w.on(5, 11)
	w.unitDoes(row.ID, shuiwu, act.Act{ID: "r", Kind: act.Return, Reason: "不属我局职责"})
	w.on(5, 12)
	w.does(n, act.Act{Kind: act.Sort, Unit: "jiaotong", Complaint: &act.ComplaintFacts{Limit: "ordinary"}})
	row = w.row("complaint-1")
	require.Equal(t, []any{"jiaotong", "2021-05-19", true}, []any{row.Lead, row.Due.String(), row.Facts.Return == nil}, "counted from its own dispatch")
	require.Equal(t, []string{"shuiwu"}, row.Facts.Returned)

	jiaotong := act.Actor{Account: "jiaotong", Name: "钱芳", Unit: "jiaotong"}
	w.on(5, 13)
	require.Empty(t, w.deskOwes(n), "the unit is to answer")
	w.unitDoes(row.ID, jiaotong, act.Act{ID: "c1", Kind: act.Complete, Reason: "已责令停排"})
	require.Equal(t, "call 2021-05-18", w.deskOwes(n), "three working days after the answer, sooner than the task's own ladder asks for the closing")
	w.on(5, 14)
	w.does(n, act.Act{Kind: act.CallBack, Reason: "夜里仍在排", Complaint: &act.ComplaintFacts{Outcome: act.Unsatisfied, Again: true}})
	require.Equal(t, act.Open, w.row(row.ID).Facts.State)
	require.Empty(t, w.deskOwes(n), "it is the unit's again")
	w.on(5, 17)
	w.unitDoes(row.ID, jiaotong, act.Act{ID: "c2", Kind: act.Complete, Reason: "已封堵排口"})
	w.does(n, act.Act{Kind: act.CallBack, Reason: "已不排", Complaint: &act.ComplaintFacts{Outcome: act.Satisfied}})
	w.does(n, act.Act{Kind: act.CloseComplaint, Reason: "办理完毕"})
	row = w.row(row.ID)
	require.Equal(t, []any{act.Closed, "2021-05-17"}, []any{row.Facts.State, row.Facts.ClosedOn.String()})
	for _, k := range []act.Kind{act.Reassign, act.Reject, act.Verify} {
		require.Len(t, w.events(row.ID, ledger.ActKind(k)), 1, k)
	}
	_, err = w.Ledger.Verify(w.ctx)
	require.NoError(t, err)
}

// One that joins another takes its task back; a plan without rules has nothing to do.
func TestAComplaintThatJoinsAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withComplaints)
	w.on(5, 10)
	for _, id := range []string{"t1", "t2"} {
		w.does(w.took(id), act.Act{Kind: act.Sort, Unit: "shuiwu", Complaint: &act.ComplaintFacts{Limit: "ordinary"}})
	}
	w.does(2, act.Act{Kind: act.JoinComplaint, Reason: "同一排口", Complaint: &act.ComplaintFacts{Into: 1}})
	require.Equal(t, []act.State{act.Open, act.Cancelled}, []act.State{w.row("complaint-1").Facts.State, w.row("complaint-2").Facts.State})
	w.on(5, 11)
	w.unitDoes("complaint-1", shuiwu, act.Act{ID: "c", Kind: act.Complete, Reason: "已封堵"})
	w.does(2, act.Act{Kind: act.CallBack, Reason: "仍有气味", Complaint: &act.ComplaintFacts{Outcome: act.Unsatisfied, Again: true}})
	require.Equal(t, act.Open, w.row("complaint-1").Facts.State, "who joined is asked too")

	none := newWorld(t, nil)
	require.NoError(t, none.Complaints(none.ctx, "p", chinese))
	require.ErrorIs(t, none.Complaints(none.ctx, "nothing", chinese), ledger.ErrNotFound)
}

// Pages of complaints show a unit what the whole list shows it, in its order: those that are or were
// its own, and those that joined these.
func TestPagesOfComplaintsHaveTheLinesOfTheList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withComplaints)
	w.on(5, 10)
	sorted := func(id, unit string) int {
		n := w.took(id)
		w.does(n, act.Act{Kind: act.Sort, Unit: unit, Complaint: &act.ComplaintFacts{Limit: "ordinary"}})
		return n
	}
	join := func(n, into int) {
		w.does(n, act.Act{Kind: act.JoinComplaint, Reason: "同一排口", Complaint: &act.ComplaintFacts{Into: into}})
	}
	first, other := sorted("t1", "shuiwu"), sorted("t2", "jiaotong")
	join(sorted("t3", "jiaotong"), first)
	join(sorted("t4", "shuiwu"), other)
	join(w.took("t5"), first)
	join(w.took("t6"), other)
	moved := sorted("t7", "shuiwu")
	w.unitDoes(act.ComplaintTask(moved), shuiwu, act.Act{ID: "r", Kind: act.Return, Reason: "不属于我局"})
	w.does(moved, act.Act{Kind: act.Sort, Unit: "jiaotong", Complaint: &act.ComplaintFacts{Limit: "ordinary"}})
	w.took("t8")
	reader := query.New(w.Ledger, query.Options{Now: func() time.Time { return w.now }, Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return w.cal.With(imported...), nil }})
	numbers := func(lines []query.ComplaintLine) (all []int) {
		for _, l := range lines {
			all = append(all, l.Number)
		}
		return all
	}
	for unit, want := range map[string][]int{"shuiwu": {7, 5, 4, 3, 1}, "jiaotong": {7, 6, 4, 3, 2}} {
		v := query.As(act.Actor{Account: "u", Name: "某某", Unit: unit})
		whole, err := reader.Complaints(w.ctx, v, "p")
		require.NoError(t, err)
		require.Equal(t, want, numbers(whole.Lines), unit)
		for _, state := range []act.State{"", act.ComplaintNew, act.ComplaintSorted, act.ComplaintJoined, act.Closed} {
			chosen := slices.DeleteFunc(slices.Clone(whole.Lines), func(l query.ComplaintLine) bool { return state != "" && l.State != state })
			for size := 1; size <= len(chosen)+1; size++ {
				var got []query.ComplaintLine
				for skip := 0; skip <= len(chosen); skip += size {
					page, total, err := reader.ComplaintPage(w.ctx, v, "p", state, skip, size)
					require.NoError(t, err)
					require.Equal(t, len(chosen), total, "%s %s", unit, state)
					got = append(got, page.Lines...)
				}
				require.Equal(t, numbers(chosen), numbers(got), "%s %s, %d a page", unit, state, size)
			}
		}
	}
	plan, fresh, answered, err := reader.ComplaintsWaiting(w.ctx, query.As(office))
	require.NoError(t, err)
	require.Equal(t, []any{"p", 1, 0}, []any{plan, fresh, answered})
	w.unitDoes(act.ComplaintTask(first), shuiwu, act.Act{ID: "c", Kind: act.Complete, Reason: "已封堵"})
	_, fresh, answered, err = reader.ComplaintsWaiting(w.ctx, query.As(office))
	require.NoError(t, err)
	require.Equal(t, []int{1, 1}, []int{fresh, answered})
}

// An engine that refuses, or hangs until its caller gives up, when the task's workflow is to start
// or to look: the act on the complaint is recorded, and what follows is done the next time, once.
func TestAComplaintsTaskIsOpenedByTheNextTry(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(context.Context) error{"refuses": refuses, "hangs": hangs} {
		w := newWorld(t, withComplaints)
		w.on(5, 10)
		n := w.took("t1")
		a := w.act(office, act.Act{ID: "s", Kind: act.Sort, Unit: "shuiwu", Complaint: &act.ComplaintFacts{Limit: "ordinary"}})
		c, err := w.Ledger.Complaint(w.ctx, "p", n)
		require.NoError(t, err)
		until, due := rules.Limits[0].From(a.At, w.cal, calendar.Beijing)
		require.NoError(t, w.Ledger.Complain(w.ctx, ledger.Complaining{Plan: "p", Act: a, Version: 1, After: c.After(a, until, due)}, false, ledger.When{Real: w.now, Plan: w.now}))
		w.engine.faults = append(w.engine.faults, fault)
		limited, cancel := context.WithTimeout(w.ctx, 200*time.Millisecond)
		require.Error(t, w.Complaints(limited, "p", chinese), name)
		cancel()
		w.engine.faults = nil
		for range 2 {
			require.NoError(t, w.Complaints(w.ctx, "p", chinese))
		}
		row := w.row("complaint-1")
		require.True(t, row.Armed, name)
		require.Len(t, w.events(row.ID, ledger.TaskOpened), 1)
		require.Len(t, w.events(row.ID, ledger.TaskOrdered), 1)
	}
}
