package bulletin

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duban/internal/letter"
	"duban/internal/water"
	"duban/internal/words"
)

// sheet is one table being read.
type sheet struct {
	*reader
	name    string
	grid    grid
	columns []column
	month   water.Month
	far     bool // the table's title is about the year so far alone
}

// when finds the month of the table: Options.Month, else the month that its titles name. A
// table with a column of months needs none.
func (t *sheet) when(titles []string, head []cell) bool {
	said, far, ok := water.Month{}, false, false
	for _, title := range titles {
		if said, far, ok = monthIn(title); ok {
			break
		}
	}
	t.month, t.far = t.o.Month, ok && far && !t.spans()
	switch {
	case ok && t.month != (water.Month{}) && t.month != said:
		t.fault(t.name, cell{}, "month_differs", words.Data{"Said": said.String(), "Month": t.month.String()})
		return false
	case ok:
		t.month = said
	}
	for _, c := range t.columns {
		if c.kind == kindMonth {
			return true
		}
	}
	if t.month == (water.Month{}) {
		t.fault(t.name, cell{}, "no_month", nil)
		return false
	}
	whole := true
	for _, c := range t.columns {
		year := printed.FindStringSubmatch(c.text)
		n := max(c.of, c.upTo)
		want := t.month.Add(-c.back)
		if n > 0 && n != want.Month || year != nil && c.kind != kindTarget && year[1] != strconv.Itoa(want.Year) {
			t.fault(t.name, c.at, "column_month", words.Data{"Heading": c.text, "Month": want.String()})
			whole = false
		}
	}
	return whole
}

// spans tells that the heading of some column names the year so far, or the month.
func (t *sheet) spans() bool {
	for _, c := range t.columns {
		if c.span == water.OfYear || c.of > 0 || thisMonth.MatchString(c.text) {
			return true
		}
	}
	return false
}

// row reads one section's row.
func (t *sheet) row(cells []cell) {
	var name, month cell
	for i, c := range t.columns {
		if i >= len(cells) {
			continue
		}
		switch c.kind {
		case kindName:
			_, has := t.of.ByName(name.text)
			if _, known := t.of.ByName(cells[i].text); name.text == "" || known && !has {
				name = cells[i]
			}
		case kindMonth:
			month = cells[i]
		}
	}
	full := filled(cells)
	if len(full) == 0 {
		return
	}
	s, known := t.of.ByName(name.text)
	if !known {
		if len(full) == 1 || name.text == "" && !t.says(cells) || strings.HasPrefix(full[0], "注") {
			t.aside(strings.Join(full, " "))
			return
		}
		if name.text == "" {
			t.fault(t.name, cells[0], "no_name", nil)
			return
		}
		t.fault(t.name, name, map[bool]string{false: "section", true: "outlet"}[t.drain], words.Data{"Value": name.text, "Near": t.near(name.text)})
		return
	}
	base := t.month
	if month.text != "" {
		m, err := water.ReadMonth(month.text)
		if n, err2 := strconv.Atoi(strings.TrimSuffix(plain(month.text), "月")); err != nil && err2 == nil && n >= 1 && n <= 12 && base.Year > 0 {
			m, err = water.Month{Year: base.Year, Month: n}, nil
		}
		if err != nil {
			t.fault(t.name, month, "month", words.Data{"Value": month.text})
			return
		}
		base = m
	}
	if base == (water.Month{}) {
		t.fault(t.name, name, "no_month", nil)
		return
	}
	var states []int
	for i, c := range t.columns {
		switch {
		case i >= len(cells) || cells[i].text == "":
		case c.kind == kindItem && stateOf(cells[i]) != water.Observed:
			states = append(states, i)
		default:
			t.value(s, base, c, cells[i])
		}
	}
	for _, i := range states { // last, because what a state means depends on the other cells of its row
		t.itemState(s, base, t.columns[i], cells[i])
	}
}

// stateOf is the state that a cell has in place of a value; Observed for a value, and for a
// text that cannot be read.
func stateOf(c cell) water.State {
	if _, err := water.ReadValue(c.text); err == nil {
		return water.Observed
	}
	state, _ := water.ReadState(c.text)
	return state
}

// itemState reads a cell that has a state in place of an item's value: 未监测 is of the
// item alone where anything else is known of the section.
func (t *sheet) itemState(s water.Section, month water.Month, c column, at cell) {
	k, is := t.reading(s, month, c)
	is.State, is.Sources[water.FieldState] = stateOf(at), t.from(at)
	if _, known := t.have[k]; known && (is.State == water.Unmonitored || is.State == water.Suspended) {
		return
	}
	t.put(k, is, at)
}

// reading is the empty reading that a column's cells belong to.
func (t *sheet) reading(s water.Section, month water.Month, c column) (key, water.Reading) {
	k := key{s.ID, month.Add(-c.back), c.span}
	if t.far && c.span == water.OfMonth && c.back != 1 {
		k.span = water.OfYear
	}
	return k, water.Reading{Section: k.section, Month: k.month, Span: k.span, Values: water.Values{}, Sources: map[string]string{}}
}

// says tells that a row has anything in a column of classes, values or 超标项目.
func (t *sheet) says(cells []cell) bool {
	for i, c := range t.columns {
		if i < len(cells) && (c.kind == kindClass || c.kind == kindItem || c.kind == kindOver) && !water.Nothing(cells[i].text) {
			return true
		}
	}
	return false
}

func filled(cells []cell) (texts []string) {
	for _, c := range cells {
		if c.text != "" {
			texts = append(texts, c.text)
		}
	}
	return texts
}

func (r *reader) aside(text string) {
	if text = letter.Short(text, mostShown); !slices.Contains(r.out.Aside, text) {
		r.out.Aside = append(r.out.Aside, text)
	}
}

// classAnd is a class with 超标项目 in brackets behind it: Ⅳ（氨氮/0.2）.
var classAnd = regexp.MustCompile(`^([^（(]+)[（(](.+)[）)]$`)

// value reads one cell into the reading that it belongs to.
func (t *sheet) value(s water.Section, month water.Month, c column, at cell) {
	k, is := t.reading(s, month, c)
	from := t.from(at)
	switch c.kind {
	case kindNone, kindNote:
		if c.kind == kindNone && c.text != "" {
			t.aside(c.text)
		} else if !water.Nothing(at.text) {
			t.aside(s.Name + " " + c.text + " " + at.text)
		}
		return
	case kindTarget:
		t.target(s, month.Year, at)
		return
	case kindClass:
		if water.Nothing(at.text) {
			return
		}
		if !t.class(&is, at, from) {
			return
		}
	case kindItem:
		if water.Nothing(at.text) {
			return
		}
		v, err := water.ReadValue(at.text)
		if err != nil {
			t.fault(t.name, at, "value", words.Data{"Value": at.text, "Item": c.item.Name()})
			return
		}
		is.Values[c.item], is.Sources[string(c.item)] = v, from
	case kindOver:
		over, err := water.ReadOver(at.text)
		if err != nil {
			if _, err := water.ReadState(at.text); err == nil {
				return // the state is known already from another cell
			}
			t.fault(t.name, at, "over", words.Data{"Value": at.text})
			return
		}
		if len(over) == 0 {
			return
		}
		is.Over, is.Sources[water.FieldOver] = over, from
	default:
		return
	}
	t.put(k, is, at)
}

// class reads a class, a state, or a class with 超标项目 behind it (classAnd).
func (t *sheet) class(is *water.Reading, at cell, from string) bool {
	text := at.text
	if m := classAnd.FindStringSubmatch(text); m != nil {
		if over, err := water.ReadOver(m[2]); err == nil && len(over) > 0 {
			is.Over, is.Sources[water.FieldOver], text = over, from, m[1]
		}
	}
	class, err := water.ReadClass(text)
	if err == nil && !t.drain {
		is.Class, is.Sources[water.FieldClass] = class, from
		return true
	}
	state, err := water.ReadState(text)
	if t.drain && err != nil {
		return false // 达标 follows from the values
	}
	if before, _, ok := strings.Cut(strings.Replace(text, "（", "(", 1), "("); err == nil && ok && before != "" { // 劣Ⅴ（断流） says two things
		_, err = water.ReadState(before)
	}
	if err != nil {
		t.fault(t.name, at, "class", words.Data{"Value": at.text})
		return false
	}
	is.State, is.Sources[water.FieldState] = state, from
	return true
}

// target compares a printed target with the register's.
func (t *sheet) target(s water.Section, year int, at cell) {
	printed, err := water.ReadClass(at.text)
	if err != nil {
		if !water.Nothing(at.text) && !strings.Contains(at.text, "省定") {
			t.aside(s.Name + " " + at.text)
		}
		return
	}
	if known := s.Target(year); known.Known() && known.Class != printed {
		t.warn(t.name, at, "target", words.Data{"Section": s.Name, "Printed": printed.String(), "Register": known.Class.String(), "Year": year})
	}
}

// put adds a cell's value to the reading that it belongs to; a fault where another cell of
// the file has another value.
func (t *sheet) put(k key, is water.Reading, at cell) {
	have, ok := t.have[k]
	if !ok {
		t.have[k], t.order = is, append(t.order, k)
		return
	}
	both, corrected, _ := have.With(is)
	if len(corrected) > 0 {
		c := corrected[0]
		if c.New == "" { // a state, and a class or value, which exclude each other
			c.New = at.text
		}
		t.fault(t.name, at, "again", words.Data{"Month": k.month.String(), "Field": c.Field, "Old": c.Old, "New": c.New, "At": have.Sources[c.Field]})
		return
	}
	t.have[k] = both
}

// from names the cell that holds a value: 2021年5月.xlsx 表1 F7.
func (t *sheet) from(at cell) string {
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s %s", t.file, t.name, at.at)), " ")
}
