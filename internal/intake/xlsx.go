package intake

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// readXlsx reads every visible sheet as one table. Vertically merged cells are
// repeated in each row they cover; a title merged across is a paragraph.
func readXlsx(ctx context.Context, s Source) (Document, error) {
	f, err := excelize.OpenReader(bytes.NewReader(s.Data), excelize.Options{UnzipSizeLimit: maxPart, UnzipXMLSizeLimit: maxPart, ShortDatePattern: "yyyy年m月d日", LongDatePattern: "yyyy年m月d日"})
	if err != nil {
		if strings.Contains(err.Error(), "unzip size exceeds") {
			return Document{}, fmt.Errorf("%w: %w", errTooBig, err)
		}
		return Document{}, err
	}
	defer f.Close()
	var d Document
	var bud budget
	for _, sheet := range f.GetSheetList() {
		if ctx.Err() != nil {
			return Document{}, ctx.Err()
		}
		if seen, err := f.GetSheetVisible(sheet); err == nil && !seen {
			continue
		}
		if err := readSheet(f, sheet, &d, &bud); err != nil {
			return Document{}, err
		}
	}
	for i := range d.Blocks {
		d.Blocks[i].Place.Para = 0
	}
	return d, nil
}

func readSheet(f *excelize.File, sheet string, d *Document, bud *budget) error {
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil // a chart sheet
	}
	defer rows.Close()
	var grid [][]string
	for rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return err
		}
		if len(grid) > maxBlocks {
			return fmt.Errorf("rows: %w", errTooBig)
		}
		if err := bud.cell(len(cells) + 1); err != nil {
			return err
		}
		for i := range cells {
			if err := bud.text(cells[i]); err != nil {
				return err
			}
			cells[i] = cellText(cells[i])
		}
		grid = append(grid, cells)
	}
	wide := spread(f, sheet, grid)
	t := &Table{}
	for i, cells := range grid {
		if len(nonEmpty(cells)) == 0 {
			continue
		}
		place := Place{Sheet: sheet, Row: i + 1}
		if len(t.Rows) == 0 && (wide[i] || len(nonEmpty(cells)) == 1) {
			d.Blocks = append(d.Blocks, Block{Text: strings.ReplaceAll(nonEmpty(cells)[0], "\n", ""), Place: place})
			continue
		}
		t.Rows = append(t.Rows, Row{No: i + 1, Cells: cells})
	}
	if len(t.Rows) > 0 {
		d.Blocks = append(d.Blocks, Block{Table: t, Place: Place{Sheet: sheet}})
	}
	return nil
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
		value := cellText(m.GetCellValue())
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
