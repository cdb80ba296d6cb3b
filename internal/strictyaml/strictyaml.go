// Package strictyaml reads the YAML that people write for duban: plans, units,
// policies, scripts, accounts. It takes one document in UTF-8 without control
// characters, whose aliases add little, and it bounds what reading costs before the
// parser sees a byte: the parser takes a second and a hundred megabytes for a million
// marks, and more where they are wrong.
package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

const (
	mostMarks    = 400_000 // lines and signs of structure; a plan of 10,000 tasks has 150,000
	searchMarks  = 50_000  // in a file with at most so many, the line of a fault is searched for by parsing prefixes
	deepest      = 100     // blocks and brackets within each other; a plan has ten
	aliasedNodes = 10_000  // nodes that a file's aliases may add in all
)

// Fault is why a file is not read. Key is of the catalogue: no_file, denied,
// not_file, unreadable, too_large, crowded, foreign, not_utf8, control, syntax, documents, empty_file or
// alias; Data are its placeholders. Line and Column count from 1, and are 0 where no
// place can be named.
type Fault struct {
	Line, Column int
	Key          string
	Data         map[string]any
}

// At is the place of the fault as a node; nil when it has none.
func (f *Fault) At() *yaml.Node {
	if f.Line == 0 {
		return nil
	}
	return &yaml.Node{Line: f.Line, Column: f.Column}
}

// Error is the fault in English, for logs; people are told by its key.
func (f *Fault) Error() string {
	text := f.Key
	if f.Line > 0 {
		text = fmt.Sprintf("line %d: %s", f.Line, text)
	}
	if detail, ok := f.Data["Detail"]; ok {
		text += fmt.Sprintf(": %v", detail)
	}
	return text
}

// File is the bytes of a plain file of at most largest bytes.
func File(path string, largest int) ([]byte, *Fault) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errNotFile
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(path)
	}
	var raw []byte
	if err == nil {
		defer f.Close()
		raw, err = io.ReadAll(io.LimitReader(f, int64(largest)+1))
	}
	if err != nil {
		return nil, unread(err)
	}
	if fault := size(raw, largest); fault != nil {
		return nil, fault
	}
	return raw, nil
}

var errNotFile = errors.New("not a regular file")

// unread is why the bytes of a file cannot be had.
func unread(err error) *Fault {
	for known, key := range map[error]string{fs.ErrNotExist: "no_file", fs.ErrPermission: "denied", errNotFile: "not_file"} {
		if errors.Is(err, known) {
			return &Fault{Key: key}
		}
	}
	var at *os.PathError
	if errors.As(err, &at) {
		err = at.Err // without the path: the fault's reader knows the file
	}
	return &Fault{Key: "unreadable", Data: map[string]any{"Detail": err.Error()}}
}

func size(raw []byte, largest int) *Fault {
	if len(raw) <= largest {
		return nil
	}
	return &Fault{Key: "too_large", Data: map[string]any{"Limit": fmt.Sprintf("%d MiB", largest>>20)}}
}

// Document is the root of the one document of a text of at most largest bytes.
func Document(raw []byte, largest int) (*yaml.Node, *Fault) {
	tree, fault := Tree(raw, largest)
	if fault != nil {
		return nil, fault
	}
	return tree.Content[0], nil
}

// Tree is the one document of a text with the comments at its head and foot: for whoever
// writes the file again.
func Tree(raw []byte, largest int) (*yaml.Node, *Fault) {
	if f := size(raw, largest); f != nil {
		return nil, f
	}
	if kind := foreign(raw); kind != "" {
		return nil, &Fault{Line: 1, Key: "foreign", Data: map[string]any{"Kind": kind}}
	}
	if line := notUTF8(raw); line > 0 {
		return nil, &Fault{Line: line, Key: "not_utf8"}
	}
	if line, column := control(raw); line > 0 {
		return nil, &Fault{Line: line, Column: column, Key: "control"}
	}
	marks, line := weigh(raw)
	if line > 0 {
		return nil, &Fault{Line: line, Key: "crowded"}
	}
	first, second, err := documents(raw)
	switch {
	case err != nil:
		line, detail := syntaxError(err)
		if marks <= searchMarks {
			if at := faultLine(raw); at > 0 {
				line = at
			}
		}
		return nil, &Fault{Line: line, Key: "syntax", Data: map[string]any{"Detail": detail}}
	case second != nil:
		return nil, &Fault{Line: second.Line, Column: second.Column, Key: "documents"}
	case len(first.Content) == 0:
		return nil, &Fault{Line: 1, Column: 1, Key: "empty_file"}
	}
	if n := aliasBomb(first); n != nil {
		return nil, &Fault{Line: n.Line, Column: n.Column, Key: "alias"}
	}
	if n := escaped(first); n != nil {
		return nil, &Fault{Line: n.Line, Column: n.Column, Key: "control"}
	}
	return first, nil
}

// escaped is the first text that holds a hidden character, written as \e or the like.
func escaped(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.ScalarNode && strings.ContainsFunc(n.Value, func(r rune) bool { return Hidden(r) && r != '\n' && r != '\t' && r != '\r' && r != '\u0085' }) {
		return n
	}
	for _, c := range n.Content {
		if bad := escaped(c); bad != nil {
			return bad
		}
	}
	return nil
}

// weigh counts a text's marks without parsing it: line ends, and the signs that may
// begin something. line is where there are too many of them, or too many brackets or
// blocks within each other; 0 for a text that can be read.
func weigh(raw []byte) (marks, line int) {
	line = 1
	open, dashes, start := 0, 0, true
	for i, c := range raw {
		switch c {
		case '\n':
			line++
			marks++
			dashes, start = 0, true
			continue
		case '[', '{':
			open++
			marks++
		case ']', '}':
			open = max(0, open-1)
		case ',', ':', '?', '&', '*', '!', '\t':
			marks++
		case '-':
			if start {
				dashes++
			}
			marks++
		case ' ':
			if start && i > 0 && raw[i-1] == ' ' {
				continue
			}
		}
		start = start && (c == ' ' || c == '-' || c == '?' || c == '\t')
		if marks > mostMarks || dashes > deepest {
			return marks, line
		}
		if open > deepest { // also when a text is full of brackets that are never closed
			return marks, line
		}
	}
	return marks, 0
}

// foreign names the kind of a file that is no YAML: a workbook, a document.
func foreign(raw []byte) string {
	for sign, kind := range map[string]string{"PK\x03\x04": "xlsx/docx", "\xd0\xcf\x11\xe0": "xls/doc", "%PDF-": "pdf"} {
		if bytes.HasPrefix(raw, []byte(sign)) {
			return kind
		}
	}
	return ""
}

// notUTF8 is the first line that is not UTF-8; 0 when there is none.
func notUTF8(raw []byte) int {
	if utf8.Valid(raw) {
		return 0
	}
	for i, line := range bytes.Split(raw, []byte("\n")) {
		if !utf8.Valid(line) {
			return i + 1
		}
	}
	return 1
}

// control is the first line with a control character, or with one that turns the
// direction of what is read, and its column; 0 for none.
func control(raw []byte) (line, column int) {
	line = 1
	for _, r := range string(raw) {
		column++
		switch {
		case r == '\n':
			line, column = line+1, 0
		case Hidden(r) && r != '\t' && r != '\r' && r != '\u0085':
			return line, column
		}
	}
	return 0, 0
}

// Hidden tells a character that no text has for people to read: one that controls a
// terminal or a parser, or that turns the direction of reading.
func Hidden(r rune) bool {
	return unicode.IsControl(r) || r == '\ufffe' || r == '\uffff' || r == '\u061c' || r == '\u200e' || r == '\u200f' ||
		r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

// fromParser are the messages for which yaml.v3 counts lines from 0.
var fromParser = regexp.MustCompile(`^did not find expected (<|node content|'-' indicator|key|',' or)`)

func syntaxError(err error) (line int, detail string) {
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return 1, err.Error()
	}
	line, _ = strconv.Atoi(m[1])
	if m[1] != "" && fromParser.MatchString(m[2]) {
		line++
	}
	return max(line, 1), m[2]
}

// documents reads the first two YAML documents; second is nil when there is
// one only. The parser's panics are errors.
func documents(raw []byte) (first, second *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	first = &yaml.Node{}
	if err := dec.Decode(first); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	next := &yaml.Node{}
	switch err := dec.Decode(next); {
	case errors.Is(err, io.EOF):
		return first, nil, nil
	case err != nil:
		return nil, nil, err
	}
	return first, next, nil
}

// aliasBomb is the alias that refers to itself, or with which the document
// would grow by more than aliasedNodes; nil when there is none.
func aliasBomb(root *yaml.Node) *yaml.Node {
	sizes := map[*yaml.Node]int{} // of what has an anchor; 0 while it is being measured
	extra := 0
	var bad *yaml.Node
	var size func(n *yaml.Node) int
	size = func(n *yaml.Node) int {
		if bad != nil {
			return 0
		}
		if n.Kind == yaml.AliasNode {
			grown := sizes[n.Alias]
			extra += grown
			if grown == 0 || extra > aliasedNodes {
				bad = n
			}
			return grown
		}
		if n.Anchor != "" {
			sizes[n] = 0
		}
		total := 1
		for _, c := range n.Content {
			total = min(total+size(c), aliasedNodes+1)
		}
		if n.Anchor != "" {
			sizes[n] = total
		}
		return total
	}
	size(root)
	return bad
}

// faultLine finds the line at which a file stops being YAML: the parser names the
// line of the block around it, which may begin a thousand lines before.
func faultLine(raw []byte) int {
	lines := bytes.SplitAfter(raw, []byte("\n"))
	good := func(n int) bool {
		_, _, err := documents(bytes.Join(lines[:n], nil))
		return err == nil
	}
	var starts []int // lines at which a prefix may end
	for i, l := range lines {
		if itemStart.Match(l) {
			starts = append(starts, i)
		}
	}
	starts = append(starts, len(lines))
	lo, hi := 0, len(starts)-1 // the prefix before starts[lo] is good, that before starts[hi] is not
	if len(starts) < 2 || !good(starts[0]) {
		return 0
	}
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; good(starts[mid]) {
			lo = mid
		} else {
			hi = mid
		}
	}
	for n := starts[lo] + 1; n <= starts[hi]; n++ {
		if !good(n) {
			return n
		}
	}
	return 0
}

// wideColon is a line whose key is followed by a full-width colon.
var wideColon = regexp.MustCompile(`^[ \t]*(?:- +)?([a-z_]+) *：`)

var itemStart = regexp.MustCompile(`^ *(?:- )?[A-Za-z_"']+ *:(?:[ \r\n]|$)`)
