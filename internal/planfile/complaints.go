package planfile

import (
	"slices"

	"duban/internal/complaint"
	"duban/internal/strictyaml"
	"duban/internal/words"
	"duban/seeds"
)

// hotline is the ladder that is shipped as an example for complaints.
const hotline = "hotline"

// complaints reads the rules by which complaints of the hotline 12345 举报 are handled. A plan
// that names none takes none in.
func (l *loader) complaints(root object) {
	name := root.Text("complaints")
	if name == "" {
		return
	}
	s, raw, ok := l.open(name)
	if !ok {
		return
	}
	o, ok := s.parse(raw, "complaints")
	if !ok {
		return
	}
	o.Need("title", "sort", "window", "matters", "limits")
	r := complaint.Rules{
		Title: o.Text("title"), Source: o.Text("source"), Example: o.Flag("example"), Contact: o.Flag("contact"),
		Sort: o.Number("sort", 1, 60), Window: o.Number("window", 0, 366),
	}
	if o.Has("call") {
		r.Call = o.Number("call", 0, 60)
	}
	if r.Example {
		o.Doubt("example", "example_complaints", nil)
	}
	for _, m := range o.Names("matters") {
		if slices.Contains(r.Matters, m.Text) {
			o.Add(m.Value, "matter_twice", words.Data{"Value": m.Text})
			continue
		}
		r.Matters = append(r.Matters, m.Text)
	}
	if o.Has("matters") && len(r.Matters) == 0 {
		o.Empty("matters")
	}
	within := *l // faults of policies are of this file
	within.source = s
	limits := o.objects("limits", "urgency")
	if o.Has("limits") && len(limits) == 0 {
		o.Empty("limits")
	}
	for _, u := range limits {
		limit := within.urgency(u)
		if _, twice := r.Limit(limit.ID); twice && limit.ID != "" {
			u.Fault("id", "limit_twice", words.Data{"Value": limit.ID})
			continue
		}
		r.Limits = append(r.Limits, limit)
	}
	l.plan.Complaints = &r
}

// urgency reads a limit of complaints: in hours, or in working days. The policy hotline need
// not be in the plan: the program's own is taken where a limit names it.
func (l *loader) urgency(o object) complaint.Limit {
	o.Need("id", "title", "policy")
	limit := complaint.Limit{ID: o.Text("id"), Title: o.Text("title"), Policy: o.Text("policy")}
	if limit.ID != "" && !stageID.MatchString(limit.ID) {
		o.Fault("id", "bad_stage_id", words.Data{"Value": limit.ID})
	}
	if o.Has("hours") == o.Has("workdays") {
		o.Fault("hours", "hours_or_workdays", nil)
	} else if o.Has("hours") {
		limit.Hours = o.Number("hours", 1, 240)
	} else {
		limit.Workdays = o.Number("workdays", 1, 120)
	}
	if _, own := l.plan.Policies[hotline]; !own && limit.Policy == hotline && l.policiesReady {
		example, _ := newSource(&strictyaml.Notes{}, nil, hotline).policies(seeds.Hotline)
		l.plan.Policies[hotline] = example[hotline]
	}
	l.policyKnown(limit.Policy, o.Named("policy"))
	return limit
}
