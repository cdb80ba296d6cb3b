package form

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/xuri/excelize/v2"

	"duban/internal/query"
	"duban/internal/words"
)

// MostSheetRows is how many rows of a sheet of progress are taken at once.
const MostSheetRows = 500

// mostSheet bounds what an Excel file unpacks to, in bytes.
const mostSheet = 32 << 20

// SheetRow is the row of one task in a sheet of progress, as it was filled in.
type SheetRow struct {
	Line    int    `json:"line"`           // of the sheet, from 1
	Plan    string `json:"plan,omitempty"` // ID; "" where the sheet does not say
	Task    string `json:"task"`           // as the plan calls it
	Title   string `json:"title,omitempty"`
	Percent string `json:"percent,omitempty"`
	Text    string `json:"text,omitempty"`
	Sheet   string `json:"sheet,omitempty"` // which download it was filled into
}

// ActID is the ID of the row's act: the same for the same words in the same row of the same
// download, so that a row sent again is the same act.
func (r SheetRow) ActID(plan, task string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{r.Sheet, plan, task, r.Percent, r.Text}, "\x00")))
	return "sheet-" + hex.EncodeToString(sum[:12])
}

// Percent is a percentage as people read it.
func Percent(n int) string { return fmt.Sprintf("%d%%", n) }

// sheetColumns are the columns of a sheet of progress, by their words in the catalogue
// (form.sheet_…), in order.
var sheetColumns = []string{"plan", "task", "title", "lead", "due", "before", "percent", "text", "key"}

// WriteProgress is a sheet of progress of these tasks as an Excel file. id is unique to
// this download.
func WriteProgress(lines []query.ReportedLine, plans map[string]string, id string, w *words.Words) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	name := w.T("form.sheet_name")
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return nil, err
	}
	head, body, err := looks(f)
	if err != nil {
		return nil, err
	}
	sw, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	for i, width := range []float64{24, 10, 40, 20, 12, 40, 12, 60, 4} {
		if err := sw.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	err = errors.Join(sw.SetColVisible(len(sheetColumns), len(sheetColumns), false),
		sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	if err != nil {
		return nil, err
	}
	row := 0
	put := func(looks []int, cells ...string) error {
		row++
		values := make([]any, len(cells))
		for i, c := range cells {
			values[i] = excelize.Cell{StyleID: looks[i], Value: c}
		}
		return sw.SetRow(fmt.Sprint("A", row), values)
	}
	var names []string
	for _, c := range sheetColumns {
		names = append(names, w.T("form.sheet_"+c))
	}
	if err := put(head, names...); err != nil {
		return nil, err
	}
	for _, l := range lines {
		before := ""
		if l.Report != nil {
			before = w.T("form.sheet_said", words.Data{"Day": l.Report.On, "Percent": l.Report.Percent, "Words": l.Report.Reason})
		}
		due := ""
		if !l.Due.IsZero() {
			due = l.Due.String()
		}
		if err := put(body, plans[l.Plan], l.ID, l.Title, l.Lead, due, before, "", "", l.Plan+"/"+l.ID+"/"+id); err != nil {
			return nil, err
		}
	}
	if err := sw.Flush(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = f.Write(&out)
	return out.Bytes(), err
}

// looks are the styles of the sheet's columns, in the row of headings and below it: what is to be
// filled in is white, the rest grey.
func looks(f *excelize.File) (head, body []int, err error) {
	wrap := &excelize.Alignment{WrapText: true, Vertical: "top"}
	grey, err := f.NewStyle(&excelize.Style{Alignment: wrap, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEEEEE"}}})
	if err != nil {
		return nil, nil, err
	}
	open, err := f.NewStyle(&excelize.Style{Alignment: wrap, NumFmt: 49})
	if err != nil {
		return nil, nil, err
	}
	bold, err := f.NewStyle(&excelize.Style{Alignment: wrap, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, nil, err
	}
	for _, c := range sheetColumns {
		style := grey
		if c == "percent" || c == "text" {
			style = open
		}
		head, body = append(head, bold), append(body, style)
	}
	return head, body, nil
}

var sheetKey = regexp.MustCompile(`^([^/]+)/(.+)/([0-9A-Za-z_-]{8,64})$`)

// ReadProgress reads a sheet of progress: the rows in which something was filled in. Columns
// are found by their headings, in whichever language and order. Errors are of type *Fault.
func ReadProgress(raw []byte) ([]SheetRow, error) {
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: mostSheet, UnzipXMLSizeLimit: mostSheet})
	if err != nil {
		return nil, &Fault{"file", "form.sheet_broken", nil}
	}
	defer f.Close()
	var rows []SheetRow
	known := false
	for _, name := range f.GetSheetList() {
		cells, err := f.GetRows(name)
		if err != nil {
			return nil, &Fault{"file", "form.sheet_broken", nil}
		}
		at, head := columnsOf(cells)
		if head < 0 {
			continue
		}
		known = true
		for i, c := range cells[head+1:] {
			cell := func(column string) string {
				k, ok := at[column]
				if !ok || k >= len(c) {
					return ""
				}
				return strings.TrimSpace(strings.ReplaceAll(c[k], "\r\n", "\n"))
			}
			r := SheetRow{Line: head + i + 2, Task: cell("task"), Title: cell("title"), Percent: cell("percent"), Text: cell("text")}
			if r.Percent == "" && r.Text == "" {
				continue
			}
			if m := sheetKey.FindStringSubmatch(cell("key")); m != nil && (r.Task == "" || r.Task == m[2]) {
				r.Plan, r.Task, r.Sheet = m[1], m[2], m[3]
			}
			rows = append(rows, r)
		}
	}
	switch {
	case !known:
		return nil, &Fault{"file", "form.sheet_unknown", nil}
	case len(rows) == 0:
		return nil, &Fault{"file", "form.sheet_empty", nil}
	case len(rows) > MostSheetRows:
		return nil, &Fault{"file", "form.sheet_long", words.Data{"N": len(rows), "Most": MostSheetRows}}
	}
	return rows, nil
}

// headings are the columns of a sheet of progress by the headings that they may have, in
// small letters: their words in every language.
var headings = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, lang := range []string{"zh", "en"} {
		w := words.New(lang)
		for _, c := range sheetColumns {
			all[strings.ToLower(w.T("form.sheet_"+c))] = c
		}
	}
	return all
})

// columnsOf finds the row of headings, and which column is which; head is -1 without one.
func columnsOf(cells [][]string) (at map[string]int, head int) {
	for i, row := range cells[:min(len(cells), 10)] {
		at := map[string]int{}
		for k, text := range row {
			if c, known := headings()[strings.ToLower(strings.TrimSpace(text))]; known {
				at[c] = k
			}
		}
		_, task := at["task"]
		_, said := at["text"]
		if task && said {
			return at, i
		}
	}
	return nil, -1
}
