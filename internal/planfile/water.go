package planfile

import (
	"regexp"
	"slices"

	"github.com/shopspring/decimal"

	"duban/internal/plan"
	"duban/internal/strictyaml"
	"duban/internal/water"
	"duban/internal/words"
	"duban/seeds"
)

const mostSections = 5000

// exceedance is the ladder that is shipped as an example for what rules of sections open.
const exceedance = "exceedance"

// waterRegister is the register being read, with the places its entries are at.
type waterRegister struct {
	*source
	l     *loader
	reg   water.Register
	at    map[string]object // section by ID
	names map[string]object // section by folded name or alias
	data  string            // unit of those that name none
}

// water reads the register of sections that the plan names; nothing where it names none.
func (l *loader) water(root object) {
	name := root.Text("water")
	if name == "" {
		return
	}
	s, raw, ok := l.open(name)
	if !ok {
		return
	}
	o, ok := s.parse(raw, "register")
	if !ok {
		return
	}
	o.Need("sections")
	r := &waterRegister{source: s, l: l, at: map[string]object{}, names: map[string]object{}}
	r.data = r.unit(o, "data")
	all := o.objects("sections", "site")
	for i, site := range all {
		if i == mostSections {
			site.Fault("id", "too_many", words.Data{"Limit": mostSections})
			break
		}
		r.site(site)
	}
	r.upstream(all)
	r.annex()
	r.readings(o)
	r.rules(o)
	r.compensation(o)
	l.plan.Water = &r.reg
}

// readings are the duties by which the month's data are owed: one for each unit that owes any.
func (r *waterRegister) readings(root object) {
	plans := r.l.source
	r.l.source = r.source // problems that the loader notes are of this file
	defer func() { r.l.source = plans }()
	var units []string
	for _, s := range r.reg.Sections {
		units = append(units, s.Data)
	}
	r.reg.Duties = r.l.monthly(root, "readings", units)
}

// monthly are the duties of units to hand in what was measured in a month, one for each of units that
// is not "", as the mapping readings of root says, which is of a kind. What it notes is of the loader's file.
func (l *loader) monthly(root object, kind string, units []string) (all []water.Duty) {
	o, ok := root.object("readings", kind)
	if !ok {
		return nil
	}
	o.Need("title", "recur")
	e := l.entry(o, nil)
	l.settle(e)
	if e.Recur == nil {
		return nil
	}
	if e.Recur.Every != "month" {
		o.Fault("recur", "readings_monthly", nil)
	}
	for _, unit := range units {
		if unit == "" || slices.ContainsFunc(all, func(d water.Duty) bool { return d.Unit == unit }) {
			continue
		}
		t := e.Task
		t.ID, t.Lead, t.Was = e.ID+"."+unit, unit, nil
		for _, was := range e.Was {
			t.Was = append(t.Was, was+"."+unit)
		}
		if t.Carries != "" {
			t.Carries += "." + unit
		}
		if l.put(e, t) {
			all = append(all, water.Duty{Unit: unit, Task: t.ID})
		}
	}
	if len(all) == 0 && len(units) > 0 {
		o.Fault("id", "readings_nobody", nil)
	}
	return all
}

// rules are what a month of a section calls for.
func (r *waterRegister) rules(root object) {
	for _, o := range root.objects("rules", "sectionrule") {
		o.Need("id", "title", "opens", "within")
		rule := water.Rule{ID: o.Text("id"), Title: o.Text("title"), Basis: o.Text("basis"), Over: o.Flag("over"), YearOver: o.Flag("year_over"), Inflow: o.Flag("inflow"),
			Opens: o.OneOf("opens", water.Opens...), Asks: o.Text("asks"), Policy: o.Text("policy"), Within: o.offset("within").String()}
		if rule.Policy == "" {
			rule.Policy = r.l.plan.Policy
		} else {
			r.policy(o)
		}
		for field, into := range map[string]*int{"poorer": &rule.Poorer, "year_poorer": &rule.YearPoorer} {
			if o.Has(field) {
				*into = o.Number(field, 1, 5)
			}
		}
		if o.Has("months") {
			rule.Months = o.Number("months", 1, 36)
		}
		if text := o.Text("worse_than"); text != "" {
			class, err := water.ReadClass(text)
			if err != nil || class == water.Worse {
				o.Fault("worse_than", "bad_class", words.Data{"Value": text})
			}
			rule.WorseThan = class
		}
		rule.From = o.month("from")
		if rule.ID != "" && !stageID.MatchString(rule.ID) {
			o.Fault("id", "bad_id", words.Data{"Value": rule.ID})
		}
		if slices.ContainsFunc(r.reg.Rules, func(have water.Rule) bool { return have.ID == rule.ID }) && rule.ID != "" {
			o.Fault("id", "rule_twice", words.Data{"Value": rule.ID})
			continue
		}
		if !rule.Said() {
			o.Fault("id", "rule_empty", nil)
		}
		r.reg.Rules = append(r.reg.Rules, rule)
	}
}

// policy notes a problem where the plan does not have the policy of a rule. The policy
// exceedance need not be in the plan: the program's own is taken where a rule names it.
func (r *waterRegister) policy(o object) {
	within := *r.l // its faults are of this file
	if _, own := r.l.plan.Policies[exceedance]; !own && o.Text("policy") == exceedance && r.l.policiesReady {
		example, _ := newSource(&strictyaml.Notes{}, nil, exceedance).policies(seeds.Exceedance)
		r.l.plan.Policies[exceedance] = example[exceedance]
	}
	within.source = r.source
	within.policyKnown(o.Text("policy"), o.Named("policy"))
}

// unit is the ID of the one unit that a field of the register names.
func (r *waterRegister) unit(o object, name string) string {
	if !o.Has(name) {
		return ""
	}
	within := *r.l // its faults are of this file
	within.source = r.source
	return within.oneUnit(o.Named(name))
}

func (r *waterRegister) site(o object) {
	o.Need("id", "name", "county", "level")
	s := water.Section{
		ID: o.Text("id"), No: o.Number("no", 1, 100_000), Name: o.Text("name"), River: o.Text("river"), Basin: o.Text("basin"),
		County: r.unit(o, "county"), Level: o.OneOf("level", levels...), Body: water.Body(o.OneOf("body", "river", string(water.Lake))),
		Auto: o.Flag("auto"), Data: r.unit(o, "data"), Note: o.Text("note"), At: o.point("at"), Items: o.items("items"), Targets: r.targets(o),
	}
	o.unfilled("name", s.Name)
	if s.Body == "river" {
		s.Body = water.River
	}
	if s.Data == "" && !o.Has("data") {
		s.Data = r.data
	}
	if o.Has("aliases") {
		s.Aliases = strictyaml.Plain(o.Names("aliases"))
	}
	if s.ID != "" && !entryID.MatchString(s.ID) {
		o.Fault("id", "bad_id", words.Data{"Value": s.ID})
	}
	if first, twice := r.at[s.ID]; twice && s.ID != "" {
		o.Fault("id", "id_twice", words.Data{"Value": s.ID, "File": o.Name, "Line": first.Where("id").Line()})
	} else {
		r.at[s.ID] = o
	}
	for i, name := range append([]string{s.Name}, s.Aliases...) {
		field := "name"
		if i > 0 {
			field = "aliases"
		}
		key := water.Called(name)
		if first, twice := r.names[key]; twice && key != "" {
			o.Fault(field, "section_twice", words.Data{"Value": name, "Line": first.Where("name").Line()})
			continue
		}
		r.names[key] = o
	}
	r.reg.Sections = append(r.reg.Sections, s)
}

// targets are the targets of a section by year.
func (r *waterRegister) targets(o object) (all []water.YearlyTarget) {
	for _, t := range o.objects("targets", "target") {
		t.Need("year", "class")
		y := water.YearlyTarget{Year: t.Number("year", 1949, 2100)}
		if text := t.Text("class"); text != "" && text != plan.SetByProvince && text != "完成省定目标" {
			class, err := water.ReadClass(text)
			if err != nil || class == water.Worse {
				t.Fault("class", "bad_class", words.Data{"Value": text})
			}
			y.Class = class
		}
		for _, l := range t.objects("limits", "limit") {
			l.Need("item", "value")
			limit := water.Limit{Item: l.item("item")}
			value, err := water.ReadValue(l.Text("value"))
			if l.Has("value") && (err != nil || value.Below || !value.Number().IsPositive()) {
				l.Fault("value", "bad_limit", words.Data{"Value": l.Text("value")})
			}
			limit.Value = value.Number()
			y.Limits = append(y.Limits, limit)
		}
		if len(y.Limits) > 0 && y.Class == water.NoClass && t.Has("class") {
			t.Fault("limits", "limits_alone", nil)
		}
		if slices.ContainsFunc(all, func(have water.YearlyTarget) bool { return have.Year == y.Year && y.Year > 0 }) {
			t.Fault("year", "year_twice", words.Data{"Value": y.Year})
			continue
		}
		all = append(all, y)
	}
	slices.SortStableFunc(all, func(a, b water.YearlyTarget) int { return a.Year - b.Year })
	return all
}

func (o object) item(field string) water.Item {
	text := o.Text(field)
	i, err := water.ReadItem(text)
	if err != nil && text != "" {
		o.unknownItem(strictyaml.Text{Text: text, Value: o.Where(field)}, water.Items())
	}
	return i
}

func (o object) unknownItem(n strictyaml.Text, items []water.Item) {
	var names []string
	for _, i := range items {
		names = append(names, i.Name())
	}
	o.Add(n.Value, "unknown_item", words.Data{"Value": n.Text, "Near": o.Near(n.Text, names)})
}

// items are the items of a list, each once.
func (o object) items(field string) (all []water.Item) {
	if !o.Has(field) {
		return nil
	}
	for _, n := range o.Names(field) {
		i, err := water.ReadItem(n.Text)
		switch {
		case err != nil:
			o.unknownItem(n, water.Items())
		case slices.Contains(all, i):
			o.Add(n.Value, "item_twice", words.Data{"Value": n.Text})
		default:
			all = append(all, i)
		}
	}
	return all
}

var degrees = regexp.MustCompile(`^\d{1,3}(\.\d{1,9})?$`)

// point reads [longitude, latitude] in degrees, within China.
func (o object) point(field string) *water.Point {
	if !o.Has(field) {
		return nil
	}
	var at []decimal.Decimal
	for _, n := range o.Names(field) {
		if degrees.MatchString(n.Text) {
			at = append(at, decimal.RequireFromString(n.Text))
		}
	}
	between := func(d decimal.Decimal, low, high int64) bool {
		return d.GreaterThanOrEqual(decimal.NewFromInt(low)) && d.LessThanOrEqual(decimal.NewFromInt(high))
	}
	if len(at) != 2 || !between(at[0], 73, 136) || !between(at[1], 3, 54) {
		o.Fault(field, "bad_point", nil)
		return nil
	}
	return &water.Point{Lon: at[0], Lat: at[1]}
}

// upstream checks the links between sections, once all are read: each must lead to a
// section of the register, and none in a circle.
func (r *waterRegister) upstream(all []object) {
	for i, o := range all[:min(len(all), len(r.reg.Sections))] {
		if !o.Has("upstream") {
			continue
		}
		s := &r.reg.Sections[i]
		for _, n := range o.Names("upstream") {
			above, ok := r.find(n.Text)
			switch {
			case !ok:
				o.Add(n.Value, "unknown_section", words.Data{"Value": n.Text, "Near": o.Near(n.Text, r.reg.Names())})
			case !slices.Contains(s.Upstream, above):
				s.Upstream = append(s.Upstream, above)
			}
		}
	}
	links := map[string][]string{}
	for _, s := range r.reg.Sections {
		if _, twice := links[s.ID]; !twice {
			links[s.ID] = s.Upstream
		}
	}
	for _, s := range r.reg.Sections {
		if above(links, s.ID, s.ID, map[string]bool{}) {
			o := r.at[s.ID]
			o.Fault("upstream", "upstream_circle", words.Data{"Value": s.Name})
			return // a circle is noted once, at the first of its sections
		}
	}
}

// find is the ID of the section that an ID or a name means.
func (r *waterRegister) find(text string) (id string, ok bool) {
	if s, ok := r.reg.Section(text); ok {
		return s.ID, true
	}
	s, ok := r.reg.ByName(text)
	return s.ID, ok
}

// above tells that going upstream from a section leads to another one.
func above(links map[string][]string, from, to string, seen map[string]bool) bool {
	for _, id := range links[from] {
		if id == to {
			return true
		}
		if !seen[id] {
			seen[id] = true
			if above(links, id, to, seen) {
				return true
			}
		}
	}
	return false
}

// annex compares the register with the plan's own list of sections: a section with the same
// ID must be the same section, with the target that the document prints.
func (r *waterRegister) annex() {
	for _, row := range r.l.plan.Sections {
		s, ok := r.reg.Section(row.ID)
		if !ok {
			r.Warn(strictyaml.At(1, 1, "sections"), "section_unlisted", words.Data{"Value": row.ID, "Name": row.Name})
			continue
		}
		o := r.at[s.ID]
		differs := func(field, have, printed string) {
			if have != printed && have != "" {
				o.Doubt(field, "section_differs", words.Data{"Value": have, "Printed": printed})
			}
		}
		if water.Called(s.Name) != water.Called(row.Name) { // 赵庄 and 赵庄断面 are one
			differs("name", s.Name, row.Name)
		}
		differs("county", r.l.people.Name(s.County), r.l.people.Name(row.County))
		differs("level", s.Level, row.Level)
		if printed, err := water.ReadClass(row.Target); err == nil {
			differs("targets", plan.TargetText(s.Target(r.l.plan.Year).Class), printed.String())
		}
	}
}
