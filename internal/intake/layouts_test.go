package intake

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// bytes makes the passage's file in one layout.
func (p passage) bytes(t testing.TB, layout string) []byte {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(p.Text), "\n")
	switch layout {
	case "txt":
		return []byte("\ufeff" + strings.ReplaceAll(p.Text, "\n", "\r\n"))
	case "gbk":
		raw, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(p.Text))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	case "docx":
		if p.Table != nil {
			return docxFile(t, []string{p.Table.Title}, p.Table.Rows)
		}
		return docxFile(t, lines, nil)
	case "pdf":
		return pdfFile(wrapLines(lines, 28))
	case "xlsx":
		return xlsxFile(t, p.Table.Title, p.Table.Rows)
	case "tabs":
		var b strings.Builder
		b.WriteString(p.Table.Title + "\n")
		for _, r := range p.Table.Rows {
			b.WriteString(strings.ReplaceAll(strings.Join(r, "\t"), "\n", " ") + "\n")
		}
		return []byte(b.String())
	}
	t.Fatalf("no layout %s", layout)
	return nil
}

// wrapLines breaks paragraphs at a fixed width with an indent of two
// characters, as printed pages do.
func wrapLines(paras []string, n int) []string {
	var out []string
	for _, p := range paras {
		rs := []rune("　　" + strings.TrimSpace(p))
		if len(rs) == 2 {
			continue
		}
		for len(rs) > n {
			out = append(out, string(rs[:n]))
			rs = rs[n:]
		}
		out = append(out, string(rs))
	}
	return out
}

func zipFile(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const wordNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

func esc(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

// docxFile is the least Word file: paragraphs, whose words are cut into runs as
// Word cuts them, and one table.
func docxFile(t testing.TB, paras []string, rows [][]string) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><w:document ` + wordNS + `><w:body>`)
	para := func(s string) {
		b.WriteString(`<w:p><w:pPr/>`)
		for rs := []rune(s); len(rs) > 0; {
			n := min(7, len(rs))
			fmt.Fprintf(&b, `<w:r><w:t xml:space="preserve">%s</w:t></w:r>`, esc(string(rs[:n])))
			rs = rs[n:]
		}
		b.WriteString(`</w:p>`)
	}
	for _, p := range paras {
		para(strings.TrimSpace(p))
	}
	if rows != nil {
		b.WriteString(`<w:tbl>`)
		for _, r := range rows {
			b.WriteString(`<w:tr>`)
			for _, c := range r {
				b.WriteString(`<w:tc>`)
				for _, l := range strings.Split(c, "\n") {
					para(l)
				}
				b.WriteString(`</w:tc>`)
			}
			b.WriteString(`</w:tr>`)
		}
		b.WriteString(`</w:tbl>`)
	}
	b.WriteString(`</w:body></w:document>`)
	return zipFile(t, map[string]string{"word/document.xml": b.String()})
}

func xlsxFile(t testing.TB, title string, rows [][]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	set := func(c, r int, v string) {
		cell, err := excelize.CoordinatesToCellName(c, r)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStr("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	set(1, 1, title)
	if err := f.MergeCell("Sheet1", "A1", "F1"); err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		for k, v := range r {
			set(k+1, i+3, v)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pdfFile is a PDF of text lines on pages with page numbers: one font without
// outlines whose ToUnicode map says which character each code is.
func pdfFile(lines []string) []byte {
	rows := make([][]cellAt, len(lines))
	for i, l := range lines {
		rows[i] = []cellAt{{70, l}}
	}
	return pdfCells(rows, 22, 29)
}

// cellAt is a text at a place of its line, in points.
type cellAt struct {
	x    int
	text string
}

// pdfCells is pdfFile for lines of cells, so many to a page at such a distance;
// ink is drawn on every page.
func pdfCells(lines [][]cellAt, perPage, step int, ink ...string) []byte {
	codes := map[rune]int{}
	code := func(r rune) int {
		if codes[r] == 0 {
			codes[r] = len(codes) + 1
		}
		return codes[r]
	}
	show := func(b *strings.Builder, x, y int, s string) {
		var hex strings.Builder
		for _, r := range s {
			if r == '　' { // an indent is a place, not a sign
				x += 16
				continue
			}
			fmt.Fprintf(&hex, "%04X", code(r))
		}
		fmt.Fprintf(b, "BT /F %d Tf %d %d Td <%s> Tj ET\n", min(16, step*2/3), x, y, hex.String())
	}
	var pages []string
	for n := 1; len(lines) > 0; n++ {
		k := min(perPage, len(lines))
		var b strings.Builder
		b.WriteString(strings.Join(ink, ""))
		for i, l := range lines[:k] {
			for _, c := range l {
				show(&b, c.x, 750-i*step, c.text)
			}
		}
		show(&b, 280, 60, fmt.Sprintf("— %d —", n))
		pages, lines = append(pages, b.String()), lines[k:]
	}
	var cmap strings.Builder
	cmap.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n")
	for r, c := range codes {
		fmt.Fprintf(&cmap, "1 beginbfchar <%04X> <%04X> endbfchar\n", c, r)
	}
	cmap.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end")
	var kids, body []string
	objs := []string{"<< /Type /Catalog /Pages 2 0 R >>", "",
		"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 6 0 R >>",
		"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 /FontDescriptor 5 0 R >>",
		"<< /Type /FontDescriptor /FontName /X /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 900 /Descent -200 /CapHeight 800 /StemV 80 >>",
		stream(cmap.String())}
	for _, p := range pages {
		n := len(objs) + 1
		kids = append(kids, fmt.Sprintf("%d 0 R", n))
		objs = append(objs, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F 3 0 R >> >> >>", n+1), stream(p))
	}
	objs[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(kids))
	var b strings.Builder
	b.WriteString("%PDF-1.4\n")
	for i, o := range objs {
		body = append(body, fmt.Sprintf("%010d 00000 n \n", b.Len()))
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objs)+1, strings.Join(body, ""), len(objs)+1, at)
	return []byte(b.String())
}

func stream(s string) string {
	return fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(s), s)
}
