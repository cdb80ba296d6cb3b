package query

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
)

// Hit is one thing that was found.
type Hit struct {
	What   string       `json:"what"` // plan, unit, task
	Plan   string       `json:"plan"`
	ID     string       `json:"id"`
	Title  string       `json:"title"`
	Clause string       `json:"clause,omitempty"`
	Unit   string       `json:"unit,omitempty"` // name of the unit that leads the task
	Number string       `json:"number,omitempty"`
	Kind   plan.Kind    `json:"kind,omitempty"`
	Due    calendar.Day `json:"due,omitzero"`
	Light  plan.Light   `json:"light,omitempty"`
}

// Found is the result of a search: plans and units first, then tasks in the document's order.
type Found struct {
	Hits []Hit
	More bool // there are more tasks
}

// sought are the words of a text, normalised by ledger.Plainly (lower case, half width).
func sought(text string) []string { return strings.Fields(ledger.Plainly(text)) }

// holds tells whether each word is in one of the texts.
func holds(words []string, texts ...string) bool {
	for i, t := range texts {
		texts[i] = ledger.Plainly(t)
	}
	for _, w := range words {
		if !slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, w) }) {
			return false
		}
	}
	return true
}

// Search finds the plans, units and tasks that the viewer may see and that have each word of
// the text in their titles, clauses, units, IDs or numbers. It gives at most most tasks; for
// a text without a letter or digit it finds nothing.
func (r *Reader) Search(ctx context.Context, v Viewer, text string, most int) (found Found, err error) {
	in, err := r.as(v)
	if err != nil {
		return found, err
	}
	words := sought(text)
	found.Hits = []Hit{}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return found, nil
	}
	plans, err := r.planIDs(ctx, "")
	if err != nil {
		return found, err
	}
	var tasks []Hit
	units := map[string]bool{}
	for _, id := range plans {
		f, err := in.framed(ctx, id)
		if err != nil {
			return found, err
		}
		if !v.knows(f.Plan.Directory) {
			continue
		}
		if v.oversees(f.Plan.Directory) && holds(words, f.Plan.Title, f.Plan.Number, f.Plan.ID) {
			found.Hits = append(found.Hits, Hit{What: "plan", Plan: id, ID: id, Title: f.Plan.Title, Number: f.Plan.Number})
		}
		for _, u := range f.Plan.Directory.Units {
			if (v.oversees(f.Plan.Directory) || u.ID == v.by.Unit) && !units[u.ID] && holds(words, append([]string{u.Name, u.ID}, u.Aliases...)...) {
				units[u.ID] = true
				found.Hits = append(found.Hits, Hit{What: "unit", Plan: id, ID: u.ID, Title: u.Name})
			}
		}
		some, err := in.find(ctx, f, words, most+1-len(tasks))
		if err != nil {
			return found, err
		}
		tasks = append(tasks, some...)
	}
	if found.More = len(tasks) > most; found.More {
		tasks = tasks[:most]
	}
	found.Hits = append(found.Hits, tasks...)
	return found, nil
}

// atOnce is how many tasks are read at a time where the ledger cannot choose by the words.
const atOnce = 500

// find are the tasks of one plan that have the words, at most most of them.
func (r reading) find(ctx context.Context, f *framed, words []string, most int) (hits []Hit, err error) {
	var by []ledger.Sought
	for _, w := range words {
		by = append(by, ledger.Sought{Word: w, Units: named(f.Plan.Directory, w)})
	}
	seat := ""
	if !r.who.oversees(f.Plan.Directory) {
		seat = r.who.by.Unit
	}
	for skip := 0; len(hits) < most; {
		many := most - len(hits)
		ids, ok, err := r.store.Find(ctx, &f.Launched, f.basis, f.cal, by, seat, skip, many)
		if err == nil && !ok {
			many = atOnce
			ids, err = r.store.FindAnywhere(ctx, f.Plan.ID, by, skip, many)
		}
		if err != nil || len(ids) == 0 {
			return hits, err
		}
		tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: f.Plan.ID, IDs: ids}) // in the same order
		if err != nil {
			return nil, err
		}
		tasks = slices.DeleteFunc(tasks, func(t ledger.Task) bool {
			u, _ := f.Plan.Directory.Unit(t.Lead)
			return !r.who.sees(t) || !holds(words, append([]string{t.Title, t.Clause, t.Shown(), t.ID, u.Name}, u.Aliases...)...)
		})
		for _, row := range report.Rows(f.Launched, tasks, nil, nil, f.today, f.cal) {
			if len(hits) < most {
				hits = append(hits, Hit{What: "task", Plan: f.Plan.ID, ID: row.ID, Title: row.Title, Clause: row.Clause, Unit: row.Lead, Kind: row.Kind, Due: row.Due, Light: row.Light})
			}
		}
		if len(ids) < many {
			break
		}
		skip += many
	}
	return hits, nil
}

// named are the IDs of the units that have a word in their names.
func named(d people.Directory, word string) (ids []string) {
	for _, u := range d.Units {
		if holds([]string{word}, append([]string{u.Name}, u.Aliases...)...) {
			ids = append(ids, u.ID)
		}
	}
	return ids
}
