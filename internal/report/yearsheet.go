package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/water"
	"duban/internal/words"
)

// WriteYearEnd writes the report of a year as an Excel file: what it says first, then the
// sections, the clauses' tasks, key projects, compensation, scores and the index of evidence.
// Like the book, it prints on A4 landscape and has no formula.
func WriteYearEnd(w io.Writer, y YearEnd, in *words.Words) error {
	f := excelize.NewFile()
	defer f.Close()
	b := binding{f: f, styles: map[styleKey]int{}, page: in.T("report.page")}
	if err := f.SetDefaultFont(bodyFont); err != nil {
		return fmt.Errorf("report: xlsx: %w", err)
	}
	s := yearPages{Speaker{w: in}, y}
	for i, sh := range s.sheets() {
		if err := b.add(i, sh); err != nil {
			return fmt.Errorf("report: xlsx: sheet %s: %w", sh.name, err)
		}
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: s.YearTitle(y), Creator: cmp.Or(y.Plan.Issuer, "duban"), LastModifiedBy: "duban"}); err != nil {
		return fmt.Errorf("report: xlsx: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("report: write xlsx: %w", err)
	}
	return nil
}

// YearTitle is the report's title.
func (s Speaker) YearTitle(y YearEnd) string {
	return s.y("title", words.Data{"Plan": y.Plan.Title, "Year": y.Year})
}

// YearBasis says of which day the report is, and what the ledger's head was.
func (s Speaker) YearBasis(y YearEnd) string {
	return s.y("basis", words.Data{"Day": s.Day(y.AsOf), "Chain": y.Chain})
}

// YearSum says how many tasks there are, and what became of them.
func (s Speaker) YearSum(t Tally) string {
	return s.y("sum", words.Data{"Total": t.Total, "Done": t.Done, "OnTime": t.OnTime, "Late": t.DoneLate, "Open": t.Open, "Overdue": t.Overdue, "Rate": s.Rate(t.OnTimeRate)})
}

// YearTalks says how many warning talks there were.
func (s Speaker) YearTalks(n int) string { return s.y("talks", words.Data{"N": n}) }

// YearSections says how many sections reached their targets in the year so far.
func (s Speaker) YearSections(w YearWater) string {
	if w.Month == (water.Month{}) {
		return s.y("no_data")
	}
	return s.y("sections_sum", words.Data{"Year": w.Month.Year, "Month": w.Month.Month, "Of": w.Sum.Of, "Known": w.Sum.Known, "Good": w.Sum.Good, "Worse": w.Sum.Worse, "Met": w.Sum.Met, "Missed": w.Sum.Missed})
}

// YearLimit is the limit of a line: its date with the one before extensions, or how a duty
// recurs.
func (s Speaker) YearLimit(l YearLine) string {
	if !l.FirstDue.IsZero() && l.FirstDue != l.Due {
		return s.y("limit_moved", words.Data{"Due": l.Due.String(), "First": l.FirstDue.String()})
	}
	return s.Due(l.Row)
}

// YearBecame says what became of a line: the day on which it was done, or its state.
func (s Speaker) YearBecame(l YearLine) string {
	switch {
	case l.Kind == plan.Duty:
		return s.y("occurs", words.Data{"Total": l.Occurs.Total, "OnTime": l.Occurs.OnTime, "Late": l.Occurs.DoneLate, "Open": l.Occurs.Open, "Overdue": l.Occurs.Overdue})
	case !l.DoneOn.IsZero():
		return s.y("done_on", words.Data{"Day": l.DoneOn.String()})
	}
	return s.State(l.Row)
}

// YearLate says how late a line was done, or is; "" when it is not.
func (s Speaker) YearLate(l YearLine) string {
	if l.Late == 0 {
		return ""
	}
	return s.y("late_days", words.Data{"N": l.Late})
}

// YearCalled says how many talks and circulars there were about a line; "" without any.
func (s Speaker) YearCalled(l YearLine) string {
	var parts []string
	if l.Talked > 0 {
		parts = append(parts, s.y("talked", words.Data{"N": l.Talked}))
	}
	if l.Told > 0 {
		parts = append(parts, s.y("told", words.Data{"N": l.Told}))
	}
	return s.join(parts...)
}

// YearSee says where a line is counted, when it is not counted where it is shown.
func (s Speaker) YearSee(l YearLine) string {
	if l.See == "" {
		return ""
	}
	return s.y("see", words.Data{"Place": l.See})
}

// YearSent says when the report was handed in to somebody, or how long is left.
func (s Speaker) YearSent(to YearTo) string {
	switch {
	case to.Sent != nil:
		return s.y("sent", words.Data{"Day": s.Day(to.Sent.Day), "Paper": to.Sent.Paper, "AsOf": to.Sent.AsOf.String(), "Chain": to.Sent.Chain, "By": to.Sent.By})
	case to.DaysLeft < 0:
		return s.y("sent_late", words.Data{"N": -to.DaysLeft})
	}
	return s.y("sent_not", words.Data{"N": to.DaysLeft})
}

// YearScoresStatus says by what the scores are, or why there are none to report; "" of a plan without
// rules of assessment.
func (s Speaker) YearScoresStatus(y YearEnd) string {
	switch {
	case y.Scores == nil:
		return ""
	case y.Scores.Example:
		return s.y("example_rules")
	}
	return s.AssessmentStatus(y.Scores.Status, y.Scores.Sheet, false)
}

// YearEvidence names a piece of evidence: an address, or a file with its hash.
func (s Speaker) YearEvidence(p YearProof) string {
	if p.URL != "" {
		return p.URL
	}
	return p.Name
}

func (s Speaker) y(name string, data ...words.Data) string { return s.w.T("yearend."+name, data...) }

// yearPages lays the report out as sheets.
type yearPages struct {
	Speaker
	YearEnd
}

func (s yearPages) sheets() []sheet {
	all := []sheet{s.said()}
	if s.Water != nil {
		all = append(all, s.sections())
	}
	all = append(all, s.clauses(), s.projects(), s.money(), s.scores())
	if s.Complaints != nil {
		all = append(all, s.complaints())
	}
	if s.Incidents != nil {
		all = append(all, s.incidents())
	}
	all = append(all, s.proof())
	return slices.DeleteFunc(all, func(sh sheet) bool { return len(sh.blocks) == 0 }) // as of compensation, where no table is in force
}

func (s yearPages) headed(name string, lines ...string) sheet {
	return sheet{name: s.y("sheet_" + name), title: s.YearTitle(s.YearEnd), lines: append([]string{s.YearBasis(s.YearEnd)}, lines...), empty: s.t("empty")}
}

func (s yearPages) head(spec ...column) []column {
	for i := range spec {
		spec[i].heading = s.y("col_" + spec[i].heading)
	}
	return spec
}

// said is the first sheet: to whom the report goes, the sums, and what the office wrote.
func (s yearPages) said() sheet {
	sh := s.headed("said", s.YearSum(s.Counts), s.YearTalks(s.Counts.Talks))
	if s.Water != nil {
		sh.lines = append(sh.lines, s.YearSections(*s.Water))
	}
	to := block{heading: s.y("to"), columns: s.head(column{heading: "to", most: 34}, column{heading: "by", most: 14}, column{heading: "basis", most: 40}, column{heading: "sent", most: 60})}
	for _, a := range s.To {
		to.rows = append(to.rows, []cell{text(a.Name), date(a.By), text(a.Basis), text(s.YearSent(a))})
	}
	wrote := block{heading: s.y("wrote"), columns: s.head(column{heading: "part", most: 34}, column{heading: "words", most: 100})}
	wrote.rows = [][]cell{{text(s.y("problems")), text(s.Wrote.Problems)}, {text(s.y("proposals")), text(s.Wrote.Proposals)}}
	sh.blocks = []block{to, wrote}
	return sh
}

func (s yearPages) sections() sheet {
	sh := s.headed("sections", s.YearSections(*s.Water))
	b := block{columns: s.head(column{heading: "no", most: 6}, column{heading: "county", most: 16}, column{heading: "section", most: 18}, column{heading: "level", most: 8}, column{heading: "target", most: 16},
		column{heading: "actual", most: 10}, column{heading: "met", most: 10}, column{heading: "ago", most: 10}, column{heading: "measured", most: 10}, column{heading: "missed", most: 10})}
	for _, r := range s.Water.Rows {
		c := s.YearSection(s.YearEnd, r)
		b.rows = append(b.rows, []cell{text(c["no"]), text(c["county"]), text(c["section"]), center(c["level"]), text(c["target"]), center(c["year"]), center(c["year_met"]), center(c["year_ago"]), number(r.Measured), number(r.Missed)})
	}
	sh.blocks = []block{b}
	return sh
}

// YearSection puts a section's line into words, by the names in WaterColumns.
func (s Speaker) YearSection(y YearEnd, r YearSection) WaterCells { return s.WaterRow(y.People, r.Row) }

func (s yearPages) lines(title string, c YearClause) block {
	b := block{heading: title, columns: s.head(column{heading: "task", most: 50}, column{heading: "lead", most: 18}, column{heading: "limit", most: 24}, column{heading: "became", most: 30}, column{heading: "late", most: 14}, column{heading: "called", most: 16}, column{heading: "note", most: 20})}
	for _, l := range c.Lines {
		b.rows = append(b.rows, []cell{text(s.Title(l.Row)), text(l.Lead), text(s.YearLimit(l)), text(s.YearBecame(l)), center(s.YearLate(l)), center(s.YearCalled(l)), text(s.YearSee(l))})
	}
	return b
}

func (s yearPages) clauses() sheet {
	sh := s.headed("clauses", s.YearSum(s.Counts), s.y("late_help"))
	for _, c := range s.Clauses {
		sh.blocks = append(sh.blocks, s.lines(s.YearClauseTitle(c), c))
	}
	if len(s.Opened.Lines) > 0 {
		sh.blocks = append(sh.blocks, s.lines(s.y("opened"), s.Opened))
	}
	return sh
}

// YearClauseTitle is a clause's place, title and sum.
func (s Speaker) YearClauseTitle(c YearClause) string {
	if c.Tally.Total == 0 {
		return s.y("clause_bare", words.Data{"Place": c.Place, "Title": c.Title})
	}
	return s.y("clause", words.Data{"Place": c.Place, "Title": c.Title, "Total": c.Tally.Total, "Done": c.Tally.Done, "Late": c.Tally.DoneLate, "Overdue": c.Tally.Overdue})
}

func (s yearPages) projects() sheet {
	sh := s.headed("projects", s.YearSum(s.Projects.Tally))
	b := s.lines("", s.Projects)
	sh.blocks = []block{b}
	return sh
}

func (s yearPages) money() sheet {
	sh := s.headed("money")
	if len(s.Money) == 0 {
		sh.lines = append(sh.lines, s.y("no_money"))
	}
	for _, m := range s.Money {
		b := block{heading: s.CompensationBasis(m.Table, false), columns: s.head(column{heading: "county", most: 24}, column{heading: "charged", most: 16}, column{heading: "earned", most: 16}, column{heading: "balance", most: 16})}
		for _, one := range m.Balances {
			b.rows = append(b.rows, []cell{text(s.People.Name(one.County)), s.amount(one.Charged), s.amount(one.Earned), s.amount(one.Sum)})
		}
		sh.blocks = append(sh.blocks, b)
	}
	return sh
}

// amount is a cell with an amount in yuan.
func (s Speaker) amount(d decimal.Decimal) cell {
	f := d.InexactFloat64()
	return cell{text: s.Yuan(d), number: &f, look: asCenter, format: "0"}
}

func (s yearPages) scores() sheet {
	sh := s.headed("scores", s.YearScoresStatus(s.YearEnd))
	if s.Scores == nil {
		sh = s.headed("scores")
		sh.name = s.y("by_tasks")
	}
	if s.Scores != nil && !s.Scores.Example {
		b := block{heading: s.y("by_rules"), columns: s.head(column{heading: "group", most: 14}, column{heading: "rank", most: 8}, column{heading: "unit", most: 28}, column{heading: "score", most: 10})}
		for _, u := range s.Scores.Sheet.Units {
			b.rows = append(b.rows, []cell{text(u.Group), number(u.Rank), text(s.People.Name(u.Unit)), center(u.Score.String())})
		}
		sh.blocks = append(sh.blocks, b)
	}
	b := block{heading: s.y("by_tasks"), columns: s.head(column{heading: "unit", most: 28}, column{heading: "total", most: 8}, column{heading: "on_time", most: 10}, column{heading: "done_late", most: 10}, column{heading: "overdue", most: 10}, column{heading: "talked", most: 8}, column{heading: "rate", most: 12})}
	for _, u := range s.Units {
		b.rows = append(b.rows, []cell{text(u.Unit), number(u.Total), number(u.OnTime), number(u.DoneLate), number(u.Overdue), number(u.Talks), center(s.Rate(u.OnTimeRate))})
	}
	sh.blocks = append(sh.blocks, b)
	return sh
}

// YearComplaintsSum says how many complaints there were.
func (s Speaker) YearComplaintsSum(c YearComplaints) string {
	if c.Taken == 0 && len(c.Measures) == 0 {
		return s.y("no_complaints")
	}
	return s.y("complaints_sum", words.Data{"Taken": c.Taken, "Joined": c.Joined, "Waiting": c.Waiting})
}

func (s yearPages) complaints() sheet {
	sh := s.headed("complaints", s.YearComplaintsSum(*s.Complaints))
	b := block{columns: s.head(column{heading: "month", most: 12}, column{heading: "unit", most: 28}, column{heading: "got", most: 9}, column{heading: "answered", most: 9}, column{heading: "intime", most: 10}, column{heading: "over", most: 9}, column{heading: "intime_rate", most: 12},
		column{heading: "phoned", most: 9}, column{heading: "satisfied", most: 9}, column{heading: "satisfied_rate", most: 10}, column{heading: "again", most: 9}, column{heading: "returned", most: 9})}
	percent := func(rate int) cell {
		if rate < 0 {
			return center("—")
		}
		return center(itoa(rate) + "%")
	}
	for _, m := range slices.Concat(s.Complaints.Measures, s.Complaints.Sums) {
		b.rows = append(b.rows, []cell{center(cmp.Or(m.Month, s.w.T("complain.every"))), text(s.People.Name(m.Unit)), number(m.Got), number(m.Answered), number(m.OnTime), number(m.Late), percent(m.OnTimeRate()),
			number(m.Called), number(m.Satisfied), percent(m.SatisfiedRate()), number(m.Again), number(m.Returned)})
	}
	sh.blocks = []block{b}
	return sh
}

// YearIncidentsSum says how many incidents there were.
func (s Speaker) YearIncidentsSum(all YearIncidents) string {
	if len(all.Rows) == 0 {
		return s.y("no_incidents")
	}
	open := 0
	for _, i := range all.Rows {
		if i.State == act.Handling {
			open++
		}
	}
	return s.y("incidents_sum", words.Data{"N": len(all.Rows), "Done": len(all.Rows) - open, "Open": open})
}

// YearOrders says of each order to replenish what was let in.
func (s Speaker) YearOrders(y YearEnd, i YearIncident) (lines []string) {
	for _, o := range i.Orders {
		lines = append(lines, s.y("order", words.Data{"N": o.Order, "Supply": o.Supply, "Unit": y.People.Name(o.Unit), "Begun": s.Clock(o.Begun, y.Incidents.Zone), "Ended": s.Clock(o.Ended, y.Incidents.Zone), "Volume": s.Cubic(o.Volume), "Late": o.Late}))
	}
	if lines == nil {
		return []string{s.y("no_order")}
	}
	return lines
}

// YearEffects says of each item what it was before water flowed and after it had ended.
func (s Speaker) YearEffects(i YearIncident) (lines []string) {
	for _, e := range i.Effects {
		lines = append(lines, s.WaterEffect(e, i.Body))
	}
	return lines
}

// YearFound says where was looked, what the cause was, and with what the handling ended.
func (s Speaker) YearFound(y YearEnd, i YearIncident) (lines []string) {
	if i.Looked > 0 {
		lines = append(lines, s.y("looked", words.Data{"N": i.Looked}))
	}
	if len(i.Causes) > 0 {
		lines = append(lines, s.y("causes", words.Data{"Names": s.list(i.Causes)}))
	}
	if i.Ended.IsZero() {
		return append(lines, s.y("handling"))
	}
	return append(lines, s.y("handled_on", words.Data{"Day": s.Day(calendar.DayOf(i.Ended.In(y.Incidents.Zone))), "Words": i.Finding}))
}

func (s yearPages) incidents() sheet {
	sh := s.headed("incidents", s.YearIncidentsSum(*s.Incidents))
	b := block{columns: s.head(column{heading: "no", most: 6}, column{heading: "incident", most: 28}, column{heading: "section", most: 16}, column{heading: "item", most: 12}, column{heading: "found", most: 18}, column{heading: "replenished", most: 40}, column{heading: "effect", most: 40}, column{heading: "finding", most: 40})}
	lines := func(all []string) cell { return text(strings.Join(all, "\n")) }
	for _, i := range s.Incidents.Rows {
		b.rows = append(b.rows, []cell{center(i.ID), text(i.Title), text(i.Section), text(s.Item(i.Item)), moment(i.Found.In(s.Incidents.Zone)), lines(s.YearOrders(s.YearEnd, i)), lines(s.YearEffects(i)), lines(s.YearFound(s.YearEnd, i))})
	}
	sh.blocks = []block{b}
	return sh
}

func (s yearPages) proof() sheet {
	sh := s.headed("proof", s.y("proof_sum", words.Data{"N": len(s.Proof)}))
	b := block{columns: s.head(column{heading: "no", most: 6}, column{heading: "task", most: 40}, column{heading: "evidence", most: 40}, column{heading: "sha256", most: 66}, column{heading: "act", most: 16}, column{heading: "by_whom", most: 14}, column{heading: "on", most: 12}, column{heading: "seq", most: 10})}
	for i, p := range s.Proof {
		b.rows = append(b.rows, []cell{number(i + 1), text(cmp.Or(p.Title, s.y("whole"))), text(s.YearEvidence(p)), text(p.SHA256), text(s.w.T("act.kind_" + string(p.Act))), text(p.By), date(p.On), text(strconv.FormatInt(p.Seq, 10))})
	}
	sh.blocks = []block{b}
	return sh
}
