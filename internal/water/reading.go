package water

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Month is a month of a year; its text is 2021-05.
type Month struct{ Year, Month int }

// String is 2021-05; "" of the zero value.
func (m Month) String() string {
	if m == (Month{}) {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", m.Year, m.Month)
}

// MarshalText writes a month as String does.
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what ReadMonth reads, and "".
func (m *Month) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*m = Month{}
		return nil
	}
	*m, err = ReadMonth(string(text))
	return err
}

// sheetMonth is how Excel shows the date that it makes of a typed 2021-05.
var sheetMonth = regexp.MustCompile(`^[A-Z][a-z]{2}-\d\d$`)

// ReadMonth reads 2021-05, 2021年5月, 202105, 2021/5, and May-21.
func ReadMonth(text string) (Month, error) {
	s := strings.TrimSuffix(fold(text), "月")
	if at, err := time.Parse("Jan-06", s); err == nil && sheetMonth.MatchString(s) {
		return Month{at.Year(), int(at.Month())}, nil
	}
	year, month, ok := "", "", false
	for _, mark := range []string{"年", "-", "/", "."} {
		if year, month, ok = strings.Cut(s, mark); ok {
			break
		}
	}
	if !ok && len(s) == 6 {
		year, month = s[:4], s[4:]
	}
	y, errYear := strconv.Atoi(year)
	n, errMonth := strconv.Atoi(month)
	if errYear != nil || errMonth != nil || y < 1949 || y > 2100 || n < 1 || n > 12 {
		return Month{}, fmt.Errorf("water: month %q: %w", text, ErrNotRead)
	}
	return Month{y, n}, nil
}

// Add is the month n months later.
func (m Month) Add(n int) Month {
	at := m.Year*12 + m.Month - 1 + n
	return Month{at / 12, at%12 + 1}
}

// Before tells that m is earlier than other.
func (m Month) Before(other Month) bool {
	return m.Year*12+m.Month < other.Year*12+other.Month
}

// Span is the time that a reading is about.
type Span string

// A month, or the year so far up to the end of the month.
const (
	OfMonth Span = "month"
	OfYear  Span = "year"
)

// outletPlace is how the Section of a reading of an outlet begins. No section's ID has a slash.
const outletPlace = "outlet/"

// PlaceOfOutlet is what a reading of an outlet 排污口 has as its Section.
func PlaceOfOutlet(id string) string { return outletPlace + id }

// OutletAt is the ID of the outlet that a reading's Section means; ok is false of a section.
func OutletAt(place string) (id string, ok bool) { return strings.CutPrefix(place, outletPlace) }

// Reading is what was reported of a section for a month, or for the year up to it. It
// may be a class, a state, concentrations, what is over, or several of them.
type Reading struct {
	Section string            `json:"section"` // ID; of an outlet see PlaceOfOutlet
	Month   Month             `json:"month"`
	Span    Span              `json:"span"`
	State   State             `json:"state,omitempty"`
	Class   Class             `json:"class,omitempty"`
	Values  Values            `json:"values,omitempty"`
	Over    []Over            `json:"over,omitempty"`
	Sources map[string]string `json:"sources,omitempty"` // by field of Fields: file, sheet and cell, or who typed it
}

// Names of what a reading may hold besides items.
const (
	FieldState = "state"
	FieldClass = "class"
	FieldOver  = "over"
)

// Fields are what the reading holds, as text by name: an item's is its ASCII name.
func (r Reading) Fields() map[string]string {
	fields := map[string]string{}
	if r.State != Observed {
		fields[FieldState] = string(r.State)
	}
	if r.Class != NoClass {
		fields[FieldClass] = r.Class.String()
	}
	for i, v := range r.Values {
		fields[string(i)] = v.String()
	}
	if len(r.Over) > 0 {
		var over []string
		for _, o := range r.Over {
			text := string(o.Item)
			if o.Times != nil {
				text += "/" + o.Times.String()
			}
			over = append(over, text)
		}
		fields[FieldOver] = strings.Join(over, " ")
	}
	return fields
}

// Empty tells that the reading says nothing.
func (r Reading) Empty() bool { return len(r.Fields()) == 0 }

// Corrected is a field in which another reading differs from one.
type Corrected struct{ Field, Old, New string }

// With is the reading with the fields of another one, of the same section, month and span.
// corrected are the fields in which the two differ, by name; more tells that the other one
// has a field that this one did not have. A state and a class exclude each other.
func (r Reading) With(now Reading) (both Reading, corrected []Corrected, more bool) {
	was, is := r.Fields(), now.Fields()
	both = r
	both.Values, both.Sources = maps.Clone(r.Values), maps.Clone(r.Sources)
	if both.Values == nil {
		both.Values = Values{}
	}
	if both.Sources == nil {
		both.Sources = map[string]string{}
	}
	drop := func(field string) {
		if old, ok := was[field]; ok {
			corrected = append(corrected, Corrected{field, old, ""})
			delete(both.Sources, field)
		}
	}
	if now.State != Observed { // nothing was measured after all
		for _, field := range slices.Sorted(maps.Keys(was)) {
			if field != FieldState {
				drop(field)
			}
		}
		both.Class, both.Values, both.Over = NoClass, Values{}, nil
	} else if r.State != Observed && len(is) > 0 {
		drop(FieldState)
		both.State = Observed
	}
	for _, field := range slices.Sorted(maps.Keys(is)) {
		old, had := was[field]
		switch {
		case had && old == is[field]:
			continue
		case had:
			corrected = append(corrected, Corrected{field, old, is[field]})
		}
		more = true
		both.Sources[field] = now.Sources[field]
		switch field {
		case FieldState:
			both.State = now.State
		case FieldClass:
			both.Class = now.Class
		case FieldOver:
			both.Over = now.Over
		default:
			both.Values[Item(field)] = now.Values[Item(field)]
		}
	}
	if len(both.Values) == 0 {
		both.Values = nil
	}
	return both, corrected, more || len(corrected) > 0
}
