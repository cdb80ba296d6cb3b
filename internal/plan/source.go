package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"duban/internal/words"
)

const (
	largestFile  = 8 << 20 // bytes
	aliasedNodes = 10_000  // nodes that a file's aliases may add in all
	nearMisses   = 200     // suggestions worked out in one load; the rest go without
	mostProblems = 10_000  // noted in one load; a file with more is not a plan
)

// book gathers the problems of one load.
type book struct {
	problems []Problem
	hints    int
}

// source is one file being read.
type source struct {
	*book
	file string
}

func (s *source) add(n *yaml.Node, field, key string, data words.Data) {
	s.report(n, field, key, data, false)
}

func (s *source) warn(n *yaml.Node, field, key string, data words.Data) {
	s.report(n, field, key, data, true)
}

func (s *source) report(n *yaml.Node, field, key string, data words.Data, warning bool) {
	switch {
	case len(s.problems) > mostProblems:
		return
	case len(s.problems) == mostProblems:
		field, key, data, warning = "", "more", words.Data{"Limit": mostProblems}, false
	}
	p := Problem{File: s.file, Field: field, Key: "plan." + key, Data: data, Warning: warning}
	if n != nil {
		p.Line, p.Column = max(n.Line, 1), max(n.Column, 1)
	}
	s.problems = append(s.problems, p)
}

// read is the file's bytes; ok is false, and a problem noted, when it is not a
// plain file of at most 8 MiB.
func (s *source) read() (raw []byte, ok bool) {
	info, err := os.Stat(s.file)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(s.file)
	}
	if err == nil {
		defer f.Close()
		raw, err = io.ReadAll(io.LimitReader(f, largestFile+1))
	}
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err // the file is named already
		}
		s.add(nil, "", "unreadable", words.Data{"Detail": err.Error()})
		return nil, false
	}
	if len(raw) > largestFile {
		s.add(nil, "", "too_large", words.Data{"Limit": "8 MiB"})
		return nil, false
	}
	return raw, true
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

// parse is the file's one document as an object of the given sort.
func (s *source) parse(raw []byte, sort string) (o object, ok bool) {
	if len(raw) > largestFile {
		s.add(nil, "", "too_large", words.Data{"Limit": "8 MiB"})
		return o, false
	}
	if kind := foreign(raw); kind != "" {
		s.add(&yaml.Node{Line: 1}, "", "foreign", words.Data{"Kind": kind})
		return o, false
	}
	if line := notUTF8(raw); line > 0 {
		s.add(&yaml.Node{Line: line}, "", "not_utf8", nil)
		return o, false
	}
	if line, column := controlLine(raw); line > 0 {
		s.add(&yaml.Node{Line: line, Column: column}, "", "control", nil)
		return o, false
	}
	if s.wideColons(raw) {
		return o, false
	}
	first, second, err := documents(raw)
	if err != nil {
		line, detail := syntaxError(err)
		if at := faultLine(raw); at > 0 {
			line = at
		}
		s.add(&yaml.Node{Line: line}, "", "syntax", words.Data{"Detail": detail})
		return o, false
	}
	if second != nil {
		s.add(second, "", "documents", nil)
		return o, false
	}
	if len(first.Content) == 0 {
		s.add(&yaml.Node{}, "", "empty_file", nil)
		return o, false
	}
	if n := aliasBomb(first); n != nil {
		s.add(n, "", "alias", nil)
		return o, false
	}
	return s.object(first.Content[0], sort, "")
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
	dec := yaml.NewDecoder(strings.NewReader(string(raw)))
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
