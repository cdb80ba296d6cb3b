package ledgertest

import (
	"testing"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// orderOf is the word by which the units of a new row hear of it.
func orderOf(row ledger.Task, p *plan.Plan) *ledger.Order {
	to := []people.Recipient{{Unit: row.Lead, Role: people.Liaison}, {Unit: "zhujian", Role: people.Liaison}}
	return &ledger.Order{From: p, Channels: []string{"smtp"},
		Stage: plan.Stage{ID: act.OrderID, Kind: plan.Told, At: row.Assigned, To: to, Matter: plan.Matter{Topic: act.TopicOrder}}}
}

// given: a launch, an amendment and a carriage write with their rows, and once, the
// words that tell the units of them; those of one instant are one message to each.
func given(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	p := samplePlan()
	p.ID, p.Hash = "next", "next"
	rows := []ledger.Task{sampleTask("a"), sampleTask("b"), sampleTask("c")}
	rows[0].Order, rows[1].Order = orderOf(rows[0], &p), orderOf(rows[1], &p)
	for _, added := range []bool{true, false} {
		got, err := w.AddPlan(w.ctx, ledger.Launched{Plan: p, At: launch, Version: 1, Clock: w.plan.Clock}, rows, before)
		w.ok(err)
		w.is("added", got, added)
	}
	w.is("events", w.last(3), []string{ledger.PlanLaunched, ledger.TaskOrdered, ledger.TaskOrdered})
	digests, err := w.Unspoken(w.ctx, "next")
	w.ok(err)
	w.is("one message to each", len(digests), 2)
	heard := func(planID, task string) (out []string) {
		notices, err := w.Notices(w.ctx, ledger.NoticeFilter{Plan: planID, Task: task})
		w.ok(err)
		for _, n := range notices {
			out = append(out, n.Stage+" "+n.Recipient.String())
		}
		return out
	}
	both := []string{act.OrderID + " shuiwu/liaison", act.OrderID + " zhujian/liaison"}
	w.is("a", heard("next", "a"), both)
	w.is("b", heard("next", "b"), both)
	w.is("c is told of nothing", len(heard("next", "c")), 0)

	a := w.nextPlan()
	a.Added[0].Order = orderOf(a.Added[0], &a.Plan)
	for range 2 {
		_, _, err = w.Amend(w.ctx, a, evening)
		w.ok(err)
	}
	w.is("events of an amendment", w.last(2), []string{ledger.PlanAmended, ledger.TaskOrdered})
	w.is("n", heard("jincheng", "n"), both)

	carry := actAt(18, 10, clerk, act.Carry)
	one := w.carried("t0", "n0", carry)
	one.Into.Order = orderOf(one.Into, &p)
	for range 2 {
		w.ok(w.CarryInto(w.ctx, ledger.Carriage{From: "jincheng", To: "next", Act: carry, Tasks: []ledger.CarriedTask{one}}, evening, evening))
	}
	w.is("events of a carriage", w.last(3), []string{ledger.ActKind(act.Carry), ledger.TaskTaken, ledger.TaskOrdered})
	w.is("n0", heard("next", "n0"), both)
	_, err = w.Verify(w.ctx)
	w.ok(err)
}
