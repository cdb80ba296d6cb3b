package ledger

import (
	"fmt"
	"strings"
)

// where gathers conditions and their arguments.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(term string, args ...any) {
	w.terms = append(w.terms, term)
	w.args = append(w.args, args...)
}

// either asks for one of the terms of another.
func (w *where) either(one where) { w.add("("+strings.Join(one.terms, " OR ")+")", one.args...) }

// begins asks for what a column's value begins with, in ASCII, in a way that an index serves; ""
// asks for nothing.
func (w *where) begins(column, prefix string) {
	if n := len(prefix); n > 0 {
		w.add(column+" >= ? AND "+column+" < ?", prefix, prefix[:n-1]+string(prefix[n-1]+1))
	}
}

// equal asks for a column's value; an empty one asks for nothing.
func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

// oneOf asks for one of several values; none asks for nothing.
func (w *where) oneOf(column string, values []string) {
	if len(values) == 0 {
		return
	}
	w.terms = append(w.terms, column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")")
	for _, v := range values {
		w.args = append(w.args, v)
	}
}

func (w *where) String() string {
	if len(w.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.terms, " AND ")
}

// page limits a query to one page; all rows when limit is 0.
func page(skip, limit int) string {
	if limit == 0 {
		return ""
	}
	return fmt.Sprintf(" LIMIT %d OFFSET %d", limit, skip)
}
