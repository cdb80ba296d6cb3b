package plan

import (
	"slices"
	"strings"

	"duban/internal/people"
	"duban/internal/words"
)

// Lines are the changes as a person reads them, one a line, the fields of a
// changed task indented under it. Units of an old value are named as the old plan calls
// them, those of a new value as the new plan does.
func (c Changes) Lines(w *words.Words, old, new *Plan) []string {
	if c.Empty() {
		return []string{w.T("diff.none")}
	}
	var lines []string
	for _, f := range c.Facts {
		lines = append(lines, w.T("diff.fact", f.shown(w, old.Directory, new.Directory)))
	}
	for _, p := range c.Policies {
		key := "diff.policy_" + p.What
		if p.Silent {
			key = "diff.policy_silent"
		}
		lines = append(lines, w.T(key, words.Data{"Name": p.Name, "Old": p.Old, "New": p.New}))
	}
	lines = append(lines, SeatLines(w, c.Seats, old.Directory, new.Directory)...)
	for _, s := range c.Sections {
		lines = append(lines, s.lines(w, old.Directory, new.Directory)...)
	}
	for _, h := range c.Handovers {
		lines = append(lines, h.line(w, old.Directory, new.Directory))
	}
	for _, t := range c.Tasks {
		lines = append(lines, t.lines(w, old, new, c.Tasks)...)
	}
	return lines
}

// SeatLines are the sentences of what has changed of units and of who sits in them.
func SeatLines(w *words.Words, all []SeatChange, old, new people.Directory) (lines []string) {
	for _, s := range all {
		lines = append(lines, s.line(w, old, new))
	}
	return lines
}

func (s SeatChange) line(w *words.Words, old, new people.Directory) string {
	name := new.Name(s.Unit)
	if _, ok := new.Unit(s.Unit); !ok {
		name = old.Name(s.Unit)
	}
	if s.Role == "" {
		return w.T("diff.unit_"+s.What, words.Data{"Unit": name, "Old": s.Old, "New": s.New})
	}
	return w.T("diff.contact", words.Data{"Unit": name, "Role": w.T("term." + string(s.Role)), "Old": or(s.Old), "New": or(s.New)})
}

func (c TaskChange) lines(w *words.Words, from, to *Plan, all []TaskChange) []string {
	old, new := from.Directory, to.Directory
	t, dir := c.New, new
	if t == nil {
		t, dir = c.Old, old
	}
	lines := []string{w.T("diff.task_"+c.What, words.Data{"Task": c.Shown(), "Title": t.Title, "Lead": dir.Name(t.Lead), "Kind": w.T("term." + string(t.Kind)), "Due": or(t.Due.String())})}
	shown := func(p *Plan, id string) string {
		if i := slices.IndexFunc(p.Tasks, func(t Task) bool { return t.ID == id }); i >= 0 {
			return p.Tasks[i].Shown()
		}
		if i := slices.IndexFunc(all, func(t TaskChange) bool { return t.ID == id }); i >= 0 { // a new task, to which the ledger has given an ID that is not the file's
			return all[i].Shown()
		}
		return id
	}
	if c.From != "" {
		lines = append(lines, w.T("diff.from", words.Data{"Task": shown(from, c.From)}))
	}
	if c.What == Added && c.New.Carries != "" {
		lines = append(lines, w.T("diff.carries", words.Data{"From": c.New.Carries}))
	}
	if c.Into != "" {
		lines = append(lines, w.T("diff.into", words.Data{"Task": shown(to, c.Into)}))
	}
	for _, f := range c.Fields {
		said := f.shown(w, old, new)
		if f.Field == FieldRecur {
			said["Old"], said["New"] = or(recurWords(w, c.Old)), or(recurWords(w, c.New))
		}
		lines = append(lines, w.T("diff.field", said))
	}
	return lines
}

// recurWords is a task's rule in words; "" without one.
func recurWords(w *words.Words, t *Task) string {
	if t == nil || t.Recur == nil {
		return ""
	}
	return t.Recur.Text(w)
}

// shown is the change of a field for the catalogue's texts: units by name, flags in words,
// "—" for nothing.
func (f FieldChange) shown(w *words.Words, old, new people.Directory) words.Data {
	was, is := f.Old, f.New
	switch f.Field {
	case FieldLead, FieldAssist, "office", "leadership":
		was, is = unitNames(old, was), unitNames(new, is)
	case FieldSoft, FieldPriority, FieldPublish:
		was, is = w.T("diff."+was), w.T("diff."+is)
	}
	return words.Data{"Field": w.T("diff.f_" + f.Field), "Old": or(was), "New": or(is)}
}

func unitNames(d people.Directory, ids string) string {
	var names []string
	for _, id := range strings.Fields(ids) {
		names = append(names, d.Name(id))
	}
	return strings.Join(names, "、")
}

func or(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
