package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"duban/internal/water"
)

// WaterRead is the kind of the event by which something measured comes into the ledger,
// or is corrected: what was there before is in the events before it.
const WaterRead = "water.read"

// ErrCorrects: readings say otherwise than the ledger, and were not meant to correct it.
var ErrCorrects = errors.New("the readings correct what the ledger has")

// ReadingChange is what a reading changes of the ledger.
type ReadingChange struct {
	Reading   water.Reading     // as the ledger then has it
	Version   int               // of the reading then: 1 where the ledger had none
	Corrected []water.Corrected // what the ledger had otherwise
}

// ReadingsBy says who brings readings in, for which office and under which plan.
type ReadingsBy struct {
	Plan    string
	Office  string // unit whose register names the sections
	Actor   string
	Correct bool   // the readings correct what the ledger has; otherwise a difference is ErrCorrects
	Reason  string // of a correction
}

type readingRow struct {
	Section string `db:"section"`
	Version int    `db:"version"`
	Doc     string `db:"doc"`
}

// readingKey names a reading's n-th version for ever.
func readingKey(office string, r water.Reading, n int) string {
	return fmt.Sprintf("water/%s/%s/%s/%s/v%d", office, r.Section, r.Month, r.Span, n)
}

// readingOf is what the ledger has of a reading's section, month and span, with its version;
// version 0: nothing. one reads a single row, in a transaction or outside of any.
func readingOf(office string, r water.Reading, one func(dest any, query string, args ...any) error) (have water.Reading, version int, err error) {
	var row readingRow
	err = one(&row, `SELECT section, version, doc FROM readings WHERE office = ? AND section = ? AND month = ? AND span = ?`, office, r.Section, r.Month.String(), string(r.Span))
	switch {
	case errors.Is(err, ErrNotFound):
		return water.Reading{Section: r.Section, Month: r.Month, Span: r.Span}, 0, nil
	case err != nil:
		return have, 0, err
	}
	return have, row.Version, json.Unmarshal([]byte(row.Doc), &have)
}

// WouldRead is what readings would change of the ledger; what it has already is left out.
func (s *Store) WouldRead(ctx context.Context, office string, all []water.Reading) (changes []ReadingChange, err error) {
	for _, r := range all {
		have, version, err := readingOf(office, r, reader{ctx, s}.one)
		if err != nil {
			return nil, err
		}
		if both, corrected, more := have.With(r); more {
			changes = append(changes, ReadingChange{both, version + 1, corrected})
		}
	}
	return changes, nil
}

// PutReadings brings readings in, all or none: each that says anything new is an event
// water.read with what it corrects. The same again changes nothing. ErrCorrects when a
// reading differs from the ledger's and by.Correct is false.
func (s *Store) PutReadings(ctx context.Context, by ReadingsBy, all []water.Reading, when When) (changes []ReadingChange, err error) {
	return write(ctx, s, func(t *tx) ([]ReadingChange, error) {
		var changes []ReadingChange
		for _, r := range all {
			have, version, err := readingOf(by.Office, r, t.one)
			if err != nil {
				return nil, err
			}
			both, corrected, more := have.With(r)
			if !more {
				continue
			}
			if len(corrected) > 0 && !by.Correct {
				return nil, fmt.Errorf("%s %s %s: %w", r.Section, r.Month, r.Span, ErrCorrects)
			}
			if err := t.make("readings", `INSERT INTO readings (office, section, month, span, version, doc) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (office, section, month, span) DO UPDATE SET version = excluded.version, doc = excluded.doc`,
				by.Office, r.Section, r.Month.String(), string(r.Span), version+1, asJSON(both)); err != nil {
				return nil, err
			}
			data := map[string]any{"reading": r, "office": by.Office}
			if len(corrected) > 0 {
				data["corrected"], data["reason"] = corrected, by.Reason
			}
			e := Event{Key: readingKey(by.Office, r, version+1), Plan: by.Plan, Kind: WaterRead, Actor: by.Actor}
			if err := t.append(e, when, data); err != nil {
				return nil, err
			}
			changes = append(changes, ReadingChange{both, version + 1, corrected})
		}
		return changes, nil
	})
}

// ReadingFilter chooses readings. Empty fields choose all, of sections or of outlets.
type ReadingFilter struct {
	Section  string
	Outlets  bool        // those of outlets instead of those of sections: see water.PlaceOfOutlet
	From, To water.Month // both count
}

// measured are all readings of an office as last read. Each write of a reading raises its version and
// none is taken away, so that the same number of rows with the same sum of versions is the same readings.
type measured struct {
	Rows int             `db:"n"`
	Sum  int             `db:"sum"`
	all  []water.Reading // by section, month and span
}

// Readings are an office's readings by section, month and span. They are the caller's to read, not to
// change. It costs one small query unless a reading has come in.
func (s *Store) Readings(ctx context.Context, office string, f ReadingFilter) (chosen []water.Reading, err error) {
	all, err := s.measured(ctx, office)
	if err != nil {
		return nil, err
	}
	_, one := water.OutletAt(f.Section)
	chosen = []water.Reading{}
	for _, r := range all {
		_, outlet := water.OutletAt(r.Section)
		if outlet == (one || f.Outlets) && (f.Section == "" || r.Section == f.Section) &&
			(f.From == water.Month{} || !r.Month.Before(f.From)) && (f.To == water.Month{} || !f.To.Before(r.Month)) {
			chosen = append(chosen, r)
		}
	}
	return chosen, nil
}

func (s *Store) measured(ctx context.Context, office string) ([]water.Reading, error) {
	var now measured
	if err := s.one(ctx, &now, `SELECT COUNT(*) AS n, COALESCE(SUM(version), 0) AS sum FROM readings WHERE office = ?`, office); err != nil {
		return nil, err
	}
	s.mu.Lock()
	known := s.measures[office]
	s.mu.Unlock()
	if known.Rows == now.Rows && known.Sum == now.Sum {
		return known.all, nil
	}
	var rows []readingRow
	if err := s.all(ctx, &rows, `SELECT section, version, doc FROM readings WHERE office = ? ORDER BY section, month, span`, office); err != nil {
		return nil, err
	}
	read := measured{Rows: len(rows), all: make([]water.Reading, len(rows))}
	for i, r := range rows {
		read.Sum += r.Version
		if err := json.Unmarshal([]byte(r.Doc), &read.all[i]); err != nil {
			return nil, fmt.Errorf("ledger: reading of %s: %w", r.Section, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.measures == nil {
		s.measures = map[string]measured{}
	}
	s.measures[office] = read
	return read.all, nil
}

// ReadingVersion is one time that something of a reading came in.
type ReadingVersion struct {
	At        time.Time `db:"-"` // by the plan's clock
	Actor     string
	Reading   water.Reading     `json:"reading"` // what came in, and not what was there before
	Corrected []water.Corrected `json:"corrected"`
	Reason    string            `json:"reason"`
}

// arrived are the readings of sections that have come in by an event of the chain, by office. The
// chain only grows, so that what was read of it once is read no more.
type arrived struct {
	seq int64 // up to which the chain was read for readings
	by  map[string][]ReadingVersion
}

// ReadingsCame are all that came in of an office's sections, in the order of the chain. They are
// the caller's to read, not to change.
func (s *Store) ReadingsCame(ctx context.Context, office string) ([]ReadingVersion, error) {
	s.mu.Lock()
	known := s.came
	s.mu.Unlock()
	head, _, err := s.Head(ctx)
	if err != nil || head <= known.seq {
		return known.by[office], err
	}
	events, err := s.Events(ctx, EventFilter{Kinds: []string{WaterRead}, AfterSeq: known.seq})
	if err != nil {
		return nil, err
	}
	known.seq = head
	fresh := map[string][]ReadingVersion{}
	for _, e := range events {
		var came struct {
			ReadingVersion
			Office string `json:"office"`
		}
		if err := json.Unmarshal(e.Data, &came); err != nil {
			return nil, fmt.Errorf("ledger: event %s: %w", e.Key, err)
		}
		if _, outlet := water.OutletAt(came.Reading.Section); !outlet {
			came.At, came.Actor = e.PlanAt.UTC(), e.Actor
			fresh[came.Office] = append(fresh[came.Office], came.ReadingVersion)
		}
		known.seq = max(known.seq, e.Seq)
	}
	if len(events) > 0 {
		for of, all := range known.by { // others may be reading what was known
			fresh[of] = slices.Concat(all, fresh[of])
		}
		known.by = fresh
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known.seq > s.came.seq {
		s.came = known
	}
	return known.by[office], nil
}

// ReadingVersions are all that came in of an office's section: month after month, of a month
// the month's before the year's, and each in the order in which it came.
func (s *Store) ReadingVersions(ctx context.Context, office, section string) (all []ReadingVersion, err error) {
	var rows []readingRow
	if err := s.all(ctx, &rows, `SELECT section, version, doc FROM readings WHERE office = ? AND section = ? ORDER BY month, span`, office, section); err != nil {
		return nil, err
	}
	var keys []string
	for _, row := range rows {
		var r water.Reading
		if err := json.Unmarshal([]byte(row.Doc), &r); err != nil {
			return nil, fmt.Errorf("ledger: a reading of %s: %w", section, err)
		}
		for n := 1; n <= row.Version; n++ {
			keys = append(keys, readingKey(office, r, n))
		}
	}
	came := map[string]ReadingVersion{}
	for some := range slices.Chunk(keys, 500) {
		var events []struct {
			Key    string    `db:"key"`
			Actor  string    `db:"actor"`
			Data   string    `db:"data"`
			PlanAt time.Time `db:"plan_at"`
		}
		var w where
		w.oneOf("key", some)
		if err := s.all(ctx, &events, `SELECT key, actor, data, plan_at FROM events`+w.String(), w.args...); err != nil {
			return nil, err
		}
		for _, e := range events {
			v := ReadingVersion{At: e.PlanAt.UTC(), Actor: e.Actor}
			if err := json.Unmarshal([]byte(e.Data), &v); err != nil {
				return nil, fmt.Errorf("ledger: the event %s: %w", e.Key, err)
			}
			came[e.Key] = v
		}
	}
	for _, key := range keys {
		v, ok := came[key]
		if !ok {
			return nil, fmt.Errorf("ledger: the event %s: %w", key, ErrNotFound)
		}
		all = append(all, v)
	}
	return all, nil
}
