package planfile

import (
	"slices"

	"duban/internal/publicity"
	"duban/internal/words"
)

// publicity reads the list of what must be made public 信息公开清单. A plan that names none opens
// nothing and has no page of it.
func (l *loader) publicity(root object) {
	name := root.Text("publicity")
	if name == "" {
		return
	}
	s, raw, ok := l.open(name)
	if !ok {
		return
	}
	o, ok := s.parse(raw, "publicity")
	if !ok {
		return
	}
	plans := l.source
	l.source = s // problems that the loader notes are of this file
	defer func() { l.source = plans }()
	o.Need("title")
	rules := publicity.Rules{Title: o.Text("title"), Example: o.Flag("example")}
	if rules.Example {
		o.Doubt("example", "publicity_example", nil)
	}
	for _, e := range o.objects("exposure", "exposure") {
		e.Need("id", "of", "title", "within")
		x := publicity.Exposure{ID: e.Text("id"), Of: e.OneOf("of", publicity.Exposed...), Title: e.Text("title"), Basis: e.Text("basis"), Lead: l.people.Office,
			Policy: l.plan.Policy, Within: e.offset("within").String(), From: e.Day("from").String()}
		if e.Has("lead") {
			x.Lead = l.oneUnit(e.Named("lead"))
		}
		if e.Has("policy") && l.policyKnown(e.Text("policy"), e.Named("policy")) {
			x.Policy = e.Text("policy")
		}
		if x.ID != "" && !stageID.MatchString(x.ID) {
			e.Fault("id", "bad_id", words.Data{"Value": x.ID})
		}
		switch {
		case rules.Example && x.InForce():
			e.Fault("from", "exposure_example", nil)
		case slices.ContainsFunc(rules.Exposure, func(have publicity.Exposure) bool { return have.ID == x.ID }) && x.ID != "":
			e.Fault("id", "exposure_twice", words.Data{"Value": x.ID})
		case x.InForce() && slices.ContainsFunc(rules.Exposure, func(have publicity.Exposure) bool { return have.InForce() && have.Of == x.Of }):
			e.Fault("of", "exposure_both", nil)
		}
		rules.Exposure = append(rules.Exposure, x)
	}
	l.plan.Publicity = &rules
}
