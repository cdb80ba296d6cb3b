// Package bulletin reads the monthly tables of water quality 水质月报 that offices have:
// Excel, CSV, web pages and documents, with classes or concentrations, the month and the
// year so far side by side, those of last year beside them. A cell that cannot be read is
// named by sheet and cell, and the parts that are left out are listed.
package bulletin

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"duban/internal/intake"
	"duban/internal/letter"
	"duban/internal/people"
	"duban/internal/water"
	"duban/internal/words"
)

// Fault is a cell that cannot be taken, or with Warning one that a person should look at.
type Fault struct {
	Sheet   string         `json:"sheet,omitempty"`
	Cell    string         `json:"cell,omitempty"` // F7; "" of a whole sheet
	Key     string         `json:"key"`            // water.<key> of the catalogue
	Data    map[string]any `json:"data,omitempty"`
	Warning bool           `json:"warning,omitempty"`
}

// Text is the fault in one line: sheet, cell, what is wrong and what to do.
func (f Fault) Text(w *words.Words) string {
	at := strings.TrimSpace(f.Sheet + " " + f.Cell)
	if at != "" {
		at += "："
	}
	if f.Warning {
		at += w.T("file.warning")
	}
	data := words.Data{}
	for name, value := range f.Data {
		if text, ok := value.(string); ok {
			value = letter.Short(text, mostShown)
		}
		data[name] = value
	}
	if data["Field"] == water.FieldState {
		data["Old"] = w.T("water.state_" + f.Data["Old"].(string))
	}
	return at + w.T("water."+f.Key, data)
}

// mostShown is how many characters of a cell a fault shows.
const mostShown = 80

// Bulletin is what a file says.
type Bulletin struct {
	File     string
	Readings []water.Reading
	Faults   []Fault
	Aside    []string        // headings of columns, and lines, that say nothing about a section
	Unread   []intake.Unread // parts of the file that were not read
}

// Bad is how many faults keep the bulletin from being taken; warnings are not counted.
func (b Bulletin) Bad() (count int) {
	for _, f := range b.Faults {
		if !f.Warning {
			count++
		}
	}
	return count
}

// ReadFiles reads files, each compared with those before it; the readings of the last
// Bulletin are those of all files. bad is the sum of Bulletin.Bad.
func ReadFiles(ctx context.Context, paths []string, o Options) (all []Bulletin, bad int, err error) {
	for _, path := range paths {
		source, err := intake.Open(path)
		if err != nil {
			return nil, 0, err
		}
		b, err := Read(ctx, source, o)
		if err != nil {
			return nil, 0, err
		}
		all, bad, o.Before = append(all, b), bad+b.Bad(), b.Readings
	}
	return all, bad, nil
}

// Options are what a file itself does not say.
type Options struct {
	Register *water.Register
	Outlets  *water.Register // outlets, as incident.Registry.Places has them; nil: none
	Month    water.Month     // of a table that names no month; zero: every table must name one
	Before   []water.Reading // readings of the files before; a value that differs from them is a fault
}

// Read reads a file; the readings of the Bulletin include Options.Before. Errors:
// *intake.Refusal, or ctx's.
func Read(ctx context.Context, s intake.Source, o Options) (Bulletin, error) {
	doc, err := intake.Read(ctx, s)
	if err != nil {
		return Bulletin{}, err
	}
	r := &reader{o: o, file: s.Name, have: map[key]water.Reading{}}
	r.out.File, r.out.Unread = s.Name, doc.Unread
	for _, is := range o.Before {
		k := key{is.Section, is.Month, is.Span}
		r.have[k], r.order = is, append(r.order, k)
	}
	for _, u := range doc.Unread {
		if u.Lost {
			r.out.Faults = append(r.out.Faults, Fault{Sheet: u.Place.Sheet, Cell: u.Cell, Key: "fault_lost"})
		}
	}
	var titles []string
	tables := 0
	for _, b := range doc.Blocks {
		if b.Table == nil {
			titles = append(titles, b.Text)
			continue
		}
		if r.table(b, titles) {
			tables++
		}
		titles = nil
	}
	if tables == 0 {
		r.out.Faults = append(r.out.Faults, Fault{Key: "fault_no_table"})
	}
	for i, k := range r.order {
		is := r.have[k]
		r.out.Readings = append(r.out.Readings, is)
		if i >= len(o.Before) || len(is.Fields()) > len(o.Before[i].Fields()) { // a reading without new fields was compared with its file
			r.compare(is)
		}
	}
	return r.out, nil
}

// key is the section, the month and the span of a reading.
type key struct {
	section string
	month   water.Month
	span    water.Span
}

type reader struct {
	o     Options
	of    *water.Register // what the table being read is of: Options.Register, or
	drain bool            // Options.Outlets
	file  string
	out   Bulletin
	have  map[key]water.Reading
	order []key
}

// cell is one cell with its name: F7.
type cell struct{ text, at string }

// grid is a table as rows of cells.
type grid [][]cell

func gridOf(t *intake.Table) (g grid) {
	for _, row := range t.Rows {
		var cells []cell
		for i, text := range row.Cells {
			name, err := excelize.CoordinatesToCellName(i+1, max(row.No, 1))
			if err != nil {
				name = fmt.Sprintf("%d/%d", row.No, i+1)
			}
			cells = append(cells, cell{strings.TrimSpace(text), name})
		}
		g = append(g, cells)
	}
	return g
}

func (g grid) at(row, column int) cell {
	if row < len(g) && column < len(g[row]) {
		return g[row][column]
	}
	return cell{}
}

func (g grid) wide() (n int) {
	for _, row := range g {
		n = max(n, len(row))
	}
	return n
}

// turned is the grid with its columns as rows.
func (g grid) turned() (t grid) {
	for c := range g.wide() {
		var row []cell
		for r := range g {
			row = append(row, g.at(r, c))
		}
		t = append(t, row)
	}
	return t
}

func (r *reader) fault(sheet string, c cell, key string, data words.Data) {
	r.out.Faults = append(r.out.Faults, Fault{Sheet: sheet, Cell: c.at, Key: "fault_" + key, Data: data})
}

func (r *reader) warn(sheet string, c cell, key string, data words.Data) {
	r.out.Faults = append(r.out.Faults, Fault{Sheet: sheet, Cell: c.at, Key: "fault_" + key, Data: data, Warning: true})
}

// table reads one table; false when it is not a table of sections.
func (r *reader) table(b intake.Block, titles []string) bool {
	g := gridOf(b.Table)
	r.whose(g)
	if r.across(g) {
		g = g.turned()
	}
	top, last, columns := r.heading(g)
	if columns == nil {
		return false
	}
	for row := range top {
		for _, c := range g[row] {
			titles = append(titles, c.text)
		}
	}
	titles = append(titles, b.Place.Sheet, r.file)
	t := &sheet{reader: r, name: b.Place.Sheet, grid: g, columns: columns}
	if !t.when(titles, g[top]) {
		return true
	}
	for row := last + 1; row < len(g); row++ {
		t.row(g[row])
	}
	return true
}

// whose finds out what a table is of: of outlets where more of its rows name these than sections alone,
// or where it names neither and its heading speaks of outlets.
func (r *reader) whose(g grid) {
	r.of, r.drain = r.o.Register, false
	if r.o.Outlets == nil || len(r.o.Outlets.Sections) == 0 {
		return
	}
	sections, outlets, headed := 0, 0, false
	for _, row := range g {
		section, outlet := false, false
		for _, c := range row {
			if c.text == "" {
				continue
			}
			_, isSection := r.o.Register.ByName(c.text)
			_, isOutlet := r.o.Outlets.ByName(c.text)
			section, outlet = section || isSection, outlet || isOutlet
			headed = headed || outletName.MatchString(plain(c.text)) && len([]rune(c.text)) <= 12
		}
		switch { // the row of an outlet often names the section below it
		case outlet:
			outlets++
		case section:
			sections++
		}
	}
	if outlets > sections || outlets+sections == 0 && headed {
		r.of, r.drain = r.o.Outlets, true
	}
}

// across tells that the sections are side by side in one row, and the items one below the
// other.
func (r *reader) across(g grid) bool {
	for _, row := range g {
		if len(row) == 0 || r.kindOf(row[0].text) != kindName {
			continue
		}
		known := 0
		for _, c := range row[1:] {
			if _, ok := r.of.ByName(c.text); ok {
				known++
			}
		}
		if known >= 2 {
			return true
		}
	}
	return false
}

var (
	wholeMonth = regexp.MustCompile(`(20\d\d)\s*年\s*(\d{1,2})\s*月`)
	dashMonth  = regexp.MustCompile(`(20\d\d)[-_.](\d{1,2})(?:\D|$)`)
	wholeDay   = regexp.MustCompile(`20\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|20\d\d([-_./])\d{1,2}([-_./])\d{1,2}(?:\D|$)`)
	rangeMonth = regexp.MustCompile(`(20\d\d)\s*年\s*1\s*月?\s*[-—–~～至到]+\s*(\d{1,2})\s*月`)
)

// monthIn is the month that a title names; far tells that the title is about the year up to
// that month alone. The month of a whole day is not taken: 制表日期：2021年6月5日 is in the
// month after the table's.
func monthIn(title string) (m water.Month, far, ok bool) {
	title = wholeDay.ReplaceAllString(title, "")
	rest := title
	if found := rangeMonth.FindStringSubmatch(title); found != nil {
		m, far, ok = monthOf(found[1], found[2])
		rest = strings.Replace(title, found[0], "", 1)
	}
	for _, form := range []*regexp.Regexp{wholeMonth, dashMonth} {
		if found := form.FindStringSubmatch(rest); found != nil {
			if one, _, is := monthOf(found[1], found[2]); is {
				return one, false, true
			}
		}
	}
	return m, far, ok
}

func monthOf(year, month string) (m water.Month, far, ok bool) {
	y, _ := strconv.Atoi(year)
	n, _ := strconv.Atoi(month)
	return water.Month{Year: y, Month: n}, true, n >= 1 && n <= 12
}

// near are names of sections that look like what was typed.
func (r *reader) near(name string) string {
	if utf8.RuneCountInString(name) > mostShown {
		return ""
	}
	return strings.Join(people.Near(name, r.of.Names()), " / ")
}

// compare compares a printed class with the class of the concentrations beside it: where all
// items that are judged are known the two must be the same, else the printed one may be
// worse.
func (r *reader) compare(is water.Reading) {
	s, ok := r.o.Register.Section(is.Section)
	if !ok || is.Class == water.NoClass || len(is.Values) == 0 {
		return
	}
	j := water.Judge(s.Body, s.Judged(is.Month.Year), is.Values)
	if j.Class == water.NoClass || j.Class == is.Class || j.Class < is.Class && len(j.Missing) > 0 {
		return
	}
	var items []string
	for _, i := range j.Worst() {
		items = append(items, i.Name()+" "+is.Values[i].String())
	}
	r.warn("", cell{at: is.Sources[water.FieldClass]}, "class_differs", words.Data{"Section": s.Name, "Month": is.Month.String(), "Printed": is.Class.String(), "Judged": j.Class.String(), "Items": strings.Join(items, "、")})
}
