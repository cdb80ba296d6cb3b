package accounts

import (
	"regexp"
	"slices"
	"strings"

	"duban/internal/people"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

const mostAccounts = 10_000

// grammar are the fields and the sizes that a file of accounts may have;
// seeds/schema/accounts.schema.json lists the same fields, a test compares the two.
var grammar = strictyaml.Grammar{
	Prefix: "accounts", Most: 1000, Largest: 1 << 20,
	Fields: map[string][]string{"accounts": {"accounts"}, "account": {"id", "name", "unit", "seat"}},
}

var (
	accountID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	unitID    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`) // as in units.yaml
)

// reserved are the account IDs that the ledger gives to nobody.
var reserved = []string{"engine"}

// GoodID tells that a text can be the ID of an account.
func GoodID(id string) bool { return accountID.MatchString(id) && !slices.Contains(reserved, id) }

// Load reads a file of accounts. All problems are returned at once, down the
// page; the list is nil when there is one.
func Load(path string) (*List, []strictyaml.Problem) {
	r := &reader{Source: &strictyaml.Source{Notes: &strictyaml.Notes{}, Grammar: &grammar, Name: path},
		list: List{file: path, at: map[string]strictyaml.Value{}}, lines: map[string]int{}}
	if raw, ok := r.Read(); ok {
		r.all(raw)
	}
	if len(r.Problems) > 0 {
		return nil, strictyaml.InOrder(r.Problems, []string{path})
	}
	return &r.list, nil
}

// reader is the file being read.
type reader struct {
	*strictyaml.Source
	list  List
	lines map[string]int // account ID → line
}

func (r *reader) all(raw []byte) {
	root, ok := r.Parse(raw, "accounts")
	if !ok {
		return
	}
	root.Need("accounts")
	if n := len(root.Where("accounts").Items()); n > mostAccounts {
		root.Fault("accounts", "too_many", words.Data{"Limit": mostAccounts})
		return
	}
	all := root.Objects("accounts", "account")
	if root.Has("accounts") && len(all) == 0 && len(r.Problems) == 0 {
		root.Empty("accounts")
	}
	for _, o := range all {
		r.account(o)
	}
}

func (r *reader) account(o strictyaml.Object) {
	a := Account{ID: o.Needed("id"), Name: o.Needed("name"), Unit: o.Needed("unit"), Seat: people.Role(o.OneOf("seat", roles()...))}
	r.check(a, o)
	if a.ID != "" && r.lines[a.ID] == 0 {
		r.lines[a.ID] = o.Where("id").Line()
		if o.Has("unit") {
			r.list.at[a.ID] = o.Where("unit")
		}
	}
	r.list.All = append(r.list.All, a)
}

func roles() (all []string) {
	for _, role := range people.Roles {
		all = append(all, string(role))
	}
	return all
}

func (r *reader) check(a Account, o strictyaml.Object) {
	switch {
	case a.ID == "":
	case !accountID.MatchString(a.ID):
		o.Fault("id", "bad_id", words.Data{"Value": a.ID})
	case slices.Contains(reserved, a.ID):
		o.Fault("id", "reserved_id", words.Data{"Value": a.ID})
	case r.lines[a.ID] > 0:
		o.Fault("id", "id_twice", words.Data{"Value": a.ID, "Line": r.lines[a.ID]})
	}
	if a.Unit != "" && !unitID.MatchString(a.Unit) {
		o.Fault("unit", "bad_unit_id", words.Data{"Value": a.Unit})
	}
}

// Check is the accounts whose unit the plan does not know: they can do nothing
// in it. Problems are in the order of the file.
func (b *List) Check(dir people.Directory) []strictyaml.Problem {
	var ids []string
	for _, u := range dir.Units {
		ids = append(ids, u.ID)
	}
	var all []strictyaml.Problem
	for _, a := range b.All {
		if _, known := dir.Unit(a.Unit); known {
			continue
		}
		at := b.at[a.ID]
		all = append(all, strictyaml.Problem{File: b.file, Line: at.Line(), Column: at.Column(), Field: at.Path, Key: "accounts.unknown_unit",
			Data: words.Data{"Value": a.Unit, "Account": a.ID, "Near": strings.Join(people.Near(a.Unit, ids), " / ")}})
	}
	return all
}
