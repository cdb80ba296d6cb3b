package report

import (
	"io"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"duban/internal/people"
	"duban/internal/water"
	"duban/internal/words"
)

// WaterCells are the words of one section's line in a month's table, by the names in
// WaterColumns.
type WaterCells map[string]string

// WaterColumns are the columns of a month's table as it is published, in order.
var WaterColumns = []string{"no", "county", "section", "river", "level", "target", "month", "month_over", "month_met", "last_year", "year", "year_over", "year_met", "year_ago", "note"}

// WaterRow puts a section's line into words.
func (s Speaker) WaterRow(dir people.Directory, r water.Row) WaterCells {
	cells := WaterCells{
		"county": dir.Name(r.Section.County), "section": r.Section.Name, "river": r.Section.River, "level": s.w.T("water.level_" + r.Section.Level),
		"target": s.Target(r.Target), "month": s.Result(r.Month), "month_over": s.Overs(r.Month.Over), "month_met": s.outcome(r.Month.Outcome),
		"last_year": s.Result(r.LastYear), "year": s.Result(r.Year), "year_over": s.Overs(r.Year.Over), "year_met": s.outcome(r.Year.Outcome), "year_ago": s.Result(r.YearAgo),
	}
	if r.Section.No > 0 {
		cells["no"] = strconv.Itoa(r.Section.No)
	}
	var notes []string
	if r.Month.Class != water.NoClass && r.Month.Judged != water.NoClass && r.Month.Judged != r.Month.Class && len(r.Month.Missing) == 0 {
		notes = append(notes, s.w.T("water.judged", words.Data{"Class": r.Month.Judged.String()}))
	}
	if r.NotWorse {
		notes = append(notes, s.w.T("water.not_worse"))
	}
	if n, ok := r.Change(); ok && n != 0 {
		key := "water.up"
		if n > 0 {
			key = "water.down"
		}
		notes = append(notes, s.w.T(key, words.Data{"N": max(n, -n)}))
	}
	cells["note"] = strings.Join(notes, s.w.T("water.semicolon"))
	return cells
}

// Target is the water quality that a section is to reach, in words.
func (s Speaker) Target(t water.Target) string {
	if !t.Known() {
		return s.w.T("water.by_province")
	}
	text := s.w.T("water.class", words.Data{"Class": t.Class.String()})
	for _, i := range water.Items() {
		if limit, ok := t.Limits[i]; ok {
			sign := "≤"
			if i.Least() {
				sign = "≥"
			}
			text += " " + s.Item(i) + sign + limit.String()
		}
	}
	return text
}

// Result is a class or a state in words; "—" where nothing is known.
func (s Speaker) Result(is water.Result) string {
	switch {
	case is.State != water.Observed:
		return s.w.T("water.state_" + string(is.State))
	case is.Class == water.NoClass:
		return "—"
	}
	return is.Class.String()
}

// Item is an item's name; "" for none.
func (s Speaker) Item(i water.Item) string {
	if i == "" {
		return ""
	}
	return s.w.T("water.item_" + strings.ToLower(strings.ReplaceAll(string(i), "-", "")))
}

// Field is the name of a field of a reading: an item's, 水质类别, 状态 or 超标项目.
func (s Speaker) Field(name string) string {
	switch name {
	case water.FieldClass, water.FieldState, water.FieldOver:
		return s.w.T("water.field_" + name)
	}
	return s.Item(water.Item(name))
}

// Datum puts the text of a reading's field into words; "—" for "".
func (s Speaker) Datum(field, text string) string {
	if text == "" {
		return "—"
	}
	switch field {
	case water.FieldState:
		return s.w.T("water.state_" + text)
	case water.FieldOver:
		if over, err := water.ReadOver(strings.ReplaceAll(text, " ", "、")); err == nil {
			return s.Overs(over)
		}
	}
	return text
}

// Corrected says which field of a reading was corrected, from and to what, why and by whom.
func (s Speaker) Corrected(c water.Corrected, of water.Span, reason, by string) string {
	return s.w.T("water.corrected", words.Data{"Field": s.Field(c.Field) + s.Span(of), "Old": s.Datum(c.Field, c.Old), "New": s.Datum(c.Field, c.New), "Reason": reason, "By": by})
}

// Span is what is added to the name of a month or a field: that the value is of the year so
// far, or "" for one of the month.
func (s Speaker) Span(of water.Span) string {
	if of == water.OfYear {
		return s.w.T("water.span_year")
	}
	return ""
}

// Overs are the items over their standard, with by how many times, as bulletins print
// them: 氨氮(1.12)、溶解氧.
func (s Speaker) Overs(all []water.Over) string {
	var texts []string
	for _, o := range all {
		text := s.Item(o.Item)
		if o.Times != nil {
			text += "(" + times(*o.Times) + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, s.w.T("cli.list_comma"))
}

// times is a multiple with two decimals, or with as many as are needed so that it is not 0.
func times(n decimal.Decimal) string {
	for places := int32(2); places < 6; places++ {
		if r := n.Round(places); !r.IsZero() {
			return r.String()
		}
	}
	return n.String()
}

func (s Speaker) outcome(o water.Outcome) string {
	if o == water.Undecided {
		return "—"
	}
	return s.w.T("water.outcome_" + string(o))
}

// WaterSum says how many sections have which class, and how many reached their target.
func (s Speaker) WaterSum(of water.Sum) string {
	share := water.RiverJudgement{Of: of.Known}
	share.Count[water.I], share.Count[water.Worse] = of.Good, of.Worse
	return s.w.T("water.sum", words.Data{"Of": of.Of, "Known": of.Known, "Good": of.Good, "GoodShare": share.Share(water.I, water.I).String(), "Worse": of.Worse,
		"WorseShare": share.Share(water.Worse, water.Worse).String(), "Met": of.Met, "Missed": of.Missed, "None": of.None})
}

// Grade is a river's grade in words; "—" for none.
func (s Speaker) Grade(g water.Grade) string {
	if g == water.NoGrade {
		return "—"
	}
	return s.w.T("water.grade_" + string(g))
}

// WaterSheet is what WriteWater writes: a month's table with its title and sums.
type WaterSheet struct {
	Title string // of the plan
	Month water.Month
	Rows  []water.Row
	Sum   water.Sum
	Year  water.Sum
}

// WriteWater writes a month's table as a workbook.
func (s Speaker) WriteWater(out io.Writer, dir people.Directory, b WaterSheet) error {
	f := excelize.NewFile()
	defer f.Close()
	sheet := s.w.T("water.sheet", words.Data{"Month": b.Month.String()})
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	rows := [][]string{{s.w.T("water.table_title", words.Data{"Year": b.Month.Year, "Month": b.Month.Month})}, {s.w.T("water.of_month") + s.WaterSum(b.Sum)}, {s.w.T("water.of_year") + s.WaterSum(b.Year)}, nil}
	for _, c := range WaterColumns {
		rows[3] = append(rows[3], s.w.T("water.col_"+c))
	}
	for _, r := range b.Rows {
		cells, row := s.WaterRow(dir, r), []string{}
		for _, c := range WaterColumns {
			row = append(row, cells[c])
		}
		rows = append(rows, row)
	}
	for i, row := range rows {
		if err := f.SetSheetRow(sheet, name(1, i+1), &row); err != nil {
			return err
		}
	}
	if err := waterLooks(f, sheet, len(rows)); err != nil {
		return err
	}
	return f.Write(out)
}

// waterLooks sets widths, the heading and how the sheet prints.
func waterLooks(f *excelize.File, sheet string, last int) error {
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
	width := len(WaterColumns)
	for _, do := range []func() error{
		func() error { return f.MergeCell(sheet, "A1", name(width, 1)) },
		func() error { return f.MergeCell(sheet, "A2", name(width, 2)) },
		func() error { return f.MergeCell(sheet, "A3", name(width, 3)) },
		func() error { return f.SetCellStyle(sheet, "A1", name(width, 1), title) },
		func() error { return f.SetCellStyle(sheet, "A4", name(width, 4), head) },
		func() error { return f.SetCellStyle(sheet, "A5", name(width, max(last, 5)), body) },
		func() error { return f.SetColWidth(sheet, "A", "A", 6) },
		func() error { return f.SetColWidth(sheet, "B", "C", 18) },
		func() error { return f.SetColWidth(sheet, "D", "G", 10) },
		func() error { return f.SetColWidth(sheet, "H", "H", 24) },
		func() error { return f.SetColWidth(sheet, "I", "O", 12) },
		func() error {
			return f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 4, TopLeftCell: "A5", ActivePane: "bottomLeft"})
		},
		func() error {
			landscape, a4, fit, high := "landscape", 9, 1, 0
			if err := f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: ptr(true)}); err != nil {
				return err
			}
			return f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &fit, FitToHeight: &high})
		},
	} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

func ptr[T any](v T) *T { return &v }
