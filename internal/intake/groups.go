package intake

import (
	"strings"

	"duban/internal/people"
	"duban/internal/words"
)

// collect makes a group of a collective name. Who belongs to it comes from the
// answers, else, for counties, from the governments that the document names
// elsewhere, and a person is asked to look; else the collective is one unit until
// somebody names its members.
func (r *registry) collect(name, where string) ([]*unit, bool) {
	var members []*unit
	f := tight(fold(name))
	if countyWords.MatchString(f) && !strings.Contains(f, "部门") && !townWords.MatchString(f) {
		if members = r.counties(f); len(members) < 3 {
			members = nil // too few to be all of them
		}
	}
	proposal := ""
	if len(members) > 0 {
		proposal = strings.Join(namesOf(members), "、")
	}
	weight := weightUnit
	if len(members) == 0 {
		weight += 5
	}
	answer := r.asker.ask("members", weight, where, name, proposal, nil, words.Data{"Name": name})
	if answer != "" {
		members = nil
		for _, n := range splitList(fold(answer)) {
			m, _ := r.resolve(n, where)
			members = append(members, m...)
		}
	}
	if len(members) == 0 {
		u := &unit{Unit: people.Unit{ID: r.newID(name), Name: name, Kind: unitKind(name)}, where: where, dummy: true}
		r.units = append(r.units, u)
		r.claim(name, u)
		return []*unit{u}, true
	}
	g := people.Group{Name: name}
	for _, m := range members {
		g.Members = append(g.Members, m.ID)
	}
	r.addGroup(g)
	return members, true
}

func namesOf(us []*unit) []string {
	out := make([]string, len(us))
	for i, u := range us {
		out[i] = u.Name
	}
	return out
}

// counties are the county governments named in the document or the units file
// that a collective's words take in: 各县（市） leaves out the 区.
func (r *registry) counties(f string) []*unit {
	withDistricts := strings.Contains(strings.ReplaceAll(strings.ReplaceAll(f, "开发区", ""), "园区", ""), "区")
	withCounties := strings.Contains(f, "县") || strings.Contains(f, "市")
	var out []*unit
	for _, u := range r.units {
		if u.Kind != people.CountyGovernment || u.dummy {
			continue
		}
		k := strings.TrimSuffix(r.key(u.Name), "政府")
		if k == r.city || townWords.MatchString(k) || !countyName.MatchString(k) {
			continue
		}
		district := strings.HasSuffix(k, "区")
		if district && !withDistricts || !district && !withCounties {
			continue
		}
		out = append(out, u)
	}
	return out
}

// placeOwners are counties named by the tables, which must be known before any
// collective is read; the order of the document is kept.
func (r *registry) learn(names []string, where string) {
	for _, n := range names {
		if n = tight(n); n != "" && looksUnit(fold(n)) && !isCollective(n) {
			r.resolve(n, where)
		}
	}
}

// directory is the units and groups as the plan's files hold them: those from
// the units file and those the import proposes.
func (r *registry) directory() people.Directory {
	d := people.Directory{Office: r.seats.Office, Leadership: r.seats.Leadership}
	for _, u := range r.units {
		d.Units = append(d.Units, u.Unit)
	}
	d.Groups = append(d.Groups, r.groups...)
	return d
}

// proposed are the units that are not in the units file.
func (r *registry) proposed() []*unit {
	var out []*unit
	for _, u := range r.units {
		if !u.known {
			out = append(out, u)
		}
	}
	return out
}

// placeholder contacts keep the plan loadable; .example addresses cannot be
// reached, and the import asks for the real ones.
func contacts(u people.Unit, roles ...people.Role) []people.Contact {
	have := map[people.Role]bool{}
	for _, c := range u.Contacts {
		have[c.Role] = true
	}
	out := u.Contacts
	names := map[people.Role]string{people.Liaison: "联络员", people.Deputy: "分管领导", people.Head: "主要负责人", people.Office: "办公室", people.Leader: "领导"}
	for _, role := range roles {
		if !have[role] {
			out = append(out, people.Contact{Role: role, Name: u.Name + names[role], Email: string(role) + "@" + u.ID + ".example"})
		}
	}
	return out
}
