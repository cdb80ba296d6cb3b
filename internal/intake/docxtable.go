package intake

import "strings"

type docxTable struct {
	rows  [][]string
	row   []string
	cell  strings.Builder
	span  int
	merge string
	gone  bool           // a tracked change took the row out
	after int            // cells that the row lacks at its end
	above map[int]string // text of vertically merged cells by column
}

func (w *docxWalk) table() *docxTable {
	if len(w.tables) == 0 {
		return nil
	}
	return w.tables[len(w.tables)-1]
}

func (w *docxWalk) endCell() error {
	t := w.table()
	if t == nil {
		return nil
	}
	if err := w.bud.cell(t.span); err != nil {
		return err
	}
	text := cellText(t.cell.String())
	col := len(t.row)
	switch t.merge {
	case "continue":
		text = t.above[col]
	case "restart":
		t.above[col] = text
	}
	t.row = append(t.row, text)
	for k := 1; k < t.span; k++ {
		t.row = append(t.row, "")
	}
	return nil
}

// cellText keeps line breaks inside a cell only where they part things: units
// one a line, numbered points.
func cellText(s string) string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		if l = cellClean(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

func (w *docxWalk) endTable() error {
	t := w.table()
	if t == nil {
		return nil
	}
	w.tables = w.tables[:len(w.tables)-1]
	if len(t.rows) == 0 {
		return nil
	}
	if outer := w.table(); outer != nil { // a table in a cell: its text belongs to the cell
		for _, r := range t.rows {
			outer.cell.WriteString("\n" + strings.Join(r, " "))
		}
		return nil
	}
	if err := w.bud.block(); err != nil {
		return err
	}
	tbl := &Table{}
	for _, r := range t.rows {
		tbl.Rows = append(tbl.Rows, Row{Cells: r})
	}
	if len(t.rows) == 1 && len(nonEmpty(t.rows[0])) == 1 { // a frame around a paragraph
		for _, l := range strings.Split(nonEmpty(t.rows[0])[0], "\n") {
			w.doc.Blocks = append(w.doc.Blocks, Block{Text: l, Place: Place{Page: w.page}})
		}
		return nil
	}
	w.doc.addTable(tbl, w.page)
	return nil
}

func nonEmpty(cells []string) []string {
	var out []string
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			out = append(out, c)
		}
	}
	return out
}
