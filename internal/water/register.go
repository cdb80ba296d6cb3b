package water

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Register is the list of monitored sections 断面 that a plan names.
type Register struct {
	Sections     []Section `json:"sections"`
	Duties       []Duty    `json:"duties,omitempty"` // by which the month's data are owed; none: nobody is chased for them
	Rules        []Rule    `json:"rules,omitempty"`  // consequences of a section's month
	Schemes      []Scheme  `json:"schemes,omitempty"`
	Zones        []Zone    `json:"zones,omitempty"`         // functional zones
	ZonesExample bool      `json:"zones_example,omitempty"` // nobody has checked the list of zones
	ZoneDuty     string    `json:"zone_duty,omitempty"`     // ID of the plan's duty to issue how they stand; "" none
}

// Duty is the plan's duty by which a unit owes the monthly data of its sections.
type Duty struct {
	Unit string `json:"unit"` // ID
	Task string `json:"task"` // ID of the duty
}

// Scheme is the plan of measures that a county makes for one section 一断面一方案. Its measures
// are tasks of the plan.
type Scheme struct {
	Section  string   `json:"section"` // ID
	Title    string   `json:"title"`   // 赵庄断面水质达标方案
	Number   string   `json:"number,omitempty"`
	Lead     string   `json:"lead"`              // unit ID of the government that answers for it
	Person   string   `json:"person"`            // who answers for it 具体责任人, by name
	Post     string   `json:"post"`              // that person's post
	Problem  string   `json:"problem,omitempty"` // what is wrong with the water, and why
	Example  bool     `json:"example,omitempty"` // nobody has adopted it
	Measures []string `json:"measures"`          // IDs of the plan's tasks
}

// Scheme is the scheme of a section, by the section's ID; ok is false where it has none.
func (r *Register) Scheme(section string) (s Scheme, ok bool) {
	if r == nil {
		return s, false
	}
	i := slices.IndexFunc(r.Schemes, func(s Scheme) bool { return s.Section == section })
	if i < 0 {
		return s, false
	}
	return r.Schemes[i], true
}

// MeasureOf is the section whose scheme has a task as a measure.
func (r *Register) MeasureOf(task string) (s Section, ok bool) {
	if r == nil {
		return s, false
	}
	for _, scheme := range r.Schemes {
		if slices.Contains(scheme.Measures, task) {
			return r.Section(scheme.Section)
		}
	}
	return s, false
}

// Section is a place on a river or lake whose water is judged every month.
type Section struct {
	ID       string         `json:"id"` // the same in every year
	No       int            `json:"no,omitempty"`
	Name     string         `json:"name"` // 润城
	Aliases  []string       `json:"aliases,omitempty"`
	River    string         `json:"river,omitempty"`    // 沁河
	Basin    string         `json:"basin,omitempty"`    // 黄河流域
	County   string         `json:"county"`             // unit ID of the government that is judged by it
	Level    string         `json:"level"`              // national, provincial, municipal: 国考, 省考, 市考
	Body     Body           `json:"body,omitempty"`     // a river, or a lake
	At       *Point         `json:"at,omitempty"`       // nil: not known
	Items    []Item         `json:"items,omitempty"`    // its own X of 5+X
	Upstream []string       `json:"upstream,omitempty"` // IDs of the next sections above it
	Auto     bool           `json:"auto,omitempty"`     // it has an automatic station
	Data     string         `json:"data,omitempty"`     // unit ID of whoever owes its monthly data
	Targets  []YearlyTarget `json:"targets,omitempty"`  // by year, the earliest first
	Note     string         `json:"note,omitempty"`
}

// Point is a place on the earth, in degrees as they were written.
type Point struct {
	Lon decimal.Decimal `json:"lon"`
	Lat decimal.Decimal `json:"lat"`
}

// YearlyTarget is what a section is to reach in a year. Without a class it is set by
// the province 完成省定目标 and has not been entered.
type YearlyTarget struct {
	Year   int     `json:"year"`
	Class  Class   `json:"class"`
	Limits []Limit `json:"limits,omitempty"`
}

// Limit is another limit of an item than that of the target's class.
type Limit struct {
	Item  Item            `json:"item"`
	Value decimal.Decimal `json:"value"`
}

// Target is what the section is to reach in a year; unknown where nobody has said it.
func (s Section) Target(year int) Target {
	for _, t := range s.Targets {
		if t.Year != year {
			continue
		}
		target := Target{Class: t.Class}
		for _, l := range t.Limits {
			if target.Limits == nil {
				target.Limits = map[Item]decimal.Decimal{}
			}
			target.Limits[l.Item] = l.Value
		}
		return target
	}
	return Target{}
}

// Judged are the items that the section is judged by in a year.
func (s Section) Judged(year int) []Item { return Judged(year, s.Items) }

// Section is the section with an ID.
func (r *Register) Section(id string) (s Section, ok bool) {
	if r == nil {
		return s, false
	}
	i := slices.IndexFunc(r.Sections, func(s Section) bool { return s.ID == id })
	if i < 0 {
		return s, false
	}
	return r.Sections[i], true
}

// Called is a section's name in one form, which is the same however two people write it.
func Called(name string) string {
	return strings.TrimSuffix(strings.ToLower(fold(name)), "断面")
}

// ByName is the section that a name or alias means; ok is false where none has it.
func (r *Register) ByName(name string) (s Section, ok bool) {
	if r == nil {
		return s, false
	}
	key := Called(name)
	for _, s := range r.Sections {
		if Called(s.Name) == key || slices.ContainsFunc(s.Aliases, func(a string) bool { return Called(a) == key }) {
			return s, true
		}
	}
	return s, false
}

// Names are all names of sections, for a hint where one is not known.
func (r *Register) Names() (names []string) {
	if r == nil {
		return nil
	}
	for _, s := range r.Sections {
		names = append(append(names, s.Name), s.Aliases...)
	}
	return names
}

// Rivers are the names of the rivers in the order of the register; "" where a section's
// river is not known.
func (r *Register) Rivers() (names []string) {
	if r == nil {
		return nil
	}
	for _, s := range r.Sections {
		if !slices.Contains(names, s.River) {
			names = append(names, s.River)
		}
	}
	return names
}
