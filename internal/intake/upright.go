package intake

import (
	"slices"
	"strings"
)

// upright are the documents with the tables that lie on their side turned: heads in the first
// column, and a matter in each column beside it. The rows of such a table are the printed
// columns, and so their places say.
func upright(docs []Document) []Document {
	out := slices.Clone(docs)
	for i, d := range out {
		var blocks []Block
		for n, b := range d.Blocks {
			var rows []Row
			if b.Table != nil {
				if rows = formOf(b.Table.Rows[titleRows(b.Table.Rows):]); rows == nil && onItsSide(b.Table.Rows) {
					rows = b.Table.Rows[titleRows(b.Table.Rows):]
				}
			}
			if rows == nil {
				if blocks != nil {
					blocks = append(blocks, b)
				}
				continue
			}
			if blocks == nil {
				blocks = slices.Clone(d.Blocks[:n])
			}
			from := titleRows(b.Table.Rows)
			for _, r := range b.Table.Rows[:from] {
				if full := nonEmpty(r.Cells); len(full) > 0 {
					at := b.Place
					at.Row = r.No
					blocks = append(blocks, Block{Text: oneLine(full[0]), Place: at})
				}
			}
			blocks = append(blocks, Block{Table: turned(rows), Place: b.Place})
		}
		if blocks != nil {
			out[i].Blocks = blocks
		}
	}
	return out
}

// titleRows is how many rows at a table's head are a title across it.
func titleRows(rows []Row) int {
	n := 0
	for n < len(rows) && len(distinct(nonEmpty(rows[n].Cells))) < 2 {
		n++
	}
	return n
}

// formOf is a form as rows of a head and its cell, where it is one: each row holds one pair, or
// two beside each other (承办单位, 县住建局, 办结时限, 9月底前). nil for other tables.
func formOf(rows []Row) []Row {
	var out []Row
	for _, r := range rows {
		cells := r.Cells
		for len(cells) > 2 && strings.TrimSpace(cells[len(cells)-1]) == "" {
			cells = cells[:len(cells)-1]
		}
		if len(cells) > 2 && len(distinct(cells[1:])) == 1 { // one cell over several columns
			cells = cells[:2]
		}
		if len(cells) != 2 && len(cells) != 4 {
			return nil
		}
		for i := 0; i < len(cells); i += 2 {
			if h := tight(fold(cells[i])); hanIn(h) < 2 || !headCell.MatchString(h) || timeWord.MatchString(h) || looksUnit(h) && columnOf(h) == colOther {
				return nil
			}
			out = append(out, Row{No: r.No, Cells: []string{cells[i], cells[i+1]}})
		}
	}
	var heads []string
	for _, r := range out {
		heads = append(heads, r.Cells[0])
	}
	cols, _, score := columnsOf(heads)
	_, task := cols[colTask]
	_, unit := cols[colUnit]
	_, lead := cols[colLead]
	_, limit := cols[colLimit]
	if !task || !unit && !lead || !limit || score < 3 || len(distinct(heads)) != len(heads) {
		return nil
	}
	return out
}

// onItsSide tells that the first column holds the heads of a table of tasks, one beside the
// other nothing of the kind: 工作内容, 责任单位 and 完成时限 down the side, a matter in each column.
// Beside the heads of the limits are times and no more.
func onItsSide(rows []Row) bool {
	rows = rows[titleRows(rows):]
	if len(rows) < 3 || len(rows) > 20 {
		return false
	}
	width, heads := 0, []string{}
	for _, r := range rows {
		if len(r.Cells) < 3 || !headCell.MatchString(tight(fold(r.Cells[0]))) || looksUnit(fold(r.Cells[0])) && columnOf(r.Cells[0]) == colOther {
			return false
		}
		width = max(width, len(r.Cells))
		heads = append(heads, r.Cells[0])
	}
	if len(distinct(heads)) != len(heads) {
		return false
	}
	cols, _, score := columnsOf(heads)
	limit, timed := cols[colLimit]
	_, unit := cols[colUnit]
	_, lead := cols[colLead]
	if !timed || !unit && !lead || score < 3 {
		return false
	}
	times := 0
	for _, c := range rows[limit].Cells[1:] {
		if f := tight(fold(c)); columnOf(c) != colOther || f != "" && !timeWord.MatchString(f) && !numberDay.MatchString(f) {
			return false
		} else if f != "" {
			times++
		}
	}
	_, _, across := columnsOf(rows[0].Cells)
	return times > 1 && across < score
}

// turned are rows as columns.
func turned(rows []Row) *Table {
	width := 0
	for _, r := range rows {
		width = max(width, len(r.Cells))
	}
	t := &Table{Turned: true}
	for i := range width {
		r := Row{No: i + 1}
		for _, from := range rows {
			r.Cells = append(r.Cells, nthCell(from.Cells, i))
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}
