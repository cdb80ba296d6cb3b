package planfile

import (
	"slices"
	"strings"

	"duban/internal/plan"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// entry is one task or annex row as written, before `each` and `same_as`.
type entry struct {
	object
	plan.Task
	clause   *paragraph
	each     []strictyaml.Text
	assigned bool // assist was written
	single   []string
	sameAs   strictyaml.Text
	ruling   string
	end      string // ID that its links end at, once followed
	made     int    // tasks that came of it
}

// paragraph is a clause with the values that its entries need.
type paragraph struct {
	place    string
	folded   string
	brackets []bracket
	laid     bool // units were written, well or badly
}

// bracket is one 责任单位 list, resolved.
type bracket struct {
	first  answer
	all    []string // every unit, collective names expanded
	single []string // those strictyaml.Text by themselves
}

const longestText = 64 << 10 // bytes of one clause

func (l *loader) clauses(root object) {
	seen := map[string]int{}
	for _, o := range root.objects("clauses", "clause") {
		o.Need("id", "title", "text")
		c := plan.Clause{ID: o.Text("id"), Chapter: o.Text("chapter"), Heading: o.Text("heading"), Title: o.Text("title"), Text: o.Text("text")}
		if c.ID != "" && !entryID.MatchString(c.ID) {
			o.Fault("id", "bad_id", words.Data{"Value": c.ID})
		}
		if line := seen[c.ID]; line > 0 && c.ID != "" {
			o.Fault("id", "id_twice", words.Data{"Value": c.ID, "File": l.Name, "Line": line})
		}
		seen[c.ID] = o.Where("id").Line()
		if len(c.Text) > longestText {
			o.Fault("text", "text_long", words.Data{"Limit": longestText / 1024})
			c.Text = ""
		}
		p := &paragraph{place: o.Text("place"), folded: foldText(c.Text), laid: o.Has("brackets")}
		if p.place == "" {
			p.place = c.ID
		}
		c.Brackets, p.brackets = l.brackets(o)
		l.plan.Clauses = append(l.plan.Clauses, c)
		for _, t := range o.objects("tasks", "task") {
			l.entry(t, p)
		}
	}
}

func (l *loader) brackets(o object) (printed [][]string, all []bracket) {
	for _, v := range o.List("brackets") {
		units := v.Items()
		if len(units) == 0 {
			o.Add(v, "bracket_shape", nil)
			all = append(all, bracket{}) // later ones keep their numbers
			continue
		}
		names := o.Texts(units)
		var b bracket
		for j, name := range names {
			a := l.units(name)
			if j == 0 {
				b.first = a
			}
			b.all = addNew(b.all, a.ids...)
			if !a.collective {
				b.single = addNew(b.single, a.ids...)
			}
		}
		printed, all = append(printed, strictyaml.Plain(names)), append(all, b)
	}
	return printed, all
}

func addNew(all []string, more ...string) []string {
	for _, s := range more {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

func without(all []string, gone string) []string {
	var kept []string
	for _, s := range all {
		if s != gone {
			kept = append(kept, s)
		}
	}
	return kept
}

// entry reads the fields that tasks and projects share and makes its tasks; p
// is nil for a project.
func (l *loader) entry(o object, p *paragraph) *entry {
	e := &entry{object: o, clause: p, sameAs: o.Named("same_as"), ruling: o.Text("ruling")}
	e.Task = plan.Task{
		ID: o.Text("id"), Clause: o.Text("place"), Title: o.Text("title"), Kind: plan.Kind(o.OneOf("kind", string(plan.Dated), string(plan.Duty), string(plan.Standing))),
		Due: o.Day("due"), Begin: o.Day("begin"), Milestone: o.Text("milestone"), Policy: o.Text("policy"),
		Soft: o.Flag("soft"), Priority: o.Flag("priority"), Publish: o.Flag("publish"), Source: o.Text("source"), Note: o.Text("note"),
		Carries: o.Text("carries"), Heir: o.Flag("heir"),
	}
	if o.Has("was") {
		e.Was = e.formerly()
	}
	o.Need("id")
	o.unfilled("title", e.Title)
	if o.Has("title") && strings.TrimSpace(e.Title) == "" && e.sameAs.Text == "" {
		o.Lacks("title")
	}
	l.entries = append(l.entries, e)
	if e.Clause == "" && p != nil {
		e.Clause = p.place
	}
	e.checkDates(l.plan.Issued)
	l.recur(e)
	if p != nil {
		e.checkSource()
		e.who(l, p.bracket(e))
	}
	if e.sameAs.Text != "" {
		e.mentionOnly()
	} else if p != nil {
		o.Need("title")
		l.make(e)
	}
	l.claim(e)
	return e
}

// formerly are the IDs under which the plan had the entry before.
func (e *entry) formerly() (was []string) {
	for _, n := range e.Names("was") {
		if !entryID.MatchString(n.Text) {
			e.Add(n.Value, "bad_id", words.Data{"Value": n.Text})
			continue
		}
		was = addNew(was, n.Text)
	}
	return was
}

// claim notes the entry's ID; one that is taken is a problem that points at both.
func (l *loader) claim(e *entry) {
	if e.ID == "" {
		return
	}
	if !entryID.MatchString(e.ID) {
		e.Fault("id", "bad_id", words.Data{"Value": e.ID})
	}
	if first, taken := l.byID[e.ID]; taken {
		e.Fault("id", "id_twice", words.Data{"Value": e.ID, "File": first.Name, "Line": first.Where("id").Line()})
		return
	}
	l.byID[e.ID] = e
}

// bracket is the 责任单位 list that the entry follows.
func (p *paragraph) bracket(e *entry) bracket {
	no := 1
	if e.Has("bracket") {
		no = e.Number("bracket", 1, 1000)
	}
	switch {
	case no == 0: // said already
	case no <= len(p.brackets):
		return p.brackets[no-1]
	case e.Has("bracket"):
		e.Fault("bracket", "no_bracket", words.Data{"Value": no, "Count": len(p.brackets)})
	}
	return bracket{}
}

// who finds the lead and the assisting units of a clause's task.
func (e *entry) who(l *loader, b bracket) {
	e.single = b.single
	if e.Has("each") {
		e.each = e.Names("each")
		if e.Has("lead") {
			e.Fault("lead", "each_and_lead", nil)
		}
	} else if e.Has("lead") {
		e.Lead = l.oneUnit(e.Named("lead"))
	} else if b.first.ok && !b.first.collective && !b.first.gone {
		e.Lead = b.first.ids[0]
	} else if e.sameAs.Text == "" {
		e.noLead(b)
	}
	e.Assist = without(b.all, e.Lead)
	e.assist(l)
}

// noLead notes why an entry has no lead; where its first unit is unknown, that was noted
// already.
func (e *entry) noLead(b bracket) {
	switch {
	case b.first.collective:
		e.Fault("lead", "lead_collective", nil)
	case !e.clause.laid:
		e.Fault("lead", "no_lead", nil)
	}
}

// assist reads the assisting units when they are written.
func (e *entry) assist(l *loader) {
	if !e.Has("assist") {
		return
	}
	e.assigned, e.Assist = true, nil
	for _, n := range e.Texts(e.List("assist")) {
		e.Assist = addNew(e.Assist, l.units(n).ids...)
	}
	e.Assist = without(e.Assist, e.Lead)
}

// mentionOnly refuses fields that would make a chased task of an entry that
// only names another one's work.
func (e *entry) mentionOnly() {
	for _, name := range []string{"each", "recur", "carries", "was", "heir"} {
		if e.Has(name) {
			e.Fault(name, "same_as_field", words.Data{"Value": e.sameAs.Text})
		}
	}
}

// make turns an entry into its task, or one for each unit.
func (l *loader) make(e *entry) {
	l.settle(e)
	if !e.Has("each") {
		l.put(e, e.Task)
		return
	}
	done := map[string]bool{}
	for _, n := range e.each {
		for _, unit := range l.units(n).ids {
			if done[unit] {
				continue
			}
			done[unit] = true
			t := e.Task
			t.ID, t.Lead, t.Was = e.ID+"."+unit, unit, nil
			if t.Carries != "" {
				t.Carries += "." + unit
			}
			for _, was := range e.Was {
				t.Was = append(t.Was, was+"."+unit)
			}
			if !e.assigned {
				t.Assist = e.single
			}
			t.Assist = without(t.Assist, unit)
			if !l.put(e, t) {
				return
			}
		}
	}
}

// put adds a task; false when there are too many to go on.
func (l *loader) put(e *entry, t plan.Task) bool {
	l.references += 1 + len(t.Assist)
	if len(l.tasks) == mostTasks || l.references > mostReferences {
		if !l.full {
			e.Fault("id", "too_many", words.Data{"Limit": mostTasks})
		}
		l.full = true
		return false
	}
	e.made++
	l.tasks = append(l.tasks, made{t, e})
	return true
}

var textFolder = strings.NewReplacer("〔", "[", "〕", "]", "【", "[", "】", "]", "［", "[", "］", "]", "｡", "。", "､", "、")

// foldText is a text without white space and with one width of brackets,
// commas and the other signs that have a wide form.
func foldText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000' || r == '\ufeff' || r == '\u200b':
			return -1
		}
		return r
	}, s)
	return textFolder.Replace(strings.Join(strings.Fields(s), ""))
}
