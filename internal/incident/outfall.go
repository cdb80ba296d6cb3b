package incident

import (
	"slices"

	"duban/internal/water"
)

// Places are the outlets whose discharge is measured every month 入河排污口监测, as places that
// readings name and tables are read for: those with limits. An example has none, so that nothing made
// up is entered, chased or made public.
func (r *Registry) Places() *water.Register {
	places := &water.Register{}
	if r == nil || r.Example {
		return places
	}
	places.Duties = r.Duties
	for _, o := range r.Outlets {
		if !o.Measured() {
			continue
		}
		s := water.Section{ID: water.PlaceOfOutlet(o.ID), Name: o.Name, County: o.Unit, Data: o.Data}
		if o.Permit != "" {
			s.Aliases = []string{o.Permit}
		}
		for _, l := range o.Limits {
			s.Items = append(s.Items, l.Item)
		}
		places.Sections = append(places.Sections, s)
	}
	return places
}

// Measured tells that the outlet's discharge is measured every month.
func (o Outlet) Measured() bool { return len(o.Limits) > 0 }

// Discharge is what was measured of an outlet in a month, judged by the outlet's own limits.
type Discharge struct {
	Outlet  Outlet        `json:"outlet"`
	State   water.State   `json:"state,omitempty"`
	Values  water.Values  `json:"values,omitempty"`
	Over    []water.Over  `json:"over,omitempty"`
	Outcome water.Outcome `json:"outcome,omitempty"` // Met only where every item that has a limit was measured
	Lacking []water.Item  `json:"lacking,omitempty"` // items with a limit and without a value
	None    bool          `json:"none,omitempty"`    // nothing has come in
}

// Discharges are the measured outlets in a month, in the order of the registry.
func (r *Registry) Discharges(readings []water.Reading, month water.Month) (all []Discharge) {
	for _, s := range r.Places().Sections {
		id, _ := water.OutletAt(s.ID)
		o, _ := r.Outlet(id)
		i := slices.IndexFunc(readings, func(one water.Reading) bool {
			return one.Section == s.ID && one.Month == month && one.Span == water.OfMonth
		})
		if i < 0 {
			all = append(all, Discharge{Outlet: o, None: true})
			continue
		}
		all = append(all, judged(o, readings[i]))
	}
	return all
}

func judged(o Outlet, reading water.Reading) Discharge {
	d := Discharge{Outlet: o, State: reading.State, Values: reading.Values}
	if d.State != water.Observed {
		return d
	}
	d.Over = water.Beyond(o.Limits, reading.Values)
	for _, l := range o.Limits {
		if _, ok := reading.Values[l.Item]; !ok {
			d.Lacking = append(d.Lacking, l.Item)
		}
	}
	switch {
	case len(d.Over) > 0:
		d.Outcome = water.Missed
	case len(d.Lacking) == 0:
		d.Outcome = water.Met
	}
	return d
}
