package host_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/audit"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/whatif"
)

// named are the IDs of the open tasks of a plan that name a unit, and of the talks that it
// is called to.
func (w *world) named(planID, unit string) (all []string) {
	w.t.Helper()
	tasks, err := w.Ledger.Tasks(w.t.Context(), ledger.TaskFilter{Plan: planID, State: ledger.TaskOpen})
	require.NoError(w.t, err)
	for _, k := range tasks {
		if ledger.CaseOf(k).Names(unit) {
			all = append(all, k.ID)
		}
	}
	talks, err := w.Ledger.Talks(w.t.Context(), planID, "")
	require.NoError(w.t, err)
	for _, k := range talks {
		if k.GoesOn() && k.Lead == unit {
			all = append(all, k.ID)
		}
	}
	return all
}

// Units belong to the office and not to a plan. A unit that an amendment of one plan
// dissolves hands over in the other plans too, even to a unit that those plans did not
// name; no plan can give it a task any more; and a hand-over that a task has refused is
// tried again.
func TestADissolvedUnitGoesInEveryPlan(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	lead := ", lead: 市水利局"
	monthly := "kind: duty, recur: {every: month, from: 2021-04-08, until: 2021-12-31}"
	end := calendar.NewDay(2021, time.June, 21)
	two := twoUnits(t, "two", withMore("shuili 市水利局", "linye 市林业局"), entry("late", "due: 2021-04-20"+lead), entry("helped", "due: 2021-11-30, assist: [市水利局, 市林业局]"), entry("watch", monthly+lead))
	clock := endingOn(fast(two, 40*time.Millisecond, 3*time.Second), end)
	w.launch(two, clock)
	one := func(units, more string) *plan.Plan {
		return twoUnits(t, "one", withMore(units, "nongye 市农业局"), entry("own", "due: 2021-11-30"), entry("a", "due: 2021-11-30"+more))
	}
	w.launch(one("shuili 市水利局", lead), clock)
	w.launch(twoUnits(t, "four", withMore("shuili 市水利局"), entry("led", "due: 2021-11-30"+lead)), clock)
	w.eventually("a talk is opened", func(ctx context.Context) bool {
		k, err := w.Ledger.Talk(ctx, "two", "late#1")
		return err == nil && k.State == act.TalkOpen
	})
	w.eventually("the clock has come to its end", func(context.Context) bool { return !clock.Plan(time.Now()).Before(clock.End) })
	w.agreeAll("two")
	require.Contains(t, w.named("two", "shuili"), "late#1")

	var gone *whatif.GoneError
	_, err := w.amendBy(one("shuili 市水利局 dissolved: true", ""), "一号文")
	require.ErrorAs(t, err, &gone, "nobody would lead what it leads in the other plan")
	require.Subset(t, gone.Leads, []string{"two/late", "two/watch", "four/led"})

	after := one("shuili 市水利局 successor: 市农业局", lead)
	changes, err := whatif.New(w.Ledger, time.Now).Amending(t.Context(), after)
	require.NoError(t, err)
	require.Subset(t, changes.Handovers[0].Elsewhere, []string{"two/late", "two/helped", "two/watch", "two/late#1", "four/led"}, "the preview says so")
	// In the plan four the same amendment was recorded before, and interrupted before any task was told.
	four, err := w.Ledger.Plan(t.Context(), "four")
	require.NoError(t, err)
	merged, begun, err := whatif.New(w.Ledger, time.Now).Succession(t.Context(), four, changes.Handovers)
	require.NoError(t, err)
	begun.Handovers[0].Elsewhere = []string{"one/a", "two/late"}
	_, _, err = w.Ledger.Amend(t.Context(), ledger.Amendment{Plan: merged, Before: four.Plan.Hash, Paper: "一号文", Reason: "一号文", Actor: clerk.Account, Changes: begun},
		ledger.When{Real: time.Now(), Plan: clock.Plan(time.Now())})
	require.NoError(t, err)
	require.Equal(t, []string{"led"}, w.named("four", "shuili"))
	report, err := w.amendBy(after, "一号文")
	require.NoError(t, err)
	require.Len(t, report.Others, 2)
	for _, too := range report.Others {
		require.Equal(t, []any{1, 0}, []any{too.N, len(too.Left)}, too.Plan)
		require.Empty(t, w.named(too.Plan, "shuili"))
	}
	require.Empty(t, w.named("one", "shuili"))
	k, err := w.Ledger.Talk(t.Context(), "two", "late#1")
	require.NoError(t, err)
	require.Equal(t, []string{string(act.TalkOpen), "nongye"}, []string{string(k.State), k.Lead}, "the talk goes on with whoever took over")
	l, err := w.Ledger.Plan(t.Context(), "two")
	require.NoError(t, err)
	u, ok := l.Plan.Directory.Unit("nongye")
	require.True(t, ok && len(u.Contacts) == 3, "it can be reached there")
	by, err := w.Ledger.LastAmendment(t.Context(), "two")
	require.NoError(t, err)
	require.Equal(t, []any{"一号文", true}, []any{by.Paper, by.Carried})
	again, err := w.amendBy(after, "一号文")
	require.NoError(t, err)
	require.Equal(t, []any{true, 1, 0, 0}, []any{again.Resumed, again.N, again.Acts, len(again.Others)}, "once more changes nothing")
	by, err = w.Ledger.LastAmendment(t.Context(), "two")
	require.NoError(t, err)
	require.Equal(t, 1, by.N)

	// Files that still have the dissolved unit cannot give it a task.
	changes, err = whatif.New(w.Ledger, time.Now).Amending(t.Context(), two)
	require.NoError(t, err)
	require.True(t, changes.Empty(), "what the other plan's papers said stands")
	var dissolved *whatif.DissolvedError
	for id, more := range map[string]string{"two": lead, "three": ", assist: [市水利局]"} {
		p := twoUnits(t, id, withMore("shuili 市水利局", "linye 市林业局"), entry("late", "due: 2021-04-20"+lead), entry("helped", "due: 2021-11-30, assist: [市水利局, 市林业局]"), entry("watch", monthly+lead),
			entry("fresh", "due: 2021-12-20"+more))
		if id == "two" {
			_, err = w.amendBy(p, "二号文")
		} else {
			_, err = w.next(p, clock, clerk)
		}
		require.ErrorAs(t, err, &dissolved)
		require.Equal(t, []string{"shuili", "nongye"}, []string{dissolved.Unit.ID, dissolved.To.ID})
		require.Contains(t, dissolved.Tasks, "fresh")
	}
	_, err = w.Ledger.Plan(t.Context(), "three")
	require.ErrorIs(t, err, ledger.ErrNotFound)

	// A hand-over that a task has refused is tried again by Reconcile.
	l, err = w.Ledger.Plan(t.Context(), "two")
	require.NoError(t, err)
	next := l.Plan
	next.Hash = "another"
	now := ledger.When{Real: time.Now(), Plan: clock.Plan(time.Now())}
	done, _, err := w.Ledger.Amend(t.Context(), ledger.Amendment{Plan: next, Before: l.Plan.Hash, Paper: "三号文", Reason: "机构改革", Actor: clerk.Account,
		Changes: plan.Changes{Handovers: []plan.Handover{{Unit: "linye", To: "huanjing", Tasks: []string{"helped"}}}}}, now)
	require.NoError(t, err)
	require.NoError(t, w.Ledger.Carry(t.Context(), "two", done.N, []ledger.LeftUndone{{Task: "helped", Kind: act.TakeOver}}, clerk.Account, now))
	require.Equal(t, []string{"helped"}, w.named("two", "linye"))
	_, err = w.Engine.Reconcile(t.Context(), "two")
	require.NoError(t, err)
	require.Empty(t, w.named("two", "linye"))
	by, err = w.Ledger.LastAmendment(t.Context(), "two")
	require.NoError(t, err)
	require.Empty(t, by.Left)

	// An amendment that has the dissolved unit again brings it back, and can give it a task at once.
	_, err = w.amendBy(one("shuili 市水利局", lead), "四号文")
	require.NoError(t, err)
	require.Equal(t, "shuili", w.course("one", "a").Lead)

	w.agreeAll("one")
	w.agreeAll("two")
	w.agreeAll("four")
	for _, planID := range []string{"one", "two", "four"} {
		broken, err := audit.Breaches(t.Context(), w.Ledger, planID, func() time.Time { return clock.End }, nil)
		require.NoError(t, err)
		require.Empty(t, broken)
	}
	talks, err := w.Ledger.Talks(t.Context(), "two", "")
	require.NoError(t, err)
	require.False(t, slices.ContainsFunc(talks, func(k ledger.Talk) bool { return k.ID == "late#2" }), "no second talk")
	ledgertest.Proven(t, w.Ledger)
}
