package intake

import "strings"

// flatTable reads a table whose every cell became a line of its own, as pages
// saved as text show it, with or without a bar behind each cell.
func flatTable(lines []line) (*Table, int) {
	first := strings.TrimRight(lines[0].text, "| ")
	if columnOf(first) != colNo || strings.Contains(first, "|") || strings.Contains(first, "\t") {
		return nil, 0
	}
	cells, barred := flatCells(lines)
	head := flatHead(cells)
	if len(head) < 3 {
		return nil, 0
	}
	t := &Table{Rows: []Row{{Cells: head}}}
	at := headCells(cells, len(head))
	body := cells[at:]
	used := at
	for len(body) > 0 && isRowNumber(body[0].text) {
		n := rowEnd(body, number(fold(body[0].text)), len(head), barred)
		for row := texts2(body[1:n]); len(row) > 0; {
			cells := row
			if len(row) != len(head)-1 {
				var k int
				cells, k = deal(head[1:], row)
				if row = row[k:]; len(row) > 0 { // further points under the same title
					row = append([]string{cells[0]}, row...)
				}
				if k == 0 || len(row) > 0 && k == 1 {
					row = nil
				}
			} else {
				row = nil
			}
			t.Rows = append(t.Rows, Row{Cells: append([]string{body[0].text}, cells...)})
		}
		used += n
		body = body[n:]
	}
	if len(t.Rows) < 2 {
		return nil, 0
	}
	return t, cells[used-1].line + 1
}

type flatCell struct {
	text string
	line int // index of its last line
}

func texts2(cs []flatCell) []string {
	out := make([]string, len(cs))
	for i, c := range cs {
		out[i] = c.text
	}
	return out
}

// flatCells takes lines as cells; with bars a cell goes on to its bar.
func flatCells(lines []line) (cells []flatCell, barred bool) {
	bars := 0
	for _, l := range lines[:min(len(lines), 8)] {
		if strings.HasSuffix(l.text, "|") {
			bars++
		}
	}
	barred = bars >= 3
	var open string
	for i, l := range lines {
		if i > 20_000 {
			break
		}
		t := strings.TrimSpace(l.text)
		if !barred {
			if strings.ContainsAny(t, "\t|") {
				break
			}
			cells = append(cells, flatCell{clean(t), i})
			continue
		}
		open += t
		if strings.HasSuffix(t, "|") || len(open) > longCell {
			cells = append(cells, flatCell{clean(strings.Trim(open, "| ")), i})
			open = ""
		}
	}
	return cells, barred
}

// flatHead is the header's cells; one broken in two (主 / 要内容) is joined.
func flatHead(cells []flatCell) []string {
	var head []string
	for i := 0; i < min(len(cells), 14); i++ {
		t := cells[i].text
		if len([]rune(t)) > 14 || isRowNumber(t) {
			break
		}
		if columnOf(t) == colOther {
			if i+1 < len(cells) && len([]rune(t)) <= 2 && columnOf(t+cells[i+1].text) != colOther && !isRowNumber(cells[i+1].text) {
				head = append(head, t+cells[i+1].text)
				i++
				continue
			}
			return nil
		}
		head = append(head, t)
	}
	return head
}

// headCells is how many cells the header took.
func headCells(cells []flatCell, want int) int {
	for i, c := range cells {
		if isRowNumber(c.text) {
			return i
		}
		if i > want*2 {
			break
		}
	}
	return want
}

// rowEnd is where the row that begins the cells ends: at the next number in
// the count, or after a whole row.
func rowEnd(body []flatCell, no, columns int, barred bool) int {
	for i := 1; i < len(body); i++ {
		if isRowNumber(body[i].text) && number(fold(body[i].text)) == no+1 && (i >= columns-2 || !barred && i >= 2) {
			return i
		}
		if i >= columns && (barred || i > 60 || isAnnexHead(body[i].text)) {
			return i
		}
		if m, ok := readMark(body[i].text); ok && m.style <= styleParen && i >= columns-1 {
			return i
		}
	}
	return min(len(body), max(columns, flatTail(body)))
}

// flatTail is how many cells at the end still look like cells.
func flatTail(body []flatCell) int {
	for i, c := range body {
		if i > 0 && (strings.HasPrefix(c.text, "抄送") || isAnnexHead(c.text)) {
			return i
		}
	}
	return len(body)
}

// deal gives the lines of a row to its columns by what they look like: units to
// the columns of units, times to the limit, the rest to the words.
func deal(head, row []string) (cells []string, used int) {
	out := make([]string, len(head))
	k := 0
	for i, h := range head {
		if k >= len(row) {
			break
		}
		c := columnOf(h)
		left := len(head) - i - 1
		switch c {
		case colUnit, colLead, colAssist:
			last := i+1 == len(head) || !unitColumn(columnOf(head[i+1]))
			for k < len(row) && (looksUnit(row[k]) || isCollective(row[k])) {
				out[i] = strings.TrimPrefix(out[i]+"\n"+row[k], "\n")
				if k++; !last {
					break
				}
			}
		case colLimit:
			if limitLike.MatchString(fold(row[k])) {
				out[i] = row[k]
				k++
			}
		case colRemark:
			out[i] = row[k]
			k++
		default:
			for k < len(row) && (out[i] == "" || len(row)-k > left && !cellOf(head[i+1:], row[k])) {
				out[i] = strings.TrimPrefix(out[i]+"\n"+row[k], "\n")
				if k++; left > 0 && !unitOrLimit(columnOf(head[i+1])) {
					break
				}
			}
		}
	}
	return out, k
}

func unitColumn(c column) bool { return c == colUnit || c == colLead || c == colAssist }

func unitOrLimit(c column) bool { return unitColumn(c) || c == colLimit }

// cellOf says whether a line belongs to the next column rather than to this.
func cellOf(next []string, text string) bool {
	if len(next) == 0 {
		return false
	}
	switch c := columnOf(next[0]); {
	case c == colLimit:
		return limitLike.MatchString(fold(text))
	case unitColumn(c):
		return looksUnit(text)
	}
	return false
}
