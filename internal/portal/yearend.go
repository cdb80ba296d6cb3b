package portal

import (
	"bytes"
	"slices"

	"duban/internal/act"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

// mostProof is how many pieces of evidence the page lists; the Excel file has all.
const mostProof = 200

// mostYearLines is how many lines of the year the page has; the Excel file has all.
const mostYearLines = 600

// yearEndPage is the report of a plan's year.
type yearEndPage struct {
	Head, Basis, Day string
	Path, Plan, File string // addresses of the plan's page and of the Excel file
	AsOf             string // the past day that was asked for
	Sum, Talks       string
	Late             string // address of what is late
	To               []yearTo
	Water            *yearWater
	Groups           []yearGroup
	Left             int // lines beside those of Groups
	Money            []yearMoney
	NoMoney          bool
	Scores           string // what the scores are
	ScorePath        string // address of the assessment
	Scored           []yearScore
	Units            []unitLine
	Floor            int
	Complaints       *yearComplaints
	Incidents        *yearIncidents
	Problems         string
	Proposals        string
	Wrote            string
	Proof            []yearProof
	ProofSum         string
	Doings           []link
}

type yearTo struct {
	report.YearTo
	By, State string
	Late      bool
}

type yearWater struct {
	Sum, Path string
	Rows      []yearSection
}

type yearSection struct {
	report.WaterCells
	Path             string
	Measured, Missed int
}

type yearGroup struct {
	Head  string
	Lines []yearLine
}

type yearLine struct{ Title, Path, Lead, Limit, Became, Late, Called, See string }

type yearMoney struct {
	Head, Path string
	Rows       []moneyBalance
}

type yearComplaints struct {
	Sum, Path string
	Rows      []measureRow
}

type yearIncidents struct {
	Sum, Path string
	Rows      []yearIncident
}

type yearIncident struct {
	Title, Path, Section, Item, Found string
	Orders, Effects, Finding          []string
}

type yearScore struct {
	Rank             int
	Name, Group, Sum string
	Path             string
}

type yearProof struct {
	No                     int
	Title, Path, Name, Sum string
	Act, By, On            string
	URL                    string
}

// yearEnd shows the report of a plan's year as of a day, as it goes to paper.
func (v *visit) yearEnd() error {
	id := v.r.PathValue("plan")
	return v.then(func(r *query.Reader) error {
		y, err := r.YearEnd(v.ctx(), v.asks(), id)
		if err != nil {
			return err
		}
		say := v.speak()
		p := yearEndPage{Head: say.YearTitle(y.YearEnd), Basis: say.YearBasis(y.YearEnd), Day: say.Day(y.AsOf), Path: v.at(planPath(id)), Plan: id, File: v.at(planPath(id) + "/report/sheet"),
			Sum: say.YearSum(y.Counts), Talks: say.YearTalks(y.Counts.Talks), Late: v.at("/tasks", "plan", id, "light", "red"),
			Problems: y.Wrote.Problems, Proposals: y.Wrote.Proposals, Scores: say.YearScoresStatus(y.YearEnd), NoMoney: y.Tables > 0 && len(y.Money) == 0}
		if !v.past.IsZero() {
			p.AsOf = v.past.String()
		}
		if y.Wrote.By != "" {
			p.Wrote = v.say.T("yearend.written", words.Data{"By": y.Wrote.By, "Day": say.Day(y.Wrote.On)})
		}
		for _, to := range y.To {
			p.To = append(p.To, yearTo{to, say.Day(to.By), say.YearSent(to), to.DaysLeft < 0})
		}
		v.yearWater(&p, y)
		lines := mostYearLines
		group := func(head string, c report.YearClause) {
			shown := min(len(c.Lines), lines)
			p.Left += len(c.Lines) - shown
			lines, c.Lines = lines-shown, c.Lines[:shown]
			p.Groups = append(p.Groups, v.yearGroup(id, head, c))
		}
		for _, c := range y.Clauses {
			group(say.YearClauseTitle(c), c)
		}
		for _, more := range []struct {
			head string
			of   report.YearClause
		}{{"yearend.projects", y.Projects}, {"yearend.opened", y.Opened}} {
			if len(more.of.Lines) > 0 {
				group(v.say.T(more.head)+say.YearSum(more.of.Tally), more.of)
			}
		}
		if s := y.Scores; s != nil && !s.Example {
			p.ScorePath = v.at("/assessment", "plan", id, "period", string(s.Sheet.Period))
			for _, u := range s.Sheet.Units {
				p.Scored = append(p.Scored, yearScore{u.Rank, y.People.Name(u.Unit), u.Group, u.Score.String(), v.at("/assessment", "plan", id, "period", string(s.Sheet.Period), "unit", u.Unit) + "#made-of"})
			}
		}
		v.yearHappened(&p, y)
		p.Units, p.Floor = v.unitLines(y.Units, nil, id), y.Floor
		p.ProofSum = v.say.T("yearend.proof_sum", words.Data{"N": len(y.Proof)})
		for i, one := range y.Proof[:min(len(y.Proof), mostProof)] {
			line := yearProof{No: i + 1, Title: one.Title, Name: say.YearEvidence(one), Sum: one.SHA256, Act: v.say.T("act.kind_" + string(one.Act)), By: one.By, On: one.On.String(), URL: one.URL}
			if one.Task != "" {
				line.Path = v.at(taskPath(id, one.Task))
			} else {
				line.Title = v.say.T("yearend.whole")
			}
			p.Proof = append(p.Proof, line)
		}
		if v.past.IsZero() && v.who.Account.Unit == y.People.Office {
			for _, row := range act.On(act.OnPlan) {
				if row.Kind.OfReport() && (row.Kind != act.HandIn || len(y.To) > 0) {
					p.Doings = append(p.Doings, link{planPath(id) + "/report/do/" + string(row.Kind), v.say.T("act.kind_" + string(row.Kind))})
				}
			}
		}
		return v.show("yearend", v.say.T("yearend.page"), p)
	})
}

func (v *visit) yearWater(p *yearEndPage, y query.YearEnd) {
	if y.Water == nil {
		return
	}
	say := v.speak()
	month := ""
	if y.Water.Month != (water.Month{}) {
		month = y.Water.Month.String()
	}
	p.Water = &yearWater{Sum: say.YearSections(*y.Water), Path: v.at("/water", "plan", y.Plan.ID, "month", month)}
	for _, row := range y.Water.Rows {
		p.Water.Rows = append(p.Water.Rows, yearSection{say.YearSection(y.YearEnd, row), v.sectionPath(y.Plan.ID, row.Section.ID), row.Measured, row.Missed})
	}
	for _, m := range y.Money {
		one := yearMoney{Head: say.CompensationBasis(m.Table, false), Path: v.at("/water/compensation", "plan", y.Plan.ID, "month", m.Month.String())}
		for _, b := range m.Balances {
			one.Rows = append(one.Rows, moneyBalance{Name: y.People.Name(b.County), Charged: say.Yuan(b.Charged), Earned: say.Yuan(b.Earned), Sum: say.Yuan(b.Sum)})
		}
		p.Money = append(p.Money, one)
	}
}

// yearHappened puts the complaints and incidents of the year on the page.
func (v *visit) yearHappened(p *yearEndPage, y query.YearEnd) {
	say := v.speak()
	if c := y.Complaints; c != nil {
		p.Complaints = &yearComplaints{say.YearComplaintsSum(*c), v.at("/complaints", "plan", y.Plan.ID), v.measureRows(slices.Concat(c.Measures, c.Sums), y.People)}
	}
	if y.Incidents == nil {
		return
	}
	p.Incidents = &yearIncidents{Sum: say.YearIncidentsSum(*y.Incidents), Path: v.at("/incidents", "plan", y.Plan.ID)}
	for _, i := range y.Incidents.Rows {
		p.Incidents.Rows = append(p.Incidents.Rows, yearIncident{v.say.T("incident.title", words.Data{"N": i.ID, "Title": i.Title}), v.incidentPath(y.Plan.ID, i.ID), i.Section, say.Item(i.Item), say.Clock(i.Found, y.Incidents.Zone),
			say.YearOrders(y.YearEnd, i), say.YearEffects(i), say.YearFound(y.YearEnd, i)})
	}
}

func (v *visit) yearGroup(planID, head string, c report.YearClause) yearGroup {
	say, g := v.speak(), yearGroup{Head: head}
	for _, l := range c.Lines {
		g.Lines = append(g.Lines, yearLine{say.Title(l.Row), v.at(taskPath(planID, l.ID)), l.Lead, say.YearLimit(l), say.YearBecame(l), say.YearLate(l), say.YearCalled(l), say.YearSee(l)})
	}
	return g
}

// yearEndSheet is the report as an Excel file.
func (v *visit) yearEndSheet() error {
	id := v.r.PathValue("plan")
	return v.then(func(r *query.Reader) error {
		y, err := r.YearEnd(v.ctx(), v.asks(), id)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := y.Write(&out, v.say); err != nil {
			return err
		}
		return v.sendXLSX(v.say.T("yearend.file_name", words.Data{"Plan": y.Plan.Title, "Day": y.AsOf.String()})+".xlsx", out.Bytes())
	})
}

// reportThing is what an act on the report of a year is done to, for its form.
func (v *visit) reportThing() (t thing, row act.Row, y query.YearEnd, err error) {
	row, ok := act.Of(act.OnPlan, act.Kind(v.r.PathValue("deed")))
	if !ok || !row.Kind.OfReport() {
		return t, row, y, query.ErrNotYours
	}
	id := v.r.PathValue("plan")
	if y, err = v.Reader.YearEnd(v.ctx(), v.asks(), id); err != nil {
		return t, row, y, err
	}
	l, err := v.Reader.Plan(v.ctx(), v.asks(), id)
	return thing{Subject: query.Subject{Plan: l}, year: &y}, row, y, err
}

// reportForm is the form of an act on the report of a year.
func (v *visit) reportForm() error {
	t, row, y, err := v.reportThing()
	if err != nil {
		return err
	}
	if v.who.Account.Unit != y.People.Office {
		return query.ErrNotYours
	}
	return v.showForm(t, row, doing{Thing: v.speak().YearTitle(y.YearEnd), Back: planPath(y.Plan.ID) + "/report"})
}

// doReport does an act on the report of a year. A form sent twice acts once.
func (v *visit) doReport() error {
	t, row, y, err := v.reportThing()
	if err != nil {
		return err
	}
	does, ok, err := v.typedAct(t, row)
	if !ok {
		return err
	}
	err = v.Acts.Report(v.ctx(), y.Plan.ID, does)
	return v.afterAct(err, does, y.People.Name, planPath(y.Plan.ID)+"/report")
}

// offerReported fills in what an act on the report of a year may choose, and what is there
// already.
func (v *visit) offerReported(in *Input, y *query.YearEnd) {
	switch in.Name {
	case "to":
		for _, to := range y.To {
			in.Options = append(in.Options, Option{to.Name, to.Name, to.Name == in.Value})
		}
	case "day":
		if v.typed == nil {
			in.Value = y.AsOf.String()
		}
	case "problems":
		if v.typed == nil {
			in.Value = y.Wrote.Problems
		}
	case "proposals":
		if v.typed == nil {
			in.Value = y.Wrote.Proposals
		}
	}
}
