package planfile

import (
	"regexp"

	"duban/internal/incident"
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
	lines := map[string]int{}
	for i, one := range o.objects("outlets", "outlet") {
		if i == mostOutlets {
			one.Fault("id", "too_many", words.Data{"Limit": mostOutlets})
			break
		}
		out := within.outlet(one)
		if line := lines[out.ID]; line > 0 && out.ID != "" {
			one.Fault("id", "id_twice", words.Data{"Value": out.ID, "File": s.Name, "Line": line})
			continue
		}
		lines[out.ID] = one.Where("id").Line()
		r.Outlets = append(r.Outlets, out)
	}
	l.plan.Incidents = &r
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
