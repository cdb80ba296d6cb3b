package planfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"duban/internal/calendar"
	"duban/internal/words"
)

// object is one mapping of a source: its known fields, with aliases followed
// and empty values left out.
type object struct {
	*source
	node   *yaml.Node
	path   string
	fields map[string]*yaml.Node
}

// named is a text with the place it was written at.
type named struct {
	text string
	node *yaml.Node
	path string
}

func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// object reads a mapping, complaining of unknown and repeated fields.
func (s *source) object(n *yaml.Node, sort, path string) (o object, ok bool) {
	n = follow(n)
	if n.Kind != yaml.MappingNode {
		s.add(n, path, "not_mapping", nil)
		return o, false
	}
	o = object{source: s, node: n, path: path, fields: map[string]*yaml.Node{}}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], follow(n.Content[i+1])
		name := key.Value
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known[sort], name):
			s.add(key, o.at(name), "unknown_field", words.Data{"Value": name, "Near": s.near(name, known[sort])})
		case seen[name] > 0:
			s.add(key, o.at(name), "field_twice", words.Data{"Value": name, "Line": seen[name]})
		case value.Kind != yaml.ScalarNode || value.ShortTag() != "!!null":
			o.fields[name] = value
		}
		if seen[name] == 0 {
			seen[name] = key.Line
		}
	}
	return o, true
}

// at is the path of a field of o.
func (o object) at(name string) string {
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

func (o object) has(name string) bool { return o.fields[name] != nil }

// where is the node to point at when speaking of a field: the whole mapping
// when the field is missing.
func (o object) where(name string) *yaml.Node {
	if n := o.fields[name]; n != nil {
		return n
	}
	return o.node
}

func (o object) fault(name, key string, data words.Data) {
	o.add(o.where(name), o.at(name), key, data)
}

// need notes every one of the fields that is missing.
func (o object) need(names ...string) {
	for _, name := range names {
		if !o.has(name) {
			o.fault(name, "missing", words.Data{"Value": name})
		}
	}
}

func (s *source) scalar(n *yaml.Node, path string) (string, bool) {
	n = follow(n)
	switch n.ShortTag() {
	case "!!str", "!!int", "!!float", "!!timestamp":
		if n.Kind == yaml.ScalarNode {
			return s.decided(n, path, strings.TrimSpace(n.Value))
		}
	}
	s.add(n, path, "not_text", nil)
	return "", false
}

// text is the field as written, without surrounding space; a number or a date
// is the text it was typed as.
func (o object) text(name string) string {
	n := o.fields[name]
	if n == nil {
		return ""
	}
	s, _ := o.scalar(n, o.at(name))
	most := longest[name]
	if most == 0 {
		most = mostCharacters
	}
	if n := utf8.RuneCountInString(s); n > most && name != "text" {
		o.fault(name, "too_long", words.Data{"Value": name, "Count": n, "Limit": most})
		return string([]rune(s)[:most])
	}
	if longest[name] > 0 && strings.ContainsAny(s, "\n\r\u0085\u2028\u2029") {
		o.fault(name, "one_line", words.Data{"Value": name})
	}
	return s
}

// longest are the fields that are one line, in lists and messages, and how many
// characters each may have; what any other text may have is mostCharacters, but for
// the paragraphs of the document.
var longest = map[string]int{
	"title": 300, "number": 100, "issuer": 100, "name": 200, "chapter": 200, "heading": 200, "place": 100, "milestone": 200, "email": 254, "zone": 100, "id": 200,
}

const mostCharacters = 20_000

func (o object) named(name string) named {
	return named{o.text(name), o.where(name), o.at(name)}
}

func (o object) number(name string, low, high int) int {
	n := o.fields[name]
	if n == nil {
		return 0
	}
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil {
		o.fault(name, "not_number", words.Data{"Value": n.Value})
		return 0
	}
	if v < low || v > high {
		o.fault(name, "number_range", words.Data{"Value": v, "Low": low, "High": high})
		return 0
	}
	return v
}

func (o object) flag(name string) bool {
	n := o.fields[name]
	if n == nil {
		return false
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		o.fault(name, "not_flag", words.Data{"Value": n.Value})
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

func (o object) day(name string) calendar.Day {
	n := o.fields[name]
	if n == nil {
		return calendar.Day{}
	}
	text, ok := o.scalar(n, o.at(name))
	if !ok {
		return calendar.Day{}
	}
	d, err := calendar.ReadDay(text)
	if err != nil {
		o.fault(name, "bad_date", words.Data{"Value": text})
		return calendar.Day{}
	}
	if d.Year < 1949 || d.Year > 2100 {
		o.fault(name, "date_range", words.Data{"Value": text})
		return calendar.Day{}
	}
	return d
}

// oneOf is the field when it is one of the allowed words, otherwise "".
func (o object) oneOf(name string, allowed ...string) string {
	text := o.text(name)
	if said := saidWords[name][text]; said != "" && slices.Contains(allowed, said) {
		text = said
	}
	if text == "" || slices.Contains(allowed, text) {
		return text
	}
	o.fault(name, "not_one_of", words.Data{"Value": text, "Known": strings.Join(allowed, " "), "Near": o.near(text, allowed)})
	return ""
}

// list is the items of a field; a single text counts as a list of one.
func (o object) list(name string) []*yaml.Node {
	n := o.fields[name]
	switch {
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

// names are the texts of a list; a list that is there but empty is a problem.
func (o object) names(name string) []named {
	if o.has(name) && o.fields[name].Kind == yaml.SequenceNode && len(o.fields[name].Content) == 0 {
		o.fault(name, "empty", nil)
	}
	return o.texts(o.list(name), o.at(name))
}

func (s *source) texts(nodes []*yaml.Node, path string) []named {
	var all []named
	for i, n := range nodes {
		at := fmt.Sprintf("%s[%d]", path, i)
		if text, ok := s.scalar(n, at); ok && text != "" {
			all = append(all, named{text, n, at})
		} else if ok {
			s.add(n, at, "missing", words.Data{"Value": at})
		}
	}
	return all
}

// objects are the mappings of a list.
func (o object) objects(name, sort string) []object {
	n := o.fields[name]
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		o.fault(name, "not_list", nil)
		return nil
	}
	var all []object
	for i, c := range n.Content {
		if item, ok := o.object(c, sort, fmt.Sprintf("%s[%d]", o.at(name), i)); ok {
			all = append(all, item)
		}
	}
	return all
}

func plainTexts(all []named) []string {
	var texts []string
	for _, n := range all {
		texts = append(texts, n.text)
	}
	return texts
}
