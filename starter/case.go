package main

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/form"
	"duban/internal/query"
	"duban/internal/report"
)

func (a *app) taskShow() *cobra.Command {
	var planID string
	c := a.looksBack(a.listing(&cobra.Command{
		Use: "show TASK", Short: a.w.T("case.cmd_show"), Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeThings(form.Deed{On: form.Task}),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.readsPast(cmd.Context(), true, func(r *query.Reader, who query.Viewer) error {
				c, err := r.Case(cmd.Context(), who, planID, args[0])
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.json(c)
				}
				a.printCase(c)
				return nil
			})
		},
	}))
	c.Flags().StringVar(&planID, "plan", "", a.w.T("case.flag_plan"))
	a.completeFlag(c, "plan", a.planNames)
	return c
}

// Widths of a printed case, in half-width characters.
const (
	caseWidth  = 110
	labelWidth = 10
)

func (a *app) printCase(c report.Case) { a.printSections(report.Speak(a.w).Case(c)) }

func (a *app) printSections(title, subtitle string, sections []report.Section) {
	fmt.Fprintln(a.out, title)
	fmt.Fprintln(a.out, subtitle)
	for _, s := range sections {
		fmt.Fprintf(a.out, "\n%s\n", s.Heading)
		label := labelWidth
		for _, f := range s.Facts {
			label = max(label, report.Wide(f.Label)+2)
		}
		for _, f := range s.Facts {
			lines := report.Fold(f.Text, a.pageWidth()-label)
			fmt.Fprintf(a.out, "  %s%s%s\n", f.Label, strings.Repeat(" ", label-report.Wide(f.Label)), lines[0])
			for _, l := range lines[1:] {
				fmt.Fprintf(a.out, "  %s%s\n", strings.Repeat(" ", label), l)
			}
		}
		for _, g := range s.Tables {
			a.printGrid(g)
		}
		for _, l := range s.Lines {
			fmt.Fprintln(a.out, "  "+l)
		}
	}
}

// cellWidth is where a cell of a case's table folds.
const cellWidth = 60

func (a *app) printGrid(g report.Grid) {
	if g.Head != "" {
		for _, l := range report.Fold(g.Head, a.pageWidth()) {
			fmt.Fprintln(a.out, "  "+l)
		}
	}
	if len(g.Rows) == 0 {
		return
	}
	t := a.table(nil)
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
func (a *app) pageWidth() int {
	if a.columns > 0 && !a.wide {
		return min(caseWidth, max(a.columns, 40))
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
