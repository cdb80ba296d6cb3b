package report

import (
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/words"
)

// look says how a cell is drawn.
type look int

const (
	asText   look = iota // wrapped, to the left
	asCenter             // short words and dates, in the middle
	asRate               // 0.857 shown as 85.7%
	asLight              // coloured by its light
	asLate               // red words
)

// cell is one value of a sheet: a text, a number, or nothing.
type cell struct {
	text   string
	number *float64 // shown in place of text where the file can hold numbers; text says the same
	look   look
	light  plan.Light
	format string // Excel's number format for number
}

// column is one column of a sheet.
type column struct {
	heading string
	// most is the width at which texts wrap, in half-width characters. A column of numbers,
	// which do not wrap, must be wide enough for every text that their formats show.
	most  float64
	aside bool // not printed
}

// block is a table within a sheet, under a heading of its own.
type block struct {
	heading string
	columns []column
	rows    [][]cell
}

// sheet is one page of the book.
type sheet struct {
	name   string
	title  string
	lines  []string // under the title
	frozen int      // columns that stay when the sheet is scrolled sideways
	blocks []block
	empty  string // text in place of a block's rows when it has none
}

func text(s string) cell   { return cell{text: s} }
func center(s string) cell { return cell{text: s, look: asCenter} }

func number(n int) cell {
	f := float64(n)
	return cell{text: itoa(n), number: &f, look: asCenter, format: "0"}
}

// Excel's number formats of days and instants.
const (
	dayFormat    = "yyyy-mm-dd"
	minuteFormat = "yyyy-mm-dd hh:mm"
)

// date is a cell with a day as a spreadsheet's date.
func date(d calendar.Day) cell { return dated(d, d.String(), dayFormat) }

// dated is a cell with a day, empty for none: a spreadsheet's date with a format that shows
// it as text does.
func dated(d calendar.Day, text, format string) cell {
	if d.IsZero() {
		return center("")
	}
	n := float64(d.Sub(firstDay))
	return cell{text: text, number: &n, look: asCenter, format: format}
}

// moment is a cell with an instant in t's time zone, to the minute; empty for none.
func moment(t time.Time) cell {
	if t.IsZero() {
		return center("")
	}
	n := float64(calendar.DayOf(t).Sub(firstDay)) + float64(60*t.Hour()+t.Minute())/(24*60)
	return cell{text: clock(t), number: &n, look: asCenter, format: minuteFormat}
}

// firstDay is day 0 of a spreadsheet's dates.
var firstDay = calendar.NewDay(1899, 12, 30)

// Speaker puts the lines of tables and case files into words of one language.
type Speaker struct {
	w      *words.Words
	called func(plan, thing string) string // the ID that people use for a ledger ID; nil: the ledger's is used
}

// Speak makes a Speaker of the language of w.
func Speak(w *words.Words) Speaker { return Speaker{w: w} }

// Calling gives a Speaker that names tasks and talks in the sentences about events as called
// does. called takes a plan's ID and the task's or talk's ID in the ledger.
func (s Speaker) Calling(called func(plan, thing string) string) Speaker {
	s.called = called
	return s
}

func (s Speaker) call(plan, thing string) string {
	if s.called == nil {
		return thing
	}
	return s.called(plan, thing)
}

// pages are a table laid out as sheets.
type pages struct {
	Speaker
	table Table
}

func (s Speaker) t(name string, data ...words.Data) string { return s.w.T("report."+name, data...) }

// known is the catalogue's word for a name, or the name itself when there is no word for
// it, as for one that a plan's author has chosen.
func (s Speaker) known(prefix, name string) string {
	key := "report." + prefix + name
	if got := s.w.T(key); got != key {
		return got
	}
	return name
}

// term is one of the catalogue's common words; "" for "".
func (s Speaker) term(name string) string {
	if name == "" {
		return ""
	}
	return s.w.T("term." + name)
}

func (s Speaker) join(parts ...string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, s.t("semicolon"))
}

func (s Speaker) list(names []string) string { return strings.Join(names, s.t("comma")) }

// sheets are the four pages of the book.
func (s pages) sheets() []sheet {
	return []sheet{s.book(), s.counts(), s.stages(), s.talks()}
}

// headed is a sheet with the plan's title, its number and the day.
func (s pages) headed(name string) sheet {
	p := s.table.Plan
	return sheet{
		name:  s.t("sheet_" + name),
		title: s.t("title", words.Data{"Plan": p.Title, "Sheet": s.t("title_" + name)}),
		lines: []string{s.t("subtitle", words.Data{"Number": p.Number, "Issuer": p.Issuer, "Day": s.Day(s.table.AsOf)})},
		empty: s.t("empty"),
	}
}

// Day is a day written out in the reader's language: 2021年6月30日.
func (s Speaker) Day(d calendar.Day) string {
	return d.At(0, 0, time.UTC).Format(s.t("day_layout"))
}

func (s Speaker) columns(spec ...column) []column {
	for i := range spec {
		if spec[i].heading != "" {
			spec[i].heading = s.t("col_" + spec[i].heading)
		}
	}
	return spec
}
