package planfile

import (
	"slices"

	"duban/internal/water"
	"duban/internal/words"
)

// mostZones is how many functional zones a file may have.
const mostZones = 2000

// zones reads the list of functional zones of waters 水环境功能区 that the plan names, and the duty
// by which the office has how they stand issued at the rhythm that it sets.
func (l *loader) zones(root object) {
	name := root.Text("zones")
	if name == "" {
		return
	}
	if !root.Has("water") {
		root.Fault("zones", "zones_alone", nil)
		return
	}
	s, raw, ok := l.open(name)
	if !ok {
		return
	}
	o, ok := s.parse(raw, "zones")
	if !ok || l.plan.Water == nil {
		return
	}
	plans := l.source
	l.source = s // problems that the loader notes are of this file
	defer func() { l.source = plans }()
	o.Need("zones")
	if l.plan.Water.ZonesExample = o.Flag("example"); l.plan.Water.ZonesExample {
		o.Doubt("example", "zones_example", nil)
	}
	l.zoneBulletin(o)
	reg := l.plan.Water
	ids, names := map[string]object{}, map[string]object{}
	all := o.objects("zones", "zone")
	if o.Has("zones") && len(all) == 0 {
		o.Empty("zones")
	}
	for i, z := range all {
		if i == mostZones {
			z.Fault("id", "too_many", words.Data{"Limit": mostZones})
			break
		}
		zone := l.zone(z)
		if first, twice := ids[zone.ID]; twice && zone.ID != "" {
			z.Fault("id", "id_twice", words.Data{"Value": zone.ID, "File": s.Name, "Line": first.Where("id").Line()})
		}
		if first, twice := names[zone.Name]; twice && zone.Name != "" {
			z.Fault("name", "zone_twice", words.Data{"Value": zone.Name, "Line": first.Where("name").Line()})
		}
		ids[zone.ID], names[zone.Name] = z, z
		reg.Zones = append(reg.Zones, zone)
	}
}

// zone reads one functional zone. Its basin, river and county are those of its sections where it
// says none and they have the same.
func (l *loader) zone(o object) water.Zone {
	o.Need("id", "name", "sections")
	z := water.Zone{ID: o.Text("id"), No: o.Number("no", 1, 100_000), Name: o.Text("name"), Kind: o.Text("kind"), Basin: o.Text("basin"), River: o.Text("river"), Note: o.Text("note")}
	if z.ID != "" && !entryID.MatchString(z.ID) {
		o.Fault("id", "bad_id", words.Data{"Value": z.ID})
	}
	if o.Has("county") {
		z.County = l.oneUnit(o.Named("county"))
	}
	if text := o.Text("target"); text != "" {
		class, err := water.ReadClass(text)
		if err != nil || class == water.Worse {
			o.Fault("target", "bad_class", words.Data{"Value": text})
		}
		z.Target = class
	}
	register := waterRegister{reg: *l.plan.Water}
	var sections []water.Section
	if o.Has("sections") {
		for _, n := range o.Names("sections") {
			id, ok := register.find(n.Text)
			switch {
			case !ok:
				o.Add(n.Value, "unknown_section", words.Data{"Value": n.Text, "Near": o.Near(n.Text, register.reg.Names())})
			case slices.Contains(z.Sections, id):
				o.Add(n.Value, "zone_section_twice", words.Data{"Value": n.Text})
			default:
				section, _ := register.reg.Section(id)
				z.Sections, sections = append(z.Sections, id), append(sections, section)
			}
		}
	}
	same := func(said *string, of func(water.Section) string) {
		if *said != "" || len(sections) == 0 {
			return
		}
		first := of(sections[0])
		if !slices.ContainsFunc(sections, func(s water.Section) bool { return of(s) != first }) {
			*said = first
		}
	}
	same(&z.Basin, func(s water.Section) string { return s.Basin })
	same(&z.River, func(s water.Section) string { return s.River })
	same(&z.County, func(s water.Section) string { return s.County })
	return z
}

// zoneBulletin is the duty to issue how the zones stand 通报达标情况; the office's where it names
// nobody. A file without it has the page alone.
func (l *loader) zoneBulletin(root object) {
	o, ok := root.object("bulletin", "bulletin")
	if !ok {
		return
	}
	o.Need("title", "recur")
	e := l.entry(o, nil)
	e.Lead = l.people.Office
	if o.Has("lead") {
		e.Lead = l.oneUnit(o.Named("lead"))
	}
	e.assist(l)
	e.Source = e.Title
	l.make(e)
	l.plan.Water.ZoneDuty = e.ID
}
