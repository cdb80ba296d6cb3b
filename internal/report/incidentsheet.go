package report

import (
	"cmp"
	"fmt"
	"io"
	"regexp"

	"github.com/xuri/excelize/v2"
)

// IncidentPaper is an incident's report as its page has it, to be written as a workbook.
type IncidentPaper struct {
	Title  string
	Issuer string
	Lines  []string // under the title of every sheet
	Parts  []IncidentPart
}

// IncidentPart is a table of the report, on a sheet of its own.
type IncidentPart struct {
	Name    string
	Columns []string
	Wide    []float64 // width at which the texts of each column wrap, in half-width characters
	Rows    [][]string
}

// plain is a number as a value or a flow is written, when it is nothing else.
var plain = regexp.MustCompile(`^\d+(\.\d+)?$`)

// WriteIncident writes an incident's report as an Excel workbook, a part a sheet. Like the book,
// it prints on A4 landscape and has no formula. A text that is only a number is written as one.
func (s Speaker) WriteIncident(out io.Writer, paper IncidentPaper) error {
	f := excelize.NewFile()
	defer f.Close()
	b := binding{f: f, styles: map[styleKey]int{}, page: s.w.T("report.page")}
	if err := f.SetDefaultFont(bodyFont); err != nil {
		return fmt.Errorf("report: xlsx: %w", err)
	}
	for i, part := range paper.Parts {
		sh := sheet{name: part.Name, title: paper.Title, lines: paper.Lines, empty: s.t("empty")}
		table := block{}
		for n, heading := range part.Columns {
			table.columns = append(table.columns, column{heading: heading, most: part.Wide[n]})
		}
		for _, row := range part.Rows {
			var cells []cell
			for _, words := range row {
				cells = append(cells, written(words))
			}
			table.rows = append(table.rows, cells)
		}
		sh.blocks = []block{table}
		if err := b.add(i, sh); err != nil {
			return fmt.Errorf("report: xlsx: sheet %s: %w", sh.name, err)
		}
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: paper.Title, Creator: cmp.Or(paper.Issuer, "duban"), LastModifiedBy: "duban"}); err != nil {
		return fmt.Errorf("report: xlsx: %w", err)
	}
	if err := f.Write(out); err != nil {
		return fmt.Errorf("report: write xlsx: %w", err)
	}
	return nil
}

// written is a cell with a text, or with the number that the text is.
func written(words string) cell {
	var n float64
	if !plain.MatchString(words) {
		return text(words)
	}
	if _, err := fmt.Sscan(words, &n); err != nil {
		return text(words)
	}
	return cell{text: words, number: &n, look: asCenter, format: "General"}
}
