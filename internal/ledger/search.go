package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"duban/internal/calendar"
)

// Sought is one word that is looked for, as Plainly writes it, and the units that it may
// mean.
type Sought struct {
	Word  string
	Units []string // IDs
}

// Plainly is a text in lower case and half width (Unicode NFKC).
func Plainly(text string) string { return strings.ToLower(norm.NFKC.String(text)) }

// searchedBy is what a task is searched by, beside the unit that leads it.
func searchedBy(t Task) string {
	return Plainly(strings.Join([]string{t.Title, t.Clause, t.Shown(), t.ID}, "\n"))
}

// perBlock is how many places of the document a row of outlook_blocks holds the words of: few
// enough that it is written cheaply when one of its tasks is, and that it stays within a page.
const perBlock = 8

// blockOf is the block of a position, a column of integers from 0.
func blockOf(position string) string { return fmt.Sprintf("%s / %d", position, perBlock) }

// gather writes anew the blocks of a plan, with the words that their tasks have in outlook_words.
func (t *tx) gather(planID string, blocks []int) error {
	slices.Sort(blocks)
	for _, block := range slices.Compact(blocks) {
		if _, err := t.exec(`DELETE FROM outlook_blocks WHERE plan = ? AND block = ?`, planID, block); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO outlook_blocks (plan, block, leads, words)
			SELECT plan, `+blockOf("position")+`, '/' || `+t.s.d.joined("lead")+` || '/', `+t.s.d.joined("words")+`
			FROM outlook_words WHERE plan = ? AND position >= ? AND position < ? GROUP BY 1, 2`, planID, block*perBlock, (block+1)*perBlock)
		if err != nil {
			return err
		}
	}
	return nil
}

// mostUnits is how many units that a word may mean are looked for in blocks: of more, some
// lead tasks everywhere.
const mostUnits = 8

// Find are the IDs of a plan's tasks, duties and standing lines of which each word is in
// the title, the clause or the ID, or means the unit that leads them; in the document's
// order, most of them after the first skip. seat, "" for all, narrows them to those in which
// that unit has a part. See List for ok and the other parameters.
func (s *Store) Find(ctx context.Context, l *Launched, basis string, cal *calendar.Calendar, words []Sought, seat string, skip, most int) (ids []string, ok bool, err error) {
	if Basis(*l, cal) != basis {
		return nil, false, nil
	}
	err = s.outlook(ctx, l, basis, cal, func(r *outlookReader) error {
		if ok = r.ok; !ok {
			return nil
		}
		w := where{}
		w.add("o.plan = ?", l.Plan.ID)
		from, order := `outlook_words o`, ` ORDER BY o.position, o.duty, o.due, o.task`
		if seat != "" { // without the index SQLite goes through all tasks of the plan in their order
			from += s.d.through("outlook_words_of")
			w.add("o.task IN (SELECT u.task FROM outlook_units u WHERE u.plan = ? AND u.unit = ?)", l.Plan.ID, seat)
		} else { // a word that few tasks have, or none, is in few blocks
			from = `outlook_blocks b CROSS JOIN ` + from
			order = ` ORDER BY b.block, o.position, o.duty, o.due, o.task`
			w.add("b.plan = ?", l.Plan.ID)
			w.add(fmt.Sprintf("o.position >= b.block * %d AND o.position < b.block * %[1]d + %[1]d", perBlock))
		}
		for _, word := range words {
			task, block := where{}, where{}
			task.add(s.d.holds("o.words"), word.Word)
			block.add(s.d.holds("b.words"), word.Word)
			for _, unit := range word.Units {
				block.add(s.d.holds("b.leads"), "/"+unit+"/")
			}
			if len(word.Units) > 0 {
				task.add(s.d.among("o.lead"), s.d.list(word.Units))
			}
			w.either(task)
			if seat == "" && len(word.Units) <= mostUnits {
				w.either(block)
			}
		}
		if len(r.stale) == 0 {
			return r.all(&ids, `SELECT o.task FROM `+from+w.String()+order+page(skip, most), w.args...)
		}
		w.add(fresh)
		var places []Place
		if err := r.all(&places, `SELECT o.task, o.position, o.duty, o.due FROM `+from+w.String()+order+page(0, skip+most), w.args...); err != nil {
			return err
		}
		for _, t := range r.stale {
			if t.soughtBy(words, seat) {
				places = append(places, Place{Task: t.now.ID, Position: t.Position, Duty: t.now.Duty, Due: t.now.Due.String()})
			}
		}
		slices.SortFunc(places, func(p, q Place) int {
			return cmp.Or(cmp.Compare(p.Position, q.Position), cmp.Compare(p.Duty, q.Duty), cmp.Compare(p.Due, q.Due), cmp.Compare(p.Task, q.Task))
		})
		for _, p := range places[min(skip, len(places)):min(skip+most, len(places))] {
			ids = append(ids, p.Task)
		}
		return nil
	})
	return ids, ok, err
}

// soughtBy tells whether Find chooses a stale task, as it is worked out now.
func (t workedTask) soughtBy(words []Sought, seat string) bool {
	text := searchedBy(t.now)
	for _, w := range words {
		if !strings.Contains(text, w.Word) && !slices.Contains(w.Units, t.now.Lead) {
			return false
		}
	}
	return seat == "" || slices.ContainsFunc(t.parts, func(p [2]string) bool { return p[0] == seat })
}

// likely is a word as LIKE takes it. What is no letter and no digit matches any such
// sign: brackets and commas are written in two widths.
func likely(word string) string {
	return "%" + strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, word) + "%"
}

// FindAnywhere is Find for a plan whose outlooks cannot be used. It gives tasks of every
// unit, and more than those that hold the words: see likely.
func (s *Store) FindAnywhere(ctx context.Context, planID string, words []Sought, skip, most int) (ids []string, err error) {
	w := where{}
	w.add("plan = ?", planID)
	for _, word := range words {
		like := likely(word.Word)
		one := where{}
		one.add(`lower(title) LIKE ?`, like)
		one.add(`lower(clause) LIKE ?`, like)
		one.add(`lower(id) LIKE ?`, like)
		one.add(`lower(label) LIKE ?`, like)
		if len(word.Units) > 0 {
			one.add(s.d.among("lead"), s.d.list(word.Units))
		}
		w.either(one)
	}
	err = s.all(ctx, &ids, `SELECT id FROM tasks`+w.String()+fmt.Sprintf(` ORDER BY position, duty, due, id LIMIT %d OFFSET %d`, most, skip), w.args...)
	return ids, err
}
