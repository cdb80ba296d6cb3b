package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"duban/internal/water"
)

// WaterRead is the kind of the event by which something measured comes into the ledger,
// or is corrected: what was there before stands in the events before it.
const WaterRead = "water.read"

// ErrCorrects: readings say otherwise than the ledger, and were not meant to correct it.
var ErrCorrects = errors.New("the readings correct what the ledger has")

// ReadingChange is what a reading changes of the ledger.
type ReadingChange struct {
	Reading   water.Reading     // as the ledger then has it
	Version   int               // of it then: 1 where nothing was there
	Corrected []water.Corrected // what the ledger had otherwise
}

// ReadingsBy says who brings readings in, for which office and under which plan.
type ReadingsBy struct {
	Plan    string
	Office  string // unit whose register names the sections
	Actor   string
	Correct bool   // what the ledger has otherwise is corrected; else it is ErrCorrects
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

// readingOf is what the ledger has of a reading by one, which gives one row; the zero
// version: nothing.
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
// water.read with what it corrects. The same again changes nothing.
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

// ReadingFilter chooses readings. Empty fields choose all.
type ReadingFilter struct {
	Section  string
	From, To water.Month // both count
}

// Readings are an office's readings by section, month and span.
func (s *Store) Readings(ctx context.Context, office string, f ReadingFilter) ([]water.Reading, error) {
	w := where{}
	w.equal("office", office)
	w.equal("section", f.Section)
	if f.From != (water.Month{}) {
		w.add("month >= ?", f.From.String())
	}
	if f.To != (water.Month{}) {
		w.add("month <= ?", f.To.String())
	}
	var rows []readingRow
	if err := s.all(ctx, &rows, `SELECT section, version, doc FROM readings`+w.String()+` ORDER BY section, month, span`, w.args...); err != nil {
		return nil, err
	}
	all := make([]water.Reading, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Doc), &all[i]); err != nil {
			return nil, fmt.Errorf("ledger: reading of %s: %w", r.Section, err)
		}
	}
	return all, nil
}

// ReadingVersion is one time that something of a reading came in.
type ReadingVersion struct {
	At        time.Time `db:"-"` // by the plan's clock
	Actor     string
	Reading   water.Reading     `json:"reading"` // what came in, and not what was there before
	Corrected []water.Corrected `json:"corrected"`
	Reason    string            `json:"reason"`
}

// ReadingVersions are all that came in of a reading, the first first.
func (s *Store) ReadingVersions(ctx context.Context, office string, of water.Reading) (all []ReadingVersion, err error) {
	_, version, err := readingOf(office, of, reader{ctx, s}.one)
	if err != nil {
		return nil, err
	}
	for n := 1; n <= version; n++ {
		var e struct {
			Actor  string    `db:"actor"`
			Data   string    `db:"data"`
			PlanAt time.Time `db:"plan_at"`
		}
		if err := s.one(ctx, &e, `SELECT actor, data, plan_at FROM events WHERE key = ?`, readingKey(office, of, n)); err != nil {
			return nil, fmt.Errorf("version %d of a reading: %w", n, err)
		}
		v := ReadingVersion{At: e.PlanAt.UTC(), Actor: e.Actor}
		if err := json.Unmarshal([]byte(e.Data), &v); err != nil {
			return nil, fmt.Errorf("ledger: version %d of a reading: %w", n, err)
		}
		all = append(all, v)
	}
	return all, nil
}
