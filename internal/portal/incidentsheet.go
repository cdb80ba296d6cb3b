package portal

import (
	"bytes"
	"errors"
	"strings"

	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// incidentSheet is the report of an incident as an Excel file, with what its page shows the
// viewer.
func (v *visit) incidentSheet() error {
	return v.then(func(r *query.Reader) error {
		i, err := r.Incident(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), v.r.PathValue("incident"))
		if errors.Is(err, query.ErrNoIncidents) {
			err = query.ErrNotYours
		}
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := v.speak().WriteIncident(&out, v.incidentPaper(i)); err != nil {
			return err
		}
		return v.sendXLSX(v.say.T("incident.file_name", words.Data{"N": i.Record.ID, "Title": i.Record.Title, "Day": v.speak().Clock(i.Now, i.Zone)[:len("2006-01-02")]})+".xlsx", out.Bytes())
	})
}

// incidentPaper is the page of an incident as tables: first what is said of it in words, then
// flows, values, outlets and records.
func (v *visit) incidentPaper(i query.Incident) report.IncidentPaper {
	p := v.incidentParts(i)
	paper := report.IncidentPaper{Title: v.say.T("incident.title", words.Data{"N": i.Record.ID, "Title": i.Record.Title}), Issuer: i.People.Name(i.People.Office), Lines: []string{p.Plan + "　" + p.Status, p.Source}}
	part := func(name string, wide []float64, rows [][]string, columns ...string) {
		one := report.IncidentPart{Name: v.say.T(name), Wide: wide, Rows: rows}
		for _, key := range columns {
			one.Columns = append(one.Columns, v.say.T(key))
		}
		paper.Parts = append(paper.Parts, one)
	}
	rows := [][]string{}
	line := func(label, text string) {
		if text != "" {
			rows = append(rows, []string{label, text})
		}
	}
	for _, f := range p.Facts {
		line(f[0], f[1])
	}
	line(v.say.T("incident.what"), p.Words)
	if p.Over != nil {
		line(p.Over.Head, strings.TrimSpace(strings.Join([]string{p.Over.Words, p.Over.Causes, strings.TrimSpace(p.Over.By + "　" + p.Over.Paper)}, "\n")))
	}
	flows := [][]string{}
	for n, o := range p.Orders {
		line(o.Head, o.Words)
		for _, f := range append(o.Facts, o.Limits...) {
			line(o.Head+"："+f[0], f[1])
		}
		for _, f := range o.Flows {
			flows = append(flows, []string{i.Orders[n].Order, f.At, f.Rate, f.By})
		}
	}
	line(v.say.T("incident.water"), strings.Join(p.Effects, "\n"))
	line(v.say.T("incident.months"), strings.Join(p.Months, "\n"))
	part("incident.about", []float64{30, 90}, rows, "yearend.col_part", "yearend.col_words")
	part("incident.replenishment", []float64{10, 20, 20, 40}, flows, "incident.number", "incident.time", "incident.flow", "incident.by")
	rows = [][]string{}
	for _, s := range p.Samples {
		rows = append(rows, []string{s.At, s.Phase, s.Item, s.Value, s.Class, s.By})
	}
	part("incident.water", []float64{20, 14, 20, 14, 10, 40}, rows, "incident.time", "incident.phase", "incident.item", "incident.value", "incident.class", "incident.by")
	rows = [][]string{}
	for _, l := range p.Looks {
		finding := []string{strings.TrimSpace(l.On + "　" + l.Finding)}
		if l.Verdict != "" {
			finding = append(finding, v.say.T("incident.verdict")+l.Verdict)
		}
		if l.Cause {
			finding = append(finding, v.say.T("incident.cause"))
		}
		rows = append(rows, []string{l.Outlet.Name, l.KindWord, l.Permit, l.SectionName, l.Name, l.Due, l.StateWord, strings.TrimSpace(strings.Join(finding, "\n"))})
	}
	part("incident.looks", []float64{28, 14, 24, 16, 24, 16, 12, 60}, rows, "incident.outlet", "incident.kind", "incident.permit", "incident.above", "incident.unit", "incident.limit", "portal.state", "incident.finding")
	rows = [][]string{}
	for _, n := range p.Notes {
		text := n.What
		if n.Struck != "" {
			text += "\n" + n.Struck
		}
		rows = append(rows, []string{n.ID, n.At, text, n.By})
	}
	part("incident.records", []float64{8, 20, 80, 40}, rows, "incident.number", "incident.noted_at", "incident.record", "incident.by")
	return paper
}
