package planfile

import (
	"regexp"
	"strings"

	"duban/internal/people"
	"duban/internal/plan"
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

// register is the directory being read, with the places its names stand at.
type register struct {
	people.Directory
	ready bool              // every file of units could be read
	at    map[string]object // unit by ID
	names map[string]spot   // folded names and aliases of units and groups
	units map[string]string // unit ID by ID, folded name or folded alias
	found map[string]answer // what Resolve said
	heirs map[string]named  // of units that are dissolved, by ID: who takes over, as written
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
	return &register{ready: true, at: map[string]object{}, names: map[string]spot{}, units: map[string]string{}, found: map[string]answer{}, heirs: map[string]named{}}
}

// resolve is Directory.Resolve, remembered, and not asked for names that
// nobody has. For a unit that is dissolved stands whoever took over.
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
	root.need("units")
	for _, o := range root.objects("units", "unit") {
		if len(r.Units) == mostUnits {
			o.fault("id", "too_many", words.Data{"Limit": mostUnits})
			break
		}
		o.unit(r)
	}
	return root.objects("groups", "group")
}

func (o object) unit(r *register) {
	o.need("id", "name", "kind", "contacts")
	u := people.Unit{ID: o.text("id"), Name: o.text("name"), Kind: people.UnitKind(o.oneOf("kind", texts(unitKinds)...))}
	if o.has("aliases") {
		u.Aliases = plainTexts(o.names("aliases"))
	}
	o.unfilled("name", u.Name)
	if o.has("was") {
		u.Was = o.text("was")
		if u.Was != "" && !unitID.MatchString(u.Was) || u.Was == u.ID {
			o.fault("was", "bad_unit_id", words.Data{"Value": u.Was})
		}
	}
	u.Dissolved = o.flag("dissolved")
	if o.has("successor") {
		if u.Dissolved {
			o.fault("dissolved", "successor_and_dissolved", nil)
		}
		r.heirs[u.ID] = o.named("successor")
	}
	u.Contacts = o.contacts(u.Name)
	if u.ID != "" && !unitID.MatchString(u.ID) {
		o.fault("id", "bad_unit_id", words.Data{"Value": u.ID})
	}
	if u.ID == "" {
		u.ID = "?" // complained of; its names are still known
	}
	if first, twice := r.at[u.ID]; !twice {
		r.at[u.ID] = o
	} else if u.ID != "?" {
		o.fault("id", "id_twice", words.Data{"Value": u.ID, "File": first.file, "Line": first.where("id").Line})
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
		if !goes || n.text == "" {
			continue
		}
		ids, many, ok := r.Resolve(n.text)
		switch o := r.at[u.ID]; {
		case !ok:
			o.add(n.node, n.path, "unknown_unit", words.Data{"Value": n.text, "Near": o.near(n.text, r.everyName())})
		case many:
			o.add(n.node, n.path, "collective", words.Data{"Value": n.text})
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
			r.at[u.ID].add(n.node, n.path, "successor_circle", words.Data{"Value": n.text})
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
			o.fault(field, "name_twice", words.Data{"Value": n, "File": first.file, "Line": first.line})
			continue
		}
		if len(r.names) == mostNames {
			o.fault(field, "too_many", words.Data{"Limit": mostNames})
			return
		}
		r.names[key] = spot{o.file, o.where(field).Line}
	}
}

func (o object) contacts(unit string) []people.Contact {
	var all []people.Contact
	seen := map[people.Role]int{}
	for _, c := range o.objects("contacts", "contact") {
		c.need("role", "name", "email")
		contact := people.Contact{Role: people.Role(c.oneOf("role", texts(people.Roles)...)), Name: c.text("name"), Email: c.text("email"), Pace: c.oneOf("pace", texts(plan.OwnPaces)...), Post: c.text("post"), Phone: c.text("phone")}
		if !strings.HasPrefix(contact.Name, unit) { // a seat named after a unit that is to be filled in is not a second one
			c.unfilled("name", contact.Name)
		}
		if contact.Email != "" {
			plain, fault := mailFault(contact.Email)
			if fault != "" {
				c.fault("email", fault, words.Data{"Value": contact.Email})
			} else {
				contact.Email = plain
			}
		}
		if line := seen[contact.Role]; line > 0 && contact.Role != "" {
			c.fault("role", "role_twice", words.Data{"Value": contact.Role, "Line": line})
		}
		seen[contact.Role] = c.where("role").Line
		all = append(all, contact)
	}
	return all
}

func (o object) group(r *register) {
	o.need("name", "members")
	g := people.Group{Name: o.text("name")}
	if o.has("aliases") {
		g.Aliases = plainTexts(o.names("aliases"))
	}
	seen := map[string]bool{}
	for _, m := range o.names("members") {
		id := r.units[m.text]
		if id == "" {
			id = r.units[people.Fold(m.text)]
		}
		if id == "" {
			o.add(m.node, m.path, "unknown_unit", words.Data{"Value": m.text, "Near": o.near(m.text, r.everyName())})
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
