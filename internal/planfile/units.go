package planfile

import (
	"regexp"
	"strings"

	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

var (
	unitID    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	unitKinds = []people.UnitKind{people.CityDepartment, people.CountyGovernment, people.ZoneCommittee,
		people.Enterprise, people.Institution, people.OfficeUnit, people.LeadershipUnit}
)

const (
	mostUnits = 1000
	mostNames = 3000 // of units and groups together
)

// register is the directory being read, with the places its names are at.
type register struct {
	people.Directory
	ready bool                       // every file of units could be read
	at    map[string]object          // unit by ID
	names map[string]spot            // folded names and aliases of units and groups
	units map[string]string          // unit ID by ID, folded name or folded alias
	found map[string]answer          // what Resolve said
	heirs map[string]strictyaml.Text // of units that are dissolved, by ID: who takes over, as written
}

type spot struct {
	file string
	line int
}

type answer struct {
	ids        []string
	collective bool
	ok         bool
	gone       bool // it is dissolved, and nobody takes over from it
}

func newRegister() *register {
	return &register{ready: true, at: map[string]object{}, names: map[string]spot{}, units: map[string]string{}, found: map[string]answer{}, heirs: map[string]strictyaml.Text{}}
}

// resolve is Directory.Resolve, remembered, and not asked for names that
// nobody has. A unit that is dissolved resolves to the one that took over.
func (r *register) resolve(name string) answer {
	if _, known := r.names[people.Fold(name)]; !known && r.units[name] == "" {
		return answer{}
	}
	a, known := r.found[name]
	if !known {
		a.ids, a.collective, a.ok = r.Resolve(name)
		var ids []string
		for _, id := range a.ids {
			heir := r.Heir(id)
			if u, _ := r.Unit(heir); !u.Dissolved {
				ids = addNew(ids, heir)
			}
		}
		a.ids, a.gone = ids, len(a.ids) > 0 && len(ids) == 0
		r.found[name] = a
	}
	return a
}

// everyName is all that a unit or group may be called.
func (r *register) everyName() []string {
	var all []string
	for _, u := range r.Units {
		all = append(append(all, u.Name), u.Aliases...)
	}
	for _, g := range r.Groups {
		all = append(append(all, g.Name), g.Aliases...)
	}
	for _, u := range r.Units {
		all = append(all, u.ID)
	}
	return all
}

// units reads one file of units into r; groups are returned, to be read when
// all files are.
func (s *source) units(raw []byte, r *register) []object {
	root, ok := s.parse(raw, "units")
	if !ok {
		r.ready = false
		return nil
	}
	root.Need("units")
	for _, o := range root.objects("units", "unit") {
		if len(r.Units) == mostUnits {
			o.Fault("id", "too_many", words.Data{"Limit": mostUnits})
			break
		}
		o.unit(r)
	}
	return root.objects("groups", "group")
}

func (o object) unit(r *register) {
	o.Need("id", "name", "kind", "contacts")
	u := people.Unit{ID: o.Text("id"), Name: o.Text("name"), Kind: people.UnitKind(o.OneOf("kind", texts(unitKinds)...))}
	if o.Has("aliases") {
		u.Aliases = strictyaml.Plain(o.Names("aliases"))
	}
	o.unfilled("name", u.Name)
	if o.Has("was") {
		u.Was = o.Text("was")
		if u.Was != "" && !unitID.MatchString(u.Was) || u.Was == u.ID {
			o.Fault("was", "bad_unit_id", words.Data{"Value": u.Was})
		}
	}
	u.Dissolved = o.Flag("dissolved")
	if o.Has("successor") {
		if u.Dissolved {
			o.Fault("dissolved", "successor_and_dissolved", nil)
		}
		r.heirs[u.ID] = o.Named("successor")
	}
	u.Contacts = o.contacts(u.Name)
	if u.ID != "" && !unitID.MatchString(u.ID) {
		o.Fault("id", "bad_unit_id", words.Data{"Value": u.ID})
	}
	if u.ID == "" {
		u.ID = "?" // complained of; its names are still known
	}
	if first, twice := r.at[u.ID]; !twice {
		r.at[u.ID] = o
	} else if u.ID != "?" {
		o.Fault("id", "id_twice", words.Data{"Value": u.ID, "File": first.Name, "Line": first.Where("id").Line()})
	}
	o.claim(r, u.Name, u.Aliases)
	r.units[u.ID] = u.ID
	for _, name := range append([]string{u.Name}, u.Aliases...) {
		if key := people.Fold(name); r.units[key] == "" {
			r.units[key] = u.ID
		}
	}
	r.Units = append(r.Units, u)
}

// succeed finds who takes over from each unit that is dissolved, once all are read.
func (s *source) succeed(r *register) {
	for i, u := range r.Units {
		n, goes := r.heirs[u.ID]
		if !goes || n.Text == "" {
			continue
		}
		ids, many, ok := r.Resolve(n.Text)
		switch o := r.at[u.ID]; {
		case !ok:
			o.Add(n.Value, "unknown_unit", words.Data{"Value": n.Text, "Near": o.Near(n.Text, r.everyName())})
		case many:
			o.Add(n.Value, "collective", words.Data{"Value": n.Text})
		default:
			r.Units[i].Successor = ids[0]
		}
	}
	for i, u := range r.Units {
		if u.Successor == "" {
			continue
		}
		if last, _ := r.Unit(r.Heir(u.ID)); last.Successor != "" {
			n := r.heirs[u.ID]
			r.at[u.ID].Add(n.Value, "successor_circle", words.Data{"Value": n.Text})
			r.Units[i].Successor = ""
		}
	}
}

// claim notes the names of a unit or group; a name that means something
// already is a problem.
func (o object) claim(r *register, name string, aliases []string) {
	for i, n := range append([]string{name}, aliases...) {
		field := "name"
		if i > 0 {
			field = "aliases"
		}
		key := people.Fold(n)
		if first, taken := r.names[key]; taken && n != "" {
			o.Fault(field, "name_twice", words.Data{"Value": n, "File": first.file, "Line": first.line})
			continue
		}
		if len(r.names) == mostNames {
			o.Fault(field, "too_many", words.Data{"Limit": mostNames})
			return
		}
		r.names[key] = spot{o.Name, o.Where(field).Line()}
	}
}

func (o object) contacts(unit string) []people.Contact {
	var all []people.Contact
	seen := map[people.Role]int{}
	for _, c := range o.objects("contacts", "contact") {
		c.Need("role", "name", "email")
		contact := people.Contact{Role: people.Role(c.OneOf("role", texts(people.Roles)...)), Name: c.Text("name"), Email: c.Text("email"), Pace: c.OneOf("pace", texts(plan.OwnPaces)...), Post: c.Text("post"), Phone: c.Text("phone")}
		if !strings.HasPrefix(contact.Name, unit) { // a seat strictyaml.Text after a unit that is to be filled in is not a second one
			c.unfilled("name", contact.Name)
		}
		if contact.Email != "" {
			plain, fault := mailFault(contact.Email)
			if fault != "" {
				c.Fault("email", fault, words.Data{"Value": contact.Email})
			} else {
				contact.Email = plain
			}
		}
		if line := seen[contact.Role]; line > 0 && contact.Role != "" {
			c.Fault("role", "role_twice", words.Data{"Value": contact.Role, "Line": line})
		}
		seen[contact.Role] = c.Where("role").Line()
		all = append(all, contact)
	}
	return all
}

func (o object) group(r *register) {
	o.Need("name", "members")
	g := people.Group{Name: o.Text("name")}
	if o.Has("aliases") {
		g.Aliases = strictyaml.Plain(o.Names("aliases"))
	}
	seen := map[string]bool{}
	for _, m := range o.Names("members") {
		id := r.units[m.Text]
		if id == "" {
			id = r.units[people.Fold(m.Text)]
		}
		if id == "" {
			o.Add(m.Value, "unknown_unit", words.Data{"Value": m.Text, "Near": o.Near(m.Text, r.everyName())})
			continue
		}
		if !seen[id] {
			seen[id] = true
			g.Members = append(g.Members, id)
		}
	}
	o.claim(r, g.Name, g.Aliases)
	if g.Name != "" {
		r.Groups = append(r.Groups, g)
	}
}
