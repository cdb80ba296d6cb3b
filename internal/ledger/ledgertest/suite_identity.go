package ledgertest

import (
	"errors"
	"slices"
	"testing"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// relabelled: an amendment that numbers anew leaves the rows of the ledger their IDs.
// People find a task by what it is called now, then by what it was called once; one that
// is withdrawn gives up a number that another bears.
func relabelled(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	occurrence := sampleTask("d.2021Q2")
	occurrence.Plan, occurrence.Duty, occurrence.Period = "jincheng", "d", "2021Q2"
	_, err := w.OpenTask(w.ctx, occurrence, evening)
	w.ok(err)
	amend := func(before, hash string, tasks ...plan.Task) {
		t.Helper()
		p := samplePlan()
		p.Hash, p.Tasks = hash, tasks
		end := w.holds()
		for again := range 2 {
			_, fresh, err := w.Amend(w.ctx, ledger.Amendment{Plan: p, Before: before, Paper: "晋市政办〔2021〕30号", Actor: "wang"}, evening)
			w.ok(err)
			w.is("events", []any{fresh, w.holds()}, []any{again == 0, end + 1})
		}
	}
	called := func(want map[string]string) {
		t.Helper()
		for typed, id := range want {
			row, err := w.TaskCalled(w.ctx, "jincheng", typed)
			w.ok(err)
			w.is(typed, row.ID, id)
		}
	}
	n, err := w.AmendedBy(w.ctx, "jincheng", "晋市政办〔2021〕30号")
	w.ok(err)
	w.is("no amendment by the paper", n, 0)

	t0 := plan.Task{ID: "t0", Label: "t1", Former: []string{"t8"}, Kind: plan.Dated, Lead: "shuiwu", Due: due}
	d := plan.Task{ID: "d", Label: "e", Former: []string{"c"}, Kind: plan.Duty, Lead: "shuiwu"}
	amend("abc", "def", t0, d)
	called(map[string]string{"t1": "t0", "t0": "t0", "t8": "t0", "t1@2": "t1", "e": "d", "d": "d", "e.2021Q2": "d.2021Q2", "d.2021Q2": "d.2021Q2", "c.2021Q2": "d.2021Q2"})
	for typed, id := range map[string]string{"t1#1": "t0#1", "t1": "t0", "t9#1": "t9#1", "#1": "#1"} {
		got, err := w.TalkCalled(w.ctx, "jincheng", typed)
		w.ok(err)
		w.is("talk "+typed, got, id)
	}
	for _, typed := range []string{"t9", "t8.1", "t1@3", ""} {
		_, err := w.TaskCalled(w.ctx, "jincheng", typed)
		w.is("nothing is called "+typed, errors.Is(err, ledger.ErrNotFound), true)
	}
	found, err := w.FindAnywhere(w.ctx, "jincheng", []ledger.Sought{{Word: "t1@2"}, {Word: "市水务局", Units: []string{"shuiwu"}}}, 0, 10)
	w.ok(err)
	w.is("found by its label", found, []string{"t1"})

	t0.Label, d.Label, d.Former = "", "", append(d.Former, "e")
	amend("def", "ghi", t0, d)
	called(map[string]string{"t1": "t1", "t0": "t0", "e.2021Q2": "d.2021Q2"})
	n, err = w.AmendedBy(w.ctx, "jincheng", "晋市政办〔2021〕30号")
	w.ok(err)
	w.is("the last by the paper", n, 2)
}

// reinstated: a task that was cancelled goes on, and its talk with it, as often as it is
// cancelled; each of these happens once. No task of a plan that has ended goes on.
func reinstated(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.decide("t0", talk)
	w.opens("t0#1", act.TalkOpen)
	does := func(a act.Act) ledger.Acted {
		t.Helper()
		row, err := w.Task(w.ctx, "jincheng", "t0")
		w.ok(err)
		k, err := w.Talk(w.ctx, "jincheng", "t0#1")
		w.ok(err)
		before, after := ledger.CaseOf(row), ledger.CaseOf(row)
		after.State, after.ClosedOn = act.Cancelled, a.On
		if a.Kind == act.Reinstate {
			after.State, after.ClosedOn = act.Open, calendar.Day{}
		}
		course, _, changes := w.talkRules().AffectedBy(w.talkRules().TalkCourse(ledger.TalkCaseOf(&w.plan.Plan, row, k)), k.Task, before, after, a)
		w.is("the talk is affected", changes, true)
		return ledger.Acted{Plan: "jincheng", Task: "t0", Act: a, Version: row.Version, Facts: after,
			Talks: []ledger.ActedTalk{{Talk: "t0#1", Version: k.Version, Facts: course.TalkCase}}}
	}
	for day := 18; day < 22; day += 2 {
		w.ok(w.MarkArmed(w.ctx, "jincheng", []string{"t0"}, evening))
		for i, is := range []struct {
			kind   act.Kind
			task   ledger.TaskState
			talk   act.TalkState
			armed  bool
			events []string
		}{
			{act.Cancel, ledger.TaskCancelled, act.TalkVoid, true, []string{ledger.TalkVoided, "act.cancel"}},
			{act.Reinstate, ledger.TaskOpen, act.TalkOpen, false, []string{ledger.TalkRevived, "act.reinstate"}},
		} {
			acted := does(actAt(day+i, 10, clerk, is.kind))
			end := w.holds()
			for range 2 {
				_, _, err := w.Act(w.ctx, acted, speaks)
				w.ok(err)
				w.is("events", w.holds(), end+2)
			}
			events := w.last(2)
			slices.Sort(events)
			slices.Sort(is.events)
			w.is("what happened", events, is.events)
			row, err := w.Task(w.ctx, "jincheng", "t0")
			w.ok(err)
			k, err := w.Talk(w.ctx, "jincheng", "t0#1")
			w.ok(err)
			w.is("task and talk", []any{row.State, k.State, row.Armed}, []any{is.task, is.talk, is.armed})
			if acted.Act.ID, acted.Version = "another", row.Version; is.kind == act.Reinstate {
				_, _, err = w.Act(w.ctx, acted, speaks)
				w.is("what goes on is not reinstated", errors.Is(err, ledger.ErrBehind), true)
			}
		}
	}

	_, _, err := w.Act(w.ctx, does(actAt(24, 10, clerk, act.Cancel)), speaks)
	w.ok(err)
	d, err := w.Task(w.ctx, "jincheng", "d")
	w.ok(err)
	over := ledger.CaseOf(d)
	over.State, over.ClosedOn = act.Closed, calendar.NewDay(2021, 5, 25)
	_, _, err = w.Act(w.ctx, ledger.Acted{Plan: "jincheng", Task: "d", Act: actAt(25, 10, clerk, act.EndDuty), Version: d.Version, Facts: over}, speaks)
	w.ok(err)
	w.ok(w.EndPlan(w.ctx, "jincheng", actAt(26, 10, clerk, act.EndPlan), speaks))
	end := w.holds()
	_, _, err = w.Act(w.ctx, does(actAt(27, 10, clerk, act.Reinstate)), speaks)
	w.is("the plan has ended", []any{errors.Is(err, ledger.ErrBehind), w.holds()}, []any{true, end})
}

// takesOver: a talk with a unit that is dissolved goes on with the unit that takes over;
// where no unit takes over, the talk ends.
func takesOver(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	for _, id := range []string{"t0", "t1"} {
		w.decide(id, talk)
		w.opens(id+"#1", act.TalkOpen)
	}
	for _, is := range []struct {
		talk, to, lead string
		state          act.TalkState
		events         []string
	}{
		{"t0#1", "huanjing", "huanjing", act.TalkOpen, []string{"act.take_over"}},
		{"t1#1", "", "shuiwu", act.TalkVoid, []string{ledger.TalkVoided, "act.take_over"}},
	} {
		a := actAt(18, 10, clerk, act.TakeOver)
		a.Ref, a.Unit = "shuiwu", is.to
		end := w.holds()
		for range 2 {
			w.actsOnTalk(is.talk, a)
			w.is(is.talk+": events", w.holds(), end+int64(len(is.events)))
		}
		w.is(is.talk+": what happened", w.last(int64(len(is.events))), is.events)
		k, err := w.Talk(w.ctx, "jincheng", is.talk)
		w.ok(err)
		w.is(is.talk, []any{k.Lead, k.State}, []any{is.lead, is.state})
	}
	_, n, err := w.ListTalks(w.ctx, ledger.TalkFilter{Of: []ledger.CalledIn{{Plan: "jincheng", Units: []string{"huanjing"}}}})
	w.ok(err)
	w.is("listed with its unit", n, 1)
	w.decide("t0", plan.Stage{ID: "again", Kind: plan.Talk, At: talkAt, To: []people.Recipient{office}, Light: plan.Red})
	w.is("the third of the unit that is gone, one of which another has now", w.opens("t0#2", act.TalkOpen).Facts.Nth, 3)
}

// setBack: a proposal that was withdrawn because its task was given a date to come is
// before the leader again once the date is set back; where another proposal is before the
// leader by then, that one takes its grounds in.
func setBack(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.decide("t0", talk)
	w.opens("t0#1", act.TalkProposed)
	row, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	missed := row.Due
	does := func(a act.Act) {
		t.Helper()
		row, err := w.Task(w.ctx, "jincheng", "t0")
		w.ok(err)
		k, err := w.Talk(w.ctx, "jincheng", "t0#1")
		w.ok(err)
		before, after := ledger.CaseOf(row), ledger.CaseOf(row)
		after.Due, after.Number = a.Due, 1
		if after.Due != missed {
			after.Number = 2
		}
		course, _, changes := w.talkRules().AffectedBy(w.talkRules().TalkCourse(ledger.TalkCaseOf(&w.plan.Plan, row, k)), k.Task, before, after, a)
		w.is("the proposal is affected", changes, true)
		acted := ledger.Acted{Plan: "jincheng", Task: "t0", Act: a, Version: row.Version, Facts: after,
			Talks: []ledger.ActedTalk{{Talk: "t0#1", Version: k.Version, Facts: course.TalkCase}}}
		var end int64
		for i := range 2 {
			_, _, err = w.Act(w.ctx, acted, speaks)
			w.ok(err)
			if i == 0 {
				end = w.holds()
			}
		}
		w.is("given twice", w.holds(), end)
	}
	correct := func(day int, due calendar.Day) act.Act {
		a := actAt(day, 10, clerk, act.Correct)
		a.Due = due
		return a
	}
	is := func(id string, state act.TalkState) {
		t.Helper()
		k, err := w.Talk(w.ctx, "jincheng", id)
		w.ok(err)
		w.is(id, k.State, state)
	}
	later := calendar.NewDay(2021, 12, 31)
	does(correct(20, later))
	is("t0#1", act.TalkVoid)
	does(correct(21, missed))
	is("t0#1", act.TalkProposed)
	does(correct(22, later))
	other, err := w.ProposeTalkBy(speaks)
	w.ok(err)
	does(correct(23, missed))
	is("t0#1", act.TalkVoid)
	is(other.ID, act.TalkProposed)
}
