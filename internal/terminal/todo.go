package terminal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/act"
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/words"
)

func (sc *Screen) Obligations(page query.ObligationPage) {
	headings := []string{"due", "left", "owed", "task", "title", "do"}
	units := page.For == ""
	plans := Several(page.Lines, func(o query.Obligation) string { return o.Plan })
	said := slices.ContainsFunc(page.Lines, func(o query.Obligation) bool { return o.Words != "" })
	if units {
		headings = append(headings, "unit")
	}
	if plans {
		headings = append(headings, "plan")
	}
	if said {
		headings = append(headings, "words")
	}
	t := sc.WordedTable("todo", map[string]int{"title": 30, "words": 36, "owed": 24, "do": 30, "unit": 18, "left": 16}, headings...)
	for _, o := range page.Lines {
		row := table.Row{o.Limit, sc.left(o), o.Said(sc.W), o.About(), o.Title, sc.owedHow(o)}
		if units {
			row = append(row, o.Unit)
		}
		if plans {
			row = append(row, o.Plan)
		}
		if said {
			text := o.Words
			if o.By != "" && o.Words != "" {
				text = sc.W.T("todo.asked", words.Data{"By": o.By, "Words": o.Words})
			}
			row = append(row, text)
		}
		t.AppendRow(row)
	}
	t.Render()
}

func (sc *Screen) left(o query.Obligation) string {
	switch {
	case o.WorkdaysLeft == nil:
		return ""
	case o.Late && *o.WorkdaysLeft == 0:
		return sc.W.T("todo.late_rest")
	case o.Passed:
		return sc.W.T("todo.passed")
	case o.Late:
		return sc.W.T("todo.late", words.Data{"N": -*o.WorkdaysLeft})
	}
	return strconv.Itoa(*o.WorkdaysLeft)
}

// owedHow are the commands that are done with it.
func (sc *Screen) owedHow(o query.Obligation) string {
	on := act.OnTask
	if o.Talk != "" {
		on = act.OnTalk
	}
	var names []string
	for _, kind := range o.Acts {
		if row, ok := act.Of(on, kind); ok && row.Command != "" {
			names = append(names, string(on)+" "+row.Command)
		}
	}
	return strings.Join(names, " / ")
}

func (sc *Screen) Possible(all []query.Possible, units map[string]string) {
	t := sc.WordedTable("todo", map[string]int{"why": 60}, "act", "may", "why")
	name := func(unit string) string {
		if units[unit] != "" {
			return units[unit]
		}
		return unit
	}
	for _, possible := range []bool{true, false} {
		for _, p := range all {
			switch {
			case possible != (p.Refused == nil):
			case possible:
				t.AppendRow(table.Row{sc.W.T("act.kind_" + string(p.Kind)), sc.W.T("todo.may"), sc.fields(p.Needs)})
			default:
				t.AppendRow(table.Row{sc.W.T("act.kind_" + string(p.Kind)), sc.W.T("todo.may_not"), notice.Refused(sc.W, *p.Refused, name)})
			}
		}
	}
	t.Render()
}

func (sc *Screen) fields(needs []act.Field) string {
	if len(needs) == 0 {
		return ""
	}
	var fields []string
	for _, f := range needs {
		fields = append(fields, sc.W.T(f.Label()))
	}
	return sc.W.T("todo.needs", words.Data{"Fields": strings.Join(fields, sc.W.T("cli.list_comma"))})
}
