package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/jmoiron/sqlx"

	"duban/internal/calendar"
)

// Check says how much of a ledger is to be proven.
type Check struct {
	Full bool // the tables too, row by row, not only the chain
	// Seq and Hash, when they are set, are a head that was noted outside: the number
	// of an event and its hash, or the first 16 or more digits of it.
	Seq  int64
	Hash string
	// Calendar, when it is set, lets a full check work out anew what lists are read
	// by: see Refresh.
	Calendar *calendar.Calendar
}

// Proof is what was proven, and what is not as the chain says.
type Proof struct {
	Seq    int64       `json:"seq"`    // of the last event: the ledger's head
	Hash   string      `json:"hash"`   // of it
	Tables []TableRows `json:"tables"` // those compared with the chain; none unless Full
	// Differences are the first hundred; Found is how many there are.
	Differences []Difference `json:"differences"`
	Found       int          `json:"found"`
}

// TableRows is a table and how many rows the chain makes in it.
type TableRows struct {
	Table string `json:"table"`
	Rows  int    `json:"rows"`
}

// Difference is what a table holds and the chain does not say, or the other way.
type Difference struct {
	Table  string `json:"table"`
	Key    []any  `json:"key"`    // of the row
	Column string `json:"column"` // "" when the whole row is in one of them only
	Have   any    `json:"have"`   // what the table holds; nil when the row is not there
	Want   any    `json:"want"`   // what the chain says; nil when it knows no such row
}

// Err is a *DifferError when the tables are not as the chain makes them.
func (p Proof) Err() error {
	if p.Found == 0 {
		return nil
	}
	return &DifferError{p}
}

// DifferError says that tables are not as the chain makes them.
type DifferError struct{ Proof Proof }

func (e *DifferError) Error() string {
	d := e.Proof.Differences[0]
	return fmt.Sprintf("the tables differ from the chain in %d places, the first is %s %v %s: the table holds %v, the chain makes %v",
		e.Proof.Found, d.Table, d.Key, d.Column, d.Have, d.Want)
}

// ErrOtherHead: the chain does not have the head that was noted outside.
var ErrOtherHead = errors.New("ledger: the chain has been rewritten: it does not have the noted head")

// Verify walks the whole chain in one reading transaction, while others may
// write. It gives the number of events that hold; a *BrokenChainError names the
// first that does not, a *CountError a table that disagrees with the events.
// A chain of which somebody has rewritten every hash after some event, and the
// head too, holds: only comparing with a head noted elsewhere shows it, see Check.Seq.
func (s *Store) Verify(ctx context.Context) (n int64, err error) {
	p, err := s.Prove(ctx, Check{})
	return p.Seq, err
}

// Prove does what Verify does and what c asks for beside it. With c.Full it makes
// the tables once more from the chain alone, in a database of its own, and compares
// them row by row; what differs is in the Proof and no error. Of a chain that does
// not hold it gives the part that does. ErrNoSpace when there is no space for that
// database, ErrOtherHead when the chain does not have the head c.Seq and c.Hash.
func (s *Store) Prove(ctx context.Context, c Check) (p Proof, err error) {
	defer func() { err = noSpace(named(err)) }()
	v, err := s.snapshot(ctx)
	if err != nil {
		return p, err
	}
	defer v.Rollback() //nolint:errcheck // it only read
	var again *replay
	if c.Full {
		if again, err = newReplay(ctx, s.id); err != nil {
			return p, err
		}
		defer again.drop()
	}
	counts, noted := map[string]int64{}, ""
	p.Seq, p.Hash, err = s.walk(ctx, v, func(r eventRow) error {
		counts[r.Kind]++
		if r.Seq == c.Seq {
			noted = r.Hash
		}
		if again == nil {
			return nil
		}
		return again.apply(r, func(hash string) (string, error) { return s.documentIn(ctx, v, hash) })
	})
	if err != nil {
		return p, err
	}
	if c.Seq != 0 || c.Hash != "" {
		if noted == "" || len(c.Hash) < 16 || len(c.Hash) > len(noted) || noted[:len(c.Hash)] != c.Hash {
			return p, ErrOtherHead
		}
	}
	if again != nil {
		if err := s.differ(ctx, v, again, &p); err != nil {
			return p, err
		}
		if c.Calendar != nil {
			if err := s.differInLists(ctx, v, again, c.Calendar, &p); err != nil {
				return p, fmt.Errorf("lists: %w", err)
			}
		}
		if p.Found > 0 {
			return p, nil
		}
	}
	return p, s.compare(ctx, v, counts)
}

// snapshot begins a transaction that reads one state, for as long as it takes.
func (s *Store) snapshot(ctx context.Context) (*sqlx.Tx, error) {
	if err := s.d.here(); err != nil {
		return nil, err
	}
	v, err := s.reader.BeginTxx(ctx, s.d.snapshot())
	if err != nil {
		return nil, err
	}
	if limits := s.d.patient(); limits != "" {
		if _, err := v.ExecContext(ctx, limits); err != nil {
			return nil, errors.Join(err, v.Rollback())
		}
	}
	return v, nil
}

// atOnce is how many events are read in one statement.
const atOnce = 2000

// walk goes along the whole chain, sees that it holds and gives each event to do.
func (s *Store) walk(ctx context.Context, v *sqlx.Tx, do func(eventRow) error) (seq int64, hash string, err error) {
	var end head
	err = v.GetContext(ctx, &end, `SELECT seq, hash FROM chain WHERE id = 1`)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", &BrokenChainError{1, "the chain has no head"}
	}
	if err != nil {
		return 0, "", err
	}
	query := v.Rebind(fmt.Sprintf(
		`SELECT seq, key, plan, task, kind, actor, %s AS real_at, %s AS plan_at, data, changes, prev, hash FROM events WHERE seq >= ? ORDER BY seq LIMIT %d`,
		s.d.exact("real_at"), s.d.exact("plan_at"), atOnce))
	last, from := head{}, int64(math.MinInt64)
	for {
		n := 0
		page, err := s.page(ctx, v, query, from, &last)
		if err != nil {
			return last.Seq, last.Hash, err
		}
		for _, r := range page {
			if err := follows(last, end, r); err != nil {
				return last.Seq, last.Hash, err
			}
			last = head{Seq: r.Seq, Hash: r.Hash}
			if err := do(r); err != nil {
				return last.Seq, last.Hash, err
			}
			n++
		}
		if n < atOnce {
			break
		}
		from = last.Seq + 1
	}
	if last.Seq < end.Seq {
		return last.Seq, last.Hash, &BrokenChainError{last.Seq + 1, fmt.Sprintf("the end is missing: there were %d events", end.Seq)}
	}
	if last.Hash != end.Hash {
		return last.Seq, last.Hash, &BrokenChainError{last.Seq, "the head of the chain names another hash"}
	}
	return last.Seq, last.Hash, nil
}

// page reads events from a number on.
func (s *Store) page(ctx context.Context, v *sqlx.Tx, query string, from int64, last *head) (page []eventRow, err error) {
	rows, err := v.QueryxContext(ctx, query, from)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r eventRow
		if err := rows.StructScan(&r); err != nil {
			return nil, &BrokenChainError{last.Seq + int64(len(page)) + 1, "it cannot be read: " + err.Error()}
		}
		page = append(page, r)
	}
	return page, rows.Err()
}

// follows tells whether r is the right event after last.
func follows(last, end head, r eventRow) error {
	next := last.Seq + 1
	switch {
	case r.Seq != next:
		return &BrokenChainError{next, fmt.Sprintf("it is missing: %d comes next", r.Seq)}
	case r.Seq > end.Seq:
		return &BrokenChainError{next, fmt.Sprintf("it was added: the head knows %d", end.Seq)}
	case r.Prev != last.Hash:
		return &BrokenChainError{next, "it does not follow the one before"}
	}
	e := r.event()
	if link(e, asStamp(r.Real), asStamp(r.PlanAt)) != r.Hash {
		return &BrokenChainError{next, "its content is not what was hashed"}
	}
	return nil
}

// documentIn is the document of a hash, read in v; an error when it is missing or its text
// has another hash.
func (s *Store) documentIn(ctx context.Context, v *sqlx.Tx, hash string) (doc string, err error) {
	err = found(v.GetContext(ctx, &doc, v.Rebind(`SELECT doc FROM documents WHERE hash = ?`), hash))
	switch {
	case errors.Is(err, ErrNotFound):
		return "", fmt.Errorf("document %s is missing", hash)
	case err == nil && hashOf(doc) != hash:
		return "", fmt.Errorf("document %s is not what was hashed", hash)
	}
	return doc, err
}

// mostNamed is how many differences are named.
const mostNamed = 100

func (p *Proof) differs(d Difference) {
	if p.Found++; len(p.Differences) < mostNamed {
		p.Differences = append(p.Differences, d)
	}
}

// differ compares every proven table with what the chain made of it, and the
// documents with those that the chain names.
func (s *Store) differ(ctx context.Context, v *sqlx.Tx, again *replay, p *Proof) error {
	for i := range proven {
		if err := s.differIn(ctx, v, again.tx, &proven[i], p, nil); err != nil {
			return fmt.Errorf("%s: %w", proven[i].name, err)
		}
	}
	return s.strayDocuments(ctx, v, again, p)
}

// differIn compares one table, except for the rows of which out is true.
func (s *Store) differIn(ctx context.Context, v *sqlx.Tx, again sqlx.QueryerContext, of *table, p *Proof, out func(row map[string]any) bool) error {
	have, err := cursorOf(ctx, v, of, s.d.exact)
	if err != nil {
		return err
	}
	defer have.rows.Close()
	want, err := cursorOf(ctx, again, of, lite{}.exact)
	if err != nil {
		return err
	}
	defer want.rows.Close()
	have.out, want.out = out, out
	count := 0
	for have.next() && want.next() {
		if have.row == nil && want.row == nil {
			break
		}
		switch order := of.compare(have.row, want.row); {
		case order < 0:
			p.differs(Difference{Table: of.name, Key: of.keyCells(have.row), Have: "row"})
			have.take()
		case order > 0:
			p.differs(Difference{Table: of.name, Key: of.keyCells(want.row), Want: "row"})
			want.take()
			count++
		default:
			for _, column := range of.rest() {
				if have.row[column] != want.row[column] {
					p.differs(Difference{of.name, of.keyCells(want.row), column, have.row[column], want.row[column]})
				}
			}
			have.take()
			want.take()
			count++
		}
	}
	p.Tables = append(p.Tables, TableRows{of.name, count})
	return errors.Join(have.err, want.err)
}

// strayDocuments adds to a proof the documents that no event names.
func (s *Store) strayDocuments(ctx context.Context, v *sqlx.Tx, again *replay, p *Proof) error {
	var hashes []string
	if err := v.SelectContext(ctx, &hashes, `SELECT hash FROM documents ORDER BY hash`); err != nil {
		return err
	}
	for _, hash := range hashes {
		if !again.named[hash] {
			p.differs(Difference{Table: "documents", Key: []any{hash}, Have: "row"})
		}
	}
	p.Tables = append(p.Tables, TableRows{"documents", len(again.named)})
	return nil
}

// cursor reads a table row by row in the order of its key.
type cursor struct {
	of      *table
	columns []string
	rows    *sqlx.Rows
	row     map[string]any // nil at the end
	ended   bool
	err     error
	out     func(row map[string]any) bool // rows to be left out; may be nil
}

func cursorOf(ctx context.Context, v sqlx.QueryerContext, of *table, exact func(string) string) (*cursor, error) {
	c := &cursor{of: of, columns: of.all()}
	query := `SELECT `
	for i, column := range c.columns {
		if i > 0 {
			query += `, `
		}
		if of.columns[column] == moment {
			column = exact(column)
		}
		query += column
	}
	query += ` FROM ` + of.name + ` ORDER BY `
	for i, column := range of.key {
		if i > 0 {
			query += `, `
		}
		query += column
	}
	var err error
	c.rows, err = v.QueryxContext(ctx, query)
	return c, err
}

// next reads a row unless one is there still; false when that failed.
func (c *cursor) next() bool {
	if c.row != nil || c.ended {
		return c.err == nil
	}
	if !c.rows.Next() {
		c.ended, c.err = true, c.rows.Err()
		return c.err == nil
	}
	values, err := c.rows.SliceScan()
	if err != nil {
		c.err = err
		return false
	}
	c.row = map[string]any{}
	for i, column := range c.columns {
		c.row[column], _ = c.of.columns[column].cell(values[i]) // a value of a wrong type is a difference
	}
	if c.out != nil && c.out(c.row) {
		c.row = nil
		return c.next()
	}
	return true
}

func (c *cursor) take() { c.row = nil }

// compare orders rows by the key, as the databases do; nil, the end, comes last.
func (t *table) compare(a, b map[string]any) int {
	switch {
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	for _, column := range t.key {
		if order := compareCells(a[column], b[column]); order != 0 {
			return order
		}
	}
	return 0
}

func compareCells(a, b any) int {
	n, one := a.(int64)
	m, two := b.(int64)
	if one && two {
		return int(max(-1, min(1, n-m)))
	}
	x, y := fmt.Sprint(a), fmt.Sprint(b)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func (t *table) keyCells(row map[string]any) []any {
	out := make([]any, len(t.key))
	for i, c := range t.key {
		out[i] = row[c]
	}
	return out
}

// changesOf are the rows that an event changed.
func changesOf(text string, document func(hash string) (string, error)) (list []stored, err error) {
	if text == "" {
		return nil, nil
	}
	if text, err = whole(text, document); err != nil {
		return nil, err
	}
	return list, json.Unmarshal([]byte(text), &list)
}
