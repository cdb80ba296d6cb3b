package workflows_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/workflows"
)

// A run that slept at a gate under the older program does as before until it hands over; a
// run that begins under this program does as the gate says.
func TestAGateLeavesOlderRunsAsTheyAre(t *testing.T) {
	t.Parallel()
	var h *history.History
	for name, one := range recorded(t)["testdata/histories/v0.2.0"] {
		if strings.HasPrefix(name, "task-silent") {
			h = one
		}
	}
	require.NotNil(t, h)
	var passed []bool
	gated := func(ctx workflow.Context, s workflows.TaskState) error {
		passed = append(passed, workflows.Passes(ctx, "a change"))
		return workflows.Task(ctx, s)
	}
	r := worker.NewWorkflowReplayer()
	r.RegisterWorkflowWithOptions(gated, workflow.RegisterOptions{Name: workflows.TaskType})
	require.NoError(t, r.ReplayWorkflowHistory(quiet{}, h))
	require.Contains(t, passed, false, "the history has no marker: the old way")
	require.NotContains(t, passed, true)

	passed = nil
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	b := newBench(t, day(2021, 4, 8), survey)
	b.RegisterWorkflowWithOptions(gated, workflow.RegisterOptions{Name: "gated"})
	b.RegisterDelayedCallback(b.CancelWorkflow, time.Hour)
	b.ExecuteWorkflow("gated", b.state(survey, day(2021, 4, 8)))
	require.Equal(t, []bool{true}, passed, "a run that begins now: the new way")
}

func TestGatesAreNamedOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	ids, does := workflows.Gates()
	for i, id := range ids {
		require.NotEmpty(t, does[i], id)
		require.False(t, seen[id], "%s is used twice", id)
		require.NotEmpty(t, id)
		seen[id] = true
	}
	require.Equal(t, workflows.Generation(), len(seen))
}

// The constants and functions, beside the answers of activities, by which workflows decide:
// with another value the replay of an old history would issue other commands, so a change
// must be behind a gate.
func TestWhatWorkflowsDecideBy(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	at := time.Date(2021, 6, 1, 1, 0, 0, 0, time.UTC)
	for _, id := range []string{"", "p14", "2.4-survey.gaoping", "monthly.2021-06", "p14#1", "任务"} {
		for _, window := range []time.Duration{0, time.Minute, 2 * time.Hour, 20 * time.Hour} {
			fmt.Fprintf(&out, "wake %q %s %s\n", id, window, at.Sub(plan.Wake(id, at, window)))
		}
	}
	fast := calendar.Clock{Epoch: at, Start: at.AddDate(-1, 0, 0), Rate: 345600, End: at.AddDate(0, 6, 0)}
	for _, clock := range []calendar.Clock{{}, fast} {
		for _, until := range []time.Time{at.AddDate(-2, 0, 0), at.Add(-time.Nanosecond), at, at.Add(time.Nanosecond), at.AddDate(0, 5, 0), at.AddDate(1, 0, 0)} {
			for _, now := range []time.Time{at.Add(-time.Hour), at, at.Add(time.Hour)} {
				fmt.Fprintf(&out, "until %v %s %s %s\n", clock.Rate, until.Format(time.RFC3339Nano), now.Format(time.RFC3339), clock.Until(until, now))
			}
		}
	}
	for _, s := range act.States {
		fmt.Fprintf(&out, "over %s %v\n", s, act.Case{State: s}.Over())
	}
	for _, s := range act.TalkStates {
		fmt.Fprintf(&out, "over talk %s %v\n", s, act.TalkCase{State: s}.Over())
	}
	for _, id := range []string{act.AmendID(1, act.Correct), act.PolicyID(2, 3), act.ResumeID(1), act.RuleID("a/b"), "amend-1-correct", "policy-v2-a3", ""} {
		fmt.Fprintf(&out, "of many %q %v\n", id, act.OfMany(id))
	}
	const file = "testdata/decides.txt"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(out.String()), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), out.String())
}

// A run that is asked to hand over does so at once, also when it sleeps; the new run goes on
// where it was, and nothing is said early or twice.
func TestARunHandsOverWhenItIsAsked(t *testing.T) {
	t.Parallel()
	start := day(2021, 4, 8)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	runs := func(ask bool) (said []string, n int) {
		b := newBench(t, start, survey)
		for i := range 40 {
			if ask {
				b.RegisterDelayedCallback(func() { b.SignalWorkflow(workflows.HandOverSignal, nil) }, time.Duration(i*41+1)*time.Hour)
			}
		}
		var a answer
		b.RegisterDelayedCallback(func() { b.UpdateWorkflow(string(act.Verify), "1", &a, closeBy(b, "office")) }, 90*24*time.Hour)
		b.live(workflows.TaskType, b.state(survey, start))
		b.done()
		return b.said(), b.lived
	}
	silent, one := runs(false)
	asked, many := runs(true)
	require.Equal(t, silent, asked)
	require.Equal(t, 1, one)
	require.Greater(t, many, 30)
}

// An amendment of many tasks begins no new runs, and its changes apply in the present ones;
// a person's act after it begins a new run.
func TestAnActOfManyBeginsNoNewRun(t *testing.T) {
	t.Parallel()
	start := day(2021, 4, 8)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	b := newBench(t, start, survey)
	office := act.Actor{Account: "office", Name: "office", Unit: "duban"}
	does := func(after time.Duration, a act.Act) *answer {
		var got answer
		b.RegisterDelayedCallback(func() {
			a.By, a.At, a.On, a.Reason = office, b.Now(), calendar.DayOf(b.Now().In(calendar.Beijing)), "调整"
			b.UpdateWorkflow(string(a.Kind), a.ID, &got, a)
		}, after)
		return &got
	}
	moved := does(24*time.Hour, act.Act{ID: act.AmendID(1, act.Correct), Kind: act.Correct, Due: calendar.NewDay(2021, 8, 31)})
	named := does(24*time.Hour+time.Second, act.Act{ID: act.AmendID(1, act.Reword), Kind: act.Reword, Title: "摸排"})
	lived := 0
	b.RegisterDelayedCallback(func() { lived = b.lived }, 10*24*time.Hour)
	closed := does(60*24*time.Hour, act.Act{ID: "close", Kind: act.Verify})
	b.live(workflows.TaskType, b.state(survey, start))
	b.done()
	for _, a := range []*answer{moved, named, closed} {
		require.NoError(t, errors.Join(a.rejected, a.err))
	}
	require.Zero(t, lived)
	row, err := b.store.Task(t.Context(), "p", "survey")
	require.NoError(t, err)
	require.Equal(t, []any{"2021-08-31", "摸排", ledger.TaskClosed}, []any{row.Due.String(), row.Title, row.State})
	for _, said := range b.said() {
		require.NotContains(t, said, "urge", "by the due date that was")
		require.NotContains(t, said, "/due →", "by the due date that was")
	}
}

// The state of a workflow has none of the words that people write (a title, a report, an
// instruction, a part, an extension); they are in the ledger only, and the messages have all
// of them.
func TestWorkflowsCarryNoWords(t *testing.T) {
	t.Parallel()
	const secret = "不便外传"
	start := day(2021, 4, 8)
	survey := task("survey", calendar.NewDay(2021, 5, 31))
	survey.Title, survey.Assist = secret+"的摸排", []string{"huanjing"}
	b := newBench(t, start, survey)
	lead := act.Actor{Account: "shuiwu", Name: "水务", Unit: "shuiwu"}
	leader := act.Actor{Account: "mayor", Name: "副市长", Unit: "lingdao"}
	var answers []*answer
	for i, a := range []act.Act{
		{Kind: act.Instruct, By: leader, Due: calendar.NewDay(2021, 4, 20)},
		{Kind: act.Extend, By: lead, Due: calendar.NewDay(2021, 6, 30)},
		{Kind: act.Complete, By: lead},
	} {
		got := &answer{}
		answers = append(answers, got)
		b.RegisterDelayedCallback(func() {
			a.ID, a.Reason, a.At, a.On = fmt.Sprint("act-", i), secret, b.Now(), calendar.DayOf(b.Now().In(calendar.Beijing))
			b.UpdateWorkflow(string(a.Kind), a.ID, got, a)
		}, time.Duration(i+1)*time.Hour)
	}
	states := 0
	look := func() {
		value, err := b.QueryWorkflow(workflows.StateQuery)
		require.NoError(t, err)
		var state workflows.TaskState
		require.NoError(t, value.Get(&state))
		raw, err := json.Marshal(state)
		require.NoError(t, err)
		require.NotContains(t, string(raw), secret)
		states++
	}
	for i := range 12 {
		b.RegisterDelayedCallback(look, time.Duration(i+1)*36*time.Hour)
	}
	var a answer
	b.RegisterDelayedCallback(func() { b.UpdateWorkflow(string(act.Verify), "close", &a, closeBy(b, "office")) }, 20*24*time.Hour)
	state := b.state(survey, start)
	state.Course = state.Course.Keys()
	b.live(workflows.TaskType, state)
	b.done()
	for _, got := range answers {
		require.NoError(t, errors.Join(got.rejected, got.err))
	}
	require.Equal(t, 12, states)
	row, err := b.store.Task(t.Context(), "p", "survey")
	require.NoError(t, err)
	require.Equal(t, survey.Title, row.Title)
	require.Equal(t, secret, row.Facts.Instructions[0].Words)
	stages, err := b.store.Stages(t.Context(), "p", "survey")
	require.NoError(t, err)
	reminded := 0
	for _, s := range stages {
		if s.Topic == act.TopicReport && s.Kind != plan.Told {
			require.Equal(t, secret, s.Words, "the office's reminder passes on what the unit wrote")
			reminded++
		}
	}
	require.Positive(t, reminded, "%v", b.said())
}
