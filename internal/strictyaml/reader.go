package strictyaml

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"gopkg.in/yaml.v3"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/words"
)

// Grammar are the fields and sizes that files of one kind may have.
type Grammar struct {
	Prefix   string                       // of the catalogue's keys under which this kind's own faults are worded
	Own      []string                     // faults of reading with words of their own under Prefix; the others are worded under "file"
	Fields   map[string][]string          // known fields, by sort of mapping
	OneLine  map[string]int               // fields that are one line, in lists and messages, and how many characters each may have
	Long     []string                     // fields of any length
	Synonyms map[string]map[string]string // words that people write for those of a field
	Most     int                          // problems noted in one load: a file with more is not what it should be
	Largest  int                          // bytes of one file
	Decided  string                       // begins a value that a person has still to decide; "": there is no such mark
	Open     string                       // key of the fault that such a value is
}

const (
	mostCharacters = 20_000 // of a text that is neither one line nor long
	nearMisses     = 200    // suggestions worked out in one load; the rest go without
)

// Notes are the problems of one load, of one file or several.
type Notes struct {
	Problems []Problem
	hints    int
}

// Near is up to three of the names that look like what was typed, joined for reading; ""
// when none does.
func (n *Notes) Near(typed string, names []string) string {
	if n.hints++; n.hints > nearMisses {
		return ""
	}
	return strings.Join(people.Near(typed, names), " / ")
}

// Source is one file being read. Nothing that is wrong in it stops the reading: it is
// noted, so that whoever wrote the file sees all of it at once.
type Source struct {
	*Notes
	*Grammar
	Name string // of the file
}

// Value is something written in a file, and where.
type Value struct {
	Path string // of the field: clauses[3].tasks[0].due
	node *yaml.Node
}

// At is a place of a file at which nothing was read.
func At(line, column int, path string) Value {
	return Value{path, &yaml.Node{Line: line, Column: column}}
}

// Line is where the value begins; 0 for the zero Value.
func (v Value) Line() int {
	if v.node == nil {
		return 0
	}
	return v.node.Line
}

// Column is where the value begins in its line, in characters.
func (v Value) Column() int {
	if v.node == nil {
		return 0
	}
	return v.node.Column
}

// IsText tells that the value is neither a list nor a mapping.
func (v Value) IsText() bool { return v.node != nil && follow(v.node).Kind == yaml.ScalarNode }

// Items are those of a list; nil when the value is none.
func (v Value) Items() (all []Value) {
	if v.node == nil || follow(v.node).Kind != yaml.SequenceNode {
		return nil
	}
	for i, n := range follow(v.node).Content {
		all = append(all, Value{fmt.Sprintf("%s[%d]", v.Path, i), n})
	}
	return all
}

// Raw is a text as it was written.
func (v Value) Raw() string {
	if !v.IsText() {
		return ""
	}
	return follow(v.node).Value
}

// Text is a text with the place at which it was written.
type Text struct {
	Text string
	Value
}

// Plain are the texts without their places.
func Plain(all []Text) (plain []string) {
	for _, t := range all {
		plain = append(plain, t.Text)
	}
	return plain
}

func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// Add notes a fault at a value; the zero Value means the whole file. The key is
// without its prefix.
func (s *Source) Add(at Value, key string, data words.Data) {
	s.report(at, s.Prefix+"."+key, data, false)
}

// Warn notes a warning: a person should read it, though the file may be used.
func (s *Source) Warn(at Value, key string, data words.Data) {
	s.report(at, s.Prefix+"."+key, data, true)
}

// reading notes a fault that files of any kind may have.
func (s *Source) reading(at Value, key string, data words.Data) {
	prefix := "file"
	if slices.Contains(s.Own, key) {
		prefix = s.Prefix
	}
	s.report(at, prefix+"."+key, data, false)
}

func (s *Source) report(at Value, key string, data words.Data, warning bool) {
	switch {
	case len(s.Problems) > s.Most:
		return
	case len(s.Problems) == s.Most:
		at.Path, key, data, warning = "", "file.more", words.Data{"Limit": s.Most}, false
	}
	p := Problem{File: s.Name, Field: at.Path, Key: key, Data: data, Warning: warning}
	if at.node != nil {
		p.Line, p.Column = max(at.node.Line, 1), max(at.node.Column, 1)
	}
	s.Problems = append(s.Problems, p)
}

// Read is the bytes of the file of that name; ok is false, and a problem noted, when it
// is not a plain file that is small enough.
func (s *Source) Read() (raw []byte, ok bool) {
	raw, fault := File(s.Name, s.Largest)
	if fault != nil {
		s.reading(Value{}, fault.Key, fault.Data)
	}
	return raw, fault == nil
}

// Missing notes that there is no such file.
func (s *Source) Missing() { s.reading(Value{}, "no_file", nil) }

// Parse is the one document of a file as a mapping of the given sort.
func (s *Source) Parse(raw []byte, sort string) (o Object, ok bool) {
	if len(raw) <= s.Largest && s.wideColons(raw) {
		return o, false
	}
	root, fault := Document(raw, s.Largest)
	if fault != nil {
		s.reading(Value{node: fault.At()}, fault.Key, fault.Data)
		return o, false
	}
	return s.Mapping(Value{node: root}, sort)
}

// wideColons are lines whose key is followed by a full-width colon, which YAML takes for
// text.
func (s *Source) wideColons(raw []byte) bool {
	found := 0
	for i, line := range strings.Split(string(raw), "\n") {
		m := wideColon.FindStringSubmatch(line)
		if m == nil || !s.isField(m[1]) {
			continue
		}
		if found++; found <= 20 {
			column := utf8.RuneCountInString(line[:strings.Index(line, "：")]) + 1
			s.reading(At(i+1, column, ""), "wide_colon", words.Data{"Value": m[1]})
		}
	}
	return found > 0
}

func (s *Source) isField(name string) bool {
	for _, fields := range s.Fields {
		if slices.Contains(fields, name) {
			return true
		}
	}
	return false
}

// Object is one mapping of a file: its known fields, with aliases followed and empty
// values left out.
type Object struct {
	*Source
	Value
	fields map[string]*yaml.Node
}

// Mapping reads a mapping, complaining of unknown and repeated fields.
func (s *Source) Mapping(v Value, sort string) (o Object, ok bool) {
	v.node = follow(v.node)
	if v.node.Kind != yaml.MappingNode {
		s.reading(v, "not_mapping", nil)
		return o, false
	}
	o = Object{Source: s, Value: v, fields: map[string]*yaml.Node{}}
	known := s.Fields[sort]
	seen := map[string]int{}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key, value := v.node.Content[i], follow(v.node.Content[i+1])
		name := key.Value
		switch at := (Value{o.path(name), key}); {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known, name):
			s.reading(at, "unknown_field", words.Data{"Value": name, "Near": s.Near(name, known)})
		case seen[name] > 0:
			s.reading(at, "field_twice", words.Data{"Value": name, "Line": seen[name]})
		case value.Kind != yaml.ScalarNode || value.ShortTag() != "!!null":
			o.fields[name] = value
		}
		if seen[name] == 0 {
			seen[name] = key.Line
		}
	}
	return o, true
}

func (o Object) path(name string) string {
	if o.Path == "" {
		return name
	}
	return o.Path + "." + name
}

// Has tells that a field is there and not empty.
func (o Object) Has(name string) bool { return o.fields[name] != nil }

// Where is the value to point at when speaking of a field: the whole mapping when the
// field is missing.
func (o Object) Where(name string) Value {
	if n := o.fields[name]; n != nil {
		return Value{o.path(name), n}
	}
	return Value{o.path(name), o.node}
}

// Fault notes a fault of a field.
func (o Object) Fault(name, key string, data words.Data) { o.Add(o.Where(name), key, data) }

// Doubt notes a warning of a field.
func (o Object) Doubt(name, key string, data words.Data) { o.Warn(o.Where(name), key, data) }

// Need notes every one of the fields that is missing.
func (o Object) Need(names ...string) {
	for _, name := range names {
		if !o.Has(name) {
			o.Lacks(name)
		}
	}
}

// Lacks notes that a field is missing.
func (o Object) Lacks(name string) {
	o.reading(o.Where(name), "missing", words.Data{"Value": name})
}

// Empty notes that a list is there and holds nothing.
func (o Object) Empty(name string) { o.reading(o.Where(name), "empty", nil) }

// Unknown notes that a text is none of the allowed ones.
func (s *Source) Unknown(v Value, text string, allowed []string) {
	s.reading(v, "not_one_of", words.Data{"Value": text, "Known": strings.Join(allowed, " "), "Near": s.Near(text, allowed)})
}

// Scalar is a text as written, without surrounding space; a number or a date is the text
// that it was typed as.
func (s *Source) Scalar(v Value) (text string, ok bool) {
	v.node = follow(v.node)
	switch v.node.ShortTag() {
	case "!!str", "!!int", "!!float", "!!timestamp":
		if v.node.Kind == yaml.ScalarNode {
			return s.decided(v, strings.TrimSpace(v.node.Value))
		}
	}
	s.reading(v, "not_text", nil)
	return "", false
}

// decided is a text without the mark of what is still to be decided, which is noted; ok
// is false when nothing follows it.
func (s *Source) decided(v Value, text string) (rest string, ok bool) {
	if s.Decided == "" {
		return text, true
	}
	rest, marked := strings.CutPrefix(text, s.Decided)
	if !marked {
		return text, true
	}
	rest = strings.TrimSpace(rest)
	if len(s.Problems) < s.Most {
		s.report(v, s.Open, words.Data{"Value": rest}, false)
	}
	return rest, rest != ""
}

// Text is a field as written, without surrounding space.
func (o Object) Text(name string) string {
	if !o.Has(name) {
		return ""
	}
	s, _ := o.Scalar(o.Where(name))
	most, oneLine := o.OneLine[name]
	if !oneLine {
		most = mostCharacters
	}
	if n := utf8.RuneCountInString(s); n > most && !slices.Contains(o.Long, name) {
		o.reading(o.Where(name), "too_long", words.Data{"Value": name, "Count": n, "Limit": most})
		return string([]rune(s)[:most])
	}
	if oneLine && strings.ContainsAny(s, "\n\r\u0085\u2028\u2029") {
		o.reading(o.Where(name), "one_line", words.Data{"Value": name})
	}
	return s
}

// Needed is the text of a field that may not be missing or empty.
func (o Object) Needed(name string) string {
	before := len(o.Problems)
	text := o.Text(name)
	if text == "" && len(o.Problems) == before {
		o.Lacks(name)
	}
	return text
}

// Named is a field with its place.
func (o Object) Named(name string) Text { return Text{o.Text(name), o.Where(name)} }

// Number is a whole number between two, both included; 0 when it is none.
func (o Object) Number(name string, low, high int) int {
	n := o.fields[name]
	if n == nil {
		return 0
	}
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil {
		o.reading(o.Where(name), "not_number", words.Data{"Value": n.Value})
		return 0
	}
	if v < low || v > high {
		o.reading(o.Where(name), "number_range", words.Data{"Value": v, "Low": low, "High": high})
		return 0
	}
	return v
}

// Percent is a whole number from 0 to high, with or without its sign: 60, 60%.
func (o Object) Percent(name string, high int) int {
	text, signed := strings.CutSuffix(norm.NFKC.String(o.Where(name).Raw()), "%")
	if !signed || !o.Has(name) {
		return o.Number(name, 0, high)
	}
	v, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || v < 0 || v > high {
		o.reading(o.Where(name), "number_range", words.Data{"Value": o.Where(name).Raw(), "Low": 0, "High": high})
		return 0
	}
	return v
}

// Flag is true or false.
func (o Object) Flag(name string) bool {
	n := o.fields[name]
	if n == nil {
		return false
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		o.reading(o.Where(name), "not_flag", words.Data{"Value": n.Value})
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

// Day is a date as people write it.
func (o Object) Day(name string) calendar.Day {
	if !o.Has(name) {
		return calendar.Day{}
	}
	text, ok := o.Scalar(o.Where(name))
	if !ok {
		return calendar.Day{}
	}
	d, err := calendar.ReadDay(text)
	if err != nil {
		o.reading(o.Where(name), "bad_date", words.Data{"Value": text})
		return calendar.Day{}
	}
	if d.Year < 1949 || d.Year > 2100 {
		o.reading(o.Where(name), "date_range", words.Data{"Value": text})
		return calendar.Day{}
	}
	return d
}

// OneOf is the field when it is one of the allowed words, otherwise "".
func (o Object) OneOf(name string, allowed ...string) string {
	text := o.Text(name)
	if said := o.Synonyms[name][text]; said != "" && slices.Contains(allowed, said) {
		text = said
	}
	if text == "" || slices.Contains(allowed, text) {
		return text
	}
	o.Unknown(o.Where(name), text, allowed)
	return ""
}

// List is the items of a field; a single text counts as a list of one.
func (o Object) List(name string) []Value {
	switch v := o.Where(name); {
	case !o.Has(name):
		return nil
	case v.node.Kind == yaml.SequenceNode:
		return v.Items()
	case v.IsText():
		return []Value{{v.Path + "[0]", v.node}}
	}
	o.reading(o.Where(name), "not_list", nil)
	return nil
}

// Names are the texts of a list; a list that is there but empty is a problem.
func (o Object) Names(name string) []Text {
	if o.Has(name) && o.fields[name].Kind == yaml.SequenceNode && len(o.fields[name].Content) == 0 {
		o.Empty(name)
	}
	return o.Texts(o.List(name))
}

// Texts are those of the values that are texts.
func (s *Source) Texts(values []Value) (all []Text) {
	for _, v := range values {
		if text, ok := s.Scalar(v); ok && text != "" {
			all = append(all, Text{text, v})
		} else if ok {
			s.reading(v, "missing", words.Data{"Value": v.Path})
		}
	}
	return all
}

// Object is a field that is a mapping; ok is false when it is not there, or none.
func (o Object) Object(name, sort string) (of Object, ok bool) {
	if !o.Has(name) {
		return of, false
	}
	return o.Mapping(o.Where(name), sort)
}

// Objects are the mappings of a list.
func (o Object) Objects(name, sort string) (all []Object) {
	if !o.Has(name) {
		return nil
	}
	if o.fields[name].Kind != yaml.SequenceNode {
		o.reading(o.Where(name), "not_list", nil)
		return nil
	}
	for _, v := range o.Where(name).Items() {
		if item, ok := o.Mapping(v, sort); ok {
			all = append(all, item)
		}
	}
	return all
}
