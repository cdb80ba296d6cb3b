package plan

import (
	"slices"
	"strings"

	"duban/internal/people"
	"duban/internal/words"
)

// Handover is what an amendment does with the running tasks and talks of a unit that is
// dissolved or gets another ID.
type Handover struct {
	Unit  string   `json:"unit"`            // ID
	To    string   `json:"to"`              // ID of the unit that takes over; "" when what it had ends
	Tasks []string `json:"tasks,omitempty"` // that it leads or assists in, or owes a part of, as the plan calls them now
	Talks []string `json:"talks,omitempty"` // that it is called to, or named in
	// Elsewhere are tasks and talks of other plans of the office, as PLAN/ID: the office has
	// one directory of units, so that a unit goes in all of its plans.
	Elsewhere []string `json:"elsewhere,omitempty"`
}

// Handovers are the units that go by a plan's files, with the units that take over from
// them, in the order of the files: those that are dissolved or have a successor, and the
// former IDs (Unit.Was) of those that got another. before are the units until now. Only
// Unit and To are set.
func (p *Plan) Handovers(before []people.Unit) (all []Handover) {
	had := map[string]bool{}
	for _, u := range before {
		had[u.ID] = true
	}
	heir := func(id string) string {
		id = p.Directory.Heir(id)
		if last, _ := p.Directory.Unit(id); last.Dissolved {
			return ""
		}
		return id
	}
	for _, u := range p.Directory.Units {
		if u.Gone() {
			all = append(all, Handover{Unit: u.ID, To: heir(u.ID)})
		}
		if _, stays := p.Directory.Unit(u.Was); u.Was != "" && had[u.Was] && !stays {
			all = append(all, Handover{Unit: u.Was, To: heir(u.ID)})
		}
	}
	return all
}

// Succeeded is the plan with one unit more, which its files do not have any more: the unit
// with the ID to takes over from it; with "" it is dissolved and nobody does.
func (p Plan) Succeeded(gone people.Unit, to string) Plan {
	gone.Successor, gone.Dissolved = to, to == ""
	p.Directory.Units = append(p.Directory.Units[:len(p.Directory.Units):len(p.Directory.Units)], gone)
	return p
}

func (h Handover) line(w *words.Words, old, new people.Directory) string {
	name := func(id string) string {
		if u, ok := new.Unit(id); ok {
			return u.Name
		}
		return old.Name(id)
	}
	key := "diff.handover"
	if h.To == "" {
		key = "diff.handover_ends"
	}
	what := strings.Join(slices.Concat(h.Tasks, h.Talks, h.Elsewhere), w.T("notice.comma"))
	return w.T(key, words.Data{"Unit": name(h.Unit), "To": name(h.To), "What": what})
}

// NobodySucceeds is what is typed for a unit that nobody takes over from.
const NobodySucceeds = "none"

// Successor is the ID of the unit of a plan that is to take over, as typed by its ID or
// its name; "" for nobody. ok is false when there is no such unit.
func (p *Plan) Successor(typed string) (id string, ok bool) {
	if typed == NobodySucceeds {
		return "", true
	}
	ids, many, ok := p.Directory.Resolve(typed)
	if !ok || many {
		return "", false
	}
	u, _ := p.Directory.Unit(ids[0])
	return u.ID, !u.Gone()
}
