package intake

import (
	"encoding/xml"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
)

// off is true of a property that is switched off: w:val="0".
func off(e xml.StartElement) bool {
	v := attr(e, "val")
	return v == "0" || v == "false" || v == "off"
}

// targets are the parts that a part names by relation, with their full names.
func targets(p parts, rels string) (map[string]string, error) {
	out := map[string]string{}
	base := path.Dir(path.Dir(rels))
	err := eachStart(p, rels, func(e xml.StartElement) {
		if e.Name.Local == "Relationship" && attr(e, "TargetMode") != "External" {
			to := attr(e, "Target")
			if !strings.HasPrefix(to, "/") {
				to = path.Join(base, to)
			}
			out[attr(e, "Id")] = strings.TrimPrefix(to, "/")
		}
	})
	return out, err
}

// hiddenStyles are the styles whose text Word does not show.
func hiddenStyles(p parts) (map[string]bool, error) {
	out, base, id := map[string]bool{}, map[string]string{}, ""
	err := eachStart(p, "word/styles.xml", func(e xml.StartElement) {
		switch e.Name.Local {
		case "style":
			id = attr(e, "styleId")
		case "basedOn":
			base[id] = attr(e, "val")
		case "vanish":
			if id != "" && !off(e) {
				out[id] = true
			}
		}
	})
	for s := range base {
		for at, hops := base[s], 0; at != "" && hops < 10; at, hops = base[at], hops+1 {
			out[s] = out[s] || out[at]
		}
	}
	return out, err
}

// readNotes reads the footnotes and endnotes; broken ones are counted as unread.
func (w *docxWalk) readNotes() (map[string]string, error) {
	out := map[string]string{}
	for _, sort := range []string{"footnote", "endnote"} {
		name := "word/" + sort + "s.xml"
		if !w.parts.has(name) {
			continue
		}
		part, err := w.parts.open(name)
		if err != nil {
			return nil, err
		}
		in := &docxWalk{ctx: w.ctx, parts: w.parts, depth: w.depth, num: w.num, hidden: w.hidden, page: 1, tok: newTokens(part)}
		id, kind := "", ""
		for {
			tok, err := in.tok.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				w.doc.skipped(Unread{What: "part", Words: name, Lost: true})
				break
			}
			if e, ok := tok.(xml.StartElement); ok && e.Name.Local == sort {
				id, kind, in.doc.Blocks = attr(e, "id"), attr(e, "type"), nil
			}
			if e, ok := tok.(xml.EndElement); ok && e.Name.Local == sort && kind == "" {
				var text []string
				for _, b := range in.doc.Blocks {
					text = append(text, b.Text)
				}
				out[sort+" "+id] = strings.Join(text, "")
			}
			if err := in.token(tok); err != nil {
				return nil, err
			}
		}
		part.Close()
	}
	return out, nil
}

// chunk takes in a file that the document holds in place of its own text.
func (w *docxWalk) chunk(id string) error {
	name := w.targets[id]
	f := w.parts[name]
	if f == nil || w.depth > 1 {
		w.doc.skipped(Unread{Place: Place{Page: w.page}, What: "part", Words: name, Lost: true})
		return nil
	}
	part, err := w.parts.open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	data, err := io.ReadAll(part)
	if err != nil {
		return err
	}
	d, err := readInside(w.ctx, Source{Name: path.Base(name), Data: data}, w.depth+1)
	if err != nil {
		if w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		w.doc.skipped(Unread{Place: Place{Page: w.page}, What: "part", Words: name, Lost: true})
		return nil
	}
	for _, b := range d.Blocks {
		if err := w.bud.block(); err != nil {
			return err
		}
		b.Place = Place{Page: w.page}
		w.doc.Blocks = append(w.doc.Blocks, b)
	}
	w.doc.Unread = append(w.doc.Unread, d.Unread...)
	return nil
}

var headerPart = regexp.MustCompile(`^word/(?:header|footer)\d*\.xml$`)

// countParts counts what is not the paper's own text: comments, headers and
// footers that say more than a page number, embedded files.
func (w *docxWalk) countParts() error {
	comments := 0
	if err := eachStart(w.parts, "word/comments.xml", func(e xml.StartElement) {
		if e.Name.Local == "comment" {
			comments++
		}
	}); err != nil {
		return err
	}
	if comments > 0 {
		w.doc.skipped(Unread{What: "comment", Count: comments})
	}
	var names []string
	for name := range w.parts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch {
		case strings.HasPrefix(name, "word/embeddings/") && !strings.HasSuffix(name, "/"):
			w.doc.skipped(Unread{What: "embedded", Words: path.Base(name)})
		case headerPart.MatchString(name):
			in := &docxWalk{ctx: w.ctx, parts: w.parts, depth: w.depth, num: w.num, hidden: w.hidden, page: 1}
			if err := in.part(name); err != nil {
				continue
			}
			text := ""
			for _, b := range in.doc.Blocks {
				text += b.Text
			}
			if hanIn(text) >= 4 {
				w.doc.skipped(Unread{What: "header", Words: shorten(text, 30)})
			}
		}
	}
	return nil
}
