package portal

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/words"
)

// thing is what an act is done to, for its form.
type thing struct {
	query.Subject
	onTalk   bool
	assess   *query.Assessment // of an act on an assessment
	year     *query.YearEnd    // of an act on the report of a year
	incident *query.Incident   // of an act on an incident

	complaint *query.OneComplaint // of an act on a complaint
	text      *textThing          // of an act on a public text
}

// row is an act on the thing that people do; false where they do no such act on it.
func (t thing) row(k act.Kind) (act.Row, bool) { return form.RowOn(t.Subject, t.onTalk, k) }

// inputKinds are the kinds of Input, by what a field takes.
var inputKinds = map[act.Takes]string{
	act.TakesLine: "text", act.TakesText: "area", act.TakesChoice: "choice", act.TakesPercent: "percent", act.TakesDay: "day", act.TakesMoment: "moment",
	act.TakesSwitch: "check", act.TakesNames: "lines", act.TakesUnits: "units", act.TakesMany: "units", act.TakesURLs: "lines", act.TakesFiles: "files",
}

// Input is one field of a form.
type Input struct {
	Name, Kind, Label, Help string
	Need                    bool
	Value                   string
	Values                  []string // of units
	Options                 []Option
	Most                    int // characters
	Wrong                   string
}

// Option is one thing that may be chosen.
type Option struct {
	Value, Name string
	Chosen      bool
}

// inputs are the fields of an act's form, filled in with what was typed.
func (v *visit) inputs(t thing, row act.Row, unit string) []Input {
	var all []Input
	for _, f := range row.Fields() {
		if f == act.FieldFile && v.Files == nil || f == act.FieldSection && t.complaint != nil && t.complaint.In.Plan.Water == nil {
			continue
		}
		name := string(f)
		in := Input{Name: name, Kind: inputKinds[f.Row().Takes], Label: v.fieldLabel(row.Kind, f), Need: slices.Contains(row.Asks(), f), Value: v.typed.Get(name), Values: v.typed[name], Most: mostOf(row, f)}
		for _, key := range []string{"portal.help_" + f.Key(), "portal.help_" + f.Key() + "_" + string(row.Kind)} {
			if text := v.say.T(key); text != key {
				in.Help = text
			}
		}
		v.offer(&in, t, row, cmp.Or(unit, v.who.Account.Unit))
		if f == act.FieldRef && slices.Contains(row.Implied, f) {
			in.Need = true
			if len(in.Options) == 1 { // only one can be meant
				in.Options[0].Chosen = true
			}
		}
		all = append(all, in)
	}
	return all
}

// fieldLabel is the label of a field in the form of an act.
func (v *visit) fieldLabel(k act.Kind, f act.Field) string {
	for _, key := range []string{"portal.field_" + f.Key() + "_" + string(k), "portal.field_" + f.Key()} {
		if text := v.say.T(key); text != key {
			return text
		}
	}
	return v.say.T(f.Label())
}

// mostOf is how many characters may be typed into a field of one text; 0: as many as one likes.
func mostOf(row act.Row, f act.Field) int {
	switch r := f.Row(); {
	case r.Takes.Several():
		return 0
	case f == act.FieldReason:
		return max(r.Most, row.Longest)
	default:
		return r.Most
	}
}

// offer fills in the choices of an input.
func (v *visit) offer(in *Input, t thing, row act.Row, unit string) {
	if t.assess != nil {
		v.offerAssessed(in, t.assess)
		return
	}
	if t.year != nil {
		v.offerReported(in, t.year)
		return
	}
	if t.incident != nil {
		v.offerHandled(in, t.incident, row)
		return
	}
	if t.complaint != nil {
		v.offerComplaint(in, t.complaint)
		return
	}
	if t.text != nil {
		v.offerText(in, t.text, row.Kind)
		return
	}
	dir := t.Plan.Plan.Directory
	option := func(value, name string) {
		in.Options = append(in.Options, Option{value, name, slices.Contains(in.Values, value)})
	}
	c := ledger.CaseOf(t.Task)
	offers := c.Offers(row.Kind, act.Field(in.Name), unit)
	switch in.Name {
	case "circular":
		in.Kind = "choice"
		option("", v.say.T("matter.what_"+plan.ProposeTalk))
		option("true", v.say.T("matter.what_"+plan.ProposeCircular))
	case "unit", "units":
		for _, u := range dir.Units {
			offered := slices.ContainsFunc(offers, func(o act.Offer) bool { return o.Value == u.ID })
			if u.ID != dir.Office && u.ID != dir.Leadership && (offers == nil || offered) {
				option(u.ID, u.Name)
			}
		}
		if in.Value == "" && slices.Contains(row.Implied, act.FieldUnit) {
			choose(in, t.Task.Lead)
		}
		if in.Values == nil && in.Name == "units" && v.typed == nil {
			for _, id := range c.Assist {
				choose(in, id)
			}
		}
	case "policy":
		policies := map[string]string{}
		for name, p := range t.Plan.Plan.Policies {
			policies[name] = p.Title
		}
		in.Options = options(policies, in.Value)
	case "rule":
		for _, every := range []string{"month", "quarter", "halfyear", "year"} {
			option(every, v.say.T("portal.every_"+every))
		}
	case "ref":
		for _, o := range offers {
			option(o.Value, o.Words)
		}
	}
}

func choose(in *Input, value string) {
	for i := range in.Options {
		if in.Options[i].Value == value {
			in.Options[i].Chosen = true
		}
	}
}

// lines are the lines of a text that are not empty.
func lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// filled makes the act of what was typed; wrong is a sentence for each field that
// cannot be read, or is needed and empty.
func (v *visit) filled(t thing, row act.Row, typed url.Values, files []act.Evidence) (a act.Act, wrong map[string]string, err error) {
	by, entered, err := v.by(t, typed.Get("for"))
	if err != nil {
		return a, nil, err
	}
	said := form.Said{Values: map[string][]string{}, Files: files}
	for _, f := range row.Fields() {
		name := string(f)
		values := typed[name]
		switch inputKinds[f.Row().Takes] {
		case "files":
			continue
		case "lines":
			values = lines(strings.Join(values, "\n"))
		case "area":
			values = []string{strings.ReplaceAll(typed.Get(name), "\r\n", "\n")}
		}
		if strings.TrimSpace(strings.Join(values, "")) != "" {
			said.Values[name] = values
		}
	}
	wrong = map[string]string{}
	for _, f := range row.Asks() {
		if len(said.Values[string(f)]) == 0 && f != act.FieldUnits { // no unit is a choice too
			wrong[string(f)] = v.say.T("portal.needed", words.Data{"Field": v.fieldLabel(row.Kind, f)})
		}
	}
	for range len(row.Fields()) + 1 { // each round finds one more faulty field at most
		var fault *form.Fault
		filled, err := form.Fill(t.Subject, row, said, by)
		if a = filled; !errors.As(err, &fault) {
			break
		}
		wrong[fault.Field] = fault.Text(v.say, v.fieldLabel(row.Kind, act.Field(fault.Field)))
		if fault.Field == "ref" {
			wrong["ref"] = v.say.T("portal.needed", words.Data{"Field": v.fieldLabel(row.Kind, act.FieldRef)})
		}
		if len(said.Values[fault.Field]) == 0 {
			break
		}
		delete(said.Values, fault.Field)
	}
	a.ID, a.Entered = typed.Get("id"), entered
	return a, wrong, nil
}
