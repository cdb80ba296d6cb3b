package terminal

import (
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// Events shows events as sentences: what happened to which task, and who
// was to be told.
func (sc *Screen) Events(page query.EventPage) {
	if len(page.Events) == 0 {
		sc.W.Say(sc.Out, "event.none")
		return
	}
	plans := Several(page.Events, func(e ledger.Event) string { return e.Plan })
	headings := []string{"seq", "plan_at", "task", "event", "actor", "data"}
	if plans {
		headings = append(headings, "plan")
	}
	t := sc.Table(map[string]int{"data": 70}, headings...)
	say := report.Speak(sc.W).Calling(page.Called)
	var zones []*time.Location
	for _, e := range page.Events {
		of := page.Of(e.Plan)
		zones = append(zones, of.Zone)
		actor := e.Actor
		if actor == ledger.Engine {
			actor = sc.W.T("event.engine")
		}
		row := table.Row{e.Seq, Minute(of.Zone, e.PlanAt), page.Called(e.Plan, e.Task), say.EventName(e.Kind), actor, say.Event(of.People, of.Zone, e)}
		if plans {
			row = append(row, e.Plan)
		}
		t.AppendRow(row)
	}
	t.Render()
	sc.zone(zones...)
	if n := len(page.Events); page.More {
		sc.W.Say(sc.Out, "event.more", words.Data{"N": n, "Seq": page.Events[n-1].Seq})
	}
}

// Minute is an instant as people of a plan's zone read it.
func Minute(zone *time.Location, at time.Time) string { return at.In(zone).Format("2006-01-02 15:04") }

// Proof says that a check of the ledger has found nothing, or names what the tables hold and
// the chain does not say.
func (sc *Screen) Proof(check ledger.Check, p ledger.Proof) {
	if p.Found == 0 {
		sc.Lines(sc.Out, report.Speak(sc.W).ProofLines(check, p))
		return
	}
	t := sc.Table(map[string]int{"holds": 40, "chain": 40}, "table", "key", "column", "holds", "chain")
	for _, d := range p.Differences {
		key := make([]string, len(d.Key))
		for i, k := range d.Key {
			key[i] = fmt.Sprint(k)
		}
		have, want := sc.cell(d.Have), sc.cell(d.Want)
		if d.Column == "" {
			have, want = sc.there(d.Have), sc.there(d.Want)
		}
		t.AppendRow(table.Row{d.Table, strings.Join(key, " "), d.Column, have, want})
	}
	t.Render()
}

// cell is a table's cell for reading.
func (sc *Screen) cell(v any) string {
	if v == nil {
		return "—"
	}
	return clip(fmt.Sprint(v), 200)
}

func (sc *Screen) there(v any) string {
	if v == nil {
		return sc.W.T("proof.no_row")
	}
	return sc.W.T("proof.row")
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
