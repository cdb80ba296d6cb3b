package host_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/incident"
	"duban/internal/ledger"
	"duban/internal/water"
	"duban/internal/words"
	"duban/workflows"
)

// An incident in the whole engine: an order to replenish and a look at each of two outlets are
// tasks with workflows, each reminded and urged on its own ladder while nobody acts; the unit's
// report reaches an outlet's task; the end of the water closes the order's task and its
// workflow. Every act is sent twice and done once. Ledger and Temporal agree, and the ledger is
// what its chain says.
func TestAnIncidentOpensAndEndsWorkflows(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	say := words.New("zh")
	sections := &water.Register{Sections: []water.Section{{ID: "low", Name: "润城", County: "shuiwu", Upstream: []string{"up"}}, {ID: "up", Name: "尉迟", County: "shuiwu"}}}
	registry := &incident.Registry{Replenish: &incident.Replenish{Unit: "shuiwu", Begin: 6, Policy: "standard"}, Trace: &incident.Trace{Within: "2 days", Policy: "standard"},
		Outlets: []incident.Outlet{{ID: "o1", Name: "一号排污口", Section: "low", Unit: "shuiwu"}, {ID: "o2", Name: "化工厂", Section: "up", Unit: "shuiwu"}}}
	clerk := act.Actor{Account: "duban", Name: "督办员", Unit: "duban"}

	planID, id, begun := "", "", time.Time{}
	does := func(k act.Kind, by act.Actor, ref string, facts act.IncidentFacts) {
		t.Helper()
		a := act.Act{ID: string(k) + "-1", Kind: k, By: by, Title: "氨氮异常", Reason: "说明", Ref: ref, Incident: &facts}
		first := id
		for range 2 {
			got, err := w.Engine.Incident(t.Context(), planID, first, a, say)
			require.NoError(t, err, "%s", k)
			require.True(t, id == "" || got == id)
			id = got
		}
	}
	for day := 200 * time.Millisecond; begun.IsZero(); day *= 2 { // on a busy machine the plan's clock may end before the incident is opened
		planID, id = fmt.Sprintf("river-%d", day.Milliseconds()), ""
		p, _ := smallPlan(t, planID, "2021-04-08", "standard", dated("a", "2021-12-31"))
		p.Water, p.Incidents = sections, registry
		p.Hash = p.Meaning()
		w.launch(p, endingOn(fast(p, day, time.Second), calendar.NewDay(2021, 7, 1)))
		at := p.Issued.At(8, 0, calendar.Beijing).UTC()
		does(act.OpenIncident, clerk, "", act.IncidentFacts{Section: "low", Item: water.NH3N, Source: "station", Time: at.AddDate(0, 0, -1)})
		does(act.OrderWater, clerk, "", act.IncidentFacts{Supply: "张峰水库", Flow: "3", Time: at, Ends: at.Add(48 * time.Hour), Orderer: "副市长"})
		does(act.TraceUp, clerk, "", act.IncidentFacts{Outlets: []string{"o1", "o2"}})
		i, err := w.Ledger.Incident(t.Context(), planID, id)
		require.NoError(t, err)
		require.Len(t, i.Notes, 2, "each once")
		if last := i.Notes[1].At; last.Before(calendar.NewDay(2021, 5, 10).At(0, 0, calendar.Beijing)) {
			begun = at
		}
	}
	const order, one, two = "incident-1.1", "incident-1.2.o1", "incident-1.2.o2"
	for _, task := range []string{order, one, two} {
		w.eventually(task+" is urged", func(context.Context) bool { return strings.Contains(strings.Join(w.told(planID, task), "\n"), "urge") })
	}
	w.eventually("the clock stands", func(ctx context.Context) bool {
		l, err := w.Ledger.Plan(ctx, planID)
		return err == nil && !l.Clock.Plan(time.Now()).Before(l.Clock.End)
	})
	require.NoError(t, w.act(planID, one, liaison, act.Act{Kind: act.Complete, Reason: "排口在线数据正常，未见异常排放"}))
	require.NoError(t, w.verify(planID, one, "duban"))
	require.NoError(t, w.verify(planID, two, "duban"))
	does(act.WaterBegun, liaison, "1", act.IncidentFacts{Time: begun.Add(2 * time.Hour), Flow: "2.5"})
	does(act.WaterEnded, liaison, "1", act.IncidentFacts{Time: begun.Add(40 * time.Hour)})
	for _, task := range []string{order, one, two} {
		w.completes("the end of "+task, workflows.TaskWorkflowID(planID, task))
		row, err := w.Ledger.Task(t.Context(), planID, task)
		require.NoError(t, err)
		require.Equal(t, act.Closed, row.Facts.State, task)
	}
	does(act.CloseIncident, clerk, "", act.IncidentFacts{Outlets: []string{"o2"}})
	i, err := w.Ledger.Incident(t.Context(), planID, id)
	require.NoError(t, err)
	require.Equal(t, act.Handled, i.State)
	opened, err := w.Ledger.Tasks(t.Context(), ledger.TaskFilter{Plan: planID, From: "incident:"})
	require.NoError(t, err)
	require.Len(t, opened, 3)
	w.agreeAll(planID)
	w.lawful(planID)
	_, err = w.Ledger.Verify(t.Context())
	require.NoError(t, err)
}
