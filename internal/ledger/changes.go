package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx/reflectx"
)

// change is one row that an event made or changed. It is all that rebuilding the
// tables needs.
type change struct {
	In  string                     `json:"in"`            // table
	New bool                       `json:"new,omitempty"` // the row is new: what is not in Set is "", 0, false or null
	Key []any                      `json:"key"`           // values of the table's key
	Set map[string]json.RawMessage `json:"set,omitempty"`
}

// document names a text that is kept in the table documents. An event holds this name in
// place of the text.
type document struct {
	SHA256 string `json:"sha256"`
}

// Texts that are longer than this many bytes are kept in the table documents, where
// the same text is kept once.
const (
	longText    = 1000 // of a column
	longChanges = 4000 // of all that an event changed
)

// touched is a row that this transaction has written and no event tells of yet.
type touched struct {
	table    *table
	fresh    bool
	key      []any
	was, now map[string]any // cells of the columns written
}

// make writes new rows, or whole rows in place of old ones: an INSERT statement.
func (t *tx) make(name, query string, args ...any) error {
	of := tableOf(name)
	columns := of.all()
	rows, err := t.cells(of, columns, query+` RETURNING `+strings.Join(columns, ", "), args)
	if err != nil {
		return fmt.Errorf("ledger: %s: %w", name, err)
	}
	for _, row := range rows {
		t.touch(of, row, nil).fresh = true
	}
	return nil
}

// fill notes, for the next event, a new row whose values were bound to an INSERT.
func (t *tx) fill(of *table, columns []string, values []any) error {
	row := make(map[string]any, len(of.columns))
	for column, kind := range of.columns {
		row[column] = kind.nothing()
		if v, ok := byDefault[of.name+"."+column]; ok {
			row[column] = v
		}
	}
	for i, column := range columns {
		if !of.has(column) {
			continue
		}
		var err error
		if row[column], err = of.columns[column].bound(values[i]); err != nil {
			return fmt.Errorf("%s.%s: %w", of.name, column, err)
		}
	}
	t.touch(of, row, nil).fresh = true
	return nil
}

// change updates rows. set is "a = ?, b = ?"; no value in it has a comma followed
// by a space. It gives how many rows there were.
func (t *tx) change(name, set string, values []any, where string, args ...any) (int, error) {
	of := tableOf(name)
	var columns []string
	for _, part := range strings.Split(set, ", ") {
		if column, _, _ := strings.Cut(part, " = "); of.has(column) {
			columns = append(columns, column)
		}
	}
	columns = append(slices.Clone(of.key), columns...)
	before, err := t.before(of, columns, where, args)
	if err != nil || len(before) == 0 {
		return 0, err
	}
	after, err := t.cells(of, columns, `UPDATE `+name+` SET `+set+` WHERE `+where+` RETURNING `+strings.Join(columns, ", "), append(slices.Clone(values), args...))
	if err != nil {
		return 0, err
	}
	was := map[string]map[string]any{}
	for _, row := range before {
		was[of.rowName(of.keyCells(row))] = row
	}
	for _, row := range after {
		t.touch(of, row, was[of.rowName(of.keyCells(row))])
	}
	return len(after), nil
}

// before gives the cells of some columns of the rows that are about to be changed. A single
// row that this transaction has read whole and not written since is taken from t.held.
func (t *tx) before(of *table, columns []string, where string, args []any) ([]map[string]any, error) {
	held, ok := t.held[of.rowName(args)]
	if !ok || where != of.byKey() {
		return t.cells(of, columns, `SELECT `+strings.Join(columns, ", ")+` FROM `+of.name+` WHERE `+where, args)
	}
	row, value := map[string]any{}, reflect.ValueOf(held)
	for _, c := range columns {
		field := t.inner.Mapper.TypeMap(value.Type()).GetByPath(c)
		if field == nil {
			return nil, fmt.Errorf("ledger: %T has no column %s", held, c)
		}
		var err error
		if row[c], err = of.columns[c].bound(reflectx.FieldByIndexesReadOnly(value, field.Index).Interface()); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", of.name, c, err)
		}
	}
	return []map[string]any{row}, nil
}

// hold remembers a row that was read: a struct whose fields are its columns.
func (t *tx) hold(name string, row any, key ...any) { t.held[tableOf(name).rowName(key)] = row }

// byKey is the SQL condition on one row. A change of one row is to have exactly this text
// as its condition: before compares the texts.
func (t *table) byKey() string { return strings.Join(t.key, " = ? AND ") + " = ?" }

func (t *table) has(column string) bool { _, ok := t.columns[column]; return ok }

// rowName tells a row from all others of the ledger.
func (t *table) rowName(key []any) string {
	parts := []string{t.name}
	for _, k := range key {
		parts = append(parts, fmt.Sprint(k))
	}
	return strings.Join(parts, "\x00")
}

// touch remembers what was written to a row: now and was are the cells after and before; was
// is nil where the whole row is written.
func (t *tx) touch(of *table, now, was map[string]any) *touched {
	key := of.keyCells(now)
	name := of.rowName(key)
	delete(t.held, name)
	r := t.pending[name]
	if r == nil {
		r = &touched{table: of, key: key, was: map[string]any{}, now: map[string]any{}}
		t.pending[name] = r
		t.order = append(t.order, r)
	}
	for column, value := range now {
		if _, known := r.was[column]; !known {
			r.was[column] = was[column]
		}
		r.now[column] = value
	}
	return r
}

// cells reads rows by a statement that gives these columns.
func (t *tx) cells(of *table, columns []string, query string, args []any) (out []map[string]any, err error) {
	rows, err := t.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.SliceScan()
		if err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, c := range columns {
			if row[c], err = of.columns[c].cell(values[i]); err != nil {
				return nil, fmt.Errorf("%s.%s: %w", of.name, c, err)
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// changed tells whether the tables have changed since the last event.
func (t *tx) changed() (bool, error) {
	list, err := t.since()
	return len(list) > 0, err
}

// told fails when a write has changed a table that the chain must prove and no event of
// that write holds the change.
func (t *tx) told() error {
	list, err := t.since()
	if err != nil {
		return err
	}
	if len(list) > 0 {
		return fmt.Errorf("ledger: no event tells of a change of %s %v", list[0].In, list[0].Key)
	}
	t.pending, t.order = map[string]*touched{}, nil
	return nil
}

// since are the rows that have changed since the last event.
func (t *tx) since() (list []change, err error) {
	for _, r := range t.order {
		c, err := t.changeOf(r)
		if err != nil {
			return nil, err
		}
		if c.New || len(c.Set) > 0 {
			list = append(list, c)
		}
	}
	return list, nil
}

// changes takes what has been written since the last event: the text that the next
// event carries, "" when nothing was. Long texts go into the table documents.
func (t *tx) changes() (string, error) {
	list, err := t.since()
	if err != nil {
		return "", err
	}
	t.pending, t.order = map[string]*touched{}, nil
	if len(list) == 0 {
		return "", nil
	}
	out, err := json.Marshal(list)
	if err != nil || len(out) <= longChanges {
		return string(out), err
	}
	return t.document(string(out))
}

func (t *tx) changeOf(r *touched) (change, error) {
	c := change{In: r.table.name, New: r.fresh, Key: r.key, Set: map[string]json.RawMessage{}}
	for _, column := range r.table.rest() {
		now, written := r.now[column]
		kind := r.table.columns[column]
		if !written || now == r.was[column] && !r.fresh || r.fresh && now == kind.nothing() {
			continue
		}
		var value any = now
		s, _ := now.(string)
		switch {
		case kind == facts && r.fresh:
			value = json.RawMessage(s)
		case kind == facts:
			before, _ := r.was[column].(string)
			turn, err := turnOf(before, s)
			if err != nil {
				return c, fmt.Errorf("ledger: %s.%s: %w", c.In, column, err)
			}
			value = turn
		case len(s) > longText:
			doc, err := t.document(s)
			if err != nil {
				return c, err
			}
			value = json.RawMessage(doc)
		}
		data, err := json.Marshal(value)
		if err != nil {
			return c, err
		}
		c.Set[column] = data
	}
	return c, nil
}

// document keeps a text in the table documents, and gives its name for an event.
func (t *tx) document(doc string) (string, error) {
	hash := hashOf(doc)
	_, err := t.exec(`INSERT INTO documents (hash, doc) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING`, hash, doc)
	return asJSON(document{hash}), err
}

func hashOf(doc string) string {
	sum := sha256.Sum256([]byte(doc))
	return hex.EncodeToString(sum[:])
}
