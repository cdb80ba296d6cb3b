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
	onTalk bool
}

// deed is an act on the thing as people do it; false where they do no such act on it.
func (t thing) deed(k act.Kind) (form.Deed, bool) { return form.DeedOn(t.Subject, t.onTalk, k) }

// fieldOrder is the order of fields in a form; one that is not named here comes last.
var fieldOrder = []string{"circular", "number", "time", "place", "chair", "called", "missing", "bring", "percent", "ref", "unit", "units", "due", "until", "moves-due", "policy", "rule", "title", "reason", "paper", "public", "url", "file"}

// kinds of input by field; all others are one line of text.
var fieldKinds = map[string]string{
	"circular": "choice", "time": "moment", "called": "lines", "missing": "lines", "bring": "area", "percent": "percent", "ref": "choice", "unit": "choice",
	"units": "units", "due": "day", "until": "day", "moves-due": "check", "policy": "choice", "rule": "choice", "reason": "area", "public": "check", "url": "lines", "file": "files",
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
func (v *visit) inputs(t thing, d form.Deed, unit string) []Input {
	names := d.Fields()
	slices.SortStableFunc(names, func(a, b string) int { return place(a) - place(b) })
	needs := d.Needs()
	if d.Kind == act.GivePart || d.Kind == act.Answer {
		needs = append(needs, "ref")
	}
	var all []Input
	for _, name := range names {
		if name == "file" && v.Files == nil {
			continue
		}
		in := Input{Name: name, Kind: fieldKinds[name], Label: v.fieldLabel(d.Kind, name), Need: slices.Contains(needs, name), Value: v.typed.Get(name), Values: v.typed[name], Most: mostOf(d.Kind, name)}
		if in.Kind == "" {
			in.Kind = "text"
		}
		for _, key := range []string{"portal.help_" + underscored(name), "portal.help_" + underscored(name) + "_" + string(d.Kind)} {
			if text := v.say.T(key); text != key {
				in.Help = text
			}
		}
		v.offer(&in, t, d.Kind, cmp.Or(unit, v.who.Account.Unit))
		if in.Name == "ref" && len(in.Options) == 1 { // only one can be meant
			in.Options[0].Chosen = true
		}
		all = append(all, in)
	}
	return all
}

func place(name string) int {
	if i := slices.Index(fieldOrder, name); i >= 0 {
		return i
	}
	return len(fieldOrder)
}

func underscored(name string) string { return strings.ReplaceAll(name, "-", "_") }

// fieldLabel is what a field is called in the form of an act.
func (v *visit) fieldLabel(k act.Kind, name string) string {
	for _, key := range []string{"portal.field_" + underscored(name) + "_" + string(k), "portal.field_" + underscored(name)} {
		if text := v.say.T(key); text != key {
			return text
		}
	}
	return v.say.T(form.Label(name))
}

func mostOf(k act.Kind, name string) int {
	if k == act.Minutes && name == "reason" {
		name = "minutes"
	}
	i := slices.IndexFunc(act.Limits, func(l act.Limit) bool { return string(l.Field) == name })
	if i < 0 || act.Limits[i].Entries > 0 {
		return 0
	}
	return act.Limits[i].Most
}

// offer fills in what may be chosen.
func (v *visit) offer(in *Input, t thing, k act.Kind, unit string) {
	dir := t.Plan.Plan.Directory
	option := func(value, name string) {
		in.Options = append(in.Options, Option{value, name, slices.Contains(in.Values, value)})
	}
	switch in.Name {
	case "circular":
		option("", v.say.T("matter.what_"+plan.ProposeTalk))
		option("true", v.say.T("matter.what_"+plan.ProposeCircular))
	case "unit", "units":
		for _, u := range dir.Units {
			switch {
			case u.ID == dir.Office || u.ID == dir.Leadership:
			case k == act.AskPart && !slices.Contains(ledger.CaseOf(t.Task).Assist, u.ID):
			default:
				option(u.ID, u.Name)
			}
		}
		if in.Value == "" && k == act.Propose {
			choose(in, t.Task.Lead)
		}
		if in.Values == nil && k == act.Assist && v.typed == nil {
			for _, id := range ledger.CaseOf(t.Task).Assist {
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
		c := ledger.CaseOf(t.Task)
		for _, p := range c.Parts {
			if k == act.GivePart && p.Unit == unit && p.Given.IsZero() {
				option(p.ID, p.Words)
			}
		}
		for _, n := range c.Instructions {
			if k == act.Answer && n.Answered.IsZero() {
				option(n.ID, n.Words)
			}
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
func (v *visit) filled(t thing, d form.Deed, typed url.Values, files []act.Evidence) (a act.Act, wrong map[string]string, err error) {
	by, entered, err := v.by(t, typed.Get("for"))
	if err != nil {
		return a, nil, err
	}
	said := form.Said{Values: map[string][]string{}, Files: files}
	for _, name := range d.Fields() {
		values := typed[name]
		switch fieldKinds[name] {
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
	for _, name := range d.Needs() {
		if len(said.Values[name]) == 0 && name != "file" && !(name == "units" && d.Kind == act.Assist) {
			wrong[name] = v.say.T("portal.needed", words.Data{"Field": v.fieldLabel(d.Kind, name)})
		}
	}
	for range len(d.Fields()) + 1 { // each field is heard of once
		var fault *form.Fault
		filled, err := form.Fill(t.Subject, d, said, by)
		if a = filled; !errors.As(err, &fault) {
			break
		}
		wrong[fault.Field] = fault.Text(v.say, v.fieldLabel(d.Kind, fault.Field))
		if fault.Field == "ref" {
			wrong["ref"] = v.say.T("portal.needed", words.Data{"Field": v.fieldLabel(d.Kind, "ref")})
		}
		if len(said.Values[fault.Field]) == 0 {
			break
		}
		delete(said.Values, fault.Field)
	}
	a.ID, a.Entered = typed.Get("id"), entered
	return a, wrong, nil
}
