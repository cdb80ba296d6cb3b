package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"duban/internal/compensation"
	"duban/internal/incident"
	"duban/internal/people"
	"duban/internal/publicity"
	"duban/internal/water"
	"duban/internal/words"
)

// SectionChange is a section of the register added, changed or removed, by its ID.
type SectionChange struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	What   string        `json:"what"`
	Fields []FieldChange `json:"fields,omitempty"`
}

// sectionFields are the fields of a section that Diff compares, in the order in which it
// names them.
var sectionFields = []string{"no", "name", "aliases", "river", "basin", "county", "level", "body", "at", "items", "upstream", "auto", "data", "targets", FieldNote}

// sectionChanges are what has changed in the register: in the order of the new one, what
// is gone last.
func sectionChanges(old, new *water.Register) (all []SectionChange) {
	if new != nil {
		for _, s := range new.Sections {
			was, had := old.Section(s.ID)
			if !had {
				all = append(all, SectionChange{ID: s.ID, Name: s.Name, What: Added})
				continue
			}
			a, b := waterFields(was), waterFields(s)
			var c changes
			for _, field := range sectionFields {
				c.text(field, a[field], b[field])
			}
			if len(c) > 0 {
				all = append(all, SectionChange{s.ID, s.Name, Changed, c})
			}
		}
	}
	if old != nil {
		for _, s := range old.Sections {
			if _, stays := new.Section(s.ID); !stays {
				all = append(all, SectionChange{ID: s.ID, Name: s.Name, What: Removed})
			}
		}
	}
	return all
}

func (c SectionChange) lines(w *words.Words, old, new people.Directory) []string {
	lines := []string{w.T("diff.section_"+c.What, words.Data{"Section": c.ID, "Name": c.Name})}
	for _, f := range c.Fields {
		was, is := f.Old, f.New
		switch f.Field {
		case "county", "data":
			was, is = unitNames(old, was), unitNames(new, is)
		case "level", "body", "auto":
			was, is = sectionWord(w, f.Field, was), sectionWord(w, f.Field, is)
		}
		key := "diff.s_" + f.Field
		if f.Field == FieldNote {
			key = "diff.f_note"
		}
		lines = append(lines, w.T("diff.field", words.Data{"Field": w.T(key), "Old": or(was), "New": or(is)}))
	}
	return lines
}

// sectionWord is how people read a level, a kind of water, or whether there is a station.
func sectionWord(w *words.Words, field, value string) string {
	switch {
	case field == "body" && value == "":
		value = "river"
	case value == "":
		return ""
	case field == "auto":
		return w.T("diff.true")
	}
	return w.T("water." + field + "_" + value)
}

// waterFields are what a section's entry says, by field, as a person reads it.
func waterFields(s water.Section) map[string]string {
	join := func(all []string) string { return strings.Join(all, " ") }
	fields := map[string]string{"name": s.Name, "aliases": join(s.Aliases), "river": s.River, "basin": s.Basin, "county": s.County,
		"level": s.Level, "body": string(s.Body), "upstream": join(s.Upstream), "data": s.Data, FieldNote: s.Note, "auto": ""}
	if s.No > 0 {
		fields["no"] = strconv.Itoa(s.No)
	}
	if s.Auto {
		fields["auto"] = "true"
	}
	if s.At != nil {
		fields["at"] = s.At.Lon.String() + " " + s.At.Lat.String()
	}
	var items, targets []string
	for _, i := range s.Items {
		items = append(items, i.Name())
	}
	for _, t := range s.Targets {
		text := strconv.Itoa(t.Year) + ":" + TargetText(t.Class)
		for _, l := range t.Limits {
			sign := "≤"
			if l.Item.Least() {
				sign = "≥"
			}
			text += " " + l.Item.Name() + sign + l.Value.String()
		}
		targets = append(targets, text)
	}
	fields["items"], fields["targets"] = join(items), strings.Join(targets, "；")
	return fields
}

// sectionRules are the rules of a register as text, one after the other.
func sectionRules(reg *water.Register) string {
	if reg == nil {
		return ""
	}
	var all []string
	for _, r := range reg.Rules {
		from := "example"
		if r.InForce() {
			from = "from " + r.From.String()
		}
		all = append(all, r.ID+" "+r.Title+" ("+from+") "+r.Conditions()+" -> "+r.Opens+" "+r.Policy+" "+r.Within)
	}
	return strings.Join(all, "；")
}

// schemesText are the schemes of a register's sections as text, without their measures, which
// are tasks and compared as such.
func schemesText(reg *water.Register) string {
	if reg == nil {
		return ""
	}
	var all []string
	for _, s := range reg.Schemes {
		section, _ := reg.Section(s.Section)
		text := section.Name + " " + strings.Join(strings.Fields(s.Title+" "+s.Number+" "+s.Post+" "+s.Person), " ")
		sum := sha256.Sum256([]byte(asText(s)))
		all = append(all, text+" ("+hex.EncodeToString(sum[:4])+")")
	}
	return strings.Join(all, "；")
}

// zonesText are the functional zones of a register that another one does not have alike, as
// text, and the duty to issue how they stand where it is another one's.
func zonesText(reg, other *water.Register) string {
	if reg == nil {
		return ""
	}
	has := map[string]bool{}
	if other != nil {
		for _, z := range other.Zones {
			has[asText(z)] = true
		}
	}
	var all []string
	for _, z := range reg.Zones {
		if has[asText(z)] {
			continue
		}
		var names []string
		for _, id := range z.Sections {
			s, _ := reg.Section(id)
			names = append(names, s.Name)
		}
		all = append(all, strings.Join(strings.Fields(strings.Join([]string{z.ID, z.Name, z.Kind, z.Basin, z.River, z.County, z.Target.String(), strings.Join(names, "、"), z.Note}, " ")), " "))
	}
	return strings.Join(all, "；")
}

// publicityText is the list of what must be made public as text.
func publicityText(r *publicity.Rules) string {
	if r == nil {
		return ""
	}
	all := []string{r.Title}
	for _, e := range r.Exposure {
		from := "example"
		if e.InForce() {
			from = "from " + e.From
		}
		all = append(all, e.ID+" "+e.Of+" "+e.Title+" "+e.Basis+" ("+from+") -> "+e.Lead+" "+e.Policy+" "+e.Within)
	}
	return strings.Join(all, "；")
}

// tablesText are tables of compensation by their titles, each with the first four bytes of
// the SHA-256 of its JSON, so that a change of anything else in it shows, too.
func tablesText(tables []compensation.Table) string {
	var all []string
	for _, t := range tables {
		from := "example"
		if t.InForce() {
			from = t.From.String() + "–" + t.Until.String()
		}
		sum := sha256.Sum256([]byte(asText(t)))
		all = append(all, t.Title+" ("+from+", "+hex.EncodeToString(sum[:4])+")")
	}
	return strings.Join(all, "；")
}

// registryText is a registry of outlets and limits for incidents as text: who replenishes, how
// many outlets there are, and the first four bytes of the SHA-256 of its JSON, so that a change
// of anything else in it shows, too. "" for one that is nil.
func registryText(r *incident.Registry) string {
	if r == nil {
		return ""
	}
	sum := sha256.Sum256([]byte(asText(r)))
	parts := []string{strconv.Itoa(len(r.Outlets))}
	if r.Replenish != nil {
		parts = append(parts, r.Replenish.Unit)
	}
	if r.Example {
		parts = append(parts, "example")
	}
	return strings.Join(append(parts, hex.EncodeToString(sum[:4])), " ")
}

// SetByProvince is how a register says that a target has not been entered.
const SetByProvince = "省定"

// TargetText is a target's class as a register writes it.
func TargetText(c water.Class) string {
	if c == water.NoClass {
		return SetByProvince
	}
	return c.String()
}
