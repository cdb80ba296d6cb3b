package host_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"duban/internal/act"
	"duban/internal/audit"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/whatif"
	"duban/workflows"
)

// withMore is an edit for twoUnits that adds units, each written as "id name" and, after
// that, more keys of the unit.
func withMore(units ...string) func(file, text string) string {
	return func(file, text string) string {
		if file == "units.yaml" {
			for _, u := range units {
				f := strings.SplitN(u, " ", 3)
				text += fmt.Sprintf("  - id: %s\n    name: %s\n    kind: city_department\n", f[0], f[1])
				if len(f) > 2 {
					text += "    " + f[2] + "\n"
				}
				text += "    contacts:\n"
				for _, role := range []string{"liaison", "deputy", "head"} {
					text += fmt.Sprintf("      - {role: %s, name: %s%s, email: %s@%s.example}\n", role, f[1], role, role, f[0])
				}
			}
		}
		return text
	}
}

// held is a client whose updates wait for a fact of the workflow that they ask.
type held struct {
	client.Client
	until map[string]func() // by workflow ID; it returns when the update may go on
}

func (h *held) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if wait := h.until[o.WorkflowID]; wait != nil {
		wait()
	}
	return h.Client.UpdateWorkflow(ctx, o)
}

// A duty's unit is dissolved on a day when the machine is slow: before the duty hears of it, it
// opens one more occurrence, and before that one hears of it, it is missed and a talk about it
// opens. The new unit has them all.
func TestWhatIsOpenedDuringAHandOverIsHandedOverToo(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	watch := "kind: duty, recur: {every: month, from: 2021-04-08, until: 2021-12-31}, lead: 市水利局"
	before := twoUnits(t, "slow", withMore("shuili 市水利局"), entry("watch", watch))
	clock := endingOn(fast(before, 60*time.Millisecond, 3*time.Second), calendar.NewDay(2021, time.July, 31))
	w.launch(before, clock)
	talk := func(ctx context.Context) (ledger.Talk, error) { return w.Ledger.Talk(ctx, "slow", "watch.2021-05#1") }
	slow := &held{w.Client, map[string]func(){
		workflows.DutyWorkflowID("slow", "watch"): func() { w.opened("slow", "watch.2021-05") },
		workflows.TaskWorkflowID("slow", "watch.2021-05"): func() {
			w.eventually("a talk is called for", func(ctx context.Context) bool { _, err := talk(ctx); return err == nil })
		},
	}}
	after := twoUnits(t, "slow", withMore("shuili 市水利局 successor: 市生态环境局"), entry("watch", strings.ReplaceAll(watch, "市水利局", "市生态环境局")))
	report, err := engine.New(slow, w.Ledger, 2*time.Hour, time.Now, quiet).Amend(t.Context(), after, w.cal, engine.AmendOptions{Paper: "二号文", Reason: "机构改革", By: clerk})
	require.NoError(t, err)
	require.Empty(t, report.AllLeft())
	k, err := talk(t.Context())
	require.NoError(t, err)
	if k.State != act.TalkJoined { // on a slow machine the talk of April's stands by then, which this one joins
		require.Equal(t, "huanjing", k.Lead)
	}
	rows, err := w.Ledger.Tasks(t.Context(), ledger.TaskFilter{Plan: "slow", State: ledger.TaskOpen})
	require.NoError(t, err)
	for _, row := range rows {
		require.Equal(t, "huanjing", row.Lead, row.ID)
	}
}

// While two talks are open, one amendment renumbers, splits and merges tasks and dissolves
// two units. The talks, the part and the open occurrence go on with the unit that takes
// over; no second talk is opened, nothing is said twice, and no law of package laws is
// broken.
func TestAUnitThatGoesHandsOver(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	third := ", lead: 市水利局"
	monthly := "kind: duty, recur: {every: month, from: 2021-04-08, until: 2021-12-31}"
	before := twoUnits(t, "gone", withMore("shuili 市水利局", "linye 市林业局"),
		entry("late", "due: 2021-04-20"+third), entry("both", "due: 2021-04-20"), entry("m1", "due: 2021-11-30"), entry("m2", "due: 2021-11-30"),
		entry("helped", "due: 2021-11-30, assist: [市水利局, 市林业局]"), entry("watch", monthly+third))
	last := calendar.NewDay(2021, time.July, 31)
	clock := endingOn(fast(before, 60*time.Millisecond, 3*time.Second), last)
	w.launch(before, clock)
	require.NoError(t, w.act("gone", "helped", liaison, act.Act{Kind: act.AskPart, Unit: "shuili", Due: calendar.NewDay(2021, 9, 30), Reason: "提供断面数据"}))
	require.NoError(t, w.act("gone", "helped", liaison, act.Act{Kind: act.AskPart, ID: "second", Unit: "linye", Due: calendar.NewDay(2021, 9, 30), Reason: "提供林地数据"}))
	asked, err := w.Engine.Propose(t.Context(), "gone", act.Act{ID: "propose", By: clerk, Ref: "m1", Unit: "linye", Reason: "配合不力", Talk: &act.TalkFacts{What: plan.ProposeTalk}}, nil)
	require.NoError(t, err)
	w.opened("gone", "watch.2021-04")
	w.eventually("both are in a talk", func(ctx context.Context) bool {
		talks, err := w.Ledger.Talks(ctx, "gone", "")
		open := 0
		for _, k := range talks {
			if k.State == act.TalkOpen && k.ID != asked && k.Task != "watch.2021-04" {
				open++
			}
		}
		return err == nil && open == 2
	})

	named := func(id, title, rest string) string {
		return strings.Replace(entry(id, rest), "任务"+id, "任务"+title, 1)
	}
	tasks := []string{
		named("1-1", "late", "due: 2021-04-20, was: late"+third),
		named("2-1", "both", "due: 2021-04-20, was: both, heir: true"), named("2-2", "另一半", "due: 2021-12-20, was: both"),
		named("m", "m1", "due: 2021-11-30, was: [m1, m2]"),
		entry("helped", "due: 2021-11-30, assist: [市水利局]"), entry("watch", monthly+third)}
	given := make([]string, len(tasks))
	for i, e := range tasks {
		given[i] = strings.ReplaceAll(e, "市水利局", "市生态环境局")
	}
	_, err = w.amendBy(twoUnits(t, "gone", withMore("linye 市林业局"), given...), "二号文")
	var gone *whatif.GoneError
	require.ErrorAs(t, err, &gone, "what becomes of the talk and the part is not said")
	require.Equal(t, []any{"shuili", []string{"helped"}, true}, []any{gone.Unit.ID, gone.Tasks, len(gone.Talks) > 0 && gone.Talks[0] == "1-1#1"})

	after := twoUnits(t, "gone", withMore("shuili 市水利局 successor: 市生态环境局"), tasks...)
	_, err = w.amendBy(after, "二号文")
	require.ErrorAs(t, err, &gone, "nor is it said of 市林业局, which the files have no more")
	require.Equal(t, []any{"linye", []string{"helped"}, []string{"m#1"}}, []any{gone.Unit.ID, gone.Tasks, gone.Talks})
	dissolved := after.Succeeded(gone.Unit, "") // 市林业局 is dissolved and no unit takes over
	after = &dissolved
	changes, err := whatif.New(w.Ledger, time.Now).Amending(t.Context(), after)
	require.NoError(t, err)
	require.Equal(t, []string{"shuili", "huanjing"}, []string{changes.Handovers[0].Unit, changes.Handovers[0].To})
	require.Subset(t, changes.Handovers[0].Tasks, []string{"1-1", "helped", "watch"})
	begun := clock.Plan(time.Now())
	report, err := w.amendBy(after, "二号文")
	require.NoError(t, err)
	handed := clock.Plan(time.Now())
	require.Empty(t, report.Left)
	w.talkIs("gone", asked, act.TalkVoid)
	require.True(t, w.course("gone", "helped").Parts[1].Dropped)
	require.Equal(t, 1, report.Cancelled, "m2 is part of m by now")
	again, err := w.amendBy(after, "二号文")
	require.NoError(t, err)
	require.Equal(t, []any{true, 0}, []any{again.Resumed, again.Acts})
	rows, err := w.Ledger.Tasks(t.Context(), ledger.TaskFilter{Plan: "gone", State: ledger.TaskOpen})
	require.NoError(t, err)
	for _, row := range rows {
		require.False(t, ledger.CaseOf(row).Names("shuili") || ledger.CaseOf(row).Names("linye"), row.ID)
	}
	late := w.course("gone", "late")
	require.Equal(t, []any{"huanjing", 0}, []any{late.Lead, len(late.Misses)}, "what was missed goes along")
	part := w.course("gone", "helped").Parts[0]
	require.Equal(t, []any{"huanjing", true}, []any{part.Unit, part.Given.IsZero()})
	huanjing := act.Actor{Account: "huanjing", Name: "市生态环境局联络员", Unit: "huanjing"}
	require.NoError(t, w.act("gone", "helped", huanjing, act.Act{Kind: act.GivePart, Ref: "1", Reason: "已提供"}))

	w.eventually("all is said", func(ctx context.Context) bool {
		return !clock.Plan(time.Now()).Before(clock.End) && len(w.unsaid(ctx, "gone", clock.End)) == 0
	})
	w.agreeAll("gone")
	talks, err := w.Ledger.Talks(t.Context(), "gone", "")
	require.NoError(t, err)
	called := map[string]string{}
	for _, k := range talks {
		if k.State == act.TalkJoined { // a talk that joined another before is over and keeps its lead
			continue
		}
		require.NotEqual(t, "shuili", k.Lead, "%s %s %s", k.ID, k.State, k.Origin)
		called[k.ID] = string(k.State) + " " + k.Lead
	}
	require.Equal(t, []string{"open huanjing", "open shuiwu"}, []string{called["late#1"], called["both#1"]})
	require.NotContains(t, called, "late#2")
	require.NotContains(t, called, "both#2")
	require.NotContains(t, called, "2-2#1")
	stages, err := w.Ledger.Stages(t.Context(), "gone", "")
	require.NoError(t, err)
	said := map[string]int{}
	for _, s := range stages {
		if s.State == ledger.Decided {
			said[cmp.Or(s.Talk, s.Task)+" "+s.ID]++
		}
	}
	for what, n := range said {
		require.Equal(t, 1, n, what)
	}
	require.Contains(t, said, "late#1 act-1-"+act.TopicPassedOn)
	require.Contains(t, said, asked+" act-2-"+act.TopicDissolved)
	require.Contains(t, said, "helped act-3-ask_part.1", "the part is told to whoever owes it by now")
	broken, err := audit.Breaches(t.Context(), w.Ledger, "gone", func() time.Time { return clock.End }, nil)
	require.NoError(t, err)
	// On this clock a day passes while one act is done. A word that fell due between the
	// instant of the hand-over and its record went to the unit that led until the record, so
	// law 1 is not judged for that time.
	broken = slices.DeleteFunc(broken, func(b audit.Broken) bool { return b.Law == 1 && !b.At.Before(begun) && !b.At.After(handed) })
	require.Empty(t, broken)
	l, err := w.Ledger.Plan(t.Context(), "gone")
	require.NoError(t, err)
	u, _ := l.Plan.Directory.Unit("shuili")
	require.Len(t, u.Contacts, 3, "who was told keeps an address")
	ledgertest.Proven(t, w.Ledger)

	// After the plan has ended no task of it can be reinstated, and it cannot be amended.
	duties := []string{}
	for _, row := range rows {
		if row.Kind == plan.Duty {
			duties = append(duties, row.ID)
			require.NoError(t, w.act("gone", row.ID, clerk, act.Act{Kind: act.EndDuty}))
		}
	}
	require.Equal(t, []string{"watch"}, duties)
	rows, err = w.Ledger.Tasks(t.Context(), ledger.TaskFilter{Plan: "gone", State: ledger.TaskOpen})
	require.NoError(t, err)
	for _, row := range rows {
		require.NoError(t, w.act("gone", row.ID, clerk, act.Act{Kind: act.Cancel, Paper: "三号文"}))
	}
	require.NoError(t, w.Engine.EndPlan(t.Context(), "gone", clerk, "年度结束", ""))
	require.Equal(t, "act.refused_plan_ended", refusedBy(t, w.act("gone", "helped", clerk, act.Act{Kind: act.Reinstate, ID: "too-late", Paper: "四号文"})))
	_, err = w.amendBy(twoUnits(t, "gone", nil, entry("helped", "due: 2021-11-30")), "五号文")
	require.ErrorIs(t, err, whatif.ErrPlanEnded)
}
