package portal

import (
	"errors"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/water"
	"duban/internal/words"
)

// incidentThing is what an act on an incident is done to, for its form; of an act that opens one
// it has no incident, only what that is judged by.
func (v *visit) incidentThing() (t thing, row act.Row, on query.Incident, err error) {
	row, ok := act.Of(act.OnIncident, act.Kind(v.r.PathValue("kind")))
	if !ok {
		return t, row, on, query.ErrNotYours
	}
	planID, id := v.r.URL.Query().Get("plan"), v.r.URL.Query().Get("incident")
	if row.Kind == act.OpenIncident {
		all, failed := v.Reader.OpeningIncident(v.ctx(), v.asks(), planID)
		on, err = query.Incident{Plan: all.Plan, PlanTitle: all.Title, Record: all.Opening, Now: all.Now, Zone: all.Zone, People: all.People}, failed
	} else {
		on, err = v.Reader.Incident(v.ctx(), v.asks(), planID, id)
	}
	if errors.Is(err, query.ErrNoIncidents) || errors.Is(err, ledger.ErrNotFound) {
		err = query.ErrNotYours
	}
	if err != nil {
		return t, row, on, err
	}
	l, err := v.Reader.WaterPlan(v.ctx(), v.asks(), on.Plan)
	return thing{Subject: query.Subject{Plan: l}, incident: &on}, row, on, err
}

// incidentForm is the form of an act on an incident.
func (v *visit) incidentForm() error {
	t, row, on, err := v.incidentThing()
	if err != nil {
		return err
	}
	if !on.Record.MayDo(v.who.actor(), row.Kind) {
		return query.ErrNotYours
	}
	d := doing{Thing: on.PlanTitle, Back: v.at("/incidents", "plan", on.Plan)}
	if on.Record.ID != "" {
		d.Thing, d.Back = v.say.T("incident.title", words.Data{"N": on.Record.ID, "Title": on.Record.Title}), v.incidentPath(on.Plan, on.Record.ID)
	}
	return v.showForm(t, row, d)
}

// handle does an act on an incident. A form sent twice acts once.
func (v *visit) handle() error {
	t, row, on, err := v.incidentThing()
	if err != nil {
		return err
	}
	does, ok, err := v.typedAct(t, row)
	if !ok {
		return err
	}
	id, err := v.Acts.Incident(v.ctx(), on.Plan, on.Record.ID, does, v.say)
	return v.afterAct(err, does, on.People.Name, v.incidentPath(on.Plan, id))
}

// incidentFile is a file that proves something noted in an incident.
func (v *visit) incidentFile() error {
	i, err := v.Reader.Incident(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), v.r.PathValue("incident"))
	if errors.Is(err, query.ErrNoIncidents) {
		err = query.ErrNotYours
	}
	if err != nil {
		return err
	}
	return v.give(v.r.PathValue("hash"), i.Record.Evidence())
}

// offerHandled fills in what may be chosen for an act on an incident, and what is likely meant.
func (v *visit) offerHandled(in *Input, i *query.Incident, row act.Row) {
	if in.Value == "" && v.typed == nil {
		in.Value = v.r.URL.Query().Get(in.Name)
	}
	option := func(value, name string) {
		in.Options = append(in.Options, Option{value, name, value == in.Value || slices.Contains(in.Values, value)})
	}
	moment := func(at time.Time) string { return at.In(i.Zone).Format("2006-01-02T15:04") }
	say := v.speak()
	switch in.Name {
	case "section":
		for _, s := range i.Record.Sections.Sections {
			option(s.ID, strings.TrimSpace(s.Name+"　"+s.River))
		}
	case "source":
		for _, source := range act.Sources {
			option(source, v.say.T("incident.source_"+source))
		}
	case "item":
		if in.Value == "" && v.typed == nil {
			in.Value = string(i.Record.Item)
		}
		for _, item := range water.Items() {
			option(string(item), say.Item(item))
		}
	case "time":
		if in.Value == "" && v.typed == nil {
			in.Value = moment(i.Now)
		}
	case "ref":
		for _, n := range i.Record.Notes {
			reports := row.Kind != act.StrikeNote && n.Kind == act.OrderWater && n.Struck == nil
			if reports || row.Kind == act.StrikeNote && n.Struck == nil {
				option(n.ID, n.ID+"　"+v.noteWords(say, *i, n))
			}
		}
		if len(in.Options) == 1 {
			in.Options[0].Chosen = true
		}
	case "outlets":
		for _, o := range i.Above {
			_, traced := i.Record.Traced(o.ID)
			if traced != (row.Kind == act.CloseIncident) {
				continue
			}
			past := v.say.T("incident.past", words.Data{"N": o.Past})
			option(o.ID, v.say.T("incident.outlet_option", words.Data{"Name": o.Name, "Kind": v.say.T("incident.kind_" + string(o.Kind)), "Unit": i.People.Name(o.Unit), "Past": past}))
			if v.typed == nil && row.Kind == act.TraceUp && o.Past == 0 { // the nearest are looked at first
				in.Options[len(in.Options)-1].Chosen = true
			}
		}
	}
}
