package intake

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// readXlsx reads every visible sheet as one table. Vertically merged cells are
// repeated in each row they cover; a title merged across is a paragraph. A formula
// without a stored result is worked out; what cannot be, an error value, what is
// crossed out, a hidden row, column or sheet, a chart and a sheet damaged in the middle are told.
func readXlsx(ctx context.Context, s Source, p parts) (Document, error) {
	f, err := excelize.OpenReader(bytes.NewReader(s.Data), excelize.Options{UnzipSizeLimit: maxPart, UnzipXMLSizeLimit: maxPart, ShortDatePattern: "yyyy年m月d日", LongDatePattern: "yyyy年m月d日"})
	if err != nil {
		if strings.Contains(err.Error(), "unzip size exceeds") {
			return Document{}, fmt.Errorf("%w: %w", errTooBig, err)
		}
		return Document{}, err
	}
	defer f.Close()
	files, err := sheetFiles(p)
	if err != nil {
		return Document{}, err
	}
	struck, err := newStruckCells(f, p)
	if err != nil {
		return Document{}, err
	}
	x := &xlsxRead{f: f, struck: struck}
	for _, sheet := range f.GetSheetList() {
		if ctx.Err() != nil {
			return Document{}, ctx.Err()
		}
		at := Place{Sheet: sheet}
		if seen, err := f.GetSheetVisible(sheet); err == nil && !seen {
			x.d.skipped(Unread{Place: at, What: "hidden_sheet"})
			continue
		}
		part := files[sheet]
		if strings.Contains(part, "chartsheets/") || strings.Contains(part, "dialogsheets/") {
			x.d.skipped(Unread{Place: at, What: "chart"})
			continue
		}
		whole, err := checkSheet(p, part)
		if err != nil {
			return Document{}, err
		}
		x.formulas = whole.formulas
		if err := x.sheet(ctx, sheet); err != nil {
			return Document{}, err
		}
		if whole.broken {
			at.Row = whole.row
			x.d.skipped(Unread{Place: at, What: "rows", Lost: true})
		}
	}
	for i := range x.d.Blocks {
		x.d.Blocks[i].Place.Para = 0
	}
	if p.has("xl/comments1.xml") || p.has("xl/threadedComments/threadedComment1.xml") {
		x.d.skipped(Unread{What: "comment"})
	}
	return x.d, nil
}

// sheetFiles are the parts of the sheets by name.
func sheetFiles(p parts) (map[string]string, error) {
	to, err := targets(p, "xl/_rels/workbook.xml.rels")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	err = eachStart(p, "xl/workbook.xml", func(e xml.StartElement) {
		if e.Name.Local == "sheet" {
			out[attr(e, "name")] = to[attr(e, "id")]
		}
	})
	return out, err
}

type sheetCheck struct {
	broken   bool
	row      int // the last that was begun
	formulas bool
}

// checkSheet walks a sheet's part to its end: the spreadsheet library stops at
// damage without a word.
func checkSheet(p parts, name string) (c sheetCheck, err error) {
	if !p.has(name) {
		return sheetCheck{broken: true}, nil
	}
	part, err := p.open(name)
	if err != nil {
		return c, err
	}
	defer part.Close()
	dec := xml.NewDecoder(part)
	toks := &tokens{dec: dec}
	var open []string
	for {
		tok, err := toks.next()
		if err == io.EOF {
			c.broken = c.broken || len(open) > 0
			return c, nil
		}
		if errors.Is(err, errTooBig) {
			return c, err
		}
		if err != nil {
			c.broken = true
			return c, nil
		}
		switch e := tok.(type) {
		case xml.StartElement:
			open = append(open, e.Name.Local)
			switch e.Name.Local {
			case "row":
				c.row++
				if n := atoi(attr(e, "r")); n > 0 {
					c.row = n
				}
			case "f":
				c.formulas = true
			}
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != e.Name.Local {
				c.broken = true
				return c, nil
			}
			open = open[:len(open)-1]
		}
	}
}

// visible is a row without the cells of hidden columns.
func (x *xlsxRead) visible(sheet string, cells []string) []string {
	for i := range cells {
		if strings.TrimSpace(cells[i]) == "" {
			continue
		}
		for len(x.shown) <= i {
			name, err := excelize.ColumnNumberToName(len(x.shown) + 1)
			seen := true
			if err == nil {
				if v, err := x.f.GetColVisible(sheet, name); err == nil {
					seen = v
				}
			}
			x.shown = append(x.shown, seen)
			x.told = append(x.told, false)
		}
		if x.shown[i] {
			continue
		}
		if !x.told[i] {
			x.told[i] = true
			x.d.skipped(Unread{Place: Place{Sheet: sheet}, What: "hidden_column"})
		}
		cells[i] = ""
	}
	return cells
}

type xlsxRead struct {
	f        *excelize.File
	shown    []bool // by column of the sheet: it is not hidden
	told     []bool // by column: that it is hidden has been told
	d        Document
	bud      budget
	formulas bool // the sheet holds formulas
	struck   *struckCells
}

func (x *xlsxRead) sheet(ctx context.Context, sheet string) error {
	rows, err := x.f.Rows(sheet)
	if err != nil {
		x.d.skipped(Unread{Place: Place{Sheet: sheet}, What: "sheet", Lost: true})
		return nil
	}
	defer rows.Close()
	x.shown, x.told = nil, nil
	var grid [][]string
	for rows.Next() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		cells, err := rows.Columns()
		if err != nil {
			x.d.skipped(Unread{Place: Place{Sheet: sheet, Row: len(grid) + 1}, What: "rows", Lost: true})
			break
		}
		if len(grid) > maxBlocks {
			return fmt.Errorf("rows: %w", errTooBig)
		}
		if err := x.bud.cell(len(cells) + 1); err != nil {
			return err
		}
		if x.formulas {
			cells = x.worked(sheet, len(grid)+1, cells)
		}
		for i := range cells {
			if err := x.bud.text(cells[i]); err != nil {
				return err
			}
			cells[i] = x.seen(sheet, i+1, len(grid)+1, cells[i])
			if text, cut := x.struck.shown(sheet, i+1, len(grid)+1, cells[i]); cut {
				x.d.skipped(Unread{Place: Place{Sheet: sheet, Row: len(grid) + 1}, What: "struck"})
				cells[i] = cellText(unreadable(text))
			}
		}
		cells = x.visible(sheet, cells)
		if seen, err := x.f.GetRowVisible(sheet, len(grid)+1); err == nil && !seen && len(nonEmpty(cells)) > 0 {
			x.d.skipped(Unread{Place: Place{Sheet: sheet}, What: "hidden_row"})
			cells = nil
		}
		grid = append(grid, cells)
	}
	if rows.Error() != nil {
		x.d.skipped(Unread{Place: Place{Sheet: sheet, Row: len(grid) + 1}, What: "rows", Lost: true})
	}
	wide := spread(x.f, sheet, grid)
	t := &Table{}
	for i, cells := range grid {
		if len(nonEmpty(cells)) == 0 {
			continue
		}
		place := Place{Sheet: sheet, Row: i + 1}
		if len(t.Rows) == 0 && (wide[i] || len(nonEmpty(cells)) == 1) {
			x.d.Blocks = append(x.d.Blocks, Block{Text: strings.ReplaceAll(nonEmpty(cells)[0], "\n", ""), Place: place})
			continue
		}
		t.Rows = append(t.Rows, Row{No: i + 1, Cells: cells})
	}
	if len(t.Rows) > 0 {
		x.d.Blocks = append(x.d.Blocks, Block{Table: t, Place: Place{Sheet: sheet}})
	}
	return nil
}

// mostWorked is how many formulas of a file are worked out.
const mostWorked = 5000

// worked fills the cells whose formula has no stored result.
func (x *xlsxRead) worked(sheet string, row int, cells []string) []string {
	last := len(cells)
	for i := 0; i < max(last, 30); i++ {
		if i < len(cells) && strings.TrimSpace(cells[i]) != "" {
			continue
		}
		name, err := excelize.CoordinatesToCellName(i+1, row)
		if err != nil {
			break
		}
		formula, err := x.f.GetCellFormula(sheet, name)
		if err != nil || formula == "" {
			continue
		}
		if x.bud.worked++; x.bud.worked > mostWorked {
			x.d.skipped(Unread{Place: Place{Sheet: sheet, Row: row}, What: "formula", Cell: name, Words: "=" + shorten(formula, 40)})
			continue
		}
		value, err := x.f.CalcCellValue(sheet, name)
		if err != nil || strings.TrimSpace(value) == "" && !strings.Contains(formula, "\"\"") {
			x.d.skipped(Unread{Place: Place{Sheet: sheet, Row: row}, What: "formula", Cell: name, Words: "=" + shorten(formula, 40)})
			value = lostCell
		}
		for len(cells) <= i {
			cells = append(cells, "")
		}
		if dateFormula.MatchString(formula) {
			if d, ok := serialDay(value); ok {
				value = d
			}
		}
		cells[i] = value
	}
	return cells
}

var dateFormula = regexp.MustCompile(`(?i)^=?\+?(?:DATE|EDATE|EOMONTH|DATEVALUE|TODAY|WORKDAY)\(`)

// serialDay is the day that a number of Excel means, as 2021年6月30日.
func serialDay(s string) (string, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || n < 32874 || n > 73050 { // 1990 to 2099
		return "", false
	}
	d := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n))
	return fmt.Sprintf("%d年%d月%d日", d.Year(), d.Month(), d.Day()), true
}

// lostCell stands for a cell that holds something and shows nothing: what hangs on
// it is asked about.
const lostCell = "\ufffd"

var errorValue = regexp.MustCompile(`^#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|引用!|值!|名称\?)`)

// seen is a cell as people see it; an error value is none.
func (x *xlsxRead) seen(sheet string, col, row int, value string) string {
	if errorValue.MatchString(strings.TrimSpace(value)) {
		name, _ := excelize.CoordinatesToCellName(col, row)
		x.d.skipped(Unread{Place: Place{Sheet: sheet, Row: row}, What: "error_value", Cell: name, Words: strings.TrimSpace(value)})
		return lostCell
	}
	return cellText(unreadable(value))
}

// spread fills vertically merged cells and tells which rows are one merged
// cell across.
func spread(f *excelize.File, sheet string, grid [][]string) map[int]bool {
	wide := map[int]bool{}
	merged, err := f.GetMergeCells(sheet)
	if err != nil {
		return wide
	}
	filled := 0
	for _, m := range merged {
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 != nil || err2 != nil {
			continue
		}
		if r1 == r2 && c2-c1 >= 2 && r1 <= len(grid) && len(nonEmpty(grid[r1-1])) == 1 {
			wide[r1-1] = true
		}
		value := ""
		if r1 <= len(grid) && c1 <= len(grid[r1-1]) {
			value = grid[r1-1][c1-1]
		}
		for r := r1 + 1; r <= min(r2, len(grid)); r++ {
			if filled++; filled > maxCells {
				return wide
			}
			for len(grid[r-1]) < c1 && c1 < 200 {
				grid[r-1] = append(grid[r-1], "")
			}
			if c1 <= len(grid[r-1]) {
				grid[r-1][c1-1] = value
			}
		}
	}
	return wide
}
