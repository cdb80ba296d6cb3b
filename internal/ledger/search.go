package ledger

import (
	"context"
	"fmt"
	"strings"
	"unicode"
)

// Sought is one word that is looked for, in small letters, and the units that it may mean.
type Sought struct {
	Word  string
	Units []string // IDs
}

// likely is a word as LIKE takes it. What is no letter and no digit stands for any such
// sign: brackets and commas are written in two widths.
func likely(word string) string {
	return "%" + strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, word) + "%"
}

// Find are IDs of a plan's tasks, duties and standing lines of which each word may be in
// the title, the clause or the ID, or means the unit that leads them; in the document's
// order, from the one numbered skip on.
func (s *Store) Find(ctx context.Context, planID string, words []Sought, skip, most int) (ids []string, err error) {
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
		w.add("("+strings.Join(one.terms, " OR ")+")", one.args...)
	}
	err = s.all(ctx, &ids, `SELECT id FROM tasks`+w.String()+fmt.Sprintf(` ORDER BY position, duty, due, id LIMIT %d OFFSET %d`, most, skip), w.args...)
	return ids, err
}
