package form

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"duban/internal/water"
	"duban/internal/words"
)

// TypedReading is a reading of a section's or an outlet's month as somebody typed it. An empty field says
// nothing.
type TypedReading struct {
	Section string // ID or name; of an outlet what water.PlaceOfOutlet makes of its ID
	Month   string
	Span    string // "" is the month
	State   string
	Class   string
	Over    string            // 氨氮/1.3、总磷(0.6)
	Values  map[string]string // concentrations by item
}

// Reading is the reading that was typed, with source as the source of every field. A *Fault
// where a field was not understood, or none says anything.
func (t TypedReading) Reading(reg *water.Register, source string) (r water.Reading, err error) {
	fault := func(field, key string, data words.Data) error {
		return &Fault{Field: field, Key: "water." + key, Data: data}
	}
	s, ok := reg.Section(strings.TrimSpace(t.Section))
	if !ok {
		if s, ok = reg.ByName(t.Section); !ok {
			return r, fault("section", "fault_section", words.Data{"Value": t.Section, "Near": ""})
		}
	}
	_, drain := water.OutletAt(s.ID)
	readItem := water.ReadItem
	if drain {
		readItem = water.ReadDischarged
	}
	r = water.Reading{Section: s.ID, Span: water.Span(cmp.Or(t.Span, string(water.OfMonth))), Sources: map[string]string{}}
	if r.Month, err = water.ReadMonth(t.Month); err != nil {
		return r, fault("month", "bad_month", words.Data{"Value": t.Month})
	}
	if r.Span != water.OfMonth && r.Span != water.OfYear {
		return r, fault("span", "bad_span", words.Data{"Value": t.Span})
	}
	if t.State != "" && !slices.Contains(water.States, water.State(t.State)) {
		if r.State, err = water.ReadState(t.State); err != nil {
			return r, fault("state", "bad_state", words.Data{"Value": t.State})
		}
	} else {
		r.State = water.State(t.State)
	}
	if strings.TrimSpace(t.Class) != "" {
		if r.Class, err = water.ReadClass(t.Class); err != nil {
			return r, fault("class", "fault_class", words.Data{"Value": t.Class})
		}
	}
	if r.Over, err = water.ReadOver(t.Over); err != nil {
		return r, fault("over", "fault_over", words.Data{"Value": t.Over})
	}
	for _, name := range slices.Sorted(maps.Keys(t.Values)) {
		text := strings.TrimSpace(t.Values[name])
		if text == "" {
			continue
		}
		item, err := readItem(name)
		if err != nil {
			return r, fault(name, "bad_item", words.Data{"Value": name})
		}
		value, err := water.ReadValue(text)
		if err != nil {
			return r, fault(name, "fault_value", words.Data{"Value": text, "Item": item.Name()})
		}
		if r.Values == nil {
			r.Values = water.Values{}
		}
		r.Values[item] = value
	}
	if r.State != water.Observed && (r.Class != water.NoClass || len(r.Values)+len(r.Over) > 0) {
		return r, fault("state", "state_and_more", nil)
	}
	if drain && (r.Span != water.OfMonth || r.Class != water.NoClass || len(r.Over) > 0) {
		return r, fault("class", "outlet_values", nil)
	}
	if r.Empty() {
		return r, fault("class", "says_nothing", nil)
	}
	for field := range r.Fields() {
		r.Sources[field] = source
	}
	return r, nil
}
