package main

import (
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/report"
)

// eventTable shows events as sentences: what happened to which task, and who
// was to be told.
func (a *app) eventTable(page query.EventPage) {
	plans := several(page.Events, func(e ledger.Event) string { return e.Plan })
	headings := []string{"seq", "plan_at", "task", "event", "actor", "data"}
	if plans {
		headings = append(headings, "plan")
	}
	t := a.table(map[string]int{"data": 70}, headings...)
	say := report.Speak(a.w)
	var zones []*time.Location
	for _, e := range page.Events {
		of := page.Of(e.Plan)
		zones = append(zones, of.Zone)
		actor := e.Actor
		if actor == ledger.Engine {
			actor = a.w.T("event.engine")
		}
		row := table.Row{e.Seq, minute(of.Zone, e.PlanAt), e.Task, say.EventName(e.Kind), actor, say.Event(of.People, of.Zone, e)}
		if plans {
			row = append(row, e.Plan)
		}
		t.AppendRow(row)
	}
	t.Render()
	a.sayZone(zones...)
}

// minute is an instant as people of a plan's zone read it.
func minute(zone *time.Location, at time.Time) string { return at.In(zone).Format("2006-01-02 15:04") }
