package act

import (
	"cmp"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

const (
	// mostNames bounds IDs, names and other short texts that are no field of a form.
	mostNames = 200
	// mostOpen is how many parts, and how many instructions, may wait at a time.
	mostOpen = 30
	// mostCase bounds, in bytes of JSON, what a case remembers: all of it travels in
	// one payload, with what is said next.
	mostCase = 300 << 10
)

// text is one text that an act says, and how many characters it may have.
type text struct {
	field Field // "" of what is no field
	value *string
	most  int
}

// texts are all the texts of an act; each entry of a list is one.
func (a *Act) texts() (all []text) {
	for _, row := range Fields {
		if row.texts == nil {
			continue
		}
		most := row.Most
		if row.Field == FieldReason {
			most = max(most, a.Kind.longest())
		}
		for _, value := range row.texts(a) {
			all = append(all, text{row.Field, value, most})
		}
	}
	names := []*string{&a.ID, &a.By.Account, &a.By.Name, &a.By.Unit, &a.By.StandsFor}
	if e := a.Entered; e != nil {
		names = append(names, &e.Account, &e.Name, &e.Unit, &e.StandsFor)
	}
	for i := range a.Evidence {
		names = append(names, &a.Evidence[i].SHA256)
	}
	if a.Talk != nil {
		names = append(names, &a.Talk.What)
	}
	for _, name := range names {
		all = append(all, text{"", name, mostNames})
	}
	return all
}

// Lengths refuses an act that says more than its fields may hold; nil is yes. Acts of the engine
// are not measured.
func Lengths(a Act) *Refusal {
	if a.By.Account == EngineActor.Account {
		return nil
	}
	for _, row := range Fields {
		if row.Entries == 0 {
			continue
		}
		if n := len(row.texts(&a)); n > row.Entries {
			return refuse("many", "Field", row.Field.Key(), "Most", strconv.Itoa(row.Entries), "Has", strconv.Itoa(n))
		}
	}
	for _, t := range a.texts() {
		if n := utf8.RuneCountInString(*t.value); n > t.most {
			return refuse("long", "Field", cmp.Or(t.field, "name").Key(), "Most", strconv.Itoa(t.most), "Has", strconv.Itoa(n))
		}
	}
	return nil
}

// Cut is the act with every text and list cut to its limit, as a refused act is kept in the
// ledger.
func (a Act) Cut() Act {
	a.Units, a.Evidence = cut(a.Units, FieldUnits), cut(a.Evidence, FieldFile)
	if a.Entered != nil {
		e := *a.Entered
		a.Entered = &e
	}
	if a.Talk != nil {
		t := *a.Talk
		t.Called, t.Missing = cut(t.Called, FieldCalled), cut(t.Missing, FieldMissing)
		a.Talk = &t
	}
	if a.Incident != nil {
		i := *a.Incident
		i.Outlets = cut(i.Outlets, FieldOutlets)
		a.Incident = &i
	}
	if a.Text != nil {
		t := *a.Text
		a.Text = &t
	}
	for _, t := range a.texts() {
		if utf8.RuneCountInString(*t.value) > t.most {
			*t.value = string([]rune(*t.value)[:t.most]) + "…"
		}
	}
	return a
}

// cut is a copy of as many values as a field may have.
func cut[T any](all []T, f Field) []T {
	return append([]T(nil), all[:min(f.Row().Entries, len(all))]...)
}

// fits refuses an act that would make a case remember more than can travel. The same
// case always gives the same JSON, which is what a replay needs.
//
//workflowcheck:ignore
func fits(c any, open int, field Field) *Refusal {
	if open >= mostOpen {
		return refuse("many_open", "Field", string(field), "Most", strconv.Itoa(mostOpen))
	}
	if raw, err := json.Marshal(c); err != nil || len(raw) > mostCase {
		return refuse("full")
	}
	return nil
}
