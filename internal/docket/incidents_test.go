package docket_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/incident"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/water"
)

// withOutlets gives the plan two sections, and two outlets above the lower one of which 水务局
// looks at each and which it replenishes.
func withOutlets(p *plan.Plan) {
	p.Policy = "standard"
	p.Water = &water.Register{Sections: []water.Section{{ID: "low", Name: "润城", County: "shuiwu", Upstream: []string{"up"}}, {ID: "up", Name: "尉迟", County: "shuiwu"}}}
	p.Incidents = &incident.Registry{Replenish: &incident.Replenish{Unit: "shuiwu", Begin: 6, Policy: "standard"}, Trace: &incident.Trace{Within: "2 days", Policy: "standard"},
		Outlets: []incident.Outlet{{ID: "o1", Name: "一号排污口", Section: "low", Unit: "shuiwu"}, {ID: "o2", Name: "化工厂", Section: "up", Unit: "shuiwu"}}}
}

// handle notes an act in the incident, and gives it as it is then.
func (w *world) handle(i *act.Incident, k act.Kind, ref string, facts act.IncidentFacts) {
	w.t.Helper()
	i.Office, i.Leadership, i.Registry, i.Sections = "duban", "lingdao", w.plan.Incidents, w.plan.Water
	a := w.act(office, act.Act{ID: string(k) + strconv.Itoa(len(i.Known)), Kind: k, Title: "氨氮异常", Reason: "说明", Ref: ref, Incident: &facts})
	require.Nil(w.t, i.Check(a))
	version := len(i.Known)
	*i = i.After(a, "1")
	_, err := w.Ledger.Handle(w.ctx, ledger.Handling{Plan: "p", Act: a, Version: version, After: *i}, ledger.When{Real: w.now, Plan: w.now})
	require.NoError(w.t, err)
}

func (w *world) followed() {
	w.t.Helper()
	for range 2 {
		require.NoError(w.t, w.Incidents(w.ctx, "p", chinese))
	}
}

// forIncidents are the tasks that incidents have opened, with their states.
func (w *world) forIncidents() (all []string) {
	w.t.Helper()
	tasks, err := w.Ledger.Tasks(w.ctx, ledger.TaskFilter{Plan: "p", From: "incident:1/"})
	require.NoError(w.t, err)
	for _, t := range tasks {
		all = append(all, t.ID+" "+string(t.Facts.State))
	}
	slices.Sort(all)
	return all
}

func (w *world) opensIncident() *act.Incident {
	i := &act.Incident{}
	w.handle(i, act.OpenIncident, "", act.IncidentFacts{Section: "low", Item: water.NH3N, Source: "station", Time: w.now})
	return i
}

func (w *world) orders(i *act.Incident) {
	w.handle(i, act.OrderWater, "", act.IncidentFacts{Supply: "张峰水库", Flow: "3", Time: w.now, Ends: w.now.Add(48 * time.Hour), Orderer: "刘某"})
}

// An order opens one task of the unit that carries it out, which is closed when the end is
// reported; when that report is struck there is another one.
func TestAnOrderToReplenishIsATask(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withOutlets)
	w.on(5, 10)
	w.followed()
	i := w.opensIncident()
	w.followed()
	require.Empty(t, w.forIncidents(), "an incident alone asks nothing of anybody")
	w.orders(i)
	w.followed()
	require.Equal(t, []string{"incident-1.1 open"}, w.forIncidents())
	row := w.row("incident-1.1")
	require.Equal(t, []any{"shuiwu", "2021-05-13", act.FromIncident("1", "1", "")}, []any{row.Lead, row.Due.String(), row.Origin}, "the day after the ordered end")
	require.Contains(t, row.Title, "应急事件1：从张峰水库向润城断面补水，每秒3立方米，2021-05-10")
	require.Len(t, w.events(row.ID, ledger.TaskOpened), 1)
	require.Len(t, w.events(row.ID, ledger.TaskOrdered), 1, "its unit is told")

	w.handle(i, act.WaterBegun, "1", act.IncidentFacts{Time: w.now, Flow: "2"})
	w.on(5, 11)
	w.handle(i, act.WaterEnded, "1", act.IncidentFacts{Time: w.now})
	w.followed()
	require.Equal(t, []string{"incident-1.1 closed"}, w.forIncidents())
	verified := w.events(row.ID, ledger.ActKind(act.Verify))
	require.Len(t, verified, 1)
	require.Contains(t, string(verified[0].Data), "172800立方米", "2 m³/s for a day")

	w.handle(i, act.StrikeNote, "3", act.IncidentFacts{})
	w.followed()
	require.Equal(t, []string{"incident-1.1 closed", "incident-1.1.2 open"}, w.forIncidents(), "the water flows on")
	w.on(5, 12)
	w.handle(i, act.WaterEnded, "1", act.IncidentFacts{Time: w.now})
	w.followed()
	require.Equal(t, []string{"incident-1.1 closed", "incident-1.1.2 closed"}, w.forIncidents())
	_, err := w.Ledger.Verify(w.ctx)
	require.NoError(t, err)
}

// Each outlet is a task; what was struck, or an incident that was withdrawn, takes its tasks
// back, but not what was done.
func TestOutletsAreTasksUntilTheirGroundIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withOutlets)
	w.on(5, 10)
	i := w.opensIncident()
	w.handle(i, act.TraceUp, "", act.IncidentFacts{Outlets: []string{"o1"}})
	w.handle(i, act.TraceUp, "", act.IncidentFacts{Outlets: []string{"o2"}})
	w.followed()
	require.Equal(t, []string{"incident-1.1.o1 open", "incident-1.2.o2 open"}, w.forIncidents())
	row := w.row("incident-1.2.o2")
	require.Equal(t, []any{"2021-05-12", "应急事件1：润城断面氨氮异常，请现场排查化工厂，报告排放情况和是否为成因"}, []any{row.Due.String(), row.Title})
	w.handle(i, act.StrikeNote, "2", act.IncidentFacts{})
	w.followed()
	require.Equal(t, []string{"incident-1.1.o1 open", "incident-1.2.o2 cancelled"}, w.forIncidents())
	w.handle(i, act.TraceUp, "", act.IncidentFacts{Outlets: []string{"o2"}})
	w.followed()
	require.Equal(t, []string{"incident-1.1.o1 open", "incident-1.2.o2 cancelled", "incident-1.3.o2 open"}, w.forIncidents(), "asked again")

	on, err := w.Course(w.ctx, "p", "incident-1.1.o1")
	require.NoError(t, err)
	_, _, err = w.Act(w.ctx, "p", "incident-1.1.o1", w.act(office, act.Act{ID: "v", Kind: act.Verify, Reason: "未见异常"}), on, w.now)
	require.NoError(t, err)
	w.orders(i)
	w.followed()
	w.handle(i, act.WithdrawIncident, "", act.IncidentFacts{})
	w.followed()
	require.Equal(t, []string{"incident-1.1.o1 closed", "incident-1.2.o2 cancelled", "incident-1.3.o2 cancelled", "incident-1.4 cancelled"}, w.forIncidents())
	require.Len(t, w.events("incident-1.4", ledger.ActKind(act.Cancel)), 1)
	require.Contains(t, w.engine.looked, "incident-1.4")
}

// An order that was noted after all was over has a date that has not passed when it is opened.
func TestAnOrderOfThePastIsNotOverdueAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withOutlets)
	w.on(5, 10)
	i := w.opensIncident()
	w.handle(i, act.OrderWater, "", act.IncidentFacts{Supply: "张峰水库", Flow: "3", Time: w.now.AddDate(0, 0, -9), Ends: w.now.AddDate(0, 0, -7), Orderer: "刘某"})
	w.followed()
	require.Equal(t, calendar.NewDay(2021, 5, 10), w.row("incident-1.1").Due)
}

// Whichever call of the Starter fails, the next try finishes what was begun, once.
func TestTasksOfAnIncidentThatWereBrokenOffAreFinished(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(context.Context) error{"refuses": refuses, "hangs": hangs} {
		for calls := range 6 { // of the starter: a task and its morning, for three tasks
			w := newWorld(t, withOutlets)
			w.on(5, 10)
			i := w.opensIncident()
			w.orders(i)
			w.handle(i, act.TraceUp, "", act.IncidentFacts{Outlets: []string{"o1", "o2"}})
			for range calls {
				w.engine.faults = append(w.engine.faults, func(context.Context) error { return nil })
			}
			ctx, cancel := context.WithCancel(w.ctx)
			w.engine.faults = append(w.engine.faults, func(ctx context.Context) error {
				if name == "hangs" {
					cancel()
				}
				return fault(ctx)
			})
			err := w.Incidents(ctx, "p", chinese)
			cancel()
			if len(w.engine.faults) == 0 {
				require.Error(t, err, "%s at call %d", name, calls)
			}
			w.engine.faults = nil
			w.followed()
			require.Equal(t, "incident-1.1 open, incident-1.2.o1 open, incident-1.2.o2 open", strings.Join(w.forIncidents(), ", "), "%s at call %d", name, calls)
			for _, id := range []string{"incident-1.1", "incident-1.2.o1", "incident-1.2.o2"} {
				require.Len(t, w.events(id, ledger.TaskOpened), 1)
				left, err := w.Ledger.Unstarted(w.ctx, "p", id)
				require.NoError(t, err)
				require.Empty(t, left, "%s at call %d: everybody is told", name, calls)
			}
		}
	}
}
