package ledgertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// april is an instant of April 2021 in Beijing; a date after the 30th goes on into May.
func april(date, hour, minute int) time.Time {
	return calendar.NewDay(2021, 4, date).At(hour, minute, calendar.Beijing).UTC()
}

func aprilDay(date int) calendar.Day { return calendar.NewDay(2021, 4, date) }

// enter writes a plan of these tasks, written as unit, ID and due day of April, beside the world's own.
func (w *world) enter(id, zone string, tasks ...string) {
	w.t.Helper()
	l := w.plan
	l.Plan.ID, l.Plan.Zone = id, zone
	var all []ledger.NewTask
	for _, name := range tasks {
		n := sampleTask("")
		var date int
		if _, err := fmt.Sscanf(name, "%s %s %d", &n.Lead, &n.ID, &date); err != nil {
			w.t.Fatalf("%q: %v", name, err)
		}
		n.Due = aprilDay(date)
		all = append(all, n)
	}
	all = append(all, ledger.NewTask{Task: ledger.Task{ID: "duty", Kind: plan.Duty, Lead: "zezhou", Assigned: launch}},
		ledger.NewTask{Task: ledger.Task{ID: "always", Kind: plan.Standing, Lead: "zezhou", Due: aprilDay(1), Assigned: launch}},
		ledger.NewTask{Task: ledger.Task{ID: "undated", Kind: plan.Dated, Lead: "zezhou", Assigned: launch}})
	_, err := w.AddPlan(w.ctx, l, all, before)
	w.ok(err)
}

// close ends a task at an instant.
func (w *world) close(planID, task string, at time.Time) {
	w.t.Helper()
	w.ok(Verify(w.ctx, w.Store, planID, task, "wang", "", "close", ledger.When{Real: at, Plan: at}))
}

// acted records the bare event of an act.
func (w *world) acted(planID, task string, kind act.Kind, at time.Time) {
	w.t.Helper()
	_, err := w.Record(w.ctx, ledger.Event{Key: planID + task + string(kind) + at.String(), Plan: planID, Task: task, Kind: ledger.ActKind(kind), Real: at, PlanAt: at})
	w.ok(err)
}

// factsAt are a plan's facts as they stood at an instant.
func (w *world) factsAt(planID string, at time.Time) []act.Fact {
	w.t.Helper()
	facts, err := w.Facts(w.ctx, planID, at)
	w.ok(err)
	return facts
}

func fell(unit, task string, date int) act.Fact {
	return act.Fact{Kind: act.FactDue, Unit: unit, Task: task, Day: aprilDay(date), State: act.Open}
}

func statesOf(facts []act.Fact) map[string]act.State {
	out := map[string]act.State{}
	for _, f := range facts {
		out[f.Task] = f.State
	}
	return out
}

// factsOfTasks: what fell due, as of an instant; nothing of another plan, of a
// duty or of a standing line.
func factsOfTasks(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	w.enter("p", "", "zezhou z1 20", "gaoping g2 20", "gaoping g1 20", "gaoping g3 12", "gaoping gone 10", "gaoping later 30")
	_, err := w.AddOccurrence(w.ctx, ledger.NewTask{Task: ledger.Task{Plan: "p", ID: "duty.2021-03", Duty: "duty", Period: "2021-03", Kind: plan.Dated,
		Lead: "zezhou", Due: aprilDay(15), Policy: "standard", Assigned: launch}}, before)
	w.ok(err)
	if _, err := w.raw().Exec(`UPDATE tasks SET state = 'cancelled' WHERE plan = 'p' AND id = 'gone'`); err != nil {
		t.Fatal(err)
	}
	w.close("p", "g1", april(20, 23, 30))
	w.close("p", "g3", april(21, 0, 30)) // 16:30 of the 20th in UTC

	w.is("before the first is due", w.factsAt("p", april(12, 23, 59)), []act.Fact{})
	w.is("on its 24:00", w.factsAt("p", april(13, 0, 0)), []act.Fact{fell("gaoping", "g3", 12)})

	g1, g3 := fell("gaoping", "g1", 20), fell("gaoping", "g3", 12)
	g1.State, g1.Closed = act.Closed, aprilDay(20)
	w.is("on the 21st", w.factsAt("p", april(21, 0, 0)), []act.Fact{g3, fell("zezhou", "duty.2021-03", 15), g1, fell("gaoping", "g2", 20), fell("zezhou", "z1", 20)})
	g3.State, g3.Closed = act.Closed, aprilDay(21)
	want := []act.Fact{g3, fell("zezhou", "duty.2021-03", 15), g1, fell("gaoping", "g2", 20), fell("zezhou", "z1", 20)}
	w.is("half an hour later", w.factsAt("p", april(21, 0, 30)), want)
	w.is("the last is not due before its own 24:00", w.factsAt("p", april(30, 23, 59)), want)
	w.is("then it is", len(w.factsAt("p", april(31, 0, 0))), 6)

	if _, err := w.Facts(w.ctx, "none", dueAt); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("no plan: %v", err)
	}
}

// factsInZone: a day ends where the plan is.
func factsInZone(t *testing.T, address string) {
	w := newWorld(t, address, 0)
	w.enter("west", "America/New_York", "gaoping a 20", "gaoping b 20")
	midnight := time.Date(2021, 4, 21, 4, 0, 0, 0, time.UTC)
	w.close("west", "a", midnight.Add(-time.Minute)) // the 21st in Beijing, the 20th there
	w.is("before midnight", w.factsAt("west", midnight.Add(-time.Second)), []act.Fact{})
	a := fell("gaoping", "a", 20)
	a.State, a.Closed = act.Closed, aprilDay(20)
	w.is("at midnight", w.factsAt("west", midnight), []act.Fact{a, fell("gaoping", "b", 20)})
}

// factsOfActs: a task is what its last act made of it, and it was done when the
// report that was verified came in.
func factsOfActs(t *testing.T, address string) {
	w := newWorld(t, address, 0)
	w.enter("p", "", "u a 20", "u b 20", "u c 20")
	w.acted("p", "a", act.Complete, april(19, 9, 0))
	w.acted("p", "a", act.Progress, april(19, 10, 0))
	w.acted("p", "a", act.Reject, april(22, 9, 0))
	w.acted("p", "b", act.Suspend, april(10, 9, 0))
	w.acted("p", "b", act.Resume, april(24, 9, 0))
	w.acted("p", "c", act.Acknowledge, april(10, 9, 0))
	for _, c := range []struct {
		date int
		want map[string]act.State
	}{
		{21, map[string]act.State{"a": act.Reported, "b": act.Suspended, "c": act.Open}},
		{23, map[string]act.State{"a": act.Open, "b": act.Suspended, "c": act.Open}},
		{25, map[string]act.State{"a": act.Open, "b": act.Open, "c": act.Open}},
	} {
		w.is(fmt.Sprint("on ", c.date), statesOf(w.factsAt("p", april(c.date, 9, 0))), c.want)
	}

	task, err := w.Task(w.ctx, "p", "c")
	w.ok(err)
	course := act.Course{Case: act.Case{Kind: plan.Dated, State: act.Closed, Title: task.Title, Lead: "u", Policy: "standard", Due: task.Due, FirstDue: task.Due,
		Revision: 1, Assigned: task.Assigned, ClosedOn: aprilDay(19)}}
	verified := april(26, 9, 0)
	_, _, err = w.Act(w.ctx, ledger.Acted{Plan: "p", Task: "c", Act: act.Act{ID: "v", Kind: act.Verify, At: verified}, Course: course}, ledger.When{Real: verified, Plan: verified})
	w.ok(err)
	c := fell("u", "c", 20)
	c.State, c.Closed = act.Closed, aprilDay(19)
	w.is("verified on the 26th what was reported on the 19th", w.factsAt("p", verified)[2], c)
	w.is("not known before", w.factsAt("p", verified.Add(-time.Second))[2], fell("u", "c", 20))
}

// factsOfTalks: talks that were opened, whatever became of them and of their
// tasks; no circular, no talk that was only proposed, declined or void.
func factsOfTalks(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.decide("t0", talk) // another plan's
	_, _, err := w.OpenTalk(w.ctx, "t0#1", "jincheng", plan.TalkAtOnce, nil, speaks)
	w.ok(err)
	w.enter("p", "", "u a 58", "u b 57", "u c 59", "u d 59", "u e 59", "u f 59")
	opens := april(48, 0, 30) // after the other's; 16:30 of the day before in UTC
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		s := talk
		s.At = opens
		d := decision(id, s, "mail")
		d.Plan = "p"
		_, _, err := w.DecideStage(w.ctx, d, evening)
		w.ok(err)
	}
	for _, id := range []string{"a", "b", "f"} {
		_, _, err := w.OpenTalk(w.ctx, id+"#1", "p", plan.TalkAtOnce, nil, speaks)
		w.ok(err)
	}
	for _, id := range []string{"c", "d"} {
		_, _, err := w.OpenTalk(w.ctx, id+"#1", "p", plan.TalkOnApproval, nil, speaks)
		w.ok(err)
	}
	_, _, err = w.ActOnTalk(w.ctx, ledger.ActedOnTalk{Plan: "p", Talk: "d#1", Act: actAt(18, 10, leader, act.Decline), Course: act.TalkCourse{TalkCase: act.TalkCase{State: act.TalkDeclined}}}, speaks)
	w.ok(err)
	for _, change := range []string{
		`UPDATE talks SET what = 'circular' WHERE plan = 'p' AND id = 'f#1'`,
		`UPDATE talks SET state = 'closed', lead = 'v' WHERE plan = 'p' AND id = 'b#1'`, // called when v led the task
		`UPDATE tasks SET state = 'cancelled' WHERE plan = 'p' AND id = 'b'`,
	} {
		if _, err := w.raw().Exec(change); err != nil {
			t.Fatal(err)
		}
	}
	w.is("before they open", w.factsAt("p", opens.Add(-time.Second)), []act.Fact{})
	a := act.Fact{Kind: act.FactTalk, Unit: "u", Task: "a", Talk: "a#1", Day: aprilDay(48), State: act.Open}
	b := act.Fact{Kind: act.FactTalk, Unit: "v", Task: "b", Talk: "b#1", Day: aprilDay(48), State: act.Cancelled}
	w.is("once they are open", w.factsAt("p", opens), []act.Fact{b, a})
	w.close("p", "a", april(49, 9, 0))
	a.State, a.Closed = act.Closed, aprilDay(49)
	w.is("a task closed since", w.factsAt("p", april(49, 9, 0)), []act.Fact{b, a})
}

// factsBecomeProposals: what the ledger tells is what the rules count, and what
// they proposed comes back from the ledger.
func factsBecomeProposals(t *testing.T, address string) {
	w := newWorld(t, address, 0)
	w.enter("p", "", "gaoping a 20", "gaoping b 22", "zezhou c 20")
	rule := plan.Consequence{ID: "overdue-2", Count: plan.CountOverdue, AtLeast: 2, Propose: plan.ProposeTalk}
	cal := calendar.New()
	audit := func(date int, fired ...act.Fired) []act.Proposal {
		return act.Consequences([]plan.Consequence{rule}, w.factsAt("p", april(date, 8, 0)), fired, aprilDay(date), cal)
	}
	w.is("one overdue", audit(22), []act.Proposal(nil))
	got := audit(23)
	if len(got) != 1 {
		t.Fatalf("two overdue: %v", got)
	}
	w.is("facts", got[0].Facts, []string{"overdue:a:2021-04-20", "overdue:b:2021-04-22"})
	data, err := json.Marshal(got[0])
	w.ok(err)
	_, err = w.Record(w.ctx, ledger.Event{Key: "p/" + got[0].Key, Plan: "p", Kind: "proposed", Real: dueAt, PlanAt: dueAt, Data: data})
	w.ok(err)
	events, err := w.Events(w.ctx, ledger.EventFilter{Plan: "p", AfterSeq: w.holds() - 1})
	w.ok(err)
	var fired act.Fired
	w.ok(json.Unmarshal(events[0].Data, &fired))
	w.is("the next day", audit(24, fired), []act.Proposal(nil))
}
