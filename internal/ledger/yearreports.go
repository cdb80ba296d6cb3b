package ledger

import (
	"context"
	"encoding/json"
	"errors"

	"duban/internal/act"
)

// Reported is what people have done about the report of a plan's year.
type Reported struct {
	Plan    string
	Version int // 0: nothing was done yet
	act.Reporting
}

// Reporting is an act on the report of a plan's year, with what it leads to.
type Reporting struct {
	Plan    string
	Act     act.Act
	Version int // Reported.Version that the act was judged by
	After   act.Reporting
}

// reporting is in place of a task's ID in the keys of acts on year's reports: see ActKey.
const reporting = "report"

// YearReport is what people have done about the report of a plan's year.
func (s *Store) YearReport(ctx context.Context, planID string) (Reported, error) {
	return reportedBy(reader{ctx, s}, planID)
}

func reportedBy(q interface {
	one(dest any, query string, args ...any) error
}, planID string) (r Reported, err error) {
	var row struct {
		Version int    `db:"version"`
		Doc     string `db:"doc"`
	}
	err = q.one(&row, `SELECT version, doc FROM year_reports WHERE plan = ?`, planID)
	if errors.Is(err, ErrNotFound) {
		return Reported{Plan: planID}, nil
	}
	if err != nil {
		return r, err
	}
	r = Reported{Plan: planID, Version: row.Version}
	return r, json.Unmarshal([]byte(row.Doc), &r.Reporting)
}

// Report records an act on the report of a plan's year. The same act again changes nothing.
// ErrBehind when another act has been recorded since this one was judged.
func (s *Store) Report(ctx context.Context, r Reporting, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		key := ActKey(r.Plan, reporting, r.Act.ID)
		if there, err := actRecorded(t, key, r.Act); there || err != nil {
			return none, err
		}
		have, err := reportedBy(t, r.Plan)
		if err != nil {
			return none, err
		}
		switch {
		case have.Version != r.Version:
			return none, ErrBehind
		case have.Version == 0:
			err = t.make("year_reports", `INSERT INTO year_reports (plan, version, doc) VALUES (?, ?, ?)`, r.Plan, 1, asJSON(r.After))
		default:
			_, err = t.change("year_reports", `version = ?, doc = ?`, []any{have.Version + 1, asJSON(r.After)}, `plan = ?`, r.Plan)
		}
		if err != nil {
			return none, err
		}
		return none, t.append(Event{Key: key, Plan: r.Plan, Kind: ActKind(r.Act.Kind), Actor: r.Act.By.Account}, when, map[string]any{"act": r.Act})
	})
	return err
}
