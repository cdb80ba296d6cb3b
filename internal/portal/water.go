package portal

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"duban/internal/ledger"
	"duban/internal/picture"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

// waterPage is a month of a plan's sections.
type waterPage struct {
	None      bool   // no plan has sections
	Empty     bool   // nothing has come in yet
	Plan      string // title
	Id        string
	Incidents string // address of the incidents; "" for a plan without a registry of outlets
	Money     string // address of the month's compensation; "" for a plan without a table
	Zones     string // address of the functional zones' month; "" for a plan without any
	Outlets   string // address of the measured outlets' month; "" for a plan without any, or whoever sees none
	Enter     string // address of the page where data are brought in; "" for whoever may not
	Head      string
	Months    []Option
	Sheet     string
	Sum       string
	Year      string
	Rivers    []string
	Drawn     template.HTML
	Table     template.HTML
	Lines     []waterLine
}

// waterLine is a section's line with the address of the section's page.
type waterLine struct {
	report.WaterCells
	Path   string
	Missed bool
}

// monthAsked is the month of the address; zero where it names none. false when the address
// names a month that cannot be read.
func (v *visit) monthAsked() (water.Month, bool) {
	given := v.r.URL.Query().Get("month")
	if given == "" {
		return water.Month{}, true
	}
	m, err := water.ReadMonth(given)
	return m, err == nil
}

// waterMonth is a month's table as it is published, with the rivers as a picture.
func (v *visit) waterMonth() error {
	month, ok := v.monthAsked()
	if !ok {
		v.note = v.say.T("water.bad_month", words.Data{"Value": v.r.URL.Query().Get("month")})
	}
	return v.then(func(r *query.Reader) error {
		m, err := r.WaterMonth(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), month)
		if errors.Is(err, query.ErrNoSections) {
			return v.show("water", v.say.T("water.page"), waterPage{None: true})
		}
		if err != nil {
			return err
		}
		p := waterPage{Plan: m.Title, Id: m.Plan, Empty: m.Month == (water.Month{})}
		if m.Tables > 0 {
			p.Money = v.at("/water/compensation", "plan", m.Plan, "month", m.Month.String())
		}
		if m.Zones > 0 {
			p.Zones = v.at("/water/zones", "plan", m.Plan, "month", m.Month.String())
		}
		switch err := r.IncidentsPlan(v.ctx(), v.asks(), m.Plan); {
		case err == nil:
			p.Incidents = v.at("/incidents", "plan", m.Plan)
		case !errors.Is(err, query.ErrNoIncidents):
			return err
		}
		switch err := r.OutletsPlan(v.ctx(), v.asks(), m.Plan); {
		case err == nil:
			p.Outlets = v.at("/water/outlets", "plan", m.Plan)
		case !errors.Is(err, query.ErrNoOutlets):
			return err
		}
		if v.mayEnter(m.Plan) {
			p.Enter = v.at("/water/readings", "plan", m.Plan)
		}
		for _, one := range m.Months {
			p.Months = append(p.Months, Option{one.String(), v.monthName(one), one == m.Month})
		}
		if !p.Empty {
			say := v.speak()
			p.Head = v.say.T("water.table_title", words.Data{"Year": m.Month.Year, "Month": m.Month.Month})
			p.Sum, p.Year = v.say.T("water.of_month")+say.WaterSum(m.Sum), v.say.T("water.of_year")+say.WaterSum(m.Year)
			p.Sheet = v.at("/water/sheet", "plan", m.Plan, "month", m.Month.String())
			for _, river := range m.Rivers {
				if river.Name != "" && river.Month.Known > 0 {
					p.Rivers = append(p.Rivers, v.say.T("water.river", words.Data{"River": river.Name, "Grade": say.Grade(river.Month.River.Grade), "Sum": say.WaterSum(river.Month)}))
				}
			}
			for _, row := range m.Rows {
				p.Lines = append(p.Lines, waterLine{say.WaterRow(m.People, row), v.sectionPath(m.Plan, row.Section.ID), row.Month.Outcome == water.Missed})
			}
			drawn := v.rivers(m, p.Head)
			p.Drawn, p.Table = drawn.SVG(), drawn.Table()
		}
		return v.show("water", v.say.T("water.page"), p)
	})
}

func (v *visit) monthName(m water.Month) string {
	return v.say.T("page.month_of", words.Data{"Year": m.Year, "Month": m.Month})
}

func (v *visit) sectionPath(planID, section string) string {
	return v.at("/water/sections/"+url.PathEscape(section), "plan", planID)
}

// rivers is the schematic of the rivers in a month.
func (v *visit) rivers(m query.WaterMonth, title string) picture.River {
	say := v.speak()
	out := picture.River{Words: picture.Words{ID: "rivers", Title: title, Desc: say.WaterSum(m.Sum)}}
	for _, river := range m.Rivers {
		name := river.Name
		if name == "" {
			name = v.say.T("water.river_unknown")
		}
		row := picture.RiverRow{Name: name}
		before := ""
		for _, r := range downstream(m.Rows, river.Name) {
			cells := say.WaterRow(m.People, r)
			label := v.say.T("water.mark", words.Data{"Section": r.Section.Name, "Class": cells["month"], "Target": cells["target"], "Over": cells["month_over"]})
			row.Marks = append(row.Marks, picture.RiverMark{Name: r.Section.Name, Href: v.sectionPath(m.Plan, r.Section.ID), Word: cells["month"], Beside: cells["target"],
				Class: int(r.Month.Class), Missed: r.Month.Outcome == water.Missed, Flows: slices.Contains(r.Section.Upstream, before), Label: label})
			before = r.Section.ID
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// downstream are a river's rows in an order in which each section follows those upstream of
// it, as far as the register names these.
func downstream(rows []water.Row, river string) (ordered []water.Row) {
	done := map[string]bool{}
	var put func(r water.Row)
	put = func(r water.Row) {
		if done[r.Section.ID] {
			return
		}
		done[r.Section.ID] = true
		for _, id := range r.Section.Upstream {
			for _, above := range rows {
				if above.Section.ID == id && above.Section.River == river {
					put(above)
				}
			}
		}
		ordered = append(ordered, r)
	}
	ends := func(id string) bool { // no section of the river is below this one
		return !slices.ContainsFunc(rows, func(r water.Row) bool { return r.Section.River == river && slices.Contains(r.Section.Upstream, id) })
	}
	for _, r := range rows {
		if r.Section.River == river && ends(r.Section.ID) {
			put(r)
		}
	}
	return ordered
}

// sectionPage is one section over time.
type sectionPage struct {
	Section water.Section
	County  string
	Level   string
	Target  string
	Back    string
	Enter   string // address of the form for its data; "" for whoever may not
	Drawn   template.HTML
	Table   template.HTML
	Scheme  *sectionScheme
	Opened  []sectionTask
	Lines   []sectionLine
}

// sectionTask is a task that was opened because of the section.
type sectionTask struct{ Title, Path, State, Due string }

// sectionScheme is a section's scheme; Who is whoever answers for it.
type sectionScheme struct {
	query.WaterScheme
	Who   string
	Lines []measureLine
}

// measureLine is a measure of a scheme.
type measureLine struct {
	report.Row
	Path, LightWord, StateWord, Left string
}

// schemeOf is a section's scheme for its page.
func (v *visit) schemeOf(w query.WaterSection) *sectionScheme {
	if w.Scheme == nil {
		return nil
	}
	s := &sectionScheme{WaterScheme: *w.Scheme, Who: v.say.T("water.scheme_who", words.Data{"Unit": w.People.Name(w.Scheme.Lead), "Post": w.Scheme.Post, "Person": w.Scheme.Person})}
	for _, row := range w.Scheme.Measures {
		s.Lines = append(s.Lines, measureLine{row, v.at(taskPath(w.Plan, row.Key)), v.speak().Light(row), v.speak().State(row), v.speak().Left(row)})
	}
	return s
}

// sectionLine is a section's month with every version of its data that came in.
type sectionLine struct {
	Month string
	report.WaterCells
	Values   string
	Versions []string
}

func (v *visit) waterSection() error {
	return v.then(func(r *query.Reader) error {
		w, err := r.WaterSection(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), v.r.PathValue("section"))
		if errors.Is(err, query.ErrNoSections) || errors.Is(err, query.ErrNoSuchSection) {
			return ledger.ErrNotFound
		}
		if err != nil {
			return err
		}
		say := v.speak()
		p := sectionPage{Scheme: v.schemeOf(w), Section: w.Section, County: w.People.Name(w.Section.County), Level: v.say.T("water.level_" + w.Section.Level), Back: v.at("/water", "plan", w.Plan)}
		if _, own, err := v.entered(w.Plan); err == nil && slices.ContainsFunc(own, func(s water.Section) bool { return s.ID == w.Section.ID }) {
			p.Enter = v.at(typedPath(w.Section.ID), "plan", w.Plan)
		}
		c := picture.Curve{Words: picture.Words{ID: "curve", Title: v.say.T("water.curve", words.Data{"Section": w.Section.Name}), Desc: v.say.T("water.curve_desc")},
			Target: v.say.T("water.col_target"), Month: v.say.T("water.col_of"), Class: v.say.T("water.col_month")}
		for class := water.I; class <= water.Worse; class++ {
			c.Classes[class-1] = class.String()
		}
		for _, point := range w.Months {
			row := point.Row
			cells := say.WaterRow(w.People, row)
			c.Points = append(c.Points, picture.CurvePoint{Month: point.Month.String(), Word: cells["month"], Class: int(row.Month.Class), Target: int(row.Target.Class), Missed: row.Month.Outcome == water.Missed})
			p.Target = cells["target"]
			p.Lines = append(p.Lines, sectionLine{Month: v.monthName(point.Month), WaterCells: cells, Values: say.Values(row.Month.Values), Versions: v.versions(point.Versions)})
		}
		slices.Reverse(p.Lines)
		for _, t := range w.Opened {
			p.Opened = append(p.Opened, sectionTask{t.Title, taskPath(w.Plan, t.ID), v.say.T("act.state_" + string(t.State)), t.Due.String()})
		}
		p.Drawn, p.Table = c.SVG(), c.Table()
		return v.show("section", v.say.T("water.section_title", words.Data{"Section": w.Section.Name, "County": p.County, "Level": p.Level}), p)
	})
}

// versions are the versions of a month's data that came in, one a line, each with its
// sources.
func (v *visit) versions(all []ledger.ReadingVersion) (lines []string) {
	for _, one := range all {
		var from []string
		for _, source := range one.Reading.Sources {
			if !slices.Contains(from, source) {
				from = append(from, source)
			}
		}
		slices.Sort(from)
		line := v.clock(one.At) + v.speak().Span(one.Reading.Span) + " " + one.Actor
		for i, source := range from {
			if i == 3 {
				line += " …"
				break
			}
			line += " " + source
		}
		for _, c := range one.Corrected {
			line += v.say.T("water.semicolon") + v.speak().Corrected(c, one.Reading.Span, one.Reason, one.Actor)
		}
		lines = append(lines, line)
	}
	return lines
}

// waterSheet is a month's table as an Excel file.
func (v *visit) waterSheet() error {
	month, _ := v.monthAsked()
	m, err := v.Reader.WaterMonth(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), month)
	if errors.Is(err, query.ErrNoSections) || err == nil && m.Month == (water.Month{}) {
		http.Redirect(v.w, v.r, "/water", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := m.Write(&out, v.say); err != nil {
		return err
	}
	return v.sendXLSX(v.say.T("water.file_name", words.Data{"Month": m.Month.String()})+".xlsx", out.Bytes())
}
