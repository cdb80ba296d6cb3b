package planfile

import (
	"cmp"
	"slices"
	"strings"

	"duban/internal/water"
	"duban/internal/words"
)

// mostSchemes is how many files of schemes a plan may name.
const mostSchemes = 200

// schemes reads the schemes of sections 一断面一方案 that the plan names, a file each. Their
// measures become tasks of the plan.
func (l *loader) schemes(root object) {
	names := root.Names("schemes")
	if len(names) == 0 {
		return
	}
	if !root.Has("water") {
		root.Fault("schemes", "schemes_alone", nil)
		return
	}
	first := map[string]string{} // file by section
	for i, name := range names {
		if i == mostSchemes {
			l.Add(name.Value, "too_many", words.Data{"Limit": mostSchemes})
			break
		}
		s, raw, ok := l.open(name.Text)
		if !ok {
			continue
		}
		if o, ok := s.parse(raw, "scheme"); ok && l.plan.Water != nil {
			l.scheme(s, o, first)
		}
	}
	if l.plan.Water == nil {
		return // the register has faults of its own
	}
	var without []string
	for _, s := range l.plan.Water.Sections {
		if s.Level != "municipal" && first[s.ID] == "" {
			without = append(without, s.Name)
		}
	}
	if len(without) > 0 {
		root.Doubt("schemes", "scheme_missing", words.Data{"Count": len(without), "Sections": strings.Join(without, "、")})
	}
}

// measure is an entry of the scheme of a section, which has the given ID.
type measure struct {
	*entry
	section string
}

// measured gives each scheme the tasks that its measures are: a measure that is the same as
// another entry is that entry's task. Links must have been followed (loader.link).
func (l *loader) measured() {
	for _, m := range l.measures {
		for i := range l.plan.Water.Schemes {
			if s := &l.plan.Water.Schemes[i]; s.Section == m.section {
				s.Measures = addNew(s.Measures, cmp.Or(m.end, m.ID))
			}
		}
	}
}

// scheme reads one section's scheme.
func (l *loader) scheme(s *source, o object, first map[string]string) {
	plans := l.source
	l.source = s // problems that the loader notes are of this file
	defer func() { l.source = plans }()
	o.Need("section", "title", "lead", "person", "post", "measures")
	scheme := water.Scheme{Title: o.Text("title"), Number: o.Text("number"), Person: o.Text("person"), Post: o.Text("post"), Problem: o.Text("problem"), Example: o.Flag("example")}
	if o.Has("lead") {
		scheme.Lead = l.oneUnit(o.Named("lead"))
	}
	within := waterRegister{reg: *l.plan.Water}
	id, ok := within.find(o.Text("section"))
	section, _ := l.plan.Water.Section(id)
	switch {
	case !ok && o.Text("section") != "":
		o.Fault("section", "unknown_section", words.Data{"Value": o.Text("section"), "Near": o.Near(o.Text("section"), within.reg.Names())})
	case first[id] != "":
		o.Fault("section", "scheme_twice", words.Data{"Value": section.Name, "File": first[id]})
	case ok:
		first[id] = s.Name
	}
	if scheme.Example {
		o.Doubt("example", "scheme_example", nil)
	}
	measures := o.objects("measures", "measure")
	if o.Has("measures") && len(measures) == 0 {
		o.Empty("measures")
	}
	for _, m := range measures {
		e := l.entry(m, nil)
		if m.Has("lead") {
			e.Lead = l.oneUnit(m.Named("lead"))
		} else {
			e.Lead = scheme.Lead
		}
		e.assist(l)
		if e.Clause == "" {
			e.Clause = "一断面一方案（" + section.Name + "）"
		}
		e.Source = e.Title
		if e.sameAs.Text == "" {
			m.Need("title", "due")
			l.make(e)
		}
		l.measures = append(l.measures, measure{e, id})
	}
	scheme.Section = id
	if ok && !slices.ContainsFunc(l.plan.Water.Schemes, func(have water.Scheme) bool { return have.Section == id }) {
		l.plan.Water.Schemes = append(l.plan.Water.Schemes, scheme)
	}
}
