package report

import (
	"io"
	"strconv"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/people"
	"duban/internal/words"
)

// Points writes points with their sign: +2, -0.5, 0.
func (s Speaker) Points(n decimal.Decimal) string {
	if n.IsPositive() {
		return "+" + n.String()
	}
	return n.String()
}

// FactWords says what a fact of an assessment was: 逾期 14 个工作日.
func (s Speaker) FactWords(f assessment.Fact) string {
	text := s.w.T("assess.fact_"+string(f.Kind), words.Data{"N": f.Amount, "Of": f.OutOf})
	if f.Assist {
		text += s.w.T("assess.assisting")
	}
	return text
}

// RuleOf is a rule of a sheet by its ID. For any other ID, as that of what was decided about
// objections, it is a rule with only a title.
func (s Speaker) RuleOf(sheet assessment.Sheet, id string) assessment.Rule {
	for _, r := range sheet.Table.Rules {
		if r.ID == id {
			return r
		}
	}
	return assessment.Rule{Title: s.w.T("assess.decided")}
}

// RankChange says how many ranks a unit has gone up or down since the sheet of the period
// before; "" without one.
func (s Speaker) RankChange(u assessment.Score) string {
	up, had := u.Change()
	switch {
	case !had:
		return ""
	case up > 0:
		return s.w.T("assess.up", words.Data{"N": up})
	case up < 0:
		return s.w.T("assess.down", words.Data{"N": -up})
	}
	return s.w.T("assess.level")
}

// AssessmentStatus says how far the assessment of a period has come.
func (s Speaker) AssessmentStatus(a act.Assessing, sheet assessment.Sheet, example bool) string {
	switch {
	case a.Issued != nil:
		return s.w.T("assess.issued", words.Data{"Paper": a.Issued.Paper, "Day": s.Day(a.Issued.On), "Hash": a.Issued.Hash})
	case a.State == act.SheetSent:
		return s.w.T("assess.sent", words.Data{"Day": s.Day(a.SentOn), "Until": s.Day(a.Until), "AsOf": sheet.AsOf})
	case example:
		return s.w.T("assess.example", words.Data{"AsOf": sheet.AsOf})
	}
	return s.w.T("assess.trial", words.Data{"AsOf": sheet.AsOf})
}

// AssessmentSheet is a sheet as it is put into a workbook.
type AssessmentSheet struct {
	Title  string // of the plan
	Status string // how far the assessment has come: see AssessmentStatus
	Sheet  assessment.Sheet
	Ranked bool // ranks are shown
}

// WriteAssessment writes a sheet as an Excel workbook of two sheets: the units' scores by rule,
// and the facts that they are made of.
func (s Speaker) WriteAssessment(out io.Writer, dir people.Directory, b AssessmentSheet) error {
	f := excelize.NewFile()
	defer f.Close()
	scores, facts := s.w.T("assess.sheet_scores"), s.w.T("assess.sheet_facts")
	if err := f.SetSheetName("Sheet1", scores); err != nil {
		return err
	}
	if _, err := f.NewSheet(facts); err != nil {
		return err
	}
	heading := []any{s.w.T("assess.col_group"), s.w.T("assess.col_rank"), s.w.T("assess.col_unit"), s.w.T("assess.col_base")}
	for _, r := range b.Sheet.Table.Rules {
		heading = append(heading, r.Title)
	}
	heading = append(heading, s.w.T("assess.decided"), s.w.T("assess.col_score"), s.w.T("assess.col_change"))
	rows := [][]any{{s.w.T("assess.title", words.Data{"Title": b.Sheet.Table.Title, "Period": s.Period(string(b.Sheet.Period))})}, {b.Title + "　" + b.Status}, heading}
	lines := [][]any{{s.w.T("assess.col_unit"), s.w.T("assess.col_rule"), s.w.T("assess.col_fact"), s.w.T("assess.col_day"), s.w.T("assess.col_points"), s.w.T("assess.col_id"), s.w.T("assess.col_title"), s.w.T("assess.col_note")}}
	for _, u := range b.Sheet.Units {
		counts := map[string]decimal.Decimal{}
		for _, l := range u.Lines {
			counts[l.Rule] = l.Count
			for _, fact := range l.Facts {
				lines = append(lines, []any{dir.Name(u.Unit), s.RuleOf(b.Sheet, l.Rule).Title, s.FactWords(fact.Fact), fact.On, number2(fact.Points), fact.ID, fact.Title, fact.Note})
			}
		}
		row := []any{u.Group, "", dir.Name(u.Unit), number2(b.Sheet.Table.Base)}
		if b.Ranked {
			row[1] = u.Rank
		}
		for _, r := range b.Sheet.Table.Rules {
			row = append(row, number2(counts[r.ID]))
		}
		rows = append(rows, append(row, number2(counts[""]), number2(u.Score), s.RankChange(u)))
	}
	width := len(heading)
	for sheet, all := range map[string][][]any{scores: rows, facts: lines} {
		for i, row := range all {
			if err := f.SetSheetRow(sheet, "A"+strconv.Itoa(i+1), &row); err != nil {
				return err
			}
		}
	}
	if err := s.assessmentLooks(f, scores, facts, width, len(rows)); err != nil {
		return err
	}
	return f.Write(out)
}

// number2 gives points as a number for a cell of a workbook.
func number2(n decimal.Decimal) float64 { return n.InexactFloat64() }

// assessmentLooks sets widths, headings and how the sheets print.
func (s Speaker) assessmentLooks(f *excelize.File, scores, facts string, width, last int) error {
	edge := []excelize.Border{{Type: "left", Style: 1, Color: "808080"}, {Type: "right", Style: 1, Color: "808080"}, {Type: "top", Style: 1, Color: "808080"}, {Type: "bottom", Style: 1, Color: "808080"}}
	body, err := f.NewStyle(&excelize.Style{Border: edge, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	if err != nil {
		return err
	}
	head, err := f.NewStyle(&excelize.Style{Border: edge, Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}})
	if err != nil {
		return err
	}
	title, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}, Alignment: &excelize.Alignment{Horizontal: "center"}})
	if err != nil {
		return err
	}
	wide, err := excelize.ColumnNumberToName(width)
	if err != nil {
		return err
	}
	for _, do := range []func() error{
		func() error { return f.MergeCell(scores, "A1", name(width, 1)) },
		func() error { return f.MergeCell(scores, "A2", name(width, 2)) },
		func() error { return f.SetCellStyle(scores, "A1", name(width, 1), title) },
		func() error { return f.SetCellStyle(scores, "A3", name(width, 3), head) },
		func() error { return f.SetCellStyle(scores, "A4", name(width, max(last, 4)), body) },
		func() error { return f.SetColWidth(scores, "A", wide, 10) },
		func() error { return f.SetColWidth(scores, "C", "C", 24) },
		func() error { return f.SetCellStyle(facts, "A1", "H1", head) },
		func() error { return f.SetColWidth(facts, "A", "H", 18) },
		func() error { return f.SetColWidth(facts, "G", "G", 40) },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	landscape, a4, fit, high := "landscape", 9, 1, 0
	for _, sheet := range []string{scores, facts} {
		if err := f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: ptr(true)}); err != nil {
			return err
		}
		if err := f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &fit, FitToHeight: &high}); err != nil {
			return err
		}
	}
	return nil
}

// Settled says how the office decided an objection, or that it is not decided yet.
func (s Speaker) Settled(o act.Objection) string {
	if o.Decided == nil {
		return s.w.T("assess.objection_open")
	}
	data := words.Data{"By": o.Decided.By, "Day": s.Day(o.Decided.On), "Words": o.Decided.Words, "Points": ""}
	if points, err := assessment.ReadPoints(o.Decided.Points); err == nil && !points.IsZero() {
		data["Points"] = s.Points(points)
	}
	return s.w.T("assess.objection_settled", data)
}
