package planfile

import (
	"maps"
	"slices"
	"strings"

	"duban/internal/plan"
	"duban/internal/words"
)

// link turns every entry that is the same as another into a Mention of it.
func (l *loader) link() {
	made := map[string]int{} // index of each task by ID
	for i, m := range l.tasks {
		if _, taken := made[m.ID]; !taken {
			made[m.ID] = i
		}
	}
	lost := map[*entry]bool{} // entries whose links run in a circle
	for _, e := range l.entries {
		if e.sameAs.Text == "" {
			continue
		}
		id := l.end(e, lost)
		if i, ok := made[id]; ok {
			l.mention(e, i)
		} else if id != "" {
			l.noTarget(e, id, made)
		}
	}
}

// end follows an entry's links to the ID of the task that is chased; "" when the links run
// in a circle, which is noted once.
func (l *loader) end(e *entry, lost map[*entry]bool) string {
	var chain []*entry
	passed := map[*entry]int{}
	for at := e; ; {
		if i, again := passed[at]; again {
			circle(chain[i:])
		}
		if _, again := passed[at]; again || lost[at] {
			for _, c := range chain {
				lost[c] = true
			}
			return ""
		}
		passed[at] = len(chain)
		chain = append(chain, at)
		next := l.byID[at.sameAs.Text]
		if at.end == "" && next != nil && next.sameAs.Text != "" {
			at = next
			continue
		}
		if at.end == "" {
			at.end = at.sameAs.Text
		}
		for _, c := range chain {
			c.end = at.end
		}
		return at.end
	}
}

func circle(chain []*entry) {
	var ids []string
	for _, e := range append(slices.Clone(chain), chain[0]) {
		ids = append(ids, e.ID)
	}
	chain[0].Fault("same_as", "same_as_cycle", words.Data{"Value": strings.Join(ids, " → ")})
}

func (l *loader) noTarget(e *entry, id string, made map[string]int) {
	if next := l.byID[e.sameAs.Text]; next != nil && next.sameAs.Text != "" {
		return // the problem is noted at the next link
	}
	if target := l.byID[id]; target != nil {
		if target.Has("each") && target.made > 0 {
			var ids []string
			for _, m := range l.tasks {
				if m.from == target && len(ids) < 3 {
					ids = append(ids, m.ID)
				}
			}
			e.Fault("same_as", "same_as_each", words.Data{"Value": id, "Near": strings.Join(ids, " ")})
		}
		return // it has problems of its own
	}
	e.Fault("same_as", "same_as_unknown", words.Data{"Value": id, "Near": l.Near(id, slices.Sorted(maps.Keys(made)))})
}

// mention adds e to the task it names; dates that disagree need a ruling.
func (l *loader) mention(e *entry, i int) {
	m := &l.tasks[i]
	m.Also = append(m.Also, plan.Mention{ID: e.ID, Clause: e.Clause, Due: e.Due, Source: e.Source, Ruling: e.ruling})
	if e.Due.IsZero() || e.Due == m.Due || m.Due.IsZero() && m.from.Has("due") {
		return // the dates agree, the entry has none, or one cannot be read, which is noted already
	}
	other := m.Due.String()
	if other == "" {
		other = "—"
	}
	data := words.Data{"Place": e.Clause, "Due": e.Due, "Value": m.ID, "OtherPlace": m.Clause, "OtherDue": other,
		"Line": m.from.Line(), "Ruling": e.ruling}
	if e.ruling == "" {
		e.Fault("due", "same_as_dates", data)
		return
	}
	e.Doubt("due", "same_as_ruled", data)
}
