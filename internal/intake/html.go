package intake

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// readHTML reads a saved web page: its paragraphs and tables, not its menus'
// scripts and styles.
func readHTML(ctx context.Context, s Source) (Document, error) {
	text, err := htmlText(s.Data)
	if err != nil {
		return Document{}, &Refusal{File: s.Name, Key: "refuse_encoding", Err: err}
	}
	root, err := html.ParseWithOptions(strings.NewReader(text), html.ParseOptionEnableScripting(false))
	if err != nil {
		return Document{}, err
	}
	w := &htmlWalk{}
	if err := w.node(ctx, root, 0); err != nil {
		return Document{}, err
	}
	if err := w.flush(); err != nil {
		return Document{}, err
	}
	w.doc.Blocks = splitRunTogether(rejoin(w.doc.Blocks))
	w.doc.number()
	return w.doc, nil
}

// htmlText is a page's text as UTF-8, by its byte order mark, what it says of
// itself, or what its bytes are.
func htmlText(data []byte) (string, error) {
	enc, name, certain := charset.DetermineEncoding(data, "")
	if !certain && name != "utf-8" {
		return decode(data)
	}
	if name == "gb2312" || name == "gbk" || name == "utf-8" {
		return decode(data)
	}
	out, err := enc.NewDecoder().Bytes(data)
	return string(out), err
}

type htmlWalk struct {
	doc  Document
	bud  budget
	text strings.Builder
}

// block are the elements that begin a paragraph.
var htmlBlock = map[string]bool{"p": true, "div": true, "br": true, "li": true, "ul": true, "ol": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true,
	"section": true, "article": true, "header": true, "footer": true, "td": true, "th": true, "tr": true, "blockquote": true, "pre": true, "hr": true, "dd": true, "dt": true, "center": true, "caption": true, "form": true, "main": true}

var htmlLeft = map[string]bool{"script": true, "style": true, "head": true, "noscript": true, "template": true, "select": true, "button": true, "nav": true, "iframe": true, "object": true, "svg": true, "textarea": true, "del": true, "s": true, "strike": true}

func (w *htmlWalk) node(ctx context.Context, n *html.Node, depth int) error {
	if depth > 512 {
		return fmt.Errorf("nesting: %w", errTooBig)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch n.Type {
	case html.TextNode:
		w.text.WriteString(strings.Map(func(r rune) rune {
			if r == '\n' || r == '\r' || r == '\t' {
				return ' '
			}
			return r
		}, n.Data))
		return w.bud.text(n.Data)
	case html.ElementNode:
		if htmlLeft[n.Data] || hiddenNode(n) {
			if n.Data == "del" || n.Data == "s" || n.Data == "strike" {
				w.doc.skipped(Unread{What: "struck"})
			}
			return nil
		}
		if n.Data == "table" && !layoutTable(n) {
			if err := w.flush(); err != nil {
				return err
			}
			return w.table(n)
		}
		if htmlBlock[n.Data] {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := w.node(ctx, c, depth+1); err != nil {
			return err
		}
	}
	if n.Type == html.ElementNode && htmlBlock[n.Data] {
		return w.flush()
	}
	return nil
}

func hiddenNode(n *html.Node) bool {
	for _, a := range n.Attr {
		v := strings.ReplaceAll(strings.ToLower(a.Val), " ", "")
		if a.Key == "hidden" || a.Key == "style" && (strings.Contains(v, "display:none") || strings.Contains(v, "mso-hide:all") || strings.Contains(v, "visibility:hidden")) {
			return true
		}
	}
	return false
}

func (w *htmlWalk) flush() error {
	text := clean(unreadable(w.text.String()))
	w.text.Reset()
	if text == "" {
		return nil
	}
	if err := w.bud.block(); err != nil {
		return err
	}
	w.doc.Blocks = append(w.doc.Blocks, Block{Text: text})
	return nil
}

// layoutTable is true of a table that only places what is in it: one column, or
// tables inside its cells.
func layoutTable(n *html.Node) bool {
	inner, most := false, 0
	var walk func(*html.Node, bool)
	walk = func(n *html.Node, in bool) {
		cells := 0
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode && (c.Data == "td" || c.Data == "th") {
				cells++
			}
			if c.Type == html.ElementNode && c.Data == "table" {
				inner = true
				continue
			}
			walk(c, in)
		}
		most = max(most, cells)
	}
	walk(n, true)
	return inner || most < 2
}

// table reads a table; what a cell spans is repeated downwards and left empty
// across.
func (w *htmlWalk) table(n *html.Node) error {
	t := &Table{}
	type held struct {
		left int
		text string
	}
	above := map[int]held{}
	var rows func(*html.Node) error
	rows = func(n *html.Node) error {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode || hiddenNode(c) {
				continue
			}
			if c.Data != "tr" {
				if err := rows(c); err != nil {
					return err
				}
				continue
			}
			var cells []string
			hold := func() {
				for {
					h := above[len(cells)]
					if h.left == 0 {
						return
					}
					h.left--
					above[len(cells)] = h
					cells = append(cells, h.text)
				}
			}
			for d := c.FirstChild; d != nil; d = d.NextSibling {
				if d.Type != html.ElementNode || d.Data != "td" && d.Data != "th" {
					continue
				}
				hold()
				text := cellText(unreadable(nodeText(d)))
				if err := w.bud.text(text); err != nil {
					return err
				}
				across, down := min(max(atoi(nodeAttr(d, "colspan")), 1), 63), min(max(atoi(nodeAttr(d, "rowspan")), 1), 5000)
				for k := range across {
					if k > 0 {
						text = ""
					}
					if down > 1 {
						above[len(cells)] = held{down - 1, text}
					}
					cells = append(cells, text)
				}
			}
			hold()
			if err := w.bud.cell(len(cells) + 1); err != nil {
				return err
			}
			if len(cells) > 0 {
				t.Rows = append(t.Rows, Row{Cells: cells})
			}
		}
		return nil
	}
	if err := rows(n); err != nil {
		return err
	}
	if len(t.Rows) > 0 {
		w.doc.addTable(t, 0)
	}
	return nil
}

func nodeAttr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func nodeText(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node, int)
	walk = func(n *html.Node, depth int) {
		if depth > 200 || n.Type == html.ElementNode && (htmlLeft[n.Data] || hiddenNode(n)) {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(n.Data))
		}
		if n.Type == html.ElementNode && htmlBlock[n.Data] {
			b.WriteByte('\n')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1)
		}
	}
	walk(n, 0)
	return b.String()
}

// readMHTML reads a page that a browser or Word saved as one file: its first part
// that is a page.
func readMHTML(ctx context.Context, s Source) (Document, error) {
	m, err := mail.ReadMessage(bytes.NewReader(bytes.TrimLeft(s.Data, "\r\n \t")))
	if err != nil {
		return Document{}, err
	}
	body, err := htmlPart(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, 0)
	if err != nil {
		return Document{}, err
	}
	return readHTML(ctx, Source{Name: s.Name, Data: body})
}

func htmlPart(kind, coding string, r io.Reader, depth int) ([]byte, error) {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(media, "multipart/") && depth < 5 {
		parts := multipart.NewReader(r, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err != nil {
				return nil, errors.Join(errors.New("no page in the file"), err)
			}
			if body, err := htmlPart(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth+1); err == nil {
				return body, nil
			}
		}
	}
	if media != "text/html" {
		return nil, fmt.Errorf("%s is no page", media)
	}
	switch strings.ToLower(coding) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	}
	body, err := io.ReadAll(io.LimitReader(r, maxFile))
	if cs := params["charset"]; cs != "" && err == nil && !bytes.Contains(bytes.ToLower(body[:min(len(body), 2048)]), []byte("charset")) {
		body = append([]byte(`<meta charset="`+cs+`">`), body...)
	}
	return body, err
}
