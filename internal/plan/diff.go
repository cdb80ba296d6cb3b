package plan

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"duban/internal/people"
)

// Changes is what makes one plan of another 计划修订: what an amendment shows
// before it is done, and then does.
type Changes struct {
	Facts    []FieldChange   `json:"facts"`              // of the plan itself: title, number …
	Policies []PolicyChange  `json:"policies"`           // by name
	Seats    []SeatChange    `json:"seats"`              // units and their contacts: in the order of the new directory, removed ones last
	Tasks    []TaskChange    `json:"tasks"`              // in the order of the new plan, removed ones last, in the order of the old
	Sections []SectionChange `json:"sections,omitempty"` // of the register, in its order, removed ones last
	// Handovers are what units that go hand over, in the order of the new directory.
	Handovers []Handover `json:"handovers,omitempty"`
}

// What happened to a task, unit, seat or policy.
const (
	Added    = "added"
	Changed  = "changed"
	Removed  = "removed"
	Restored = "restored" // a task that had left the plan is in it again
)

// TaskChange is one task added, changed or removed, by the ID of the ledger. A task
// whose kind changes (dated, duty, standing) is one removed and one added: a dated
// task and a duty have workflows of different types, a standing task has none.
type TaskChange struct {
	ID     string        `json:"id"`
	What   string        `json:"what"`
	Old    *Task         `json:"old,omitempty"` // nil when added
	New    *Task         `json:"new,omitempty"` // nil when removed
	Fields []FieldChange `json:"fields,omitempty"`
	From   string        `json:"from,omitempty"` // of Added: ID of the task that it was split off, or was when it was of another kind
	Into   string        `json:"into,omitempty"` // of Removed: ID of the task that it is part of by now, or is as another kind
}

// Kind is of what kind the task is, or was.
func (c TaskChange) Kind() Kind {
	if c.New != nil {
		return c.New.Kind
	}
	return c.Old.Kind
}

// Shown is the task's ID as people see it: as the plan calls it now.
func (c TaskChange) Shown() string {
	switch {
	case c.New != nil:
		return c.New.Shown()
	case c.Old != nil:
		return c.Old.Shown()
	}
	return c.ID
}

// FieldChange is one fact with its old and new value: days as 2021-04-30, units
// by ID, lists with a space between; "" for nothing.
type FieldChange struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// Fields of a task that Diff compares, in the order in which it names them. A running
// task works by FieldTitle to FieldSoft; the others are only shown.
const (
	FieldID     = "id" // what people call it: see Task.Label
	FieldTitle  = "title"
	FieldLead   = "lead"
	FieldAssist = "assist" // as a set: another order is no change
	FieldDue    = "due"
	FieldRecur  = "recur"
	FieldPolicy = "policy"
	FieldSoft   = "soft"

	FieldBegin     = "begin"
	FieldMilestone = "milestone"
	FieldPriority  = "priority"
	FieldPublish   = "publish"
	FieldClause    = "clause"
	FieldProject   = "project"
	FieldSource    = "source"
	FieldAlso      = "also"
	FieldNote      = "note"
)

// Field is the change of one field; ok is false when it did not change.
func (c TaskChange) Field(name string) (change FieldChange, ok bool) {
	i := slices.IndexFunc(c.Fields, func(f FieldChange) bool { return f.Field == name })
	if i < 0 {
		return FieldChange{}, false
	}
	return c.Fields[i], true
}

// PolicyChange is a policy by version. Running tasks keep theirs until they are
// moved to the new one.
type PolicyChange struct {
	Name   string `json:"name"`
	What   string `json:"what"`
	Old    string `json:"old"`              // version
	New    string `json:"new"`              // version
	Silent bool   `json:"silent,omitempty"` // other content under the same version: a mistake to be refused
}

// SeatChange is a unit, or one contact of a unit, added, changed or removed.
type SeatChange struct {
	Unit string      `json:"unit"` // ID
	Role people.Role `json:"role"` // "" for the unit itself: its name
	What string      `json:"what"`
	Old  string      `json:"old"` // unit: its name; contact: "name <address>"
	New  string      `json:"new"`
}

// Key is the ledger's ID of the changed task that people see under the ID shown; shown
// itself where no changed task has it.
func (c Changes) Key(shown string) string {
	for _, t := range c.Tasks {
		if t.Shown() == shown {
			return t.ID
		}
	}
	return shown
}

// Called are the IDs that people see for tasks given by the ledger's IDs. A task that has
// not changed keeps the ID given.
func (c Changes) Called(ids []string) []string {
	all := slices.Clone(ids)
	for i, id := range all {
		for _, t := range c.Tasks {
			if t.ID == id {
				all[i] = t.Shown()
			}
		}
	}
	return all
}

// Title is the new title of the changed task that people see under this ID; "" where
// there is none, or it is removed.
func (c Changes) Title(id string) string {
	for _, t := range c.Tasks {
		if t.New != nil && t.Shown() == id {
			return t.New.Title
		}
	}
	return ""
}

// Empty tells that nothing changed.
func (c Changes) Empty() bool {
	return len(c.Facts)+len(c.Policies)+len(c.Seats)+len(c.Tasks)+len(c.Sections)+len(c.Handovers) == 0
}

// Diff is what has changed from the old plan to the new one, all but Handovers. Equal
// plans give empty Changes; the order of the answer follows the new plan, never a map.
func Diff(old, new *Plan) Changes {
	return Changes{Facts: factChanges(old, new), Policies: policyChanges(old.Policies, new.Policies),
		Seats: SeatChanges(old.Directory, new.Directory), Tasks: taskChanges(old.Tasks, new.Tasks), Sections: sectionChanges(old.Water, new.Water)}
}

// changes gathers the fields that differ.
type changes []FieldChange

func (c *changes) text(field, old, new string) {
	if old != new {
		*c = append(*c, FieldChange{field, old, new})
	}
}

func (c *changes) flag(field string, old, new bool) {
	if old != new {
		*c = append(*c, FieldChange{field, strconv.FormatBool(old), strconv.FormatBool(new)})
	}
}

func factChanges(old, new *Plan) []FieldChange {
	var c changes
	c.text("id", old.ID, new.ID)
	c.text(FieldTitle, old.Title, new.Title)
	c.text("number", old.Number, new.Number)
	c.text("issuer", old.Issuer, new.Issuer)
	c.text("issued", old.Issued.String(), new.Issued.String())
	c.text("year", strconv.Itoa(old.Year), strconv.Itoa(new.Year))
	c.text("zone", old.Zone, new.Zone)
	c.text(FieldPolicy, old.Policy, new.Policy)
	c.text("office", old.Directory.Office, new.Directory.Office)
	c.text("leadership", old.Directory.Leadership, new.Directory.Leadership)
	if !sameValue(old.Consequences, new.Consequences) {
		c = append(c, FieldChange{"consequences", rulesText(old.Consequences), rulesText(new.Consequences)})
	}
	if !sameTable(old.Assessment, new.Assessment) {
		c = append(c, FieldChange{"assessment", tableText(old.Assessment, new.Assessment), tableText(new.Assessment, old.Assessment)})
	}
	c.text("incidents", registryText(old.Incidents), registryText(new.Incidents))
	c.text("complaints", complaintsText(old.Complaints), complaintsText(new.Complaints))
	if was, is := tablesText(old.Compensation), tablesText(new.Compensation); was != is {
		c.text("compensation", was, is)
	}
	c.text("report", addresseesText(old.Report), addresseesText(new.Report))
	c.text("water_rules", sectionRules(old.Water), sectionRules(new.Water))
	c.text("publicity", publicityText(old.Publicity), publicityText(new.Publicity))
	c.text("zones", zonesText(old.Water, new.Water), zonesText(new.Water, old.Water))
	c.text("schemes", schemesText(old.Water), schemesText(new.Water))
	return c
}

// sameValue compares lists of rules; none and an empty list are the same.
func sameValue[T any](a, b []T) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}

func addresseesText(to []Addressee) string {
	var all []string
	for _, a := range to {
		all = append(all, strings.TrimSpace(a.Name+" "+a.By.String()+" "+a.Basis))
	}
	return strings.Join(all, "；")
}

func rulesText(rules []Consequence) string {
	var all []string
	for _, r := range rules {
		all = append(all, fmt.Sprintf("%s: %s >= %d (%s) -> %s", r.ID, r.Count, r.AtLeast, r.Within, r.Propose))
	}
	return strings.Join(all, " ")
}

func policyChanges(old, new map[string]Policy) []PolicyChange {
	names := map[string]bool{}
	for name := range old {
		names[name] = true
	}
	for name := range new {
		names[name] = true
	}
	var all []PolicyChange
	for _, name := range slices.Sorted(maps.Keys(names)) {
		a, had := old[name]
		b, has := new[name]
		c := PolicyChange{Name: name, What: Changed, Old: version(a, had), New: version(b, has)}
		switch {
		case !had:
			c.What = Added
		case !has:
			c.What = Removed
		case reflect.DeepEqual(a, b):
			continue
		default:
			c.Silent = a.Version == b.Version
		}
		all = append(all, c)
	}
	return all
}

func version(p Policy, there bool) string {
	if !there {
		return ""
	}
	return strconv.Itoa(p.Version)
}

// SeatChanges is what has changed of units and of who sits in them: in the order of
// the new directory, what is gone last.
func SeatChanges(old, new people.Directory) []SeatChange {
	var all, gone []SeatChange
	for _, u := range new.Units {
		before, had := old.Unit(u.ID)
		switch {
		case !had:
			all = append(all, SeatChange{Unit: u.ID, What: Added, New: u.Name})
		case before.Name != u.Name:
			all = append(all, SeatChange{Unit: u.ID, What: Changed, Old: before.Name, New: u.Name})
		}
		for _, role := range people.Roles {
			if s, differs := seatChange(u.ID, role, old, new); differs {
				all = append(all, s)
			}
		}
	}
	for _, u := range old.Units {
		if _, stays := new.Unit(u.ID); stays {
			continue
		}
		gone = append(gone, SeatChange{Unit: u.ID, What: Removed, Old: u.Name})
		for _, role := range people.Roles {
			if s, differs := seatChange(u.ID, role, old, new); differs {
				gone = append(gone, s)
			}
		}
	}
	return append(all, gone...)
}

func seatChange(unit string, role people.Role, old, new people.Directory) (SeatChange, bool) {
	at := people.Recipient{Unit: unit, Role: role}
	a, had := old.Contact(at)
	b, has := new.Contact(at)
	s := SeatChange{Unit: unit, Role: role, What: Changed}
	if had {
		s.Old = a.Name + " <" + a.Email + ">"
	} else {
		s.What = Added
	}
	if has {
		s.New = b.Name + " <" + b.Email + ">"
	} else {
		s.What = Removed
	}
	return s, s.Old != s.New
}

func taskChanges(old, new []Task) []TaskChange {
	before := make(map[string]*Task, len(old))
	for i := range old {
		before[old[i].ID] = &old[i]
	}
	stays := make(map[string]bool, len(new))
	var all []TaskChange
	for i := range new {
		t := &new[i]
		was := before[t.ID]
		if was == nil || was.Kind != t.Kind {
			all = append(all, TaskChange{ID: t.ID, What: Added, New: t})
			continue
		}
		stays[t.ID] = true
		if fields := fieldChanges(was, t); len(fields) > 0 {
			all = append(all, TaskChange{ID: t.ID, What: Changed, Old: was, New: t, Fields: fields})
		}
	}
	for i := range old {
		if !stays[old[i].ID] {
			all = append(all, TaskChange{ID: old[i].ID, What: Removed, Old: &old[i]})
		}
	}
	return all
}

func fieldChanges(old, new *Task) []FieldChange {
	var c changes
	c.text(FieldID, old.Shown(), new.Shown())
	c.text(FieldTitle, old.Title, new.Title)
	c.text(FieldLead, old.Lead, new.Lead)
	if !sameSet(old.Assist, new.Assist) {
		c = append(c, FieldChange{FieldAssist, strings.Join(old.Assist, " "), strings.Join(new.Assist, " ")})
	}
	c.text(FieldDue, old.Due.String(), new.Due.String())
	c.text(FieldRecur, recurText(old.Recur), recurText(new.Recur))
	c.text(FieldPolicy, old.Policy, new.Policy)
	c.flag(FieldSoft, old.Soft, new.Soft)
	c.text(FieldBegin, old.Begin.String(), new.Begin.String())
	c.text(FieldMilestone, old.Milestone, new.Milestone)
	c.flag(FieldPriority, old.Priority, new.Priority)
	c.flag(FieldPublish, old.Publish, new.Publish)
	c.text(FieldClause, old.Clause, new.Clause)
	c.text(FieldProject, strconv.Itoa(old.Project), strconv.Itoa(new.Project))
	c.text(FieldSource, old.Source, new.Source)
	if !slices.Equal(old.Also, new.Also) {
		c = append(c, FieldChange{FieldAlso, mentionsText(old.Also), mentionsText(new.Also)})
	}
	c.text(FieldNote, old.Note, new.Note)
	return c
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))))
}

func mentionsText(all []Mention) string {
	var texts []string
	for _, m := range all {
		texts = append(texts, strings.TrimSpace(strings.Join([]string{m.ID, m.Clause, m.Due.String(), m.Source, m.Ruling}, " ")))
	}
	return strings.Join(texts, "; ")
}

// recurText is a rule in one line, every field that is set: "every=quarter
// from=2021-04-08"; "" for none.
func recurText(r *Recurrence) string {
	if r == nil {
		return ""
	}
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	add("every", r.Every)
	if r.Shift != 0 {
		add("shift", strconv.Itoa(r.Shift))
	}
	add("cron", r.Cron)
	add("from", r.From.String())
	add("until", r.Until.String())
	return strings.Join(parts, " ")
}
