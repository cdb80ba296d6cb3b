package rollover

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/words"
)

// Count is how many items have the outcome.
func (d Draft) Count(do Do) int {
	n := 0
	for _, i := range d.Items {
		if i.Do == do {
			n++
		}
	}
	return n
}

// page writes the report 结转报告 in Markdown.
type page struct {
	bytes.Buffer
	Draft
	w *words.Words
}

// report says, for the person who finishes the draft, what became of every
// task: unfinished ones first, then what is to be decided.
func (d Draft) report(w *words.Words, marks []mark) []byte {
	p := &page{Draft: d, w: w}
	p.line("# " + p.say("title", words.Data{"Title": d.Title}))
	p.line(p.say("basis", words.Data{"Title": d.From.Title, "Number": d.From.Number}))
	if d.Known {
		p.line(p.say("basis_at", words.Data{"At": d.At}))
	} else {
		p.line(p.say("no_ledger", nil))
	}
	p.line(p.say("summary", words.Data{"Redo": d.Count(Redo), "Move": d.Count(Move), "Carry": d.Count(Carry), "Drop": d.Count(Drop)}))
	p.unfinished()
	p.undecided(marks)
	p.items("moved", []string{"task", "name", "lead", "first_due", "new_due", "why"}, func(i Item) bool { return i.Do == Move }, func(i Item) []string {
		return []string{i.Task.ID, i.Task.Title, p.unit(i.Task.Lead), i.Task.Due.String(), i.Due.String(), p.why(i)}
	})
	p.items("later", []string{"task", "name", "lead", "first_due", "new_due"}, func(i Item) bool { return i.Do == Carry && i.Task.Kind == plan.Dated }, func(i Item) []string {
		return []string{i.Task.ID, i.Task.Title, p.unit(i.Task.Lead), i.Task.Due.String(), i.Due.String()}
	})
	p.items("duties", []string{"task", "name", "lead", "rule"}, func(i Item) bool { return i.Recur != nil }, func(i Item) []string {
		return []string{i.Task.ID, i.Task.Title, p.unit(i.Task.Lead), ruleText(p.w, *i.Recur)}
	})
	p.items("standing", []string{"task", "name", "lead"}, func(i Item) bool {
		return i.Do == Carry && i.Task.Kind == plan.Standing && !p.isSection(i.Task.ID)
	}, func(i Item) []string {
		return []string{i.Task.ID, i.Task.Title, p.unit(i.Task.Lead)}
	})
	p.sections()
	p.items("dropped", []string{"task", "name", "lead", "first_due", "why"}, func(i Item) bool { return i.Do == Drop }, func(i Item) []string {
		return []string{i.Task.ID, i.Task.Title, p.unit(i.Task.Lead), day(i.Task.Due), p.why(i)}
	})
	return p.Bytes()
}

func (p *page) say(key string, data words.Data) string { return p.w.T("rollover."+key, data) }

func (p *page) line(s string) { p.WriteString(s + "\n\n") }

func (p *page) unit(id string) string { return p.From.Directory.Name(id) }

func (p *page) why(i Item) string {
	return p.say("why_"+i.Why, words.Data{"Old": p.From.Year, "Year": p.Year})
}

func (p *page) isSection(id string) bool {
	return slices.ContainsFunc(p.From.Sections, func(s plan.Section) bool { return s.ID == id })
}

func (p *page) sections() {
	n := 0
	for _, i := range p.Items {
		if i.Do != Drop && p.isSection(i.Task.ID) {
			n++
		}
	}
	if n > 0 {
		p.line(p.say("sections", words.Data{"Count": n}))
	}
}

func day(d calendar.Day) string {
	if d.IsZero() {
		return "—"
	}
	return d.String()
}

func (p *page) table(columns []string, rows [][]string) {
	var heads, rules []string
	for _, c := range columns {
		heads = append(heads, p.say("col_"+c, words.Data{"Year": p.Year}))
		rules = append(rules, "---")
	}
	for _, row := range append([][]string{heads, rules}, rows...) {
		for i, cell := range row {
			row[i] = strings.ReplaceAll(strings.Join(strings.Fields(cell), " "), "|", `\|`)
		}
		fmt.Fprintf(p, "| %s |\n", strings.Join(row, " | "))
	}
	p.WriteString("\n")
}

// items is one part of the report: a table of the items chosen. What an `each`
// entry made and is alike but for the unit is one row.
func (p *page) items(name string, columns []string, is func(Item) bool, row func(Item) []string) {
	var rows [][]string
	count, last := 0, ""
	for _, i := range p.Items {
		if !is(i) {
			continue
		}
		count++
		cells := row(i)
		if len(rows) > 0 && entry(i.Task) == last && i.Task.ID != last && slices.Equal(cells[3:], rows[len(rows)-1][3:]) {
			before := rows[len(rows)-1]
			before[0], before[2] = last, before[2]+"、"+cells[2]
			continue
		}
		rows, last = append(rows, cells), entry(i.Task)
	}
	if count == 0 {
		return
	}
	p.line("## " + p.say("part_"+name, words.Data{"Count": count, "Year": p.Year}))
	p.table(columns, rows)
}

func (p *page) unfinished() {
	if !p.Known {
		return
	}
	p.line("## " + p.say("part_unfinished", words.Data{"Count": len(p.Unfinished)}))
	if len(p.Unfinished) == 0 {
		p.line(p.say("all_finished", nil))
		return
	}
	next, along := map[string]string{}, map[string]bool{}
	for _, i := range p.Items {
		along[i.Task.ID] = i.Carries
		if i.Do != Drop {
			next[i.Task.ID] = day(i.Due)
		}
	}
	var rows [][]string
	for _, l := range p.Unfinished {
		first, to := day(l.First), next[l.Task]
		switch {
		case l.Duty != "" && along[l.Duty]:
			first, to = day(l.Due), p.say("along", nil)
		case l.Duty != "":
			first, to = day(l.Due), p.say("this_year", words.Data{"Old": p.From.Year})
		case to == "":
			to = p.say("not_in_file", nil)
		}
		rows = append(rows, []string{l.Task, l.Title, p.unit(l.Lead), first, day(l.Due), number(l.Days), number(l.Workdays), orDash(waits(l, p.w)), to})
	}
	p.table([]string{"task", "name", "lead", "first_due", "due", "days", "workdays", "waits", "new_due"}, rows)
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func number(n int) string {
	if n == 0 {
		return "—"
	}
	return fmt.Sprint(n)
}

// undecided is every place of the draft that carries the mark, in its order.
func (p *page) undecided(marks []mark) {
	var rows [][]string
	for _, m := range marks {
		rows = append(rows, []string{m.id, m.field, m.value, m.why})
	}
	p.line("## " + p.say("part_todo", words.Data{"Count": len(rows), "Mark": planfile.Todo}))
	p.table([]string{"task", "field", "value", "why"}, rows)
}

// ruleText is a duty's rule as people read it.
func ruleText(w *words.Words, r plan.Recurrence) string {
	text := r.Cron
	if r.Every != "" {
		text = w.T("rollover.every_" + r.Every)
	}
	if r.Shift != 0 {
		text += w.T("rollover.shift", words.Data{"Days": fmt.Sprintf("%+d", r.Shift)})
	}
	if !r.Until.IsZero() {
		text += w.T("rollover.until", words.Data{"Day": r.Until})
	}
	return text
}
