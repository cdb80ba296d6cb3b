package intake

import (
	"context"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// readDocx reads word/document.xml: paragraphs with their numbering as shown,
// tables, tabs, line and page breaks. Deleted text, fallback drawings and field
// codes are left out.
func readDocx(ctx context.Context, p parts) (Document, error) {
	num, err := readNumbering(p)
	if err != nil {
		return Document{}, err
	}
	part, err := p.open("word/document.xml")
	if err != nil {
		return Document{}, err
	}
	defer part.Close()
	w := &docxWalk{tok: newTokens(part), num: num, page: 1}
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return Document{}, ctx.Err()
		}
		tok, err := w.tok.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Document{}, err
		}
		if err := w.token(tok); err != nil {
			return Document{}, err
		}
	}
	w.doc.Pages = w.page
	if w.page == 1 { // no page was rendered into the file: pages are unknown
		w.doc.Pages = 0
		for i := range w.doc.Blocks {
			w.doc.Blocks[i].Place.Page = 0
		}
	}
	w.doc.Blocks = splitRunTogether(rejoin(w.doc.Blocks))
	w.doc.number()
	return w.doc, nil
}

type docxWalk struct {
	tok    *tokens
	num    *numbering
	doc    Document
	bud    budget
	page   int
	text   strings.Builder // of the open paragraph
	skip   int             // depth at which a left-out element began
	inText bool
	style  string
	numID  string
	level  string
	tables []*docxTable
	nested int // w:p inside w:p, as text boxes make
}

type docxTable struct {
	rows  [][]string
	row   []string
	cell  strings.Builder
	span  int
	merge string
	above map[int]string // text of vertically merged cells by column
}

func (w *docxWalk) token(tok xml.Token) error {
	switch e := tok.(type) {
	case xml.StartElement:
		return w.start(e)
	case xml.EndElement:
		return w.end(e)
	case xml.CharData:
		if w.inText && w.skip == 0 {
			w.text.Write(e)
			return w.bud.text(string(e))
		}
	}
	return nil
}

func (w *docxWalk) start(e xml.StartElement) error {
	if w.skip > 0 {
		return nil
	}
	switch e.Name.Local {
	case "del", "Fallback", "moveFrom", "instrText", "delText":
		w.skip = w.tok.depth
	case "p":
		if e.Name.Space != "w" {
			return nil
		}
		if w.nested++; w.nested > 1 {
			w.text.WriteByte('\n')
			return nil
		}
		w.text.Reset()
		w.style, w.numID, w.level = "", "", ""
	case "pStyle":
		w.style = attr(e, "val")
	case "numId":
		w.numID = attr(e, "val")
	case "ilvl":
		w.level = attr(e, "val")
	case "t":
		w.inText = true
	case "tab":
		if w.nested > 0 && len(e.Attr) == 0 {
			w.text.WriteByte('\t')
		}
	case "br":
		if attr(e, "type") == "page" {
			w.page++
		} else {
			w.text.WriteByte('\n')
		}
	case "cr":
		w.text.WriteByte('\n')
	case "noBreakHyphen":
		w.text.WriteByte('-')
	case "lastRenderedPageBreak":
		w.page++
	case "tbl":
		w.tables = append(w.tables, &docxTable{above: map[int]string{}})
	case "tr":
		if t := w.table(); t != nil {
			t.row = nil
		}
	case "tc":
		if t := w.table(); t != nil {
			t.cell.Reset()
			t.span, t.merge = 1, ""
		}
	case "gridSpan":
		if t := w.table(); t != nil {
			n, _ := strconv.Atoi(attr(e, "val"))
			t.span = min(max(n, 1), 63)
		}
	case "vMerge":
		if t := w.table(); t != nil {
			t.merge = "continue"
			if attr(e, "val") == "restart" {
				t.merge = "restart"
			}
		}
	}
	return nil
}

func (w *docxWalk) table() *docxTable {
	if len(w.tables) == 0 {
		return nil
	}
	return w.tables[len(w.tables)-1]
}

func (w *docxWalk) end(e xml.EndElement) error {
	if w.skip > 0 {
		if w.tok.depth < w.skip {
			w.skip = 0
		}
		return nil
	}
	switch e.Name.Local {
	case "t":
		w.inText = false
	case "p":
		if e.Name.Space == "w" {
			return w.endParagraph()
		}
	case "tc":
		return w.endCell()
	case "tr":
		if t := w.table(); t != nil && len(t.row) > 0 {
			t.rows = append(t.rows, t.row)
		}
	case "tbl":
		return w.endTable()
	}
	return nil
}

func (w *docxWalk) endParagraph() error {
	if w.nested = max(0, w.nested-1); w.nested > 0 {
		return nil
	}
	text := strings.TrimSpace(w.text.String())
	w.text.Reset()
	if text != "" { // an empty numbered paragraph is not counted by Word either way we can tell
		text = w.num.label(w.style, w.numID, w.level) + text
	}
	if t := w.table(); t != nil {
		if text != "" {
			if t.cell.Len() > 0 {
				t.cell.WriteByte('\n')
			}
			t.cell.WriteString(text)
		}
		return nil
	}
	for _, part := range strings.Split(text, "\n") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if err := w.bud.block(); err != nil {
			return err
		}
		w.doc.Blocks = append(w.doc.Blocks, Block{Text: clean(part), Place: Place{Page: w.page}})
	}
	return nil
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

// rejoin puts paragraphs together again that a conversion from pages cut: the
// first does not end, the second does not begin.
func rejoin(blocks []Block) []Block {
	out := make([]Block, 0, len(blocks))
	for _, b := range blocks {
		if n := len(out); n > 0 && b.Table == nil && out[n-1].Table == nil && cutInTwo(out[n-1].Text, b.Text) {
			out[n-1].Text = glue([]string{out[n-1].Text, b.Text})
			continue
		}
		if b.Table == nil && footer.MatchString(b.Text) && strings.ContainsAny(b.Text, "-—–－页") {
			continue
		}
		out = append(out, b)
	}
	return out
}

func cutInTwo(a, b string) bool {
	if len(a) > 20_000 {
		return false
	}
	a = a[max(0, len(a)-1500):] // what was cut is at the end
	for len(a) > 0 && !utf8.RuneStart(a[0]) {
		a = a[1:]
	}
	m, marked := readMark(b)
	if openBracket(a) && !(marked && m.style <= styleParen) && len(a) > 30 {
		return true
	}
	if marked || isLabel(b) || isLabel(a) || isAnnexHead(b) || headingLike([]string{a}) || width(a) < 56 {
		return false
	}
	rs := []rune(a)
	end := rs[len(rs)-1]
	if m, ok := readMark(a); ok && m.style <= styleParen && !strings.ContainsAny(a, "，。；") {
		return false
	}
	return !strings.ContainsRune(terminal, end) && strings.ContainsAny(a, "，。；、") && strings.ContainsAny(b, "，。；、")
}
