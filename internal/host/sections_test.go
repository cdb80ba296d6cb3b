package host_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/water"
	"duban/internal/words"
	"duban/workflows"
)

// Readings of sections in the whole engine: a month's data end the occurrence of the duty to
// bring them in, and its workflow; an exceedance opens a task with a workflow, which the
// county's answer reaches; and a correction of the reading ends that task. Ledger and
// Temporal agree all the while, and the plan's audit, which judges the readings again,
// changes nothing.
func TestWhatWasMeasuredOpensAndEndsWorkflows(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p, _ := smallPlan(t, "river", "2021-04-08", "standard", dated("a", "2021-12-31"),
		"      - {id: data, title: 报送监测数据, kind: duty, recur: {every: month, shift: 10}, source: 限期完成}\n")
	target := []water.YearlyTarget{{Year: 2021, Class: water.III}}
	p.Water = &water.Register{Duties: []water.Duty{{Unit: "shuiwu", Task: "data"}},
		Sections: []water.Section{{ID: "s1", Name: "润城", County: "shuiwu", Data: "shuiwu", Targets: target}, {ID: "s2", Name: "牛村", County: "shuiwu", Data: "shuiwu", Targets: target}},
		Rules:    []water.Rule{{ID: "over", Title: "水质超标", Over: true, Opens: water.OpensTask, Asks: "说明原因", Policy: "standard", Within: "60 days", From: water.Month{Year: 2021, Month: 4}}}}
	p.Hash = p.Meaning()
	w.launch(p, endingOn(fast(p, 20*time.Millisecond, time.Second), calendar.NewDay(2021, 5, 8)))
	const month = "data.2021-04"
	w.eventually("April's data are asked for", func(ctx context.Context) bool {
		_, err := w.Ledger.Task(ctx, "river", month)
		return err == nil
	})
	w.eventually("the clock stands", func(ctx context.Context) bool {
		l, err := w.Ledger.Plan(ctx, "river")
		return err == nil && !l.Clock.Plan(time.Now()).Before(l.Clock.End)
	})
	measured := func(c water.Class, section string) {
		l, err := w.Ledger.Plan(t.Context(), "river")
		require.NoError(t, err)
		at := time.Now()
		_, err = w.Ledger.PutReadings(t.Context(), ledger.ReadingsBy{Plan: "river", Office: "duban", Actor: "duban", Correct: true, Reason: "抄错"},
			[]water.Reading{{Section: section, Month: water.Month{Year: 2021, Month: 4}, Span: water.OfMonth, Class: c}}, ledger.When{Real: at, Plan: l.Clock.Plan(at)})
		require.NoError(t, err)
		for range 2 {
			require.NoError(t, w.Engine.Sections(t.Context(), "river", words.New("zh")))
		}
	}
	state := func(task string) act.State {
		row, err := w.Ledger.Task(t.Context(), "river", task)
		require.NoError(t, err)
		return row.Facts.State
	}
	ended := func(task string) {
		w.completes("the end of "+task, workflows.TaskWorkflowID("river", task))
	}
	measured(water.V, "s1")
	const over = "section-s1.2021-04.over"
	require.Equal(t, []act.State{act.Open, act.Open}, []act.State{state(month), state(over)})
	require.NoError(t, w.act("river", over, liaison, act.Act{Kind: act.Acknowledge}), "its workflow takes acts")
	measured(water.II, "s2")
	require.Equal(t, act.Closed, state(month))
	ended(month)
	measured(water.III, "s1")
	require.Equal(t, act.Cancelled, state(over))
	ended(over)
	w.agreeAll("river")
	w.lawful("river")
	_, err := w.Ledger.Verify(t.Context())
	require.NoError(t, err)
}
