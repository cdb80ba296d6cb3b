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
// tables, tabs, line and page breaks, notes behind the paragraph that calls them,
// and parts taken in from other files. Deleted, hidden and struck text, former
// states of tracked changes, fallback drawings and field codes are left out;
// comments, headers and embedded files are counted. depth is how many files this
// one is inside of.
func readDocx(ctx context.Context, p parts, depth int) (Document, error) {
	num, err := readNumbering(p)
	if err != nil {
		return Document{}, err
	}
	w := &docxWalk{ctx: ctx, parts: p, depth: depth, num: num, page: 1}
	if w.targets, err = targets(p, "word/_rels/document.xml.rels"); err != nil {
		return Document{}, err
	}
	if w.hidden, err = hiddenStyles(p); err != nil {
		return Document{}, err
	}
	if w.notes, err = w.readNotes(); err != nil {
		return Document{}, err
	}
	if err := w.part("word/document.xml"); err != nil {
		return Document{}, err
	}
	if err := w.countParts(); err != nil {
		return Document{}, err
	}
	w.doc.Pages = w.page
	if w.page == 1 { // no page was rendered into the file: pages are unknown
		w.doc.Pages = 0
		for i := range w.doc.Blocks {
			w.doc.Blocks[i].Place.Page = 0
		}
	}
	for len(w.raw) < len(w.doc.Blocks) {
		w.raw = append(w.raw, "")
	}
	w.doc.Blocks = splitRunTogether(rejoin(tabRows(w.doc.Blocks, w.raw)))
	w.doc.number()
	return w.doc, nil
}

// part walks one part of the file.
func (w *docxWalk) part(name string) error {
	part, err := w.parts.open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	w.tok = newTokens(part)
	for n := 0; ; n++ {
		if n%4096 == 0 && w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		tok, err := w.tok.next()
		if err == io.EOF && w.tok.depth > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := w.token(tok); err != nil {
			return err
		}
	}
}

type docxWalk struct {
	ctx     context.Context
	parts   parts
	depth   int
	targets map[string]string // relation id → part
	hidden  map[string]bool   // styles whose text is hidden
	raw     []string          // paragraphs with their tabs, by block
	notes   map[string]string // footnote 3, endnote 1 → its text
	called  []string          // notes that the open paragraph calls
	tok     *tokens
	num     *numbering
	doc     Document
	bud     budget
	page    int
	text    strings.Builder // of the open paragraph
	skip    int             // depth at which a left-out element began
	inText  bool
	inRun   bool
	shaded  bool   // the paragraph has a coloured ground
	inMark  bool   // in the properties of a paragraph, and so of its mark
	inRow   bool   // in the properties of a table's row
	out     string // why the run's text is left out: hidden, struck, white
	style   string
	numID   string
	level   string
	tables  []*docxTable
	nested  int  // w:p inside w:p, as text boxes make
	joins   bool // the paragraph's mark is deleted: the next goes on with it
	joined  string
}

func (w *docxWalk) token(tok xml.Token) error {
	switch e := tok.(type) {
	case xml.StartElement:
		return w.start(e)
	case xml.EndElement:
		return w.end(e)
	case xml.CharData:
		if !w.inText || w.skip > 0 {
			return nil
		}
		if w.out != "" {
			if strings.TrimSpace(string(e)) != "" {
				w.doc.skipped(Unread{What: w.out})
			}
			return nil
		}
		w.text.Write(e)
		return w.bud.text(string(e))
	}
	return nil
}

func (w *docxWalk) start(e xml.StartElement) error {
	if w.skip > 0 {
		return nil
	}
	switch e.Name.Local {
	case "del":
		if t := w.table(); t != nil && w.inRow { // the row itself was taken out
			t.gone = true
		}
		if !w.inRun && w.nested > 0 && w.inMark { // the paragraph's mark itself
			w.joins = true
		}
		w.skip = w.tok.depth
	case "Fallback", "moveFrom", "instrText", "delText", "rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange", "sectPrChange", "tblGridChange", "tblPrExChange", "numberingChange", "cellDel":
		w.skip = w.tok.depth // former states
	case "r":
		if e.Name.Space == "w" {
			w.inRun, w.out = true, ""
			if w.hidden[w.style] {
				w.out = "hidden"
			}
		}
	case "pPr":
		w.inMark = true
	case "trPr":
		w.inRow = true
	case "rStyle":
		if w.inRun && w.hidden[attr(e, "val")] {
			w.out = "hidden"
		}
	case "vanish", "specVanish", "strike", "dstrike":
		if w.inRun && !off(e) {
			w.out = map[string]string{"strike": "struck", "dstrike": "struck"}[e.Name.Local]
			if w.out == "" {
				w.out = "hidden"
			}
		}
	case "color":
		if w.inRun && w.out == "" && len(w.tables) == 0 && !w.shaded && strings.EqualFold(attr(e, "val"), "FFFFFF") {
			w.out = "white"
		}
	case "shd", "highlight":
		if fill := attr(e, "fill"); e.Name.Local == "shd" && (fill == "" || fill == "auto" || strings.EqualFold(fill, "FFFFFF")) {
			break
		}
		if w.inMark || !w.inRun {
			w.shaded = true
		} else if w.out == "white" {
			w.out = "" // white on a colour is seen
		}
	case "footnoteReference", "endnoteReference":
		w.called = append(w.called, strings.TrimSuffix(e.Name.Local, "Reference")+" "+attr(e, "id"))
	case "altChunk":
		return w.chunk(attr(e, "id"))
	case "gridBefore":
		if t := w.table(); t != nil {
			for range min(atoi(attr(e, "val")), 63) {
				t.row = append(t.row, "")
			}
		}
	case "gridAfter":
		if t := w.table(); t != nil {
			t.after = min(atoi(attr(e, "val")), 63)
		}
	case "p":
		if e.Name.Space != "w" {
			return nil
		}
		if w.nested++; w.nested > 1 {
			w.text.WriteByte('\n')
			return nil
		}
		w.text.Reset()
		w.shaded = false
		w.style, w.numID, w.level, w.joins = "", "", "", false
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
			t.row, t.after, t.gone = nil, 0, false
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
	case "r":
		w.inRun, w.out = false, ""
	case "pPr":
		w.inMark = false
	case "trPr":
		w.inRow = false
	case "p":
		if e.Name.Space == "w" {
			return w.endParagraph()
		}
	case "tc":
		return w.endCell()
	case "tr":
		if t := w.table(); t != nil && len(t.row) > 0 && !t.gone {
			for range t.after {
				t.row = append(t.row, "")
			}
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
	text := w.joined + strings.TrimSpace(w.text.String())
	w.text.Reset()
	if w.joined = ""; w.joins {
		w.joined = text
		return nil
	}
	for _, n := range w.called {
		if note := w.notes[n]; note != "" {
			text += "\n" + note
		}
	}
	w.called = nil
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
		for len(w.raw) < len(w.doc.Blocks) { // tables
			w.raw = append(w.raw, "")
		}
		w.raw = append(w.raw, part)
		w.doc.Blocks = append(w.doc.Blocks, Block{Text: clean(part), Place: Place{Page: w.page}})
	}
	return nil
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
