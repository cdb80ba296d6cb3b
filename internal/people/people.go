// Package people knows who is who: units, their contacts by role, collective
// names, and whom a stage's roles mean for a given task. It is pure.
package people

import (
	"slices"
	"strings"
	"unicode"
)

// Role is a seat, never a person.
type Role string

const (
	Liaison Role = "liaison" // 联络员 of the accountable unit
	Deputy  Role = "deputy"  // 分管领导 of the accountable unit
	Head    Role = "head"    // 主要负责人 of the accountable unit
	Office  Role = "office"  // the plan's coordination office (its liaison)
	Leader  Role = "leader"  // the plan's leadership group
)

// Roles lists every role from the nearest to the gravest reader.
var Roles = []Role{Liaison, Deputy, Head, Office, Leader}

// UnitKind says what a unit is; it decides nothing, it is shown and filtered.
type UnitKind string

const (
	CityDepartment   UnitKind = "city_department"   // 市直部门
	CountyGovernment UnitKind = "county_government" // 县（市、区）人民政府
	ZoneCommittee    UnitKind = "zone_committee"    // 开发区管委会
	Enterprise       UnitKind = "enterprise"        // 企业
	Institution      UnitKind = "institution"       // 事业单位、驻市机构
	OfficeUnit       UnitKind = "office"            // 协调办
	LeadershipUnit   UnitKind = "leadership"        // 领导小组
)

// Unit is a 责任单位, the office or the leadership.
type Unit struct {
	ID       string    `json:"id"`   // short ASCII, stable for ever: shuiwu
	Name     string    `json:"name"` // as people write it: 市水务局
	Kind     UnitKind  `json:"kind"`
	Aliases  []string  `json:"aliases,omitempty"` // other names of the same unit: 高平市政府
	Contacts []Contact `json:"contacts"`
	// Was is the ID that the unit had before, "" without one. Successor is the ID of the
	// unit that takes over from this one, which is dissolved. Dissolved marks a unit that
	// is dissolved without a successor: its tasks end.
	Was       string `json:"was,omitempty"`
	Successor string `json:"successor,omitempty"`
	Dissolved bool   `json:"dissolved,omitempty"`
	// Charges are who answers within the unit for single tasks; they are set by
	// engine.SetCharge, in no file.
	Charges []Charge `json:"charges,omitempty"`
}

// Charge is who answers within a unit for a task that it leads.
type Charge struct {
	Plan   string `json:"plan"`
	Task   string `json:"task"`             // as the ledger calls it
	Leader string `json:"leader,omitempty"` // 责任领导
	Person string `json:"person,omitempty"` // 责任人
	Phone  string `json:"phone,omitempty"`  // of the person
}

// Nobody tells that the charge names nobody.
func (c Charge) Nobody() bool { return c.Leader == "" && c.Person == "" && c.Phone == "" }

// Charge is who answers for a task; a Charge that names nobody where the unit has none.
func (u Unit) Charge(plan, task string) Charge {
	for _, c := range u.Charges {
		if c.Plan == plan && c.Task == task {
			return c
		}
	}
	return Charge{Plan: plan, Task: task}
}

// WithCharge is the unit with now in place of its charge for that task.
func (u Unit) WithCharge(now Charge) Unit {
	u.Charges = slices.DeleteFunc(slices.Clone(u.Charges), func(c Charge) bool { return c.Plan == now.Plan && c.Task == now.Task })
	if !now.Nobody() {
		u.Charges = append(u.Charges, now)
	}
	return u
}

// Gone tells that the unit is dissolved: no task can be given to it.
func (u Unit) Gone() bool { return u.Successor != "" || u.Dissolved }

// Contact is the address of one seat in a unit.
type Contact struct {
	Role  Role   `json:"role"`
	Name  string `json:"name"` // the person or the seat's title
	Email string `json:"email"`
	// Pace is the person's own choice of how soon mild words come: one of plan.Paces;
	// "" is as the policy says.
	Pace string `json:"pace,omitempty"`
	// Post is what the person is, 局长 or 副市长, by which a letter calls them; Phone is
	// where they are called. Both may be empty.
	Post  string `json:"post,omitempty"`
	Phone string `json:"phone,omitempty"`
	// Beside are those who sit beside the person, as B 岗: each gets a copy of what the
	// person is sent. One a line, as ReadBeside writes them; "" without.
	Beside string `json:"beside,omitempty"`
}

// doubled are the family names of two characters that are common enough to be met.
var doubled = []string{"欧阳", "上官", "司马", "司徒", "诸葛", "皇甫", "夏侯", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "端木", "东方", "南宫", "独孤", "闻人", "澹台", "申屠"}

// Family is the family name of a person's name in Chinese; the whole name where it is
// not one, such as that of a seat.
func Family(name string) string {
	runes := []rune(name)
	if len(runes) < 2 || len(runes) > 4 || strings.ContainsFunc(name, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
		return name
	}
	if two := string(runes[:2]); len(runes) > 2 && slices.Contains(doubled, two) {
		return two
	}
	return string(runes[:1])
}

// Group is a collective name: 各县（市、区）人民政府.
type Group struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
	Members []string `json:"members"` // unit IDs
}

// Directory holds a plan's units. Office and Leadership are unit IDs.
type Directory struct {
	Units      []Unit  `json:"units"`
	Groups     []Group `json:"groups,omitempty"`
	Office     string  `json:"office"`
	Leadership string  `json:"leadership"`
}

// Recipient is a seat of a unit: what a notice is addressed to. One Recipient
// gets one digest a morning.
type Recipient struct {
	Unit string `json:"unit"` // unit ID
	Role Role   `json:"role"`
}

// String is "shuiwu/liaison".
func (r Recipient) String() string { return r.Unit + "/" + string(r.Role) }

// ParseRecipient undoes String.
func ParseRecipient(s string) (Recipient, bool) {
	unit, role, ok := strings.Cut(s, "/")
	return Recipient{unit, Role(role)}, ok && unit != "" && slices.Contains(Roles, Role(role))
}

// MarshalText and UnmarshalText write a Recipient as "shuiwu/liaison".
func (r Recipient) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

func (r *Recipient) UnmarshalText(b []byte) error {
	got, ok := ParseRecipient(string(b))
	if !ok {
		return &BadRecipientError{string(b)}
	}
	*r = got
	return nil
}

// BadRecipientError is a text that is not unit/role.
type BadRecipientError struct{ Text string }

func (e *BadRecipientError) Error() string { return "not a recipient like shuiwu/liaison: " + e.Text }

// Unit finds a unit by ID.
func (d Directory) Unit(id string) (Unit, bool) {
	i := slices.IndexFunc(d.Units, func(u Unit) bool { return u.ID == id })
	if i < 0 {
		return Unit{}, false
	}
	return d.Units[i], true
}

// Heir is the ID of the unit that has a unit's tasks by now: its own, or that of the last
// of those that took over from it.
func (d Directory) Heir(id string) string {
	for range d.Units {
		u, ok := d.Unit(id)
		if !ok || u.Successor == "" {
			break
		}
		id = u.Successor
	}
	return id
}

// Name is the unit's name, or the ID when it is unknown.
func (d Directory) Name(id string) string {
	if u, ok := d.Unit(id); ok {
		return u.Name
	}
	return id
}

// Resolve finds what a name means: one unit by ID, name or alias, or the
// members of a collective name. Brackets and spaces may be full or half width.
func (d Directory) Resolve(name string) (ids []string, collective, ok bool) {
	n := Fold(name)
	for _, u := range d.Units {
		if u.ID == name || Fold(u.Name) == n || slices.ContainsFunc(u.Aliases, func(a string) bool { return Fold(a) == n }) {
			return []string{u.ID}, false, true
		}
	}
	for _, g := range d.Groups {
		if Fold(g.Name) == n || slices.ContainsFunc(g.Aliases, func(a string) bool { return Fold(a) == n }) {
			return slices.Clone(g.Members), true, true
		}
	}
	return nil, false, false
}

var folder = strings.NewReplacer("（", "(", "）", ")", "、", ",", "，", ",", " ", "", "　", "", "〔", "[", "〕", "]")

// Fold brings the widths of brackets and commas to one form and drops spaces.
func Fold(s string) string { return folder.Replace(strings.TrimSpace(s)) }

// Seat is where a role sits for a task led by lead: the lead's own seat, or
// the office's or leadership's.
func (d Directory) Seat(role Role, lead string) Recipient {
	switch role {
	case Office:
		return Recipient{d.Office, Office}
	case Leader:
		return Recipient{d.Leadership, Leader}
	}
	return Recipient{lead, role}
}

// Once is seats with each person once: of seats that share an address (Contact.Key) only
// the first is left, since one person may hold several seats, also of several units, and
// gets one copy of a word.
func (d Directory) Once(seats []Recipient) []Recipient {
	if len(seats) < 2 {
		return seats
	}
	told := make(map[string]bool, len(seats))
	once := make([]Recipient, 0, len(seats))
	for _, r := range seats {
		if who := d.Person(r); !told[who] {
			told[who] = true
			once = append(once, r)
		}
	}
	return once
}

// Person names who sits on a seat: Contact.Key, or the seat itself when it has none.
func (d Directory) Person(r Recipient) string {
	c, _ := d.Contact(r)
	return person(r, c)
}

func person(r Recipient, c Contact) string {
	if key := c.Key(); key != "" {
		return key
	}
	return r.String()
}

// Key is the same for contacts whose messages may be one: of one address, in whatever
// letter case, whose copies go to the same people. "" without an address.
func (c Contact) Key() string {
	key := strings.ToLower(strings.TrimSpace(c.Email))
	if key == "" {
		return ""
	}
	for _, o := range c.Others() {
		key += " " + strings.ToLower(o.Email)
	}
	return key
}

// Contact is the address of a recipient; ok is false when the seat is empty.
func (d Directory) Contact(r Recipient) (Contact, bool) {
	u, ok := d.Unit(r.Unit)
	if !ok {
		return Contact{}, false
	}
	return u.Seat(r.Role)
}

// BelowHeads are the names of all who sit below the head of a unit or answer for a task of one,
// as they are entered, and those who sit beside them. Whoever is the head of some unit, or sits in
// the leadership's own seat, is not among them.
func (d Directory) BelowHeads() (names []string) {
	var high []string
	add := func(to *[]string, name string) {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	for _, u := range d.Units {
		for _, c := range u.Contacts {
			below := c.Role != Head && c.Role != Leader
			if below {
				add(&names, c.Name)
			} else {
				add(&high, c.Name)
			}
			for _, o := range c.Others() {
				add(&names, o.Name)
			}
		}
		for _, c := range u.Charges {
			add(&names, c.Leader)
			add(&names, c.Person)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(high, name) })
}
