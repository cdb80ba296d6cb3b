// Package form makes acts of what people type: the same fields, under the same names,
// whether they are flags of the command line, fields of a page or of a program's
// request. The package decides nothing: whether an act may be done, package act says.
package form

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/words"
)

// Said is what somebody typed to do an act.
type Said struct {
	// Values are by the names of fields (act.Row.Fields). Of a field that takes one value
	// the last counts; a switch is set by any value but "" and those that say no (false, 0).
	Values map[string][]string
	Files  []act.Evidence // files of evidence given with the act
}

// Fault is a field that was not understood, as a key of the catalogue with its data;
// Field is its name.
type Fault struct {
	Field string
	Key   string
	Data  words.Data
}

// Text is what is wrong and what to write instead. called is the field's name where the
// reader typed it: the flag at the command line, the label in a page.
func (f *Fault) Text(w *words.Words, called string) string {
	data := words.Data{"Field": called}
	maps.Copy(data, f.Data)
	return w.T(f.Key, data)
}

func (f *Fault) Error() string { return f.Field + ": " + f.Key }

// one is the value of a field that takes one.
func (s Said) one(field string) string {
	all := s.Values[field]
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// Reason is the reason that was typed, or the opinion.
func (s Said) Reason() string { return strings.TrimSpace(s.one("reason")) }

func (s Said) set(field string) bool {
	yes, err := strconv.ParseBool(s.one(field))
	return s.one(field) != "" && (err != nil || yes)
}

// names are the parts of a list, however its commas were typed.
func (s Said) names(field string) []string { return Apart(s.Values[field]) }

// Apart are the names of a list, however its commas were typed.
func Apart(typed []string) (names []string) {
	for _, part := range typed {
		for _, name := range strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune(",，、;；", r) }) {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// Whole is a whole number as people write it: 60, 60%, ６０.
func Whole(text string) (int64, error) {
	return strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(norm.NFKC.String(text)), "%")), 10, strconv.IntSize)
}

// Fill makes the act of a row from what was typed, on the thing that it is done to. The act
// has no ID yet. Errors are of type *Fault.
func Fill(on query.Subject, row act.Row, s Said, by act.Actor) (act.Act, error) {
	said := act.Act{Kind: row.Kind, By: by, Reason: s.Reason(), Paper: s.one("paper"), Moves: s.set("moves-due"),
		Title: strings.TrimSpace(s.one("title")), Ref: s.one("ref"), Rule: s.one("rule"), Policy: s.one("policy"), Evidence: s.Files}
	for _, part := range []func(query.Subject, act.Row, Said, *act.Act) error{numbers, days, units, policy, addresses, talk, assess, report, handle, complain, publish, implied} {
		if err := part(on, row, s, &said); err != nil {
			return said, err
		}
	}
	return said, nil
}

func numbers(_ query.Subject, _ act.Row, s Said, said *act.Act) error {
	text := s.one("percent")
	if text == "" {
		return nil
	}
	n, err := Whole(text)
	if err != nil {
		return &Fault{"percent", "form.bad_number", words.Data{"Value": text}}
	}
	said.Percent = int(n)
	return nil
}

func days(_ query.Subject, _ act.Row, s Said, said *act.Act) error {
	read := func(field string, to *calendar.Day) (err error) {
		text := strings.TrimSpace(s.one(field))
		if text == "" {
			return nil
		}
		if *to, err = calendar.ReadDay(text); err != nil {
			return &Fault{field, "form.bad_day", words.Data{"Value": text}}
		}
		return nil
	}
	if err := read("due", &said.Due); err != nil {
		return err
	}
	return read("until", &said.Until)
}

func units(on query.Subject, _ act.Row, s Said, said *act.Act) (err error) {
	dir := on.Plan.Plan.Directory
	if name := s.one("unit"); name != "" {
		if said.Unit, err = Unit(dir, name); err != nil {
			return err
		}
	}
	for _, name := range s.names("units") {
		ids, _, ok := dir.Resolve(name)
		if !ok {
			return noUnit(dir, "units", name)
		}
		for _, id := range ids {
			if !slices.Contains(said.Units, id) {
				said.Units = append(said.Units, id)
			}
		}
	}
	return nil
}

// Unit is the ID of the one unit that a name means. Errors are of type *Fault.
func Unit(dir people.Directory, name string) (string, error) {
	ids, collective, ok := dir.Resolve(name)
	switch {
	case !ok:
		return "", noUnit(dir, "unit", name)
	case collective || len(ids) != 1:
		return "", &Fault{"unit", "form.many_units", words.Data{"Unit": name}}
	}
	return ids[0], nil
}

func noUnit(dir people.Directory, field, name string) error {
	var names []string
	for _, u := range dir.Units {
		names = append(append(names, u.Name), u.Aliases...)
	}
	return &Fault{field, "case.no_unit", words.Data{"Unit": name, "Near": strings.Join(people.Near(name, names), " / ")}}
}

func policy(on query.Subject, _ act.Row, _ Said, said *act.Act) error {
	if _, ok := on.Plan.Plan.Policies[said.Policy]; said.Policy == "" || ok {
		return nil
	}
	var names []string
	for name := range on.Plan.Plan.Policies {
		names = append(names, name)
	}
	slices.Sort(names)
	return &Fault{"policy", "form.no_policy", words.Data{"Policy": said.Policy, "Names": strings.Join(names, " / ")}}
}

func addresses(_ query.Subject, _ act.Row, s Said, said *act.Act) error {
	for _, address := range s.Values["url"] {
		if address = strings.TrimSpace(address); address == "" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return &Fault{"url", "form.bad_url", words.Data{"URL": address}}
		}
		said.Evidence = append(said.Evidence, act.Evidence{Name: address, URL: address})
	}
	return nil
}

// talk fills in the fields of a talk's papers (act.TalkFacts).
func talk(on query.Subject, row act.Row, s Said, said *act.Act) error {
	if row.On == act.OnIncident {
		return nil
	}
	t := act.TalkFacts{Number: s.one("number"), Place: s.one("place"), Chair: s.one("chair"), Called: s.names("called"), Missing: s.names("missing"), Bring: s.one("bring"), Public: s.set("public")}
	if row.Takes(act.FieldCircular) {
		t.What = plan.ProposeTalk
		if s.set("circular") {
			t.What = plan.ProposeCircular
		}
	}
	if text := s.one("time"); text != "" {
		day, clock, err := calendar.ReadMoment(text)
		if err != nil || clock < 0 {
			return &Fault{"time", "form.bad_time", words.Data{"Value": text}}
		}
		t.Time = day.At(int(clock.Hours()), int(clock.Minutes())%60, on.Plan.Plan.Location()).UTC()
	}
	if asText(t) != asText(act.TalkFacts{}) {
		said.Talk = &t
	}
	return nil
}

func asText(v any) string {
	raw, _ := json.Marshal(v) // never fails on texts and times
	return string(raw)
}

// implied fills in fields that follow and need not be typed: the unit that leads, and the
// part or instruction where only one can be meant. A talk is proposed about a task.
func implied(on query.Subject, row act.Row, _ Said, said *act.Act) error {
	if row.Opens() {
		said.Ref = on.Task.ID
	}
	for _, field := range row.Implied {
		switch {
		case field == act.FieldUnit && said.Unit == "":
			said.Unit = on.Task.Lead
		case field == act.FieldRef && said.Ref == "":
			c := caseOf(on)
			all := c.Offers(row.Kind, field, said.By.Unit)
			if len(all) == 1 {
				said.Ref = all[0].Value
			} else if c.Sees(said.By) { // whoever may not see the task gets the engine's refusal instead
				return &Fault{"ref", "form.which_ref", words.Data{"Task": on.Task.Shown()}}
			}
		}
	}
	return nil
}

func caseOf(on query.Subject) act.Case { return ledger.CaseOf(on.Task) }
