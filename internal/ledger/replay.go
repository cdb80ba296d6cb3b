package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"duban/internal/calendar"
	"duban/internal/sqlitefile"
)

// replay makes the tables from the chain alone, in a SQLite file of its own that
// nobody else has.
type replay struct {
	ctx   context.Context
	dir   string
	db    *sqlx.DB
	tx    *sqlx.Tx
	stmts map[string]*sqlx.Stmt
	named map[string]bool // documents that events name
	only  []string        // tables that are made; nil: all
}

// newReplay makes an empty ledger with the identity of the one to be made again.
func newReplay(ctx context.Context, id string) (*replay, error) {
	dir, err := os.MkdirTemp("", "duban-replay-")
	if err != nil {
		return nil, err
	}
	r := &replay{ctx: ctx, dir: dir, stmts: map[string]*sqlx.Stmt{}, named: map[string]bool{}}
	if err := r.begin(id); err != nil {
		r.drop()
		return nil, err
	}
	return r, nil
}

// begin makes the tables, without a row.
func (r *replay) begin(id string) error {
	empty, err := OpenWith(r.ctx, "sqlite:"+r.file(), Options{Create: true, Migrate: true})
	if err != nil {
		return err
	}
	if err := empty.Close(); err != nil {
		return err
	}
	// The file needs no journal: after a crash nobody uses it. Foreign keys are off, because
	// rows are made in the order of the chain, where the row that another refers to may come
	// with a later event of the same transaction.
	r.db, err = sqlx.Open("sqlite", sqlitefile.URI(r.file())+"?mode=rw&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=foreign_keys(0)")
	if err != nil {
		return err
	}
	r.db.SetMaxOpenConns(1)
	if r.tx, err = r.db.BeginTxx(r.ctx, nil); err != nil {
		return err
	}
	if _, err := r.tx.ExecContext(r.ctx, `UPDATE identity SET id = ?`, id); err != nil {
		return err
	}
	return r.quiet()
}

// quiet drops the triggers that note stale outlooks at every write: nobody reads lists of a
// replay.
func (r *replay) quiet() error {
	return r.without("TRIGGER", `type = 'trigger' AND name LIKE 'outlook%'`)
}

// without drops what of the schema a condition chooses.
func (r *replay) without(what, chosen string) error {
	var names []string
	if err := r.tx.SelectContext(r.ctx, &names, `SELECT name FROM sqlite_master WHERE `+chosen); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := r.tx.ExecContext(r.ctx, `DROP `+what+` `+name); err != nil {
			return err
		}
	}
	return nil
}

// noSpace turns ErrFull into ErrNoSpace: a replay only reads the ledger itself, so what is
// full is the folder of temporary files.
func noSpace(err error) error {
	if errors.Is(err, ErrFull) {
		return fmt.Errorf("%w %s: %w", ErrNoSpace, os.TempDir(), err)
	}
	return err
}

func (r *replay) file() string { return filepath.Join(r.dir, "ledger.db") }

// drop ends a replay and removes its folder.
func (r *replay) drop() {
	for _, stmt := range r.stmts {
		stmt.Close()
	}
	if r.tx != nil {
		r.tx.Rollback() //nolint:errcheck // what was made is not kept
	}
	if r.db != nil {
		r.db.Close()
	}
	os.RemoveAll(r.dir)
}

// stored is a change as an event holds it.
type stored struct {
	In  string                     `json:"in"`
	New bool                       `json:"new"`
	Key []json.RawMessage          `json:"key"`
	Set map[string]json.RawMessage `json:"set"`
}

// apply makes the changes of the next event. A *BrokenChainError says that they
// cannot be made; trouble of the machine is given as it is.
func (r *replay) apply(e eventRow, document func(hash string) (string, error)) error {
	naming := func(hash string) (string, error) {
		r.named[hash] = true
		return document(hash)
	}
	list, err := changesOf(e.Changes, naming)
	for i := 0; err == nil && i < len(list); i++ {
		if r.only == nil || slices.Contains(r.only, list[i].In) {
			err = r.make(list[i], naming)
		}
	}
	if err != nil && r.ctx.Err() == nil && !Later(named(err)) {
		err = &BrokenChainError{e.Seq, "what it changed cannot be made again: " + err.Error()}
	}
	return err
}

func (r *replay) make(c stored, document func(hash string) (string, error)) error {
	of := tableOf(c.In)
	if of == nil || len(c.Key) != len(of.key) {
		return fmt.Errorf("there is no table %s with a key of %d parts", c.In, len(c.Key))
	}
	key := make([]any, len(c.Key))
	for i, column := range of.key {
		var err error
		if key[i], err = of.columns[column].read(c.Key[i], document); err != nil {
			return fmt.Errorf("%s.%s: %w", c.In, column, err)
		}
	}
	columns := of.rest()
	if !c.New {
		columns = slices.Sorted(maps.Keys(c.Set))
	}
	values := make([]any, len(columns))
	for i, column := range columns {
		kind, ok := of.columns[column]
		if !ok {
			return fmt.Errorf("%s has no column %s", c.In, column)
		}
		value, err := r.value(of, kind, column, key, c, document)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", c.In, column, err)
		}
		values[i] = value
	}
	return r.write(of, c.New, columns, key, values)
}

// value is what a column is to hold after a change.
func (r *replay) value(of *table, kind kind, column string, key []any, c stored, document func(hash string) (string, error)) (any, error) {
	raw, said := c.Set[column]
	if !said {
		return kind.nothing(), nil
	}
	if kind != facts {
		return kind.read(raw, document)
	}
	switch {
	case c.New && r.only != nil: // nobody compares it with a table
		return string(raw), nil
	case c.New:
		return canonical(raw)
	}
	var t turn
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, err
	}
	var before string
	stmt, err := r.stmt(`SELECT ` + column + ` FROM ` + of.name + where1(of))
	if err != nil {
		return nil, err
	}
	if err := found(stmt.GetContext(r.ctx, &before, key...)); err != nil {
		return nil, err
	}
	return t.on(before)
}

func (r *replay) write(of *table, fresh bool, columns []string, key, values []any) error {
	query, args := "", append(slices.Clone(values), key...)
	if fresh {
		all, set := append(slices.Clone(columns), of.key...), make([]string, len(columns))
		for i, c := range columns {
			set[i] = c + ` = excluded.` + c
		}
		more, marks := "", ""
		for _, c := range of.flags {
			more, marks = more+", "+c, marks+", 0"
		}
		query = `INSERT INTO ` + of.name + ` (` + strings.Join(all, ", ") + more + `) VALUES (?` + strings.Repeat(", ?", len(all)-1) + marks +
			`) ON CONFLICT (` + strings.Join(of.key, ", ") + `) DO UPDATE SET ` + strings.Join(set, ", ")
	} else {
		query = `UPDATE ` + of.name + ` SET ` + strings.Join(columns, " = ?, ") + ` = ?` + where1(of)
	}
	stmt, err := r.stmt(query)
	if err != nil {
		return err
	}
	done, err := stmt.ExecContext(r.ctx, args...)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, fmt.Errorf("%s has %d rows %v", of.name, n, key))
	}
	return nil
}

// where1 is the condition on one row of a table.
func where1(of *table) string { return ` WHERE ` + of.byKey() }

func (r *replay) stmt(query string) (*sqlx.Stmt, error) {
	if s := r.stmts[query]; s != nil {
		return s, nil
	}
	s, err := r.tx.PreparexContext(r.ctx, query)
	if err == nil {
		r.stmts[query] = s
	}
	return s, err
}

// keep writes an event as it is.
func (r *replay) keep(e eventRow) error {
	stmt, err := r.stmt(`INSERT INTO events (seq, key, plan, task, kind, actor, real_at, plan_at, data, changes, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(r.ctx, e.Seq, e.Key, e.Plan, e.Task, e.Kind, e.Actor, asStamp(e.Real), asStamp(e.PlanAt), e.Data, e.Changes, e.Prev, e.Hash)
	return err
}

// read is a column's value as an event holds it.
func (k kind) read(raw json.RawMessage, document func(hash string) (string, error)) (any, error) {
	switch k {
	case number:
		var n int64
		return n, json.Unmarshal(raw, &n)
	case yes:
		var b bool
		return b, json.Unmarshal(raw, &b)
	case moment:
		var s *string
		if err := json.Unmarshal(raw, &s); err != nil || s == nil {
			return nil, err
		}
		return *s, nil
	}
	if len(raw) > 0 && raw[0] == '{' {
		return whole(string(raw), document)
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err
}

// whole is the text that a document's name means; another text is itself.
func whole(text string, document func(hash string) (string, error)) (string, error) {
	if !strings.HasPrefix(text, "{") {
		return text, nil
	}
	var name struct {
		SHA256 string `json:"sha256"`
	}
	if err := json.Unmarshal([]byte(text), &name); err != nil {
		return "", err
	}
	return document(name.SHA256)
}

// AsOf is the ledger as it was: its tables and events made once more from the chain. Events
// of a plan are read up to the instant, by the plan's clock, that until gives for the plan's
// zone; events of no plan up to the instant that until gives for Beijing's. Where the clock
// of a plan runs fast, an event of no plan that is dated by the wall clock is read unless
// an event before it in the chain was already too late. The store that AsOf gives can only
// be read; its Close removes its files. It lacks what is Unproven. ErrNoSpace when there is
// no space for it.
func (s *Store) AsOf(ctx context.Context, until func(zone *time.Location) time.Time) (was *Store, err error) {
	return s.asOf(ctx, until, nil)
}

// lineTables are those that say which lines and talks a plan had, and what they showed.
var lineTables = []string{"plans", "units", "calendars", "office", "tasks", "talks"}

// LinesAsOf is AsOf with the lineTables alone, and without events. It reads what changed these
// and proves nothing of the chain: in a big ledger most events are about messages.
func (s *Store) LinesAsOf(ctx context.Context, until func(zone *time.Location) time.Time) (was *Store, err error) {
	return s.asOf(ctx, until, lineTables)
}

// asOf makes all tables and events, or the tables only and no events.
func (s *Store) asOf(ctx context.Context, until func(zone *time.Location) time.Time, only []string) (was *Store, err error) {
	defer func() { err = noSpace(named(err)) }()
	v, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer v.Rollback() //nolint:errcheck // it only read
	ends, fast, err := s.ends(ctx, v, until)
	if err != nil {
		return nil, err
	}
	r, err := newReplay(ctx, s.id)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			r.drop()
		}
	}()
	r.only = only
	walk := s.walk
	if only != nil {
		if err := r.without("INDEX", `type = 'index' AND tbl_name = 'tasks' AND sql IS NOT NULL`); err != nil { // tasks are read whole, once
			return nil, err
		}
		first := slices.MinFunc(slices.Collect(maps.Values(ends)), time.Time.Compare)
		walk = func(ctx context.Context, v *sqlx.Tx, do func(eventRow) error) (int64, string, error) {
			return s.skim(ctx, v, only, first, do)
		}
	}
	var last head
	over := map[string]bool{}
	_, _, err = walk(ctx, v, func(e eventRow) error {
		at, err := time.Parse(stamp, asStamp(e.PlanAt))
		if err != nil {
			return &BrokenChainError{e.Seq, err.Error()}
		}
		end, known := ends[e.Plan]
		if !known {
			end = ends[""]
		}
		late := at.After(end)
		if e.Plan == "" && fast && asStamp(e.Real) == asStamp(e.PlanAt) {
			late = len(over) > 0
		}
		if late {
			over[e.Plan] = true
		}
		if over[e.Plan] {
			return nil
		}
		last = head{Seq: e.Seq, Hash: e.Hash}
		if err := r.apply(e, func(hash string) (string, error) { return s.documentIn(ctx, v, hash) }); err != nil {
			return err
		}
		if only != nil {
			return nil
		}
		return r.keep(e)
	})
	if err != nil {
		return nil, err
	}
	return r.store(last, s.o)
}

// skim gives, in the order of the chain, the events that changed one of some tables, those of no
// plan, and those after an instant by the clock of their plan, by which a day is over. What an
// event changed is looked at as text: of some events it is more than they are given for.
func (s *Store) skim(ctx context.Context, v *sqlx.Tx, tables []string, after time.Time, do func(eventRow) error) (seq int64, hash string, err error) {
	var some where
	some.add("plan = ''")
	some.add("plan_at > ?", instant(after))
	some.add("changes LIKE '{%'") // the name of a document
	for _, name := range tables {
		some.add(s.d.holds("changes"), `"in":"`+name+`"`)
	}
	query := v.Rebind(fmt.Sprintf(`SELECT seq, plan, %s AS real_at, %s AS plan_at, changes, hash FROM events WHERE seq > ? AND (%s) ORDER BY seq LIMIT %d`,
		s.d.exact("real_at"), s.d.exact("plan_at"), strings.Join(some.terms, " OR "), atOnce))
	for {
		var page []eventRow
		if err := v.SelectContext(ctx, &page, query, append([]any{seq}, some.args...)...); err != nil {
			return seq, hash, err
		}
		for _, e := range page {
			seq, hash = e.Seq, e.Hash
			if err := do(e); err != nil {
				return seq, hash, err
			}
		}
		if len(page) < atOnce {
			return seq, hash, nil
		}
	}
}

// ends are the instants up to which each plan is read; "" is of no plan. fast tells
// that a plan's clock is not the wall clock.
func (s *Store) ends(ctx context.Context, v *sqlx.Tx, until func(*time.Location) time.Time) (ends map[string]time.Time, fast bool, err error) {
	var plans []struct {
		ID    string `db:"id"`
		Zone  string `db:"zone"`
		Clock string `db:"clock"`
	}
	if err := v.SelectContext(ctx, &plans, `SELECT id, zone, clock FROM plans`); err != nil {
		return nil, false, err
	}
	ends = map[string]time.Time{"": until(calendar.Zone(""))}
	for _, p := range plans {
		ends[p.ID] = until(calendar.Zone(p.Zone))
		var clock calendar.Clock
		if err := json.Unmarshal([]byte(p.Clock), &clock); err != nil {
			return nil, false, fmt.Errorf("ledger: plan %s: clock: %w", p.ID, err)
		}
		fast = fast || clock.Rate != 0
	}
	return ends, fast, nil
}

// store opens what was made, for reading.
func (r *replay) store(last head, o Options) (*Store, error) {
	if _, err := r.tx.ExecContext(r.ctx, `UPDATE chain SET seq = ?, hash = ?`, last.Seq, last.Hash); err != nil {
		return nil, err
	}
	if err := r.settle(); err != nil {
		return nil, err
	}
	s, err := OpenWith(r.ctx, "sqlite:"+r.file(), Options{ReadOnly: true, Name: o.Name, Limits: o.Limits, Log: o.Log})
	if err != nil {
		return nil, err
	}
	s.after = r.drop
	return s, nil
}

// open opens what was made, for writing; drop still removes it.
func (r *replay) open() (*Store, error) {
	if err := r.settle(); err != nil {
		return nil, err
	}
	return OpenWith(r.ctx, "sqlite:"+r.file(), Options{})
}

// settle commits what was made and closes the file.
func (r *replay) settle() error {
	for _, stmt := range r.stmts {
		stmt.Close()
	}
	tx, db := r.tx, r.db
	r.stmts, r.tx, r.db = nil, nil, nil
	return errors.Join(tx.Commit(), db.Close())
}
