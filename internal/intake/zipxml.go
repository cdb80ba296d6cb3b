package intake

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
)

// parts is an Office file: parts by name, each read with a limit.
type parts map[string]*zip.File

func openParts(data []byte) (parts, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if len(r.File) > 10_000 {
		return nil, fmt.Errorf("files in the archive: %w", errTooBig)
	}
	p := parts{}
	for _, f := range r.File {
		p[f.Name] = f
	}
	return p, nil
}

func (p parts) has(name string) bool { return p[name] != nil }

// open unpacks one part; what is over maxPart is an error, not a truncation.
func (p parts) open(name string) (*capped, error) {
	f := p[name]
	if f == nil {
		return nil, fmt.Errorf("%s is missing", name)
	}
	if f.UncompressedSize64 > maxPart {
		return nil, fmt.Errorf("%s: %w", name, errTooBig)
	}
	rc, err := f.Open()
	if err != nil {
		return nil, err
	}
	return &capped{ReadCloser: rc, left: maxPart, name: name}, nil
}

type capped struct {
	io.ReadCloser
	left int64
	name string
}

func (c *capped) Read(b []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("%s: %w", c.name, errTooBig)
	}
	if int64(len(b)) > c.left {
		b = b[:c.left]
	}
	n, err := c.ReadCloser.Read(b)
	c.left -= int64(n)
	return n, err
}

// tokens walks XML without building a tree, and refuses deep nesting.
type tokens struct {
	dec   *xml.Decoder
	depth int
	count int
}

func newTokens(r io.Reader) *tokens {
	dec := xml.NewDecoder(r)
	dec.Strict = false
	return &tokens{dec: dec}
}

// next is the next token; io.EOF at the end.
func (t *tokens) next() (xml.Token, error) {
	tok, err := t.dec.RawToken()
	if err != nil {
		return nil, err
	}
	if t.count++; t.count > 20_000_000 {
		return nil, fmt.Errorf("XML: %w", errTooBig)
	}
	switch tok.(type) {
	case xml.StartElement:
		if t.depth++; t.depth > maxDepth {
			return nil, fmt.Errorf("nesting: %w", errTooBig)
		}
	case xml.EndElement:
		t.depth--
	}
	return tok, nil
}

// attr is an attribute's value by its local name.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
