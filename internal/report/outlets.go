package report

import (
	"io"
	"strings"

	"duban/internal/incident"
	"duban/internal/people"
	"duban/internal/water"
	"duban/internal/words"
)

// OutletMonth is what was measured of outlets 入河排污口 in a month, to be put into words.
type OutletMonth struct {
	Month    water.Month
	Rows     []incident.Discharge
	People   people.Directory
	Sections *water.Register
}

// outletColumns are the keys of the columns of OutletRow.
var outletColumns = []string{"outlet.col_outlet", "outlet.col_permit", "outlet.col_unit", "outlet.col_section", "outlet.col_values", "outlet.col_limits", "water.col_month_over", "outlet.col_met"}

// OutletColumns are the names of the columns of OutletRow.
func (s Speaker) OutletColumns() (names []string) {
	for _, key := range outletColumns {
		names = append(names, s.w.T(key))
	}
	return names
}

// OutletTitle is the title of a month's table.
func (s Speaker) OutletTitle(month water.Month) string {
	return s.w.T("outlet.title", words.Data{"Year": month.Year, "Month": month.Month})
}

// OutletRow is an outlet's line, by OutletColumns.
func (s Speaker) OutletRow(m OutletMonth, d incident.Discharge) []string {
	section, _ := m.Sections.Section(d.Outlet.Section)
	cells := s.OutletCells(d)
	return append([]string{d.Outlet.Name, d.Outlet.Permit, m.People.Name(d.Outlet.Unit), section.Name, cells[0], s.OutletLimits(d.Outlet)}, cells[1:]...)
}

// OutletCells are what was measured of an outlet, what is over its limits, and whether it keeps them.
func (s Speaker) OutletCells(d incident.Discharge) []string {
	return []string{s.Measured(d), s.Overs(d.Over), s.outcome(d.Outcome)}
}

// Measured is what was measured of an outlet, or why nothing was.
func (s Speaker) Measured(d incident.Discharge) string {
	switch {
	case d.None:
		return s.w.T("outlet.none")
	case d.State != water.Observed:
		return s.OutletState(d.State)
	}
	text := s.Values(d.Values)
	if len(d.Lacking) > 0 {
		var names []string
		for _, i := range d.Lacking {
			names = append(names, s.Item(i))
		}
		text = strings.TrimSpace(text + s.w.T("outlet.lacking", words.Data{"Items": strings.Join(names, s.w.T("cli.list_comma"))}))
	}
	return text
}

// OutletState is a state of an outlet: where a river is dry, it discharges nothing.
func (s Speaker) OutletState(state water.State) string {
	if state == water.Dry {
		return s.w.T("outlet.state_dry")
	}
	return s.w.T("water.state_" + string(state))
}

// Values are concentrations as text, in the order of the items.
func (s Speaker) Values(values water.Values) string {
	var texts []string
	for _, i := range water.Discharged() {
		if value, ok := values[i]; ok {
			texts = append(texts, s.Item(i)+" "+value.String())
		}
	}
	return strings.Join(texts, s.w.T("cli.list_comma"))
}

// OutletLimits are an outlet's limits, and by which standard they are.
func (s Speaker) OutletLimits(o incident.Outlet) string {
	var texts []string
	for _, l := range o.Limits {
		text := s.Item(l.Item) + " " + l.Value.String()
		if l.Item == water.PH {
			text = s.Item(l.Item) + " 6—9"
		}
		texts = append(texts, text)
	}
	text := strings.Join(texts, s.w.T("cli.list_comma"))
	if o.Standard != "" {
		text = s.w.T("outlet.limits_by", words.Data{"Limits": text, "Standard": o.Standard})
	}
	return text
}

// OutletSum says how many outlets were measured and how many keep their limits.
func (s Speaker) OutletSum(rows []incident.Discharge) string {
	n := words.Data{"Of": len(rows), "Measured": 0, "Met": 0, "Missed": 0, "None": 0}
	add := func(name string, is bool) {
		if is {
			n[name] = n[name].(int) + 1
		}
	}
	for _, d := range rows {
		add("Measured", len(d.Values) > 0)
		add("Met", d.Outcome == water.Met)
		add("Missed", d.Outcome == water.Missed)
		add("None", d.None)
	}
	return s.w.T("outlet.sum", n)
}

// outletResults are the lines of a public text about what was measured of outlets.
func (s Speaker) outletResults(rows []incident.Discharge) (lines []string) {
	for _, d := range rows {
		met := ""
		switch d.Outcome {
		case water.Met:
			met = s.w.T("public.met")
		case water.Missed:
			met = s.w.T("public.over", words.Data{"Over": s.Overs(d.Over)})
		}
		lines = append(lines, s.w.T("public.outlet", words.Data{"Name": d.Outlet.Name, "Values": s.Measured(d), "Met": met}))
	}
	if len(lines) > 0 {
		lines = append(lines, s.w.T("public.units"), s.OutletSum(rows))
	}
	return lines
}

// WriteOutlets writes a month's outlets as a workbook.
func (s Speaker) WriteOutlets(out io.Writer, m OutletMonth) error {
	part := IncidentPart{Name: s.w.T("outlet.sheet", words.Data{"Month": m.Month.String()}), Columns: s.OutletColumns(), Wide: []float64{24, 18, 20, 14, 40, 40, 24, 8}}
	for _, d := range m.Rows {
		part.Rows = append(part.Rows, s.OutletRow(m, d))
	}
	return s.WriteIncident(out, IncidentPaper{Title: s.OutletTitle(m.Month), Lines: []string{s.OutletSum(m.Rows)}, Parts: []IncidentPart{part}})
}
