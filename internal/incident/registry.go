// Package incident is what an office has ready for an incident at a monitored section: who
// replenishes the river 应急补水 within which hours, and which outlets and enterprises are above
// each section 排污口—断面, to be looked at 溯源. It works out what follows from the reports on
// an order to replenish: the volume, and what is late. It is pure: time is a parameter.
package incident

import (
	"slices"

	"duban/internal/water"
)

// Registry is a plan's file of outlets and of limits for incidents.
type Registry struct {
	// Example tells that nobody has adopted the file: no incident is opened by it.
	Example   bool       `json:"example,omitempty"`
	Replenish *Replenish `json:"replenish,omitempty"` // nil: nobody is ordered to replenish
	Trace     *Trace     `json:"trace,omitempty"`     // nil: no outlet is traced
	Outlets   []Outlet   `json:"outlets,omitempty"`
	// Duties are the plan's duties by which units owe the monthly measurements of outlets; none: nobody
	// is chased for them.
	Duties []water.Duty `json:"duties,omitempty"`
}

// Replenish says who lets water in, and by when what is to be reported. Hours are those of the
// clock, not of working time; 0 is no limit.
type Replenish struct {
	Unit   string `json:"unit"`             // ID of the unit that carries orders out
	Begin  int    `json:"begin,omitempty"`  // hours after the order, or after the instant that it names if that is later, within which water flows
	Report int    `json:"report,omitempty"` // hours within which the flow is reported again
	End    int    `json:"end,omitempty"`    // hours after the ordered end within which the end is reported
	// Remind and Escalate are hours after a limit that passed without a report: the unit is reminded
	// once, and the office told. 0: it is not done.
	Remind   int    `json:"remind,omitempty"`
	Escalate int    `json:"escalate,omitempty"`
	Within   string `json:"within,omitempty"` // the task's date as plan.Offset is written, from the order on; "": the day after the ordered end
	Policy   string `json:"policy"`           // of the task
}

// Trace says by when an outlet is looked at.
type Trace struct {
	Within string `json:"within"` // the task's date as plan.Offset is written, from the day on which it is opened
	Policy string `json:"policy"`
}

// Kind is what is above a section.
type Kind string

// Kinds of what is above a section.
const (
	Drain      Kind = "outlet"     // 入河排污口
	Enterprise Kind = "enterprise" // 企业
	Plant      Kind = "plant"      // 污水处理厂
)

// Kinds are all kinds of what is above a section.
var Kinds = []Kind{Drain, Enterprise, Plant}

// Outlet is an outlet or an enterprise whose water comes to a section.
type Outlet struct {
	ID      string `json:"id"` // the same in every year
	Name    string `json:"name"`
	Kind    Kind   `json:"kind"`
	Section string `json:"section"` // ID of the next section below it
	Unit    string `json:"unit"`    // ID of the unit that looks at it
	Permit  string `json:"permit,omitempty"`
	Note    string `json:"note,omitempty"`

	Standard string        `json:"standard,omitempty"` // by which standard its limits are
	Limits   []water.Limit `json:"limits,omitempty"`   // of its discharge, the most that there may be; pH is judged by 6 to 9, whatever is written
	Data     string        `json:"data,omitempty"`     // unit ID of whoever owes its monthly measurements
}

// Outlet is the outlet with an ID.
func (r *Registry) Outlet(id string) (o Outlet, ok bool) {
	if r == nil {
		return o, false
	}
	i := slices.IndexFunc(r.Outlets, func(o Outlet) bool { return o.ID == id })
	if i < 0 {
		return o, false
	}
	return r.Outlets[i], true
}

// Above is an outlet whose water comes to a section.
type Above struct {
	Outlet
	// Past is how many sections lie between the outlet and the section; by the shortest way,
	// where there are several.
	Past int
}

// Upstream are the outlets whose water comes to a section, the nearest first and then in the
// order of the registry: those directly above it, and those above the sections upstream of it.
func (r *Registry) Upstream(sections *water.Register, section string) (all []Above) {
	if r == nil {
		return nil
	}
	past := map[string]int{section: 0}
	for next := []string{section}; len(next) > 0; next = next[1:] {
		s, _ := sections.Section(next[0])
		for _, up := range s.Upstream {
			if _, seen := past[up]; !seen {
				past[up] = past[next[0]] + 1
				next = append(next, up)
			}
		}
	}
	for _, o := range r.Outlets {
		if n, above := past[o.Section]; above {
			all = append(all, Above{o, n})
		}
	}
	slices.SortStableFunc(all, func(a, b Above) int { return a.Past - b.Past })
	return all
}
