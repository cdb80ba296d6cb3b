package terminal

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/report"
)

// Widths of a printed case, in half-width characters.
const (
	caseWidth  = 110
	labelWidth = 10
)

func (sc *Screen) Case(c report.Case) { sc.Sections(report.Speak(sc.W).Case(c)) }

func (sc *Screen) Sections(title, subtitle string, sections []report.Section) {
	fmt.Fprintln(sc.Out, title)
	fmt.Fprintln(sc.Out, subtitle)
	for _, s := range sections {
		fmt.Fprintf(sc.Out, "\n%s\n", s.Heading)
		label := labelWidth
		for _, f := range s.Facts {
			label = max(label, report.Wide(f.Label)+2)
		}
		for _, f := range s.Facts {
			lines := report.Fold(f.Text, sc.pageWidth()-label)
			fmt.Fprintf(sc.Out, "  %s%s%s\n", f.Label, strings.Repeat(" ", label-report.Wide(f.Label)), lines[0])
			for _, l := range lines[1:] {
				fmt.Fprintf(sc.Out, "  %s%s\n", strings.Repeat(" ", label), l)
			}
		}
		for _, g := range s.Tables {
			sc.grid(g)
		}
		for _, l := range s.Lines {
			fmt.Fprintln(sc.Out, "  "+l)
		}
	}
}

// cellWidth is where a cell of a case's table folds.
const cellWidth = 60

func (sc *Screen) grid(g report.Grid) {
	if g.Head != "" {
		for _, l := range report.Fold(g.Head, sc.pageWidth()) {
			fmt.Fprintln(sc.Out, "  "+l)
		}
	}
	if len(g.Rows) == 0 {
		return
	}
	t := sc.Table(nil)
	head := table.Row{}
	for _, c := range g.Columns {
		head = append(head, c)
	}
	t.AppendHeader(head)
	if f, ok := t.(*fitted); ok && f.width > 0 {
		for i := range head {
			f.limit[i] = cellWidth
		}
	}
	for _, r := range g.Rows {
		row := table.Row{}
		for _, cell := range r {
			row = append(row, foldCell(cell))
		}
		t.AppendRow(row)
	}
	t.Render()
}

// pageWidth is how wide the pages of a case are.
func (sc *Screen) pageWidth() int {
	if sc.Columns > 0 && !sc.Wide {
		return min(caseWidth, max(sc.Columns, 40))
	}
	return caseWidth
}

func foldCell(cell string) string {
	var lines []string
	for l := range strings.Lines(cell) {
		lines = append(lines, report.Fold(strings.TrimSuffix(l, "\n"), cellWidth)...)
	}
	return strings.Join(lines, "\n")
}
