package intake

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	xunicode "golang.org/x/text/encoding/unicode"
)

// decode makes UTF-8 of a text file: UTF-8, UTF-16 with a mark, or GB18030
// (which holds GBK and GB2312).
func decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		out, err := xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM).NewDecoder().Bytes(data)
		return string(out), err
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	if text, bad := nearlyUTF8(data); bad { // a byte was lost on the way
		return text, nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil {
		return "", err
	}
	if bad := strings.Count(string(out), "\ufffd"); bad > 8 && bad > len(out)/200 {
		return "", fmt.Errorf("neither UTF-8 nor GB18030")
	}
	return string(out), nil
}

// nearlyUTF8 is the text with a sign for each stretch that is no UTF-8; ok is true
// where such stretches are few beside the characters that are.
func nearlyUTF8(data []byte) (text string, ok bool) {
	bad, wide := 0, 0
	for b := data; len(b) > 0; {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			bad++
		} else if n > 1 {
			wide++
		}
		b = b[n:]
	}
	if bad*8 > wide {
		return "", false
	}
	return strings.ToValidUTF8(string(data), "\ufffd"), true
}

func readTxt(ctx context.Context, s Source) (Document, error) {
	text, err := decode(s.Data)
	if err != nil {
		return Document{}, &Refusal{File: s.Name, Key: "refuse_encoding", Err: err}
	}
	var bud budget
	if err := bud.text(text); err != nil {
		return Document{}, err
	}
	text = unreadable(text)
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u0085", "\n").Replace(text)
	lines := splitLines(text)
	if len(lines) > maxBlocks {
		return Document{}, fmt.Errorf("lines: %w", errTooBig)
	}
	return assemble(ctx, lines, false, &bud)
}

// line is one line of a paged text.
type line struct {
	text   string // without the spaces around it
	indent int    // columns before the text
	page   int    // 0 when the text has no page breaks
	gap    bool   // a blank line or a page break is before it
}

// splitLines cuts a text into lines; form feeds turn pages.
func splitLines(text string) []line {
	var out []line
	paged := strings.ContainsRune(text, '\f')
	page, gap := 0, false
	if paged {
		page = 1
	}
	for _, raw := range strings.Split(text, "\n") {
		for i, part := range strings.Split(raw, "\f") {
			if i > 0 {
				page++
				gap = true
			}
			t := strings.TrimRight(part, " \u3000\u00a0")
			body := strings.TrimLeft(t, " \u3000\u00a0\ufeff")
			if strings.TrimSpace(body) == "" {
				gap = true
				continue
			}
			out = append(out, line{text: body, indent: width(t) - width(body), page: page, gap: gap})
			gap = false
		}
	}
	return out
}

// assemble joins lines into paragraphs and tables; printed lines are those of a
// page, broken at its width.
func assemble(ctx context.Context, lines []line, printed bool, bud *budget) (Document, error) {
	lines = dropFooters(lines)
	var d Document
	j := newJoiner(lines, printed)
	for i := 0; i < len(lines); {
		if i%1024 == 0 && ctx.Err() != nil {
			return Document{}, ctx.Err()
		}
		d.Pages = max(d.Pages, lines[i].page)
		if t, n := lineTable(lines[i:]); n > 0 {
			j.flush(&d)
			for _, r := range t.Rows {
				if err := bud.cell(len(r.Cells)); err != nil {
					return Document{}, err
				}
			}
			d.addTable(t, lines[i].page)
			i += n
			continue
		}
		j.add(lines[i], &d)
		i++
	}
	j.flush(&d)
	d.Blocks = splitRunTogether(d.Blocks)
	d.number()
	return d, nil
}

func (d *Document) addTable(t *Table, page int) {
	if n := len(d.Blocks); n > 0 && d.Blocks[n-1].Table != nil && sameColumns(d.Blocks[n-1].Table, t) {
		// The same header repeated after a page break: one table.
		d.Blocks[n-1].Table.Rows = append(d.Blocks[n-1].Table.Rows, t.Rows[1:]...)
		return
	}
	d.Blocks = append(d.Blocks, Block{Table: t, Place: Place{Page: page}})
}

func sameColumns(a, b *Table) bool {
	if len(a.Rows) == 0 || len(b.Rows) == 0 {
		return false
	}
	return tight(strings.Join(a.Rows[0].Cells, "|")) == tight(strings.Join(b.Rows[0].Cells, "|"))
}

// number gives every block its paragraph number and every row its own.
func (d *Document) number() {
	for i := range d.Blocks {
		d.Blocks[i].Place.Para = i + 1
		if t := d.Blocks[i].Table; t != nil {
			for k := range t.Rows {
				t.Rows[k].No = k + 1
			}
		}
	}
}
