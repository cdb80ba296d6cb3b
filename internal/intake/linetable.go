package intake

import (
	"regexp"
	"strings"
)

var manySpaces = regexp.MustCompile(` {2,}|\x{3000}+`)

// lineTable reads a table drawn with tabs, pipes or runs of spaces at the start
// of lines, and says how many lines it took (0: there is none).
func lineTable(lines []line) (*Table, int) {
	if len(lines) < 2 {
		return nil, 0
	}
	if t, n := flatTable(lines); n > 0 {
		return t, n
	}
	switch first := lines[0].text; {
	case strings.Contains(first, "\t"):
		return cellTable(lines, func(s string) []string { return strings.Split(s, "\t") })
	case strings.Count(first, "|") >= 2 && barLabels(first) != first:
		return nil, 0
	case strings.Count(first, "|") >= 2:
		return cellTable(lines, splitPipes)
	case isLabel(first) || blockLine.MatchString(fold(first)): // 实施期限： 2024 年  7 月
		return nil, 0
	default:
		return columnTable(lines)
	}
}

// barLabels is a line whose labels are parted by bars as sentences, with every byte in its
// place: 1.农村产权平台 | 完成时间：6月底 | 牵头单位：县农业农村局.
func barLabels(text string) string {
	cells := strings.Split(text, "|")
	labels := 0
	for _, c := range cells {
		if isLabel(c) {
			labels++
		}
	}
	if labels < 2 {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, " | ", "。"), "｜", "。")
}

func splitPipes(s string) []string {
	if !strings.Contains(s, "|") {
		return []string{s}
	}
	return strings.Split(strings.Trim(strings.TrimSpace(s), "|"), "|")
}

// cellTable reads lines whose cells are between separators. A line that has
// fewer cells than the first row and does not begin with a number goes on with
// the row before it: a cell broken over lines.
func cellTable(lines []line, cut func(string) []string) (*Table, int) {
	head := trimCells(cut(lines[0].text))
	want := len(head)
	if want < 2 {
		return nil, 0
	}
	t := &Table{Rows: []Row{{Cells: head}}}
	numbered := columnOf(head[0]) == colNo
	n := 1
	for ; n < len(lines); n++ {
		cells := trimCells(cut(lines[n].text))
		if isRule(cells) {
			continue
		}
		last := &t.Rows[len(t.Rows)-1]
		starts := !numbered || isRowNumber(cells[0]) || noteCell.MatchString(tight(fold(cells[0]))) && len(last.Cells) >= want-1 || len(cells) >= want-1 && rowCode.MatchString(tight(fold(cells[0])))
		switch {
		case len(cells) == 1 && isRowNumber(cells[0]) && numbered && len(last.Cells) >= want:
			t.Rows = append(t.Rows, Row{Cells: cells}) // the number alone, its cells follow
		case len(cells) == 1 && (isAnnexHead(cells[0]) || !brokenCell(lines[n], cells[0], numbered, len(last.Cells) < want)):
			return t, n
		case len(cells) >= want-1 && len(cells) > 1 && starts, tightEqual(cells, head):
			t.Rows = append(t.Rows, Row{Cells: cells})
		case len(cells) > 1 && starts && len(last.Cells) >= want-1:
			t.Rows = append(t.Rows, Row{Cells: cells})
		case len(cells) == want && want > 2 && len(nonEmpty(cells)) == 1 && cells[0] != "":
			t.Rows = append(t.Rows, Row{Cells: cells}) // a heading across the table
		case len(cells) == want && len(t.Rows) == 2 && last.Cells[0] == "" && cells[0] == "" && headsOnly(last.Cells) && headsOnly(cells):
			t.Rows = append(t.Rows, Row{Cells: cells}) // the third row of a header
		case len(cells) == want && len(last.Cells) == want && cells[0] == "" && len(t.Rows) > 1: // a row that a page break cut
			for k, c := range cells {
				if len(last.Cells[k]) < longCell {
					last.Cells[k] += c
				}
			}
		default: // goes on with the last cell, then new cells
			if len(t.Rows) == 1 && len(last.Cells) >= want {
				t.Rows = append(t.Rows, Row{Cells: cells})
				continue
			}
			k := len(last.Cells) - 1
			if len(last.Cells[k]) > longCell {
				return t, n
			}
			last.Cells[k] += cells[0]
			last.Cells = append(last.Cells, cells[1:]...)
		}
	}
	return t, n
}

// noteCell begins a row of notes below the rows with numbers.
var noteCell = regexp.MustCompile(`^(?:备?注|说明)[:：]?$`)

const longCell = 6000 // bytes: what is longer is no cell broken over lines

func brokenCell(l line, cell string, numbered, short bool) bool {
	if _, marked := readMark(cell); marked && !isRowNumber(cell) {
		return false
	}
	if isLabel(cell) || len(cell) > 300 {
		return false
	}
	return short || numbered && !l.gap && !strings.ContainsAny(cell, "。") && width(cell) < 60
}

func tightEqual(a, b []string) bool {
	return tight(strings.Join(a, "|")) == tight(strings.Join(b, "|"))
}

func trimCells(cells []string) []string {
	for i := range cells {
		cells[i] = cellClean(cells[i])
	}
	return cells
}

func isRule(cells []string) bool {
	return strings.Trim(strings.Join(cells, ""), "-—+=:| ") == ""
}

var rowNumber = regexp.MustCompile(`^\(?\d{1,4}(\.\d{1,3})?[.、)]?$`)

// rowCode is a row's number as offices write them that keep a register: LZ-01, 2024-17, 三, ④.
var rowCode = regexp.MustCompile(`^[A-Za-z\p{Han}]{0,4}[-—_]?\d{1,4}(?:[-—.]\d{1,4}){0,2}号?$|^\(?[一二三四五六七八九十]{1,3}\)?$|^[①-⑳]$`)

func isRowNumber(s string) bool { return rowNumber.MatchString(tight(fold(s))) }

// columnTable reads a table laid out with spaces, as pdftotext -layout draws
// it: the header tells where columns are, and each piece of a line goes to
// the column it overlaps or is nearest to.
func columnTable(lines []line) (*Table, int) {
	head := pieces(lines[0])
	known := 0
	for _, p := range head {
		if columnOf(p.text) != colOther {
			known++
		}
	}
	if len(head) < 3 || known < 2 {
		if t, n := datedColumns(lines); n > 0 {
			return t, n
		}
		return alignedCells(lines)
	}
	heads := texts(head)
	numbered := columnOf(head[0].text) == colNo
	var body []drawn
	n, prose, rows := 1, 0, 0
	for ; n < len(lines); n++ {
		ps := pieces(lines[n])
		if isAnnexHead(lines[n].text) || len(ps) == 1 && numbered && endOfTable(lines[n]) {
			break
		}
		if len(ps) == 1 && width(ps[0].text) > 56 {
			if prose++; prose > 1 {
				n, body = n-1, body[:len(body)-1]
				break
			}
		} else {
			prose = 0
		}
		if rows == 0 && n > 40 {
			return nil, 0 // a header, and no row for a whole page
		}
		if len(ps) < len(head) {
			ps = parted(head, ps)
		}
		d := drawn{cells: make([]string, len(head))}
		for i, p := range ps {
			k := i // as many pieces as columns: one each
			if len(ps) != len(head) {
				k = nearest(head, p)
			}
			d.cells[k] += p.text
		}
		if tightEqual(d.cells, heads) {
			head = ps // the next page may have its columns elsewhere
			continue
		}
		d.starts = numbered && isRowNumber(d.cells[0]) || !numbered && d.cells[0] != ""
		if d.starts {
			rows++
		}
		body = append(body, d)
	}
	if rows == 0 {
		return nil, 0
	}
	t := &Table{Rows: []Row{{Cells: heads}}}
	for _, cells := range gather(body, numbered) {
		t.Rows = append(t.Rows, Row{Cells: trimCells(cells)})
	}
	trimCells(t.Rows[0].Cells)
	return t, n
}

// datedColumns reads lines of a time, a matter and a unit, parted by spaces and
// without a header: 3月10日  发布征收公告  区征收办.
func datedColumns(lines []line) (*Table, int) {
	t := &Table{}
	want := len(pieces(lines[0]))
	for n, l := range lines {
		ps := pieces(l)
		if len(ps) != want || want < 3 || !timeAndUnit(texts(ps)) {
			lines = lines[:n]
			break
		}
		t.Rows = append(t.Rows, Row{Cells: trimCells(texts(ps))})
	}
	if len(t.Rows) < 3 {
		return nil, 0
	}
	return t, len(lines)
}

// cellTime is a cell that is a time and no more, as a drawn table shows one.
var cellTime = regexp.MustCompile(`^(?:(?:(?:20\d\d|今|本|当)年)?(?:\d{1,2}月(?:\d{1,2}日|[上中下]旬|底|末|初)?|第?[一二三四1-4]季度|[上下]半年|年?[底末终])(?:之?前|止)?|20\d\d年?|20\d\d[./-]\d{1,2}(?:[./-]\d{1,2})?|\d{1,2}/\d{1,2}|4[3-9]\d{3}|20\d{6})$`)

// alignedCells reads lines of as many pieces, one under the other, of which some are times,
// under heads that are not known or none: what stands apart on the page is not run together.
// A line of fewer pieces between two such lines goes on with the cells above it.
func alignedCells(lines []line) (*Table, int) {
	head := pieces(lines[0])
	if len(head) < 2 || !apart(head) {
		return nil, 0
	}
	t := &Table{Rows: []Row{{Cells: trimCells(texts(head))}}}
	n, timed, full := 1, linesTimed(head), 1
	var open [][]piece // lines that a further row must follow
	for n+len(open) < len(lines) && len(open) < 4 {
		l := lines[n+len(open)]
		ps := pieces(l)
		if isAnnexHead(l.text) || len(ps) > len(head) || len(ps) == 0 || isLabel(l.text) {
			break
		}
		if len(ps) < len(head) || !under(head, ps) || !apart(ps) {
			open = append(open, ps)
			continue
		}
		last := t.Rows[len(t.Rows)-1].Cells
		for _, more := range open {
			for _, p := range more {
				if k := nearest(head, p); len(last[k]) < longCell {
					last[k] += p.text
				}
			}
		}
		n += len(open) + 1
		open = nil
		t.Rows = append(t.Rows, Row{Cells: trimCells(texts(ps))})
		full++
		timed += linesTimed(ps)
	}
	if full < 2 || timed == 0 || len(head) == 2 && timed < full-1 {
		return nil, 0
	}
	return t, n
}

// linesTimed is 1 where one of the pieces is a time and no more.
func linesTimed(ps []piece) int {
	for _, p := range ps {
		if cellTime.MatchString(tight(fold(p.text))) {
			return 1
		}
	}
	return 0
}

// apart tells that pieces stand apart as cells do: not as the parts of 9 月  20 日至  10 月
// in a line that was stretched to the margin.
func apart(ps []piece) bool {
	for i, p := range ps {
		if i > 0 && p.from-ps[i-1].to < 3 || partOfDay.MatchString(tight(fold(p.text))) {
			return false
		}
	}
	return true
}

var partOfDay = regexp.MustCompile(`^(?:\d{1,2}日)?[-至到:]|[-至到]$|^\d{1,2}日`)

// under tells that pieces stand under the heads, one each.
func under(head, ps []piece) bool {
	for i, p := range ps {
		if nearest(head, p) != i || abs(p.from-head[i].from) > 8 && abs(p.from+p.to-head[i].from-head[i].to) > 8 {
			return false
		}
	}
	return true
}

// parted cuts pieces at a single space whose two sides are in different
// columns, as a narrow gap between full cells is drawn.
func parted(head, ps []piece) []piece {
	var out []piece
	for _, p := range ps {
		for {
			i := partAt(head, p)
			if i < 0 {
				break
			}
			at := p.from + width(p.text[:i]) + 1
			out = append(out, piece{p.text[:i], p.from, at - 1})
			p = piece{p.text[i+1:], at, p.to}
		}
		out = append(out, p)
	}
	return out
}

func partAt(head []piece, p piece) int {
	if len(p.text) > 400 {
		return -1
	}
	for i := 0; i < len(p.text); i++ {
		if p.text[i] != ' ' {
			continue
		}
		at := p.from + width(p.text[:i])
		left, right := piece{from: p.from, to: at}, piece{from: at + 1, to: p.to}
		if a, b := nearest(head, left), nearest(head, right); a < b && right.from >= head[b].from-8 {
			return i
		}
	}
	return -1
}

// drawn is one line of a table by its columns; starts tells that it holds the
// number of a row.
type drawn struct {
	cells  []string
	starts bool
}

// gather puts the lines of each row together. Where numbers are in the middle
// of their rows, as many lines of a row are above its number as below it.
func gather(body []drawn, numbered bool) [][]string {
	var at []int // lines that hold a number
	for i, d := range body {
		if d.starts {
			at = append(at, i)
		}
	}
	above := make([]int, len(at))
	if numbered && centred(body, at, above) {
		var out [][]string
		for k, i := range at {
			end := len(body)
			if k+1 < len(at) {
				end = at[k+1] - above[k+1]
			}
			out = append(out, join(body[i-above[k]:end]))
		}
		return out
	}
	var out [][]string
	for k, i := range at {
		from, end := i, len(body)
		if k == 0 {
			from = 0
		}
		if k+1 < len(at) {
			end = at[k+1]
		}
		out = append(out, join(body[from:end]))
	}
	return out
}

// centred works out how many lines of a row are above its number if numbers are in
// the middle, and says whether the table bears that out.
func centred(body []drawn, at, above []int) bool {
	above[0] = at[0]
	any := above[0] > 0
	for k := 1; k < len(at); k++ {
		between := at[k] - at[k-1] - 1
		above[k] = between - min(between, above[k-1])
		any = any || above[k] > 0
	}
	below := len(body) - at[len(at)-1] - 1
	return any && abs(below-above[len(above)-1]) <= 1
}

func join(lines []drawn) []string {
	var out []string
	for _, d := range lines {
		if out == nil {
			out = make([]string, len(d.cells))
		}
		for i, c := range d.cells {
			if len(out[i]) < longCell {
				out[i] += c
			}
		}
	}
	return out
}

func endOfTable(l line) bool {
	if m, ok := readMark(l.text); ok && m.style <= styleParen {
		return true
	}
	return strings.HasPrefix(l.text, "抄送") || strings.HasPrefix(l.text, "主办") || strings.HasSuffix(l.text, "印发") || strings.HasPrefix(l.text, "注：")
}

type piece struct {
	text     string
	from, to int // columns
}

func pieces(l line) []piece {
	var out []piece
	col, from := l.indent, 0
	add := func(s string, at int) {
		lead := len(s) - len(strings.TrimLeft(s, " \u3000"))
		at += width(s[:lead])
		if s = strings.TrimSpace(strings.Trim(s, "\u3000 ")); s != "" {
			out = append(out, piece{s, at, at + width(s)})
		}
	}
	for _, loc := range manySpaces.FindAllStringIndex(l.text, -1) {
		s := l.text[from:loc[0]]
		if withinDate(s, l.text[loc[1]:]) {
			continue
		}
		add(s, col)
		col += width(l.text[from:loc[1]])
		from = loc[1]
	}
	add(l.text[from:], col)
	return out
}

// withinDate tells that the spaces between two texts are within a date and part no columns:
// 2024 年  6 月  30 日, as a line is stretched to the margin or typed.
func withinDate(left, right string) bool {
	return yearEnds.MatchString(left) && monthFollows.MatchString(right) || monthEnds.MatchString(left) && dayFollows.MatchString(right)
}

var (
	yearEnds, monthFollows = regexp.MustCompile(`\d ?年$`), regexp.MustCompile(`^\d{1,2} ?月`)
	monthEnds, dayFollows  = regexp.MustCompile(`\d ?月$`), regexp.MustCompile(`^\d{1,2} ?日`)
)

func texts(ps []piece) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.text
	}
	return out
}

func nearest(head []piece, p piece) int {
	best, at := 1<<30, 0
	for i, h := range head {
		d := 0
		if over := min(h.to, p.to) - max(h.from, p.from); over > 0 {
			d = -over * 4
		}
		d += abs((h.from+h.to)/2 - (p.from+p.to)/2)
		if d < best {
			best, at = d, i
		}
	}
	return at
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
