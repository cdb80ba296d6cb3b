package form

import (
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/incident"
	"duban/internal/query"
	"duban/internal/water"
	"duban/internal/words"
)

// handle fills in what acts on an incident say. A section may be typed by its name.
func handle(on query.Subject, row act.Row, s Said, said *act.Act) (err error) {
	if row.On != act.OnIncident {
		return nil
	}
	f := act.IncidentFacts{Section: strings.TrimSpace(s.one("section")), Source: s.one("source"), Supply: strings.TrimSpace(s.one("supply")), Orderer: strings.TrimSpace(s.one("orderer")),
		Flow: strings.TrimSpace(s.one("flow")), Value: strings.TrimSpace(s.one("value")), Outlets: s.names("outlets")}
	if named, ok := on.Plan.Plan.Water.ByName(f.Section); ok {
		f.Section = named.ID
	}
	for field, into := range map[string]*time.Time{"time": &f.Time, "ends": &f.Ends} {
		text := s.one(field)
		if text == "" {
			continue
		}
		day, clock, err := calendar.ReadMoment(text)
		if err != nil || clock < 0 {
			return &Fault{field, "form.bad_time", words.Data{"Value": text}}
		}
		*into = day.At(int(clock.Hours()), int(clock.Minutes())%60, on.Plan.Plan.Location()).UTC()
	}
	if text := s.one("item"); text != "" {
		if f.Item, err = water.ReadItem(text); err != nil {
			return &Fault{"item", "incident.bad_item", words.Data{"Value": text}}
		}
	}
	if _, err := incident.ReadRate(f.Flow); f.Flow != "" && err != nil {
		return &Fault{"flow", "incident.bad_flow", words.Data{"Value": f.Flow}}
	}
	if _, err := water.ReadValue(f.Value); f.Value != "" && err != nil {
		return &Fault{"value", "incident.bad_value", words.Data{"Value": f.Value}}
	}
	said.Incident = &f
	return nil
}
