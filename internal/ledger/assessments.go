package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"duban/internal/act"
	"duban/internal/assessment"
)

// Assessed is the assessment of a plan's period, with its sheets as they went out: JSON of
// assessment.Sheet, whose SHA-256 the chain has.
type Assessed struct {
	Plan    string
	Version int // 0: nothing was done yet
	act.Assessing
	Sheet  string // the preliminary one that was sent last
	Result string // the one that was issued; "" until then
}

type assessedRow struct {
	Plan    string `db:"plan"`
	Period  string `db:"period"`
	Version int    `db:"version"`
	State   string `db:"state"`
	Sheet   string `db:"sheet"`
	Result  string `db:"result"`
	Doc     string `db:"doc"`
}

func (r assessedRow) assessed() (a Assessed, err error) {
	a = Assessed{Plan: r.Plan, Version: r.Version, Sheet: r.Sheet, Result: r.Result}
	return a, json.Unmarshal([]byte(r.Doc), &a.Assessing)
}

const assessedColumns = `plan, period, version, state, sheet, result, doc`

// Assessments are the assessments of a plan on which an act was done, by period.
func (s *Store) Assessments(ctx context.Context, planID string) (all []Assessed, err error) {
	var rows []assessedRow
	if err := s.all(ctx, &rows, `SELECT `+assessedColumns+` FROM assessments WHERE plan = ? ORDER BY period`, planID); err != nil {
		return nil, err
	}
	for _, r := range rows {
		a, err := r.assessed()
		if err != nil {
			return nil, fmt.Errorf("ledger: assessment of %s %s: %w", r.Plan, r.Period, err)
		}
		all = append(all, a)
	}
	return all, nil
}

// SentAssessments are the assessments of all plans whose preliminary sheet is out and whose result
// is not, by plan and period, without their sheets.
func (s *Store) SentAssessments(ctx context.Context) (all []Assessed, err error) {
	var rows []assessedRow
	if err := s.all(ctx, &rows, `SELECT plan, period, version, state, doc FROM assessments WHERE state = ? ORDER BY plan, period`, string(act.SheetSent)); err != nil {
		return nil, err
	}
	for _, r := range rows {
		a, err := r.assessed()
		if err != nil {
			return nil, fmt.Errorf("ledger: assessment of %s %s: %w", r.Plan, r.Period, err)
		}
		all = append(all, a)
	}
	return all, nil
}

// Assessment is a plan's assessment of a period; its Version is 0 where no act was done.
func (s *Store) Assessment(ctx context.Context, planID string, p assessment.Period) (Assessed, error) {
	a, _, err := assessedBy(reader{ctx, s}, planID, p)
	return a, err
}

func assessedBy(q interface {
	one(dest any, query string, args ...any) error
}, planID string, p assessment.Period) (a Assessed, there bool, err error) {
	var row assessedRow
	err = q.one(&row, `SELECT `+assessedColumns+` FROM assessments WHERE plan = ? AND period = ?`, planID, string(p))
	switch {
	case errors.Is(err, ErrNotFound):
		return Assessed{Plan: planID, Assessing: act.Assessing{Period: p, State: act.Unborn}}, false, nil
	case err != nil:
		return a, false, err
	}
	a, err = row.assessed()
	return a, true, err
}

// entered are the entries of a plan as last read, and the documents that say them.
type entered struct {
	docs []string
	all  []act.Entry
}

// Entries are what was entered for the assessments of a plan 考核事项登记, struck ones too,
// by number. They are the caller's to read, not to change: what says the same as when it was
// last read is not decoded again.
func (s *Store) Entries(ctx context.Context, planID string) ([]act.Entry, error) {
	read := entered{}
	if err := s.all(ctx, &read.docs, `SELECT doc FROM merits WHERE plan = ? ORDER BY number`, planID); err != nil {
		return nil, err
	}
	s.mu.Lock()
	known := s.entries[planID]
	s.mu.Unlock()
	read.all = make([]act.Entry, len(read.docs))
	same := len(known.docs) == len(read.docs)
	for i, doc := range read.docs {
		if i < len(known.docs) && known.docs[i] == doc {
			read.all[i] = known.all[i]
			continue
		}
		same = false
		if err := json.Unmarshal([]byte(doc), &read.all[i]); err != nil {
			return nil, fmt.Errorf("ledger: entry %d of %s: %w", i+1, planID, err)
		}
	}
	if same {
		return known.all, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.entries == nil {
		s.entries = map[string]entered{}
	}
	s.entries[planID] = read
	return read.all, nil
}

// Assessing is an act on a plan's assessment, with what it leads to.
type Assessing struct {
	Plan    string
	Act     act.Act
	Version int           // Assessed.Version that the act was judged by
	After   act.Assessing // the assessment after the act
	Sheet   string        // preliminary sheet that the act sends; "" none
	Result  string        // result that the act issues; "" none
	Entry   *act.Entry    // entry that the act makes or changes; After is not used then
	Entries int           // how many entries the plan had when the act was judged
}

// assessing is in place of a task's ID in the keys of acts on assessments: see ActKey.
const assessing = "assessment"

// Assess records an act on a plan's assessment. The same act again changes nothing. ErrBehind
// when the assessment, or an entry, has been written since the act was judged.
func (s *Store) Assess(ctx context.Context, a Assessing, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		key := ActKey(a.Plan, assessing, a.Act.ID)
		if there, err := actRecorded(t, key, a.Act); there || err != nil {
			return none, err
		}
		data := map[string]any{"act": a.Act}
		if a.Entry != nil {
			err = t.enter(a)
		} else {
			data["state"] = a.After.State
			err = t.assess(a)
		}
		if err != nil {
			return none, err
		}
		return none, t.append(Event{Key: key, Plan: a.Plan, Kind: ActKind(a.Act.Kind), Actor: a.Act.By.Account}, when, data)
	})
	return err
}

func (t *tx) assess(a Assessing) error {
	have, there, err := assessedBy(t, a.Plan, a.After.Period)
	if err != nil {
		return err
	}
	if have.Version != a.Version {
		return ErrBehind
	}
	doc := asJSON(a.After)
	if !there {
		return t.make("assessments", `INSERT INTO assessments (`+assessedColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			a.Plan, string(a.After.Period), 1, string(a.After.State), a.Sheet, a.Result, doc)
	}
	set, values := `version = ?, state = ?, doc = ?`, []any{have.Version + 1, string(a.After.State), doc}
	if a.Sheet != "" {
		set, values = set+`, sheet = ?`, append(values, a.Sheet)
	}
	if a.Result != "" {
		set, values = set+`, result = ?`, append(values, a.Result)
	}
	_, err = t.change("assessments", set, values, `plan = ? AND period = ?`, a.Plan, string(a.After.Period))
	return err
}

// enter writes an entry, whose ID is its number.
func (t *tx) enter(a Assessing) error {
	var count int
	if err := t.one(&count, `SELECT COUNT(*) FROM merits WHERE plan = ?`, a.Plan); err != nil {
		return err
	}
	var number int
	if _, err := fmt.Sscan(a.Entry.ID, &number); err != nil {
		return fmt.Errorf("ledger: entry %q: %w", a.Entry.ID, err)
	}
	if count != a.Entries || number > count+1 {
		return ErrBehind
	}
	if number > count {
		return t.make("merits", `INSERT INTO merits (plan, number, doc) VALUES (?, ?, ?)`, a.Plan, number, asJSON(a.Entry))
	}
	var doc string
	if err := t.one(&doc, `SELECT doc FROM merits WHERE plan = ? AND number = ?`, a.Plan, number); err != nil {
		return err
	}
	var have act.Entry
	if err := json.Unmarshal([]byte(doc), &have); err != nil {
		return err
	}
	if have.Struck != nil { // somebody else has struck the entry meanwhile
		return ErrBehind
	}
	_, err := t.change("merits", `doc = ?`, []any{asJSON(a.Entry)}, `plan = ? AND number = ?`, a.Plan, number)
	return err
}
