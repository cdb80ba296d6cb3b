package ledgertest

import (
	"errors"
	"testing"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/water"
)

// incidentOpened is an act that opens an incident under a number.
func incidentOpened(id, number string) ledger.Handling {
	a := actAt(18, 10, clerk, act.OpenIncident)
	a.ID, a.Title = id, "润城断面氨氮异常"
	a.Incident = &act.IncidentFacts{Section: "s1", Item: water.NH3N, Source: "station", Time: time.Date(2021, 5, 18, 1, 0, 0, 0, time.UTC)}
	sections := &water.Register{Sections: []water.Section{{ID: "s1", County: "gaoping", Data: "shuiwu"}}}
	return ledger.Handling{Plan: "jincheng", Act: a, After: act.Incident{Sections: sections}.After(a, number)}
}

// valueEntered is an act that notes a measured value in an incident.
func valueEntered(id string, have ledger.Incident) ledger.Handling {
	a := actAt(18, 11, clerk, act.Sample)
	a.ID, a.Incident = id, &act.IncidentFacts{Item: water.NH3N, Value: "2.12", Time: time.Date(2021, 5, 18, 3, 0, 0, 0, time.UTC)}
	return ledger.Handling{Plan: "jincheng", Act: a, Version: have.Version, After: have.After(a, "")}
}

// handled: what is done about an incident is kept with its event, once, and not over what
// somebody else has written meanwhile.
func handled(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	holds := w.holds()
	does := func(h ledger.Handling) bool {
		fresh, err := w.Handle(w.ctx, h, evening)
		w.ok(err)
		return fresh
	}
	behind := func(h ledger.Handling) bool {
		_, err := w.Handle(w.ctx, h, evening)
		return errors.Is(err, ledger.ErrBehind)
	}
	w.is("opened", does(incidentOpened("i1", "1")), true)
	w.is("the same again", does(incidentOpened("i1", "2")), false)
	w.is("changes nothing", w.holds(), holds+1)
	w.is("the number is another's", behind(incidentOpened("i2", "1")), true)
	other := incidentOpened("i1", "2")
	other.Act.By = leader
	_, err := w.Handle(w.ctx, other, evening)
	w.is("the ID is another's", errors.Is(err, ledger.ErrTaken), true)
	w.is("a second one", does(incidentOpened("i2", "2")), true)
	w.is("events", w.last(1), []string{ledger.ActKind(act.OpenIncident)})

	have, err := w.Incident(w.ctx, "jincheng", "1")
	w.ok(err)
	w.is("kept whole", []any{have.Version, have.State, have.Section, have.County, have.Title, have.Known}, []any{1, act.Handling, "s1", "gaoping", "润城断面氨氮异常", []string{"i1"}})
	read := func(name string, state act.State, n int) {
		all, err := w.Incidents(w.ctx, "jincheng")
		w.ok(err)
		kept, err := w.ReadIncidents(w.ctx, "jincheng", state)
		w.ok(err)
		w.is(name, kept, all[:n])
	}
	read("read as they are", "", 2)
	w.is("noted", does(valueEntered("i3", have)), true)
	read("one read anew", act.Handling, 2)
	read("none read anew", "", 2)
	read("none in that state", act.Closed, 0)
	w.is("noted by another meanwhile", behind(valueEntered("i4", have)), true)
	all, err := w.Incidents(w.ctx, "jincheng")
	w.ok(err)
	w.is("by number", []any{len(all), all[0].Version, all[0].Notes[0].Said.Value, all[1].ID, all[1].Version}, []any{2, 2, "2.12", "2", 1})
	for _, none := range []string{"3", "x", ""} {
		_, err = w.Incident(w.ctx, "jincheng", none)
		w.is("none", errors.Is(err, ledger.ErrNotFound), true)
	}
}
