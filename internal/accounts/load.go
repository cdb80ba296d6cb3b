package accounts

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"duban/internal/people"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

const (
	largestFile  = 1 << 20 // bytes
	mostAccounts = 10_000
	mostProblems = 1000
)

var (
	accountID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	unitID    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`) // as in units.yaml
)

// reserved are the account IDs that the ledger gives to nobody.
var reserved = []string{"engine"}

// known are the fields of every kind of mapping; seeds/schema/accounts.schema.json
// lists the same ones, a test compares the two.
var known = map[string][]string{
	"accounts": {"accounts"},
	"account":  {"id", "name", "unit", "seat"},
}

// Load reads a file of accounts. All problems are returned at once, down the
// page; the book is nil when there is one.
func Load(path string) (*Book, []Problem) {
	r := &reader{book: Book{file: path, at: map[string]place{}}, lines: map[string]int{}}
	if raw, ok := r.read(path); ok {
		r.all(raw)
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
		return nil, r.problems
	}
	return &r.book, nil
}

// reader notes problems and reads on.
type reader struct {
	book     Book
	problems []Problem
	lines    map[string]int // account ID → line
}

func (r *reader) add(n *yaml.Node, field, key string, data words.Data) {
	if len(r.problems) > mostProblems {
		return
	}
	p := Problem{File: r.book.file, Field: field, Key: "accounts." + key, Data: data}
	if n != nil {
		p.Line, p.Column = max(n.Line, 1), max(n.Column, 1)
	}
	r.problems = append(r.problems, p)
}

func (r *reader) read(path string) (raw []byte, ok bool) {
	raw, fault := strictyaml.File(path, largestFile)
	if fault != nil {
		r.add(nil, "", fault.Key, fault.Data)
	}
	return raw, fault == nil
}

func (r *reader) all(raw []byte) {
	root, ok := r.document(raw)
	if !ok {
		return
	}
	fields, ok := r.mapping(root, "accounts", "")
	if !ok {
		return
	}
	list := fields["accounts"]
	switch {
	case list == nil:
		r.add(root, "accounts", "missing", words.Data{"Value": "accounts"})
	case list.Kind != yaml.SequenceNode:
		r.add(list, "accounts", "not_list", nil)
	case len(list.Content) == 0:
		r.add(list, "accounts", "empty", nil)
	case len(list.Content) > mostAccounts:
		r.add(list, "accounts", "too_many", words.Data{"Limit": mostAccounts})
	default:
		for i, n := range list.Content {
			r.account(n, "accounts["+strconv.Itoa(i)+"]")
		}
	}
}

// document is the root of the file's one YAML document.
func (r *reader) document(raw []byte) (root *yaml.Node, ok bool) {
	root, fault := strictyaml.Document(raw, largestFile)
	if fault != nil {
		r.add(fault.At(), "", fault.Key, fault.Data)
	}
	return root, fault == nil
}

// mapping is the fields of a mapping that have a value. An alias is not
// followed: a list of accounts has nothing to repeat.
func (r *reader) mapping(n *yaml.Node, sort, path string) (fields map[string]*yaml.Node, ok bool) {
	if n.Kind != yaml.MappingNode {
		r.add(n, path, "not_mapping", nil)
		return nil, false
	}
	fields, seen := map[string]*yaml.Node{}, map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := key.Value
		at := strings.TrimPrefix(path+"."+name, ".")
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known[sort], name):
			r.add(key, at, "unknown_field", words.Data{"Value": name, "Near": strings.Join(people.Near(name, known[sort]), " / ")})
		case seen[name] > 0:
			r.add(key, at, "field_twice", words.Data{"Value": name, "Line": seen[name]})
		case value.Kind != yaml.ScalarNode || value.ShortTag() != "!!null":
			fields[name] = value
		}
		if seen[name] == 0 {
			seen[name] = key.Line
		}
	}
	return fields, true
}

func (r *reader) account(n *yaml.Node, path string) {
	fields, ok := r.mapping(n, "account", path)
	if !ok {
		return
	}
	scalar := func(name string) string {
		value := fields[name]
		if value == nil {
			if name != "seat" {
				r.add(n, path+"."+name, "missing", words.Data{"Value": name})
			}
			return ""
		}
		if value.Kind != yaml.ScalarNode || value.ShortTag() == "!!bool" {
			r.add(value, path+"."+name, "not_text", nil)
			return ""
		}
		s := strings.TrimSpace(value.Value)
		if s == "" {
			r.add(value, path+"."+name, "missing", words.Data{"Value": name})
		}
		return s
	}
	a := Account{ID: scalar("id"), Name: scalar("name"), Unit: scalar("unit"), Seat: people.Role(scalar("seat"))}
	r.check(a, fields, path)
	if a.ID != "" && r.lines[a.ID] == 0 {
		r.lines[a.ID] = fields["id"].Line
		if unit := fields["unit"]; unit != nil {
			r.book.at[a.ID] = place{unit.Line, unit.Column, path + ".unit"}
		}
	}
	r.book.All = append(r.book.All, a)
}

func (r *reader) check(a Account, fields map[string]*yaml.Node, path string) {
	switch {
	case a.ID == "":
	case !accountID.MatchString(a.ID):
		r.add(fields["id"], path+".id", "bad_id", words.Data{"Value": a.ID})
	case slices.Contains(reserved, a.ID):
		r.add(fields["id"], path+".id", "reserved_id", words.Data{"Value": a.ID})
	case r.lines[a.ID] > 0:
		r.add(fields["id"], path+".id", "id_twice", words.Data{"Value": a.ID, "Line": r.lines[a.ID]})
	}
	if a.Unit != "" && !unitID.MatchString(a.Unit) {
		r.add(fields["unit"], path+".unit", "bad_unit_id", words.Data{"Value": a.Unit})
	}
	if a.Seat != "" && !slices.Contains(people.Roles, a.Seat) {
		var roles []string
		for _, role := range people.Roles {
			roles = append(roles, string(role))
		}
		r.add(fields["seat"], path+".seat", "not_one_of", words.Data{"Value": a.Seat, "Known": strings.Join(roles, " ")})
	}
}
