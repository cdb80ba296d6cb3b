package rollover

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// rewriter makes next year's plan.yaml of this year's, keeping the clerk's own
// form: his comments, collective names, `each` and the order of fields.
type rewriter struct {
	Draft
	w       *words.Words
	items   map[string]Item     // by ID of the task
	from    map[string][]string // entry ID → the IDs of its tasks
	also    map[string]string   // ID of a mention → ID of the task it names
	renamed map[string]string   // ID of a task of an entry that was split → its ID in the draft
	marks   []mark              // in the order of the draft
}

// mark is one place of the draft that a person decides.
type mark struct{ id, field, value, why string }

// planYAML is the draft as plan.yaml: raw, this year's file, rewritten. files
// gives the names that the plan's other files have in the draft, and scheme the file of a
// section's scheme with its name in the draft. left are the schemes of which measures are left.
func (d Draft) planYAML(raw []byte, w *words.Words, files map[string]string, scheme func(of string) (name string, raw []byte, err error)) (draft []byte, left []File, marks []mark, err error) {
	root, err := d.root(raw)
	if err != nil {
		return nil, nil, nil, err
	}
	r := d.rewriter(w)
	r.head(root, files)
	r.clauses(list(root, "clauses"))
	r.entries(list(root, "projects"))
	r.sections(list(root, "sections"))
	for _, name := range []string{"clauses", "projects", "sections"} {
		if seq := list(root, name); seq != nil && len(seq.Content) == 0 {
			remove(root, name)
		}
	}
	r.links(root)
	if left, err = r.schemes(root, scheme); err != nil {
		return nil, nil, nil, err
	}
	var b bytes.Buffer
	b.WriteString("# yaml-language-server: $schema=../schema/plan.schema.json\n")
	for _, line := range strings.Split(strings.TrimSpace(w.T("rollover.head", words.Data{"Title": d.From.Title, "Number": d.From.Number, "Old": d.From.Year, "Year": d.Year, "Mark": planfile.Todo})), "\n") {
		b.WriteString("# " + line + "\n")
	}
	b.WriteString("\n")
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(root), enc.Close()); err != nil {
		return nil, nil, nil, err
	}
	return airy(b.Bytes()), left, r.marks, nil
}

// root is a copy of this year's plan.yaml that may be changed, with the clerk's comments.
func (d Draft) root(raw []byte) (*yaml.Node, error) {
	root, fault := strictyaml.Document(raw, planfile.Largest)
	if fault != nil {
		return nil, fmt.Errorf("plan %s: its file cannot be read: %w", d.From.ID, fault)
	}
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("plan %s: its file is not a mapping", d.From.ID)
	}
	return plainCopy(root), nil
}

func (d Draft) rewriter(w *words.Words) *rewriter {
	r := &rewriter{Draft: d, w: w, items: map[string]Item{}, from: map[string][]string{}, also: map[string]string{}, renamed: map[string]string{}}
	for _, i := range d.Items {
		t := i.Task
		r.items[t.ID] = i
		r.from[entry(t)] = append(r.from[entry(t)], t.ID)
		for _, m := range t.Also {
			r.also[m.ID] = t.ID
		}
	}
	return r
}

func (r *rewriter) head(root *yaml.Node, files map[string]string) {
	root.HeadComment = ""
	for i := 0; i < len(root.Content); i += 2 {
		if root.Content[i].Value == "id" || i == 0 {
			root.Content[i].HeadComment = ""
		}
	}
	set(root, "id", r.ID, "")
	if r.Title == r.From.Title {
		r.mark(root, "title", r.Title, r.say("doubt_title"), "")
	} else {
		set(root, "title", r.Title, "")
	}
	r.mark(root, "number", "", r.say("doubt_number"), "")
	r.mark(root, "issued", r.start().String(), r.say("doubt_issued"), "")
	set(root, "year", strconv.Itoa(r.Year), "").Tag = "!!int"
	for _, name := range besides() {
		n := value(root, name)
		if n == nil {
			continue
		}
		for _, leaf := range leaves(n) {
			if to := files[leaf.Value]; to != "" {
				leaf.SetString(to)
			}
		}
	}
}

// mark proposes a value that a person decides; about is the title of what it
// is in, for the report.
func (r *rewriter) mark(n *yaml.Node, field, proposed, why, about string) {
	set(n, field, planfile.Todo+proposed, why)
	id := scalar(n, "id")
	if value(n, "issued") != nil {
		id = "—" // the plan itself
	}
	r.marks = append(r.marks, mark{id, field, strings.TrimSpace(about + " " + proposed), why})
}

func (r *rewriter) say(key string) string { return r.w.T("rollover." + key) }

func (r *rewriter) clauses(seq *yaml.Node) {
	if seq == nil {
		return
	}
	var kept []*yaml.Node
	heading := ""
	for _, c := range seq.Content {
		tasks := list(c, "tasks")
		r.entries(tasks)
		if tasks == nil || len(tasks.Content) == 0 {
			if above := headComment(c); above != "" {
				heading = above
			}
			continue
		}
		if heading != "" && headComment(c) == "" {
			c.HeadComment = heading
		}
		heading = ""
		kept = append(kept, c)
	}
	seq.Content = kept
}

// headComment is what is above an item of a list: the parser hangs it on the
// item or on its first key.
func headComment(n *yaml.Node) string {
	if n.HeadComment == "" && len(n.Content) > 0 {
		return n.Content[0].HeadComment
	}
	return n.HeadComment
}

func (r *rewriter) entries(seq *yaml.Node) {
	if seq == nil {
		return
	}
	var kept []*yaml.Node
	for _, e := range seq.Content {
		switch id := scalar(e, "id"); {
		case value(e, "same_as") != nil:
			if to, ok := r.also[id]; ok && r.items[to].Do != Drop {
				remove(e, "due") // the task's own rules, until the new document says otherwise
				remove(e, "begin")
				remove(e, "ruling")
				kept = append(kept, e)
			}
		case value(e, "each") != nil:
			kept = append(kept, r.split(e, id)...)
		default:
			if i, ok := r.items[id]; ok && i.Do != Drop {
				r.rewrite(e, i)
				kept = append(kept, e)
			}
		}
	}
	seq.Content = kept
}

// split is an `each` entry as one entry for every outcome its units met.
func (r *rewriter) split(e *yaml.Node, id string) []*yaml.Node {
	groups := map[string][]Item{}
	var order []string
	total := 0
	for _, task := range r.from[id] {
		total++
		i := r.items[task]
		if i.Do == Drop {
			continue
		}
		key := fmt.Sprint(i.Do, i.Due, i.Doubts, i.Carries, i.Title, i.Policy)
		if i.Assist != nil {
			key += fmt.Sprint(*i.Assist)
		}
		if i.Late != nil {
			key += fmt.Sprint(i.Late.Due) + r.waits(*i.Late)
		}
		key += i.Lead
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], i)
	}
	var all []*yaml.Node
	for n, key := range order {
		part, items := plainCopy(e), groups[key]
		if len(items) < total {
			names := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
			for _, i := range items {
				names.Content = append(names.Content, text(r.From.Directory.Name(i.Task.Lead)))
			}
			put(part, "each", names)
		}
		if n > 0 {
			newID := fmt.Sprintf("%s-%d", id, n+1)
			set(part, "id", newID, "")
			for _, i := range items {
				r.renamed[i.Task.ID] = newID + "." + i.Task.Lead
			}
		}
		r.rewrite(part, items[0])
		all = append(all, part)
	}
	return all
}

// links sets same_as to the IDs that tasks of split entries have in the draft.
func (r *rewriter) links(n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		if to := value(n, "same_as"); to != nil && r.renamed[to.Value] != "" {
			to.Value = r.renamed[to.Value]
		}
	}
	for _, c := range n.Content {
		r.links(c)
	}
}

func (r *rewriter) sections(seq *yaml.Node) {
	if seq == nil {
		return
	}
	seq.Content = slices.DeleteFunc(seq.Content, func(s *yaml.Node) bool { return r.items[scalar(s, "id")].Do == Drop })
	for _, s := range seq.Content {
		if i := r.items[scalar(s, "id")]; len(i.Doubts) > 0 {
			target := value(s, "target")
			r.marks = append(r.marks, mark{scalar(s, "id"), "target", scalar(s, "name") + " " + target.Value, r.doubts(i)})
			target.SetString(planfile.Todo + target.Value) // no comment: sections are on one line
		}
	}
}

// rewrite brings an entry to its new year, and marks what is doubtful. Its `was` is dropped,
// since that names IDs of the old plan.
func (r *rewriter) rewrite(e *yaml.Node, i Item) {
	remove(e, "was")
	remove(e, "heir")
	if i.Do == Move {
		for _, name := range []string{"title", "note"} {
			if n := value(e, name); n != nil {
				n.Value = inYear(n.Value, r.From.Year, r.Year)
			}
		}
		if !i.Task.Begin.IsZero() {
			put(e, "begin", dayNode(r.next(i.Task, i.Task.Begin, &Item{})))
		}
	}
	doubtful, title := len(i.Doubts) > 0, scalar(e, "title")
	switch {
	case i.Task.Kind == plan.Duty:
		r.recur(e, i)
	case i.Task.Kind == plan.Standing && doubtful:
		r.mark(e, "title", title, r.doubts(i), "")
	case doubtful:
		r.mark(e, "due", i.Due.String(), r.doubts(i), title)
	case i.Task.Kind == plan.Dated:
		put(e, "due", dayNode(i.Due))
	}
	r.acted(e, i)
	r.note(e, i)
}

// acted writes what acts have made of a task, and from which of the old plan it goes on.
func (r *rewriter) acted(e *yaml.Node, i Item) {
	if i.Title != "" {
		title := i.Title
		if i.Do == Move {
			title = inYear(title, r.From.Year, r.Year)
		}
		if value(e, "title") != nil && !strings.HasPrefix(scalar(e, "title"), planfile.Todo) {
			set(e, "title", title, "")
		}
	}
	if i.Policy != "" {
		set(e, "policy", i.Policy, "")
	}
	each := value(e, "each") != nil
	if i.Lead != "" && !each && value(e, "units") == nil {
		set(e, "lead", r.From.Directory.Name(i.Lead), "")
	}
	if i.Assist != nil {
		names := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, u := range *i.Assist {
			names.Content = append(names.Content, text(r.From.Directory.Name(u)))
		}
		put(e, "assist", names)
	}
	if i.Carries {
		from := i.Task.ID
		if each {
			from = entry(i.Task)
		}
		set(e, "carries", r.From.ID+"/"+from, "")
	}
}

// note says beside an unfinished task how late it is, and marks a note that
// speaks of what is not in the draft.
func (r *rewriter) note(e *yaml.Node, i Item) {
	note := scalar(e, "note")
	if i.Do == Redo || slices.Contains(i.Doubts, "unfinished_too") {
		if note = strings.TrimRight(note, "。；"); note != "" {
			note += "；"
		}
		note += r.lateness(*i.Late)
		set(e, "note", note, "")
	}
	if i.Stale != "" {
		r.mark(e, "note", note, r.w.T("rollover.doubt_note", words.Data{"Task": i.Stale}), "")
	}
}

// recur brings a duty's rule to the new year; its mark is on the last day,
// or on the rule itself when it has none.
func (r *rewriter) recur(e *yaml.Node, i Item) {
	n, to := value(e, "recur"), *i.Recur
	if was := i.Task.Recur; to.Every != was.Every || to.Shift != was.Shift || to.Cron != was.Cron {
		if n.Kind != yaml.MappingNode { // a rule in words
			n = &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
			put(e, "recur", n)
		}
		for _, f := range []struct{ name, value, tag string }{{"every", to.Every, ""}, {"shift", strconv.Itoa(to.Shift), "!!int"}, {"cron", to.Cron, ""}} {
			if remove(n, f.name); f.value != "" && f.value != "0" {
				v := text(f.value)
				if f.tag != "" {
					v.Tag, v.Style = f.tag, 0
				}
				put(n, f.name, v)
			}
		}
	}
	if to.From.IsZero() {
		remove(n, "from")
	}
	if !to.Until.IsZero() {
		put(n, "until", dayNode(to.Until))
	}
	if len(i.Doubts) == 0 {
		return
	}
	for _, name := range []string{"until", "every", "cron"} {
		if v := value(n, name); v != nil {
			r.marks = append(r.marks, mark{scalar(e, "id"), "recur", scalar(e, "title") + " " + ruleText(r.w, to), r.doubts(i)})
			v.SetString(planfile.Todo + v.Value) // no comment: rules are on one line
			return
		}
	}
}

// doubts are the reasons of an item's mark, in one line.
func (r *rewriter) doubts(i Item) string {
	var all []string
	for _, key := range i.Doubts {
		all = append(all, r.w.T("rollover.doubt_"+key, words.Data{"Old": r.From.Year, "Year": r.Year, "Lead": r.From.Directory.Name(i.Lead)}))
	}
	return strings.Join(all, r.say("and"))
}

// lateness is a note's sentence on what was left unfinished.
func (r *rewriter) lateness(l Late) string {
	key := "rollover.note_open"
	switch {
	case l.Days > 0:
		key = "rollover.note_late"
	case r.At.After(l.Due):
		key = "rollover.note_stood"
	}
	return r.w.T(key, words.Data{"Old": r.From.Year, "Due": l.Due, "At": r.At, "Days": l.Days, "Workdays": l.Workdays, "Waits": r.waits(l)})
}

func (r *rewriter) waits(l Late) string { return waits(l, r.w) }

// waits is what an unfinished task waits for: a ruling, a decision, a talk; "" for nothing.
func waits(l Late, w *words.Words) string {
	var all []string
	add := func(is bool, key string) {
		if is {
			all = append(all, w.T("rollover."+key))
		}
	}
	add(l.Phase == "reported", "waits_report")
	add(l.Phase == "suspended", "waits_pause")
	add(l.Returned, "waits_return")
	add(l.Extending, "waits_extension")
	if len(l.Talks) > 0 {
		all = append(all, w.T("rollover.waits_talk", words.Data{"Talks": strings.Join(l.Talks, " ")}))
	}
	return strings.Join(all, w.T("rollover.comma"))
}

func dayNode(d calendar.Day) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!timestamp", Value: d.String()}
}
