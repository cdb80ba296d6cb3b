package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"duban/internal/act"
)

// EventFilter chooses events. Empty fields choose all; Limit 0 is no limit.
type EventFilter struct {
	Plan, Task string
	Tasks      []string // nil chooses all
	Kinds      []string // none chooses all
	AfterSeq   int64
	Limit      int
	Changes    bool // give the rows that each event changed
}

// Events are the chosen events in the order of the chain.
func (s *Store) Events(ctx context.Context, f EventFilter) ([]Event, error) {
	w := where{}
	w.equal("plan", f.Plan)
	w.equal("task", f.Task)
	if f.Tasks != nil {
		w.add(s.d.among("task"), s.d.list(f.Tasks))
	}
	w.oneOf("kind", f.Kinds)
	w.add("seq > ?", f.AfterSeq)
	columns := `seq, key, plan, task, kind, actor, real_at, plan_at, data, prev, hash`
	if f.Changes {
		columns += `, changes`
	}
	query := `SELECT ` + columns + ` FROM events` + w.String() + ` ORDER BY seq`
	if f.Limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", f.Limit)
	}
	var rows []eventRow
	if err := s.all(ctx, &rows, query, w.args...); err != nil {
		return nil, err
	}
	events := make([]Event, len(rows))
	for i, r := range rows {
		events[i] = r.event()
	}
	return events, nil
}

// Record appends a bare event: a finding of the audit, a refused act. It uses
// Key, Plan, Task, Kind, Actor, Real, PlanAt and Data (JSON; null when empty).
// fresh is false when the key was there already; then nothing changes.
func (s *Store) Record(ctx context.Context, e Event) (fresh bool, err error) {
	if len(e.Data) == 0 {
		e.Data = json.RawMessage("null")
	}
	return write(ctx, s, func(t *tx) (bool, error) {
		if there, err := t.recorded(e.Key); there || err != nil {
			return false, err
		}
		return true, t.append(e, When{e.Real, e.PlanAt}, e.Data)
	})
}

// Head is the number of the last event and its hash. Written down elsewhere
// (a printed page will do) it proves later that nothing before it was changed.
func (s *Store) Head(ctx context.Context) (seq int64, hash string, err error) {
	var h head
	err = s.one(ctx, &h, `SELECT seq, hash FROM chain WHERE id = 1`)
	return h.Seq, h.Hash, err
}

// Recorded tells whether an event with this key is in the chain.
func (s *Store) Recorded(ctx context.Context, key string) (bool, error) {
	var seq int64
	err := s.one(ctx, &seq, `SELECT seq FROM events WHERE key = ?`, key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// ActRecorded tells whether an act on a task, an occurrence, a duty or a talk is in the
// chain; ErrTaken when another act has its ID.
func (s *Store) ActRecorded(ctx context.Context, planID, thing string, a act.Act) (bool, error) {
	return actRecorded(reader{ctx, s}, ActKey(planID, thing, a.ID), a)
}

// reader reads one row outside a transaction.
type reader struct {
	ctx context.Context
	s   *Store
}

func (r reader) one(dest any, query string, args ...any) error {
	return r.s.one(r.ctx, dest, query, args...)
}

// documentName is how a change names a document.
var documentName = regexp.MustCompile(`"sha256":"([0-9a-f]{64})"`)

// DocumentsIn are the hashes that have the form of a document's name in a text of changes,
// or in a document, in order; some may be hashes of other things, such as evidence.
func DocumentsIn(text string) (hashes []string) {
	for _, m := range documentName.FindAllStringSubmatch(text, -1) {
		hashes = append(hashes, m[1])
	}
	return hashes
}

// Document is a text that events name by its hash; ErrNotFound when there is none.
func (s *Store) Document(ctx context.Context, hash string) (doc string, err error) {
	err = s.one(ctx, &doc, `SELECT doc FROM documents WHERE hash = ?`, hash)
	return doc, err
}
