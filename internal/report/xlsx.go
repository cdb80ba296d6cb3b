package report

import (
	"cmp"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"duban/internal/words"
)

// WriteXLSX writes the book as an Excel file of four sheets: 台账, 统计,
// 督办记录, 约谈, in the language of in. Nothing in it is a formula, whatever
// the texts begin with. It prints on A4 landscape, one page wide, with the
// headings on every page.
func WriteXLSX(w io.Writer, t Table, in *words.Words) error {
	f := excelize.NewFile()
	defer f.Close()
	b := binding{f: f, styles: map[styleKey]int{}, page: in.T("report.page")}
	if err := f.SetDefaultFont(bodyFont); err != nil {
		return fmt.Errorf("report: xlsx: %w", err)
	}
	p := pages{Speaker{w: in}, t}
	for i, sh := range p.sheets() {
		if err := b.add(i, sh); err != nil {
			return fmt.Errorf("report: xlsx: sheet %s: %w", sh.name, err)
		}
	}
	err := f.SetDocProps(&excelize.DocProperties{Title: p.sheets()[0].title, Creator: cmp.Or(t.Plan.Issuer, "duban"), LastModifiedBy: "duban"})
	if err != nil {
		return fmt.Errorf("report: xlsx: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("report: write xlsx: %w", err)
	}
	return nil
}

// binding is a workbook being written.
type binding struct {
	f      *excelize.File
	styles map[styleKey]int
	page   string // the footer with the page number
}

func (b *binding) add(i int, sh sheet) error {
	if i == 0 {
		if err := b.f.SetSheetName("Sheet1", sh.name); err != nil {
			return err
		}
	} else if _, err := b.f.NewSheet(sh.name); err != nil {
		return err
	}
	l := lay(sh)
	if err := b.setUp(sh, l); err != nil {
		return err
	}
	sw, err := b.f.NewStreamWriter(sh.name)
	if err != nil {
		return err
	}
	for i, w := range l.widths {
		if err := sw.SetColWidth(i+1, i+1, w); err != nil {
			return err
		}
	}
	if err := sw.SetPanes(l.panes(sh)); err != nil {
		return err
	}
	p := press{binding: b, sw: sw, sheet: sh, layout: l}
	p.all()
	if p.err != nil {
		return p.err
	}
	return sw.Flush()
}

// layout says where things are on a sheet.
type layout struct {
	widths  []float64
	printed int // number of the columns that are printed, which come first
	header  int // row of the first block's headings
	last    int // last row of all
}

func lay(sh sheet) layout {
	l := layout{widths: sh.widths(), header: 1 + len(sh.lines) + 1}
	for _, b := range sh.blocks {
		n := 0
		for _, c := range b.columns {
			if !c.aside {
				n++
			}
		}
		l.printed = max(l.printed, n)
	}
	row := l.header - 1
	for i, b := range sh.blocks {
		if b.heading != "" {
			if i > 0 {
				row++ // an empty row between two blocks
			}
			row++
		}
		row += 1 + max(1, len(b.rows))
	}
	l.last = row
	if len(sh.blocks) > 0 && sh.blocks[0].heading != "" {
		l.header++
	}
	return l
}

// single tells whether a sheet is one table: only then can it be filtered, and scrolled
// under fixed headings.
func (sh sheet) single() bool { return len(sh.blocks) == 1 }

func (l layout) panes(sh sheet) *excelize.Panes {
	top := l.header
	if !sh.single() {
		top = 1 + len(sh.lines)
	}
	p := &excelize.Panes{Freeze: true, YSplit: top, XSplit: sh.frozen, TopLeftCell: name(sh.frozen+1, top+1), ActivePane: "bottomRight"}
	if sh.frozen == 0 {
		p.ActivePane = "bottomLeft"
	}
	return p
}

// setUp sets what excelize wants before the rows are written: page layout, headings on
// every page, filter.
func (b *binding) setUp(sh sheet, l layout) error {
	size, landscape, one, none, yes := 9, "landscape", 1, 0, true
	if err := b.f.SetPageLayout(sh.name, &excelize.PageLayoutOptions{Size: &size, Orientation: &landscape, FitToWidth: &one, FitToHeight: &none}); err != nil {
		return err
	}
	if sh.single() { // before SetSheetProps, because AutoFilter overwrites the sheet's properties
		if err := b.f.AutoFilter(sh.name, name(1, l.header)+":"+name(len(l.widths), l.last), nil); err != nil {
			return err
		}
	}
	if err := b.f.SetSheetProps(sh.name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	side, foot := 0.4, 0.6
	if err := b.f.SetPageMargins(sh.name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &foot, Bottom: &foot, Horizontally: &yes}); err != nil {
		return err
	}
	if err := b.f.SetHeaderFooter(sh.name, &excelize.HeaderFooterOptions{OddFooter: "&C" + b.page}); err != nil {
		return err
	}
	area := fmt.Sprintf("'%s'!$A$1:%s", sh.name, absolute(l.printed, l.last))
	if err := b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: area, Scope: sh.name}); err != nil {
		return err
	}
	if !sh.single() {
		return nil
	}
	titles := fmt.Sprintf("'%s'!$%d:$%d", sh.name, l.header, l.header)
	return b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: titles, Scope: sh.name})
}

// name is a cell's name: 1, 1 is A1. Both count from 1 and are in range.
func name(col, row int) string {
	s, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		panic(err)
	}
	return s
}

func absolute(col, row int) string {
	s, err := excelize.CoordinatesToCellName(col, row, true)
	if err != nil {
		panic(err)
	}
	return s
}
