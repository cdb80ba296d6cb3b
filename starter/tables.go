package main

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// table is an empty table under headings of the command line's own.
func (a *app) table(widths map[string]int, headings ...string) table.Writer {
	return a.roomTable("cli", widths, headings...)
}

// roomTable is an empty table under headings of one room of the catalogue; long
// cells fold at their width, given by heading key, and at less where the terminal
// has no room.
func (a *app) roomTable(room string, widths map[string]int, headings ...string) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(a.out)
	t.SetStyle(table.StyleLight)
	f := &fitted{Writer: t, out: a.out, width: a.columns, hint: a.w.T("help.columns_left_out"), keys: headings, limit: map[int]int{}}
	if a.wide {
		f.width = 0
	}
	row := table.Row{}
	for i, h := range headings {
		row = append(row, a.w.T(room+".col_"+h))
		f.limit[i] = widths[h]
	}
	f.AppendHeader(row)
	return f
}

// several tells that lines are of more than one plan: then a table says of which each is.
// A line of none does not count.
func several[T any](lines []T, plan func(T) string) bool {
	first := ""
	for _, l := range lines {
		if of := plan(l); first == "" {
			first = of
		} else if of != "" && of != first {
			return true
		}
	}
	return false
}

// Quotation marks, dots and the lines of tables are as wide as a letter, as report.Wide
// and terminals have them, whatever LANG says.
func init() { text.OverrideRuneWidthEastAsianWidth(false) }

// folded is a column whose cells fold as a page's do: no line begins with a mark
// that closes.
func folded(column, width int) table.ColumnConfig {
	return table.ColumnConfig{Number: column, WidthMax: width, WidthMaxEnforcer: func(cell string, width int) string {
		var lines []string
		for line := range strings.Lines(cell) {
			lines = append(lines, report.Fold(strings.TrimSuffix(line, "\n"), width)...)
		}
		return strings.Join(lines, "\n")
	}}
}

func (a *app) taskTable(p *plan.Plan) {
	t := a.table(map[string]int{"title": 48, "lead": 22}, "id", "clause", "title", "kind", "lead", "due", "milestone", "policy")
	for _, r := range p.Tasks {
		due := r.Due.String()
		if r.Recur != nil {
			due = a.recurrence(*r.Recur)
		}
		t.AppendRow(table.Row{r.ID, r.Clause, r.Title, a.w.T("term." + string(r.Kind)), p.Directory.Name(r.Lead), due, r.Milestone, r.Policy})
	}
	t.Render()
}

func (a *app) recurrence(r plan.Recurrence) string {
	if r.Cron != "" {
		return "cron " + r.Cron
	}
	return a.w.T("cli.every_" + r.Every)
}

func (a *app) previewTable(p *plan.Plan, rows []stageRow) {
	titles := map[string]string{}
	for _, t := range p.Tasks {
		titles[t.ID] = t.Title
	}
	t := a.table(map[string]int{"task": 26, "to": 40, "unit": 22, "stage": 24}, "at", "task", "unit", "due", "stage", "to", "moved", "light")
	for _, r := range rows {
		light := "" // of what is told at once
		if r.Light != "" {
			light = a.w.T("term." + string(r.Light))
		}
		t.AppendRow(table.Row{
			strings.Replace(r.At[:16], "T", " ", 1), r.Task, r.Unit, r.Due, a.stageWords(r),
			report.Speak(a.w).Seats(p.Directory, r.To), r.MovedFrom, light,
		})
	}
	t.Render()
	a.sayZone(p.Location())
	fmt.Fprintln(a.out, a.w.T("cli.preview_total", words.Data{"Stages": len(rows)}))
}

// stageWords is what a stage is called, and its ID where several of a ladder
// are called the same. What is not about the task's own limit says what it is about.
func (a *app) stageWords(r stageRow) string {
	if r.Topic == plan.TopicAcknowledge {
		if r.Kind == plan.Remind {
			return a.w.T("matter.name_acknowledge_due")
		}
		return a.w.T("matter.name_acknowledge_missed")
	}
	name := report.Speak(a.w).Stage(report.Step{Stage: r.Stage, Kind: r.Kind, Talk: report.TalkOf(r.Stage), Topic: r.Topic})
	if r.Kind == plan.Remind && r.Topic == "" && report.TalkOf(r.Stage) == "" && r.Stage != plan.CatchUp && r.Stage != plan.Passed {
		name += " " + r.Stage
	}
	return name
}
