package planfile

import (
	"regexp"
	"slices"

	"duban/internal/incident"
	"duban/internal/strictyaml"
	"duban/internal/water"
	"duban/internal/words"
)

const mostOutlets = 5000

// outletID is short and without a full stop: it is part of the IDs of tasks.
var outletID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$`)

// mostHours is the longest limit by the hour: 30 days.
const mostHours = 720

// incidents reads the registry of outlets and the limits for incidents at sections. A plan that
// names none has no incidents.
func (l *loader) incidents(root object) {
	name := root.Text("incidents")
	if name == "" {
		return
	}
	s, raw, ok := l.open(name)
	if !ok {
		return
	}
	o, ok := s.parse(raw, "incidents")
	if !ok {
		return
	}
	if l.plan.Water == nil {
		root.Fault("incidents", "incidents_sections", nil)
		return
	}
	within := *l // faults of units and policies are of this file
	within.source = s
	r := incident.Registry{Example: o.Flag("example")}
	if r.Example {
		o.Doubt("example", "example_registry", nil)
	}
	policy := func(of object) string {
		name := of.Text("policy")
		if name == "" {
			return l.plan.Policy
		}
		within.policyKnown(name, of.Named("policy"))
		return name
	}
	if w, has := o.object("replenish", "replenish"); has {
		w.Need("unit")
		r.Replenish = &incident.Replenish{Unit: within.oneUnit(w.Named("unit")), Policy: policy(w)}
		for field, into := range map[string]*int{"begin": &r.Replenish.Begin, "report": &r.Replenish.Report, "end": &r.Replenish.End, "remind": &r.Replenish.Remind, "escalate": &r.Replenish.Escalate} {
			if w.Has(field) {
				*into = w.Number(field, 1, mostHours)
			}
		}
		if w.Has("within") {
			r.Replenish.Within = w.offset("within").String()
		}
	}
	if t, has := o.object("trace", "trace"); has {
		t.Need("within")
		r.Trace = &incident.Trace{Within: t.offset("within").String(), Policy: policy(t)}
	}
	places, data := map[string]int{}, ""
	if o.Has("data") {
		data = within.oneUnit(o.Named("data"))
	}
	lines := map[string]int{}
	for i, one := range o.objects("outlets", "outlet") {
		if i == mostOutlets {
			one.Fault("id", "too_many", words.Data{"Limit": mostOutlets})
			break
		}
		out := within.outlet(one)
		within.outletLimits(one, &out, data, places)
		if line := lines[out.ID]; line > 0 && out.ID != "" {
			one.Fault("id", "id_twice", words.Data{"Value": out.ID, "File": s.Name, "Line": line})
			continue
		}
		lines[out.ID] = one.Where("id").Line()
		r.Outlets = append(r.Outlets, out)
	}
	l.plan.Incidents = &r
	if r.Example && o.Has("readings") {
		o.Fault("readings", "outlet_readings_example", nil)
		return
	}
	var units []string
	for _, out := range r.Outlets {
		if out.Measured() {
			units = append(units, out.Data)
		}
	}
	plans := l.source
	l.source = s // problems that the loader notes are of this file
	defer func() { l.source = plans }()
	r.Duties = l.monthly(o, "outletreadings", units)
	if o.Has("readings") && len(units) == 0 {
		o.Fault("readings", "readings_nobody", nil)
	}
}

// outletLimits reads by which limits an outlet's monthly measurements are judged, and who owes them: data
// where the outlet does not say. Tables name outlets, so that two that are measured cannot have one
// name; lines are those of names that were read.
func (l *loader) outletLimits(o object, out *incident.Outlet, data string, lines map[string]int) {
	out.Standard = o.Text("standard")
	for _, limit := range o.objects("limits", "outletlimit") {
		limit.Need("item", "value")
		text := limit.Text("item")
		item, err := water.ReadDischarged(text)
		value, wrong := water.ReadValue(limit.Text("value"))
		switch {
		case err != nil && text != "":
			limit.unknownItem(strictyaml.Text{Text: text, Value: limit.Where("item")}, water.Discharged())
		case limit.Has("value") && (wrong != nil || value.Below || !value.Number().IsPositive()):
			limit.Fault("value", "bad_limit", words.Data{"Value": limit.Text("value")})
		case slices.ContainsFunc(out.Limits, func(have water.Limit) bool { return have.Item == item }):
			limit.Fault("item", "item_twice", words.Data{"Value": text})
		default:
			out.Limits = append(out.Limits, water.Limit{Item: item, Value: value.Number()})
		}
	}
	switch {
	case o.Has("data"):
		out.Data = l.oneUnit(o.Named("data"))
		if !out.Measured() {
			o.Fault("data", "outlet_unlimited", nil)
		}
	case out.Measured():
		out.Data = data
	}
	if !out.Measured() {
		return
	}
	own := o.Where("id").Line()
	for _, field := range []string{"name", "permit"} {
		key := water.Called(o.Text(field))
		if line := lines[key]; line > 0 && line != own && key != "" {
			o.Fault(field, "outlet_twice", words.Data{"Value": o.Text(field), "Line": line})
			continue
		}
		lines[key] = own
	}
}

// outlet reads one outlet, and the section and the unit that it names.
func (l *loader) outlet(o object) incident.Outlet {
	o.Need("id", "name", "kind", "section", "unit")
	out := incident.Outlet{ID: o.Text("id"), Name: o.Text("name"), Kind: incident.Kind(o.OneOf("kind", texts(incident.Kinds)...)),
		Unit: l.oneUnit(o.Named("unit")), Permit: o.Text("permit"), Note: o.Text("note")}
	o.unfilled("name", out.Name)
	if out.ID != "" && !outletID.MatchString(out.ID) {
		o.Fault("id", "bad_outlet_id", words.Data{"Value": out.ID})
	}
	name := o.Text("section")
	reg := waterRegister{reg: *l.plan.Water}
	id, ok := reg.find(name)
	if !ok && name != "" {
		o.Add(o.Where("section"), "unknown_section", words.Data{"Value": name, "Near": o.Near(name, reg.reg.Names())})
	}
	out.Section = id
	return out
}
