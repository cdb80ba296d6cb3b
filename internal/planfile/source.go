package planfile

import (
	"gopkg.in/yaml.v3"

	"duban/internal/strictyaml"
	"duban/internal/words"
)

const (
	largestFile  = 4 << 20 // bytes
	nearMisses   = 200     // suggestions worked out in one load; the rest go without
	mostProblems = 10_000  // noted in one load; a file with more is not a plan
)

// book gathers the problems of one load.
type book struct {
	within   map[string][]byte // the files there are, by name; nil: those of the machine
	problems []strictyaml.Problem
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
	p := strictyaml.Problem{File: s.file, Field: field, Key: "plan." + key, Data: data, Warning: warning}
	if n != nil {
		p.Line, p.Column = max(n.Line, 1), max(n.Column, 1)
	}
	s.problems = append(s.problems, p)
}

// read is the file's bytes; ok is false, and a problem noted, when it is not a
// plain file of at most 4 MiB.
func (s *source) read() (raw []byte, ok bool) {
	if s.within != nil {
		raw, ok = s.within[s.file]
		if !ok {
			s.add(nil, "", "unreadable", words.Data{"Detail": "no such file"})
		}
		return raw, ok
	}
	raw, fault := strictyaml.File(s.file, largestFile)
	if fault != nil {
		s.add(nil, "", fault.Key, fault.Data)
	}
	return raw, fault == nil
}

// parse is the file's one document as an object of the given sort.
func (s *source) parse(raw []byte, sort string) (o object, ok bool) {
	if len(raw) <= largestFile && s.wideColons(raw) {
		return o, false
	}
	root, fault := strictyaml.Document(raw, largestFile)
	if fault != nil {
		s.add(fault.At(), "", fault.Key, fault.Data)
		return o, false
	}
	return s.object(root, sort, "")
}
