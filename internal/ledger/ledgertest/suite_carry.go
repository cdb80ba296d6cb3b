package ledgertest

import (
	"errors"
	"testing"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// follows adds the plan "next", which goes on with t0 and d of the world's plan as n0
// and nd; its own task is t0.
func (w *world) follows() {
	w.t.Helper()
	p := samplePlan()
	p.ID, p.Hash = "next", "next"
	p.Tasks = append(p.Tasks, plan.Task{ID: "n0", Kind: plan.Dated, Lead: "shuiwu", Due: due, Carries: "jincheng/t0"},
		plan.Task{ID: "n1", Kind: plan.Dated, Lead: "shuiwu", Due: due}, plan.Task{ID: "n2", Kind: plan.Dated, Lead: "shuiwu", Due: due},
		plan.Task{ID: "nd", Kind: plan.Duty, Lead: "shuiwu", Carries: "jincheng/d"})
	_, err := w.AddPlan(w.ctx, ledger.Launched{Plan: p, At: launch, Version: 1, Clock: w.plan.Clock}, []ledger.Task{sampleTask("t0")}, before)
	w.ok(err)
}

// carried is a row of the world's plan that goes on as another in the plan "next".
func (w *world) carried(task, into string, a act.Act) ledger.CarriedTask {
	w.t.Helper()
	row, err := w.Task(w.ctx, "jincheng", task)
	w.ok(err)
	next := row
	next.ID, next.Facts.From = into, &act.Elsewhere{Plan: "jincheng", Task: task, On: a.On}
	return ledger.CarriedTask{Task: task, Version: row.Version, Into: next,
		Facts: w.talkRules().CarryOut(ledger.CaseOf(row), a, act.Elsewhere{Plan: "next", Task: into, On: a.On})}
}

// carries: a task goes on in another plan with its talk, a duty with its open
// occurrence, and each of these happens once, however often it is asked for.
func carries(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.follows()
	occurrence := sampleTask("d.2021Q2")
	occurrence.Plan, occurrence.Duty, occurrence.Period = "jincheng", "d", "2021Q2"
	_, err := w.OpenTask(w.ctx, occurrence, evening)
	w.ok(err)
	a := actAt(18, 10, clerk, act.Carry)
	when := ledger.When{Real: speaks.Real, Plan: a.At}

	behind := func(what string, c ledger.Carriage) {
		t.Helper()
		end := w.holds()
		w.is(what, errors.Is(w.CarryInto(w.ctx, c, when, when), ledger.ErrBehind), true)
		w.is(what+": nothing is written", w.holds(), end)
	}
	one := w.carried("t0", "n0", a)
	_, err = w.ProposeTalkBy(speaks)
	w.ok(err)
	behind("a talk that was begun since", ledger.Carriage{From: "jincheng", To: "next", Act: a, Tasks: []ledger.CarriedTask{one}})
	k, err := w.Talk(w.ctx, "jincheng", "t0#1")
	w.ok(err)
	row, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	out, in := w.talkRules().CarryTalk(ledger.TalkCaseOf(&w.plan.Plan, row, k), row.ID, one.Into.Facts, "n0", a)
	one.Talks = []ledger.CarriedTalk{{Talk: k, Out: out, In: in}}
	task := ledger.Carriage{From: "jincheng", To: "next", Act: a, Tasks: []ledger.CarriedTask{one}}

	older := one
	older.Version--
	behind("an older task", ledger.Carriage{From: "jincheng", To: "next", Act: a, Tasks: []ledger.CarriedTask{older}})
	older = one
	k.Version--
	older.Talks = []ledger.CarriedTalk{{Talk: k, Out: out, In: in}}
	behind("an older talk", ledger.Carriage{From: "jincheng", To: "next", Act: a, Tasks: []ledger.CarriedTask{older}})

	end := w.holds()
	for range 2 {
		w.ok(w.CarryInto(w.ctx, task, when, when))
		w.is("a task: events", w.holds(), end+2)
	}
	w.is("a task", w.last(2), []string{ledger.ActKind(act.Carry), ledger.TaskTaken})
	other := task
	other.Act.ID = "another"
	behind("another act on what has gone", other)
	duty := ledger.Carriage{From: "jincheng", To: "next", Act: a, Tasks: []ledger.CarriedTask{w.carried("d", "nd", a), w.carried("d.2021Q2", "nd.2021Q2", a)}}
	duty.Tasks[1].Into.Duty = "nd"
	for range 2 {
		w.ok(w.CarryInto(w.ctx, duty, when, when))
		w.is("a duty: events", w.holds(), end+6)
	}
	w.is("a duty", w.last(4), []string{ledger.ActKind(act.Carry), ledger.TaskTaken, ledger.ActKind(act.Carry), ledger.OccurrenceCarried})

	for _, is := range []struct {
		plan, task string
		state      ledger.TaskState
	}{
		{"jincheng", "t0", ledger.TaskCarried}, {"jincheng", "d", ledger.TaskCarried}, {"jincheng", "d.2021Q2", ledger.TaskCarried},
		{"next", "n0", ledger.TaskOpen}, {"next", "nd", ledger.TaskOpen}, {"next", "nd.2021Q2", ledger.TaskOpen},
	} {
		row, err := w.Task(w.ctx, is.plan, is.task)
		w.ok(err)
		w.is(is.plan+"/"+is.task, row.State, is.state)
	}
	for id, state := range map[string]act.TalkState{"jincheng t0#1": act.TalkCarried, "next n0#1": act.TalkProposed} {
		planID, talk := id[:len(id)-5], id[len(id)-4:]
		k, err := w.Talk(w.ctx, planID, talk)
		w.ok(err)
		w.is(id, []any{k.State, k.Number}, []any{state, 1})
	}
}

// carriesMember: each of three tasks takes its part of their talk along into the new plan,
// where the parts are one talk again; the old talk ends with the last task.
func carriesMember(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	w.follows()
	for _, task := range []string{"t0", "t1", "t2"} {
		w.decide(task, talk)
		w.opensJointly(task + "#1")
	}
	when := ledger.When{Real: speaks.Real, Plan: actAt(18, 10, clerk, act.Carry).At}
	carry := func(task, into string) {
		a := actAt(18, 10, clerk, act.Carry)
		a.ID += task
		one := w.carried(task, into, a)
		k, err := w.Talk(w.ctx, "jincheng", "t0#1")
		w.ok(err)
		along := ledger.CarriedTalk{Talk: k, Number: 1}
		along.Out, along.In = w.talkRules().CarryTalk(*k.Facts, task, one.Into.Facts, into, a)
		along.In.From = "jincheng/t0#1"
		if host, err := w.Talk(w.ctx, "next", "n1#1"); err == nil {
			whole := w.talkRules().Along(*host.Facts, along.In, a)
			along.Host, along.Whole = &host, &whole
			along.In.State, along.In.Into = act.TalkJoined, host.ID
		}
		one.Talks = []ledger.CarriedTalk{along}
		for range 2 {
			w.ok(w.CarryInto(w.ctx, ledger.Carriage{From: "jincheng", To: "next", Act: a, Tasks: []ledger.CarriedTask{one}}, when, when))
		}
		w.holds()
	}
	about := func(planID, id string) (out []string) {
		k, err := w.Talk(w.ctx, planID, id)
		w.ok(err)
		out = []string{string(k.State)}
		for _, m := range k.Facts.Of() {
			if m.Ended.IsZero() {
				out = append(out, m.Task)
			}
		}
		return out
	}
	carry("t1", "n1")
	w.is("a proposal that was worked out before", errors.Is(w.proposes("jincheng", "t1"), ledger.ErrNotOpen), true)
	w.is("the old talk", about("jincheng", "t0#1"), []string{string(act.TalkOpen), "t0", "t2"})
	w.is("the new one", about("next", "n1#1"), []string{string(act.TalkOpen), "n1"})
	carry("t0", "n0")
	w.is("the old talk, without the task it was opened for", about("jincheng", "t0#1"), []string{string(act.TalkOpen), "t2"})
	w.is("the new one", about("next", "n1#1"), []string{string(act.TalkOpen), "n1", "n0"})
	w.is("what the second has of it", about("next", "n0#1")[0], string(act.TalkJoined))
	carry("t2", "n2")
	w.is("the old talk has ended", about("jincheng", "t0#1"), []string{string(act.TalkCarried)})
	w.is("the new one", about("next", "n1#1"), []string{string(act.TalkOpen), "n1", "n0", "n2"})
}

// carriesNothing: what was to be carried on had ended first.
func carriesNothing(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.follows()
	row := sampleTask("n0")
	row.Plan, row.State, row.ClosedAt = "next", ledger.TaskCarried, speaks.Plan
	row.Facts.State, row.Facts.From = act.Carried, &act.Elsewhere{Plan: "jincheng", Task: "t0", On: due}
	end := w.holds()
	for range 2 {
		w.ok(w.CarryNothing(w.ctx, row, "wang", speaks))
		w.is("events", w.holds(), end+1)
	}
	w.is("event", w.last(1), []string{ledger.TaskTaken})
	got, err := w.Task(w.ctx, "next", "n0")
	w.ok(err)
	w.is("the task", got.State, ledger.TaskCarried)
}

// endsPlan: a plan of which something goes on does not end; one of which nothing does
// ends once, its standing lines with it.
func endsPlan(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	a := actAt(18, 10, clerk, act.EndPlan)
	ends := func() error { return w.EndPlan(w.ctx, "jincheng", a, ledger.When{Real: speaks.Real, Plan: a.At}) }
	w.is("a task and a duty are open", errors.Is(ends(), ledger.ErrGoesOn), true)
	closes := func(task string) {
		row, err := w.Task(w.ctx, "jincheng", task)
		w.ok(err)
		facts := ledger.CaseOf(row)
		facts.State, facts.ClosedOn = act.Closed, calendar.NewDay(2021, 5, 10)
		_, _, err = w.Act(w.ctx, ledger.Acted{Plan: "jincheng", Task: task, Act: actAt(10, 10, clerk, act.Verify), Version: row.Version, Facts: facts}, speaks)
		w.ok(err)
	}
	closes("t0")
	w.is("a duty is open", errors.Is(ends(), ledger.ErrGoesOn), true)
	closes("d")
	end := w.holds()
	for range 2 {
		w.ok(ends())
		w.is("events", w.holds(), end+1)
	}
	w.is("event", w.last(1), []string{ledger.PlanEnded})
	l, err := w.Plan(w.ctx, "jincheng")
	w.ok(err)
	w.is("when it ended", l.Ended, a.At)
	standing, err := w.Task(w.ctx, "jincheng", "s")
	w.ok(err)
	w.is("its standing line", standing.State, ledger.TaskEnded)
	w.is("a proposal that was worked out before", errors.Is(w.proposes("jincheng", "t0"), ledger.ErrNotOpen), true)
	w.is("events", w.holds(), end+1)
}

// archivesPlan: only a plan that has ended is archived, once, and it leaves the everyday
// lists until it is taken back, once. It is read by its ID as before, and may be archived
// again.
func archivesPlan(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	a, back := actAt(19, 10, clerk, act.ArchivePlan), actAt(20, 10, clerk, act.TakeBack)
	archives := func() error {
		return w.ArchivePlan(w.ctx, "jincheng", a, ledger.When{Real: speaks.Real, Plan: a.At})
	}
	takesBack := func() error {
		return w.TakeBackPlan(w.ctx, "jincheng", back, ledger.When{Real: speaks.Real, Plan: back.At})
	}
	everyday := func() []string {
		ids, err := w.EverydayPlanIDs(w.ctx)
		w.ok(err)
		return ids
	}
	end := w.holds()
	w.is("it goes on", errors.Is(archives(), ledger.ErrNotEnded), true)
	w.ok(takesBack())
	w.is("nothing is there to be taken back", w.holds(), end)
	w.is("no such plan", errors.Is(w.ArchivePlan(w.ctx, "nosuch", a, speaks), ledger.ErrNotFound), true)
	for _, task := range []string{"t0", "d"} {
		row, err := w.Task(w.ctx, "jincheng", task)
		w.ok(err)
		facts := ledger.CaseOf(row)
		facts.State, facts.ClosedOn = act.Closed, calendar.NewDay(2021, 5, 10)
		_, _, err = w.Act(w.ctx, ledger.Acted{Plan: "jincheng", Task: task, Act: actAt(10, 10, clerk, act.Verify), Version: row.Version, Facts: facts}, speaks)
		w.ok(err)
	}
	w.ok(w.EndPlan(w.ctx, "jincheng", actAt(18, 10, clerk, act.EndPlan), speaks))
	w.is("everyday", everyday(), []string{"jincheng"})
	end = w.holds()
	for n := range int64(2) {
		for range 2 {
			w.ok(archives())
			w.is("events", w.holds(), end+2*n+1)
		}
		w.is("event", w.last(1), []string{ledger.PlanArchived})
		w.is("everyday", len(everyday()), 0)
		l, err := w.Plan(w.ctx, "jincheng")
		w.ok(err)
		w.is("when", l.Archived, a.At)
		plans, err := w.Plans(w.ctx)
		w.ok(err)
		w.is("in the list of all", plans[0].Archived, a.At)
		for range 2 {
			w.ok(takesBack())
			w.is("events", w.holds(), end+2*n+2)
		}
		w.is("event", w.last(1), []string{ledger.PlanTakenBack})
		w.is("everyday again", everyday(), []string{"jincheng"})
		l, err = w.Plan(w.ctx, "jincheng")
		w.ok(err)
		w.is("no more", l.Archived.IsZero(), true)
	}
}

// proposes lets a rule propose a circular about a task, as worked out from facts that were
// true a moment ago, and gives the ledger's error.
func (w *world) proposes(planID, task string) error {
	a := actAt(18, 10, clerk, act.Propose)
	a.ID, a.Unit, a.Talk = "late", "shuiwu", &act.TalkFacts{What: plan.ProposeCircular}
	_, refused, err := w.ProposeTalk(w.ctx, ledger.Proposed{Plan: planID, Task: task, Act: a, Proposal: &act.Proposal{Rule: "overdue-2", Unit: "shuiwu", What: plan.ProposeCircular},
		Facts: func(number int) (act.TalkCase, *act.Refusal) {
			c, refused := w.talkRules().Propose(act.TalkCase{Task: task, Number: number, Lead: "shuiwu", Office: "shuizhiban", Leadership: "lingdao"}, a)
			return c.TalkCase, refused
		}}, speaks)
	w.is("refused", refused == nil, true)
	return err
}
