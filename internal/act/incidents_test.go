package act_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/incident"
	"duban/internal/water"
)

var waterUnit = act.Actor{Account: "he", Name: "何工", Unit: "shuiwu"}

// hour is an instant of 1 June 2021.
func hour(h int) time.Time {
	return calendar.NewDay(2021, 6, 1).At(0, 0, calendar.Beijing).Add(time.Duration(h) * time.Hour).UTC()
}

// onIncident is an act at an hour, with what it says.
func onIncident(k act.Kind, by act.Actor, h int, facts act.IncidentFacts) act.Act {
	at := hour(h)
	return act.Act{ID: string(k) + "-" + strconv.Itoa(h), Kind: k, By: by, At: at, On: calendar.DayOf(at.In(calendar.Beijing)), Title: "润城断面氨氮异常", Reason: "说明", Incident: &facts}
}

func readyFor() act.Incident {
	return act.Incident{Office: "duban", Leadership: "lingdao",
		Sections: &water.Register{Sections: []water.Section{{ID: "low", County: "gaoping", Data: "jiance", Upstream: []string{"up"}}, {ID: "up", County: "zezhou"}}},
		Registry: &incident.Registry{Replenish: &incident.Replenish{Unit: "shuiwu", Begin: 6}, Trace: &incident.Trace{Within: "2 days"},
			Outlets: []incident.Outlet{{ID: "o1", Section: "low", Unit: "gaoping"}, {ID: "o2", Section: "up", Unit: "zezhou"}, {ID: "o3", Section: "other", Unit: "zezhou"}}}}
}

// did does acts that must be possible; ref is what they refer to.
func did(t *testing.T, i act.Incident, acts ...act.Act) act.Incident {
	t.Helper()
	for _, a := range acts {
		require.Nil(t, i.Check(a), "%s", a.ID)
		i = i.After(a, "7")
	}
	return i
}

func about(ref string, a act.Act) act.Act {
	a.Ref = ref
	return a
}

// Who may do what with an incident, and when: what is refused says why.
func TestTheCourseOfAnIncident(t *testing.T) {
	t.Parallel()
	clerk, leader, county, stranger := assessClerk, assessLeader, act.Actor{Account: "g", Name: "高平", Unit: "gaoping"}, act.Actor{Account: "z", Name: "泽州", Unit: "zezhou"}
	opening := onIncident(act.OpenIncident, clerk, 8, act.IncidentFacts{Section: "low", Item: water.NH3N, Source: "station", Time: hour(7)})
	order := onIncident(act.OrderWater, leader, 9, act.IncidentFacts{Supply: "张峰水库", Flow: "3", Time: hour(10), Ends: hour(58), Orderer: "副市长 刘某"})
	begun := about("1", onIncident(act.WaterBegun, waterUnit, 14, act.IncidentFacts{Time: hour(13), Flow: "2.5"}))
	flows := about("1", onIncident(act.WaterFlows, waterUnit, 20, act.IncidentFacts{Time: hour(20), Flow: "3"}))
	ended := about("1", onIncident(act.WaterEnded, clerk, 59, act.IncidentFacts{Time: hour(58)}))
	trace := onIncident(act.TraceUp, clerk, 9, act.IncidentFacts{Outlets: []string{"o1", "o2"}})
	closing := onIncident(act.CloseIncident, clerk, 90, act.IncidentFacts{})

	none := readyFor()
	opened := did(t, none, opening)
	ordered := did(t, opened, order)
	flowing := did(t, ordered, begun)
	over := did(t, flowing, flows, ended)
	traced := did(t, opened, trace)
	with := func(i act.Incident, change func(*act.Incident)) act.Incident { change(&i); return i }
	but := func(a act.Act, change func(*act.IncidentFacts)) act.Act {
		facts := *a.Incident
		change(&facts)
		a.Incident, a.ID = &facts, a.ID+"b"
		return a
	}
	strike := func(ref string, by act.Actor) act.Act {
		return about(ref, onIncident(act.StrikeNote, by, 60, act.IncidentFacts{}))
	}
	for name, c := range map[string]struct {
		at   act.Incident
		a    act.Act
		want string
	}{
		"a plan without a registry":      {with(none, func(i *act.Incident) { i.Registry = nil }), opening, "no_registry"},
		"an example":                     {with(none, func(i *act.Incident) { i.Registry = &incident.Registry{Example: true} }), opening, "example_registry"},
		"a unit opens none":              {none, func() act.Act { a := opening; a.By = waterUnit; return a }(), "not_yours"},
		"a section that is not":          {none, but(opening, func(f *act.IncidentFacts) { f.Section = "x" }), "no_section"},
		"a source that is not":           {none, but(opening, func(f *act.IncidentFacts) { f.Source = "rumour" }), "source"},
		"found tomorrow":                 {none, but(opening, func(f *act.IncidentFacts) { f.Time = hour(30) }), "time_ahead"},
		"nothing is said":                {none, but(opening, func(f *act.IncidentFacts) { *f = act.IncidentFacts{} }), "needs"},
		"opened twice":                   {opened, but(opening, func(*act.IncidentFacts) {}), "incident_state"},
		"a stranger sees nothing":        {opened, func() act.Act { a := closing; a.By = stranger; return a }(), "not_yours"},
		"the county orders no water":     {opened, func() act.Act { a := order; a.By = county; return a }(), "seat"},
		"nobody replenishes":             {with(opened, func(i *act.Incident) { i.Registry = &incident.Registry{} }), order, "no_replenish"},
		"no flow":                        {opened, but(order, func(f *act.IncidentFacts) { f.Flow = "0" }), "flow"},
		"ends first":                     {opened, but(order, func(f *act.IncidentFacts) { f.Ends = f.Time }), "ends_first"},
		"no such order":                  {ordered, about("2", begun), "no_order"},
		"flow before the beginning":      {ordered, flows, "water_not_begun"},
		"begun twice":                    {flowing, but(begun, func(*act.IncidentFacts) {}), "water_begun"},
		"flow earlier than beginning":    {flowing, but(flows, func(f *act.IncidentFacts) { f.Time = hour(12) }), "time_before"},
		"an end earlier than a flow":     {did(t, flowing, flows), but(ended, func(f *act.IncidentFacts) { f.Time = hour(19) }), "time_before"},
		"flow after the end":             {over, but(flows, func(*act.IncidentFacts) {}), "water_ended"},
		"an outlet elsewhere":            {opened, but(trace, func(f *act.IncidentFacts) { f.Outlets = []string{"o3"} }), "not_upstream"},
		"an outlet twice":                {opened, but(trace, func(f *act.IncidentFacts) { f.Outlets = []string{"o1", "o1"} }), "traced"},
		"an outlet again":                {traced, but(trace, func(f *act.IncidentFacts) { f.Outlets = []string{"o2"} }), "traced"},
		"no outlet":                      {opened, but(trace, func(f *act.IncidentFacts) { f.Outlets = nil }), "needs"},
		"nobody traces":                  {with(opened, func(i *act.Incident) { i.Registry = &incident.Registry{} }), trace, "no_trace"},
		"no value":                       {opened, onIncident(act.Sample, county, 9, act.IncidentFacts{Item: water.NH3N, Value: "多", Time: hour(9)}), "value"},
		"the order was reported on":      {flowing, strike("1", clerk), "note_rested_on"},
		"the beginning was followed":     {over, strike("2", clerk), "note_rested_on"},
		"somebody else's record":         {over, strike("4", waterUnit), "note_of_others"},
		"struck already":                 {did(t, over, strike("4", clerk)), but(strike("4", clerk), func(*act.IncidentFacts) {}), "no_note"},
		"water flows":                    {flowing, closing, "water_flows"},
		"an order not carried out":       {ordered, closing, "water_flows"},
		"withdrawn while water flows":    {flowing, onIncident(act.WithdrawIncident, clerk, 20, act.IncidentFacts{}), "water_flows"},
		"tasks are open":                 {with(over, func(i *act.Incident) { i.Open = 2 }), closing, "tasks_open"},
		"a cause that was not looked at": {over, but(closing, func(f *act.IncidentFacts) { f.Outlets = []string{"o1"} }), "not_traced"},
		"after the end":                  {did(t, over, closing), but(trace, func(*act.IncidentFacts) {}), "incident_state"},
	} {
		r := c.at.Check(c.a)
		require.NotNil(t, r, name)
		require.Equal(t, "act.refused_"+c.want, r.Key, name)
	}
	require.Nil(t, over.Check(flows), "an act that is done is possible, and changes nothing")
	require.Nil(t, ordered.Check(onIncident(act.WithdrawIncident, clerk, 20, act.IncidentFacts{})))
}

// What was reported makes the volume; a struck record is as if it had not been made, and can be
// made again.
func TestRecordsOfAnIncidentAreCorrected(t *testing.T) {
	t.Parallel()
	i := did(t, readyFor(), onIncident(act.OpenIncident, assessClerk, 8, act.IncidentFacts{Section: "low", Source: "report", Time: hour(7)}),
		onIncident(act.OrderWater, assessClerk, 9, act.IncidentFacts{Supply: "张峰水库", Flow: "3", Time: hour(10), Ends: hour(20), Orderer: "刘某"}),
		about("1", onIncident(act.WaterBegun, waterUnit, 11, act.IncidentFacts{Time: hour(10), Flow: "2"})),
		about("1", onIncident(act.WaterEnded, waterUnit, 16, act.IncidentFacts{Time: hour(15)})))
	require.Equal(t, []any{"7", act.Handling, "low", "gaoping", "jiance"}, []any{i.ID, i.State, i.Section, i.County, i.Data})
	require.Equal(t, "36000", i.Supply("1").Volume(hour(99)).String())
	require.Contains(t, i.Seats(waterUnit), act.Replenishing)
	before := i
	i = did(t, i, about("3", onIncident(act.StrikeNote, waterUnit, 17, act.IncidentFacts{})))
	require.True(t, i.Supply("1").Ended.IsZero())
	require.Nil(t, before.Notes[2].Struck, "what was before stays as it was")
	i = did(t, i, about("1", onIncident(act.WaterFlows, waterUnit, 18, act.IncidentFacts{Time: hour(12), Flow: "4"})),
		about("1", onIncident(act.WaterEnded, waterUnit, 21, act.IncidentFacts{Time: hour(20)})))
	require.Equal(t, "129600", i.Supply("1").Volume(hour(99)).String())
	require.Len(t, i.Notes, 5, "what was struck is kept")

	late := onIncident(act.Sample, act.Actor{Account: "j", Name: "监测", Unit: "jiance"}, 22, act.IncidentFacts{Item: water.NH3N, Value: "1.3", Time: hour(21)})
	early := onIncident(act.Sample, assessClerk, 23, act.IncidentFacts{Item: water.NH3N, Value: "2.1", Time: hour(7)})
	i = did(t, i, late, early)
	require.Equal(t, []string{"2.1", "1.3"}, []string{i.Sampled()[0].Said.Value, i.Sampled()[1].Said.Value})
	i = did(t, i, onIncident(act.TraceUp, assessClerk, 24, act.IncidentFacts{Outlets: []string{"o2"}}))
	o, traced := i.Traced("o2")
	require.True(t, traced)
	require.Equal(t, "zezhou", o.Unit, "as the registry had it")
	require.Equal(t, []act.Seat{act.Tracing}, i.Seats(act.Actor{Account: "z", Unit: "zezhou"}))
	i = did(t, i, onIncident(act.CloseIncident, assessClerk, 30, act.IncidentFacts{Outlets: []string{"o2"}}))
	require.Equal(t, []any{act.Handled, []string{"o2"}}, []any{i.State, i.Over.Outlets})
}
