package script

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"duban/internal/calendar"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// known are the fields of every kind of mapping; seeds/schema/script.schema.json
// lists the same ones, a test compares the two.
var known = map[string][]string{
	"script":    {"plan", "accounts", "proposals", "acts"},
	"proposals": {"as", "talk", "circular", "reason"},
	"act": {"at", "as", "task", "duty", "talk", "propose", "amend", "calendar", "do", "id", "reason", "paper", "evidence", "percent",
		"due", "until", "moves", "unit", "units", "policy", "title", "ref", "rule", "facts", "expect", "why"},
	"evidence": {"name", "size", "sha256", "url"},
	"facts":    {"what", "number", "time", "place", "chair", "called", "missing", "bring", "public"},
}

// source is the file being read; it notes problems and reads on.
type source struct {
	file     string
	problems []strictyaml.Problem
}

const mostProblems = 1000

func (s *source) add(n *yaml.Node, field, key string, data words.Data) {
	if len(s.problems) >= mostProblems {
		return
	}
	p := strictyaml.Problem{File: s.file, Field: field, Key: "script." + key, Data: data}
	if n != nil {
		p.Line, p.Column = max(n.Line, 1), max(n.Column, 1)
	}
	s.problems = append(s.problems, p)
}

// document is the root of the file's one YAML document.
func (s *source) document(raw []byte) (*yaml.Node, bool) {
	root, fault := strictyaml.Document(raw, largestFile)
	if fault != nil {
		s.add(fault.At(), "", fault.Key, fault.Data)
	}
	return root, fault == nil
}

// object is one mapping with its known fields; empty ones are left out.
type object struct {
	*source
	node   *yaml.Node
	path   string
	fields map[string]*yaml.Node
}

func (s *source) object(n *yaml.Node, sort, path string) (o object, ok bool) {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	o = object{source: s, node: n, path: path, fields: map[string]*yaml.Node{}}
	if n.Kind != yaml.MappingNode {
		s.add(n, path, "not_mapping", nil)
		return o, false
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch name := key.Value; {
		case !slices.Contains(known[sort], name):
			s.add(key, o.at(name), "unknown_field", words.Data{"Value": name, "Known": strings.Join(known[sort], " ")})
		case seen[name] > 0:
			s.add(key, o.at(name), "field_twice", words.Data{"Value": name, "Line": seen[name]})
		default:
			seen[name] = key.Line
			if value.ShortTag() != "!!null" || value.Kind != yaml.ScalarNode {
				o.fields[name] = value
			}
		}
	}
	return o, true
}

func (o object) at(name string) string { return strings.TrimPrefix(o.path+"."+name, ".") }

func (o object) has(name string) bool { return o.fields[name] != nil }

// fault notes a problem of a field, or of the whole mapping when it is not there.
func (o object) fault(name, key string, data words.Data) {
	n := o.fields[name]
	if n == nil {
		n = o.node
	}
	o.add(n, o.at(name), key, data)
}

func (o object) need(names ...string) {
	for _, name := range names {
		if !o.has(name) {
			o.fault(name, "missing", words.Data{"Value": name})
		}
	}
}

func (s *source) scalar(n *yaml.Node, path string) string {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!bool" {
		s.add(n, path, "not_text", nil)
		return ""
	}
	return strings.TrimSpace(n.Value)
}

func (o object) text(name string) string {
	if !o.has(name) {
		return ""
	}
	return o.scalar(o.fields[name], o.at(name))
}

func (o object) number(name string, high int64) int64 {
	if !o.has(name) {
		return 0
	}
	n, err := strconv.ParseInt(o.text(name), 10, 64)
	if err != nil || n < 0 || n > high {
		o.fault(name, "number", words.Data{"Value": o.fields[name].Value, "High": high})
		return 0
	}
	return n
}

func (o object) flag(name string) bool {
	n := o.fields[name]
	if n == nil {
		return false
	}
	if n.ShortTag() != "!!bool" {
		o.fault(name, "not_flag", words.Data{"Value": n.Value})
	}
	return n.ShortTag() == "!!bool" && strings.EqualFold(n.Value, "true")
}

func (o object) day(name string) calendar.Day {
	text := o.text(name)
	if text == "" {
		return calendar.Day{}
	}
	d, err := calendar.ReadDay(text)
	if err != nil {
		o.fault(name, "date", words.Data{"Value": text})
	}
	return d
}

// list is the items of a field; a single text is a list of one.
func (o object) list(name string) []*yaml.Node {
	switch n := o.fields[name]; {
	case n == nil:
		return nil
	case n.Kind == yaml.SequenceNode:
		return n.Content
	case n.Kind == yaml.ScalarNode:
		return []*yaml.Node{n}
	}
	o.fault(name, "not_list", nil)
	return nil
}

func (o object) texts(name string) (all []string) {
	for i, n := range o.list(name) {
		all = append(all, o.scalar(n, fmt.Sprintf("%s[%d]", o.at(name), i)))
	}
	return all
}
