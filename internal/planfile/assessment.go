package planfile

import (
	"github.com/shopspring/decimal"

	"duban/internal/assessment"
	"duban/internal/words"
)

// assessment reads the table of rules by which the plan's units are scored. A plan that
// names none scores nobody.
func (l *loader) assessment(root object) {
	name := root.Text("assessment")
	if name == "" {
		return
	}
	s, raw, ok := l.open(name)
	if !ok {
		return
	}
	o, ok := s.parse(raw, "assessment")
	if !ok {
		return
	}
	o.Need("title", "base", "objection", "rules")
	within := *l // faults of units are of this file
	within.source = s
	t := assessment.Table{
		Title: o.Text("title"), Source: o.Text("source"), Base: o.points("base", false), Least: o.bound("least"), Most: o.bound("most"),
		Assist: o.Percent("assist", 100), Objection: o.Number("objection", 1, 60), Groups: within.scoredGroups(o), Example: o.Flag("example"),
	}
	if t.Least != nil && t.Most != nil && !t.Least.LessThan(*t.Most) {
		o.Fault("least", "least_most", nil)
	}
	if t.Example {
		o.Doubt("example", "example_table", nil)
	}
	seen := map[string]int{} // lines
	rules := o.objects("rules", "score")
	if o.Has("rules") && len(rules) == 0 {
		o.Empty("rules")
	}
	for _, r := range rules {
		rule := r.score()
		if line := seen[rule.ID]; line > 0 {
			r.Fault("id", "id_twice", words.Data{"Value": rule.ID, "File": s.Name, "Line": line})
		}
		seen[rule.ID] = r.Where("id").Line()
		t.Rules = append(t.Rules, rule)
	}
	l.plan.Assessment = &t
}

// score reads a rule, and holds its fields against what its facts have.
func (o object) score() assessment.Rule {
	o.Need("id", "title", "fact", "points")
	r := assessment.Rule{
		ID: o.Text("id"), Title: o.Text("title"), Block: o.Text("block"), Source: o.Text("source"),
		Fact: assessment.Kind(o.OneOf("fact", texts(assessment.Kinds)...)), Of: assessment.Of(o.OneOf("of", texts(assessment.Ofs)...)), Only: assessment.Only(o.OneOf("only", texts(assessment.Onlys)...)),
		Points: o.points("points", true), Every: o.Number("every", 1, 366), Step: o.points("step", true), Share: o.Flag("share"),
		Cap: o.bound("cap"), Total: o.bound("total"),
	}
	if r.ID != "" && !stageID.MatchString(r.ID) {
		o.Fault("id", "bad_stage_id", words.Data{"Value": r.ID})
	}
	if o.Has("assist") {
		share := o.Percent("assist", 100)
		r.Help = &share
	}
	if r.Fact == "" {
		return r
	}
	foreign := func(field string, fits bool) {
		if o.Has(field) && !fits {
			o.Fault(field, "foreign_to_fact", words.Data{"Field": field, "Fact": string(r.Fact)})
		}
	}
	foreign("every", r.Fact.Counts())
	foreign("step", r.Fact.Counts())
	foreign("share", r.Fact.Shares())
	foreign("of", r.Fact.OfTask())
	foreign("only", r.Fact.OfTask())
	foreign("assist", r.Fact.OfTask())
	if o.Has("every") != o.Has("step") {
		o.Fault("every", "every_step", nil)
	}
	return r
}

// scoredGroups are the units that are ranked among each other; each is in one group.
func (l *loader) scoredGroups(o object) (all []assessment.Group) {
	titles, in := map[string]bool{}, map[string]bool{}
	for _, g := range o.objects("groups", "scored") {
		g.Need("title", "units")
		group := assessment.Group{Title: g.Text("title")}
		if titles[group.Title] {
			g.Fault("title", "group_twice", words.Data{"Value": group.Title})
		}
		titles[group.Title] = true
		for _, n := range g.Names("units") {
			for _, id := range l.units(n).ids {
				if in[id] {
					g.Add(n.Value, "scored_twice", words.Data{"Value": l.people.Name(id)})
					continue
				}
				in[id] = true
				group.Units = append(group.Units, id)
			}
		}
		all = append(all, group)
	}
	return all
}

// points reads a number of points with at most two decimals.
func (o object) points(field string, signed bool) decimal.Decimal {
	text := o.Text(field)
	n, err := assessment.ReadPoints(text)
	if err != nil || !signed && n.IsNegative() {
		o.Fault(field, "bad_points", words.Data{"Value": text})
		return decimal.Zero
	}
	return n
}

func (o object) bound(field string) *assessment.Bound {
	if !o.Has(field) {
		return nil
	}
	n := o.points(field, false)
	return &n
}
