package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"duban/internal/act"
)

// Incident is an incident at a section 应急事件, with all that was noted in it.
type Incident struct {
	Plan    string
	Version int
	act.Incident
}

type incidentRow struct {
	Plan    string `db:"plan"`
	Number  int    `db:"number"`
	Version int    `db:"version"`
	Doc     string `db:"doc"`
}

func (r incidentRow) incident() (i Incident, err error) {
	i = Incident{Plan: r.Plan, Version: r.Version}
	if err := json.Unmarshal([]byte(r.Doc), &i.Incident); err != nil {
		return i, fmt.Errorf("ledger: incident %d of %s: %w", r.Number, r.Plan, err)
	}
	return i, nil
}

// Incidents are the incidents of a plan, withdrawn ones too, by number.
func (s *Store) Incidents(ctx context.Context, planID string) (all []Incident, err error) {
	var rows []incidentRow
	if err := s.all(ctx, &rows, `SELECT plan, number, version, doc FROM incidents WHERE plan = ? ORDER BY number`, planID); err != nil {
		return nil, err
	}
	for _, r := range rows {
		i, err := r.incident()
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

// ReadIncidents are the incidents of a plan of one state, or with "" all, by number. They are the
// caller's to read, not to change: each write of an incident raises its version, and of one that
// was read in its version the document is not read again.
func (s *Store) ReadIncidents(ctx context.Context, planID string, state act.State) ([]Incident, error) {
	w := where{}
	w.add("plan = ?", planID)
	w.equal("state", string(state))
	var rows []incidentRow
	if err := s.all(ctx, &rows, `SELECT plan, number, version FROM incidents`+w.String()+` ORDER BY number`, w.args...); err != nil {
		return nil, err
	}
	all, missing := make([]Incident, len(rows)), map[string]int{}
	var numbers []string
	s.mu.Lock()
	for i, r := range rows {
		if all[i] = s.handled[r.key()]; all[i].Version != r.Version {
			missing[r.key()] = i
			numbers = append(numbers, strconv.Itoa(r.Number))
		}
	}
	s.mu.Unlock()
	if len(missing) == 0 {
		return all, nil
	}
	rows = nil
	if err := s.all(ctx, &rows, `SELECT plan, number, version, doc FROM incidents WHERE plan = ? AND `+s.d.among("CAST(number AS TEXT)"), planID, s.d.list(numbers)); err != nil {
		return nil, err
	}
	for _, r := range rows {
		var err error
		if all[missing[r.key()]], err = r.incident(); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.handled == nil {
		s.handled = map[string]Incident{}
	}
	for key, i := range missing {
		s.handled[key] = all[i]
	}
	return all, nil
}

func (r incidentRow) key() string { return r.Plan + "/" + strconv.Itoa(r.Number) }

// Incident is a plan's incident by its ID. ErrNotFound.
func (s *Store) Incident(ctx context.Context, planID, id string) (Incident, error) {
	return incidentBy(reader{ctx, s}, planID, id)
}

func incidentBy(q interface {
	one(dest any, query string, args ...any) error
}, planID, id string) (i Incident, err error) {
	number, err := strconv.Atoi(id)
	if err != nil {
		return i, fmt.Errorf("incident %q: %w", id, ErrNotFound)
	}
	var row incidentRow
	if err := q.one(&row, `SELECT plan, number, version, doc FROM incidents WHERE plan = ? AND number = ?`, planID, number); err != nil {
		return i, fmt.Errorf("incident %s of %s: %w", id, planID, err)
	}
	return row.incident()
}

// Handling is an act on an incident, with what it leads to.
type Handling struct {
	Plan    string
	Act     act.Act
	Version int          // Incident.Version that the act was judged by; 0: the act opens the incident
	After   act.Incident // the incident after the act
}

// incidentThing is in place of a task's ID in the keys of acts on incidents: see ActKey.
const incidentThing = "incident"

// Handle records an act on an incident. The same act again changes nothing, and fresh is false.
// ErrBehind when the incident has been written since the act was judged, or, of an act that
// opens one, when another incident has been given its number. ErrTaken when another act of the
// plan's incidents has the act's ID.
func (s *Store) Handle(ctx context.Context, h Handling, when When) (fresh bool, err error) {
	return write(ctx, s, func(t *tx) (bool, error) {
		key := ActKey(h.Plan, incidentThing, h.Act.ID)
		if there, err := actRecorded(t, key, h.Act); there || err != nil {
			return false, err
		}
		if err := t.handle(h); err != nil {
			return false, err
		}
		e := Event{Key: key, Plan: h.Plan, Kind: ActKind(h.Act.Kind), Actor: h.Act.By.Account}
		return true, t.append(e, when, map[string]any{"act": h.Act, "incident": h.After.ID, "state": h.After.State})
	})
}

func (t *tx) handle(h Handling) error {
	number, err := strconv.Atoi(h.After.ID)
	if err != nil {
		return fmt.Errorf("ledger: incident %q: %w", h.After.ID, err)
	}
	have, err := incidentBy(t, h.Plan, h.After.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if have.Version != h.Version {
		return ErrBehind
	}
	doc := asJSON(h.After)
	if h.Version == 0 {
		return t.make("incidents", `INSERT INTO incidents (plan, number, version, state, section, doc) VALUES (?, ?, ?, ?, ?, ?)`,
			h.Plan, number, 1, string(h.After.State), h.After.Section, doc)
	}
	_, err = t.change("incidents", `version = ?, state = ?, doc = ?`, []any{have.Version + 1, string(h.After.State), doc}, `plan = ? AND number = ?`, h.Plan, number)
	return err
}
