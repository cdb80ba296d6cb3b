package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"duban/internal/plan"
)

// Frame is a launched plan without its tasks, clauses and sections, as Refresh has kept it
// apart, and the Basis of the outlooks that are kept; ok is false when no frame is kept, or
// the plan has another version by now. ErrNotFound without such a plan. What it gives is shared: do
// not change it.
func (s *Store) Frame(ctx context.Context, planID string) (l Launched, basis string, ok bool, err error) {
	var row struct {
		Version int          `db:"version"`
		Basis   string       `db:"basis"`
		Units   int          `db:"directory"`
		Clock   string       `db:"clock"`
		At      time.Time    `db:"launched_at"`
		Grace   int64        `db:"grace"`
		Floor   string       `db:"floor"`
		Ended   sql.NullTime `db:"ended_at"`
		Put     sql.NullTime `db:"archived_at"`
		calendarRow
	}
	// The plan is joined by its version too, so that an index answers and the document is not read.
	err = s.one(ctx, &row, `SELECT p.version, o.basis, p.clock, p.launched_at, p.grace, p.ended_at, p.archived_at, (SELECT COALESCE(MAX(version), 0) FROM units) AS directory,
		c.since AS since, c.undone AS undone, COALESCE((SELECT value FROM office WHERE name = 'rank_floor'), '0') AS floor FROM outlook_plans o
		JOIN plans p ON p.id = o.plan AND p.version = o.version
		LEFT JOIN calendars c ON c.year = (SELECT year FROM calendars WHERE since IS NOT NULL ORDER BY since DESC LIMIT 1) WHERE o.plan = ?`, planID)
	if errors.Is(err, ErrNotFound) {
		var there string
		if err := s.one(ctx, &there, `SELECT id FROM plans WHERE id = ?`, planID); err != nil {
			return l, "", false, fmt.Errorf("plan %s: %w", planID, err)
		}
		return l, "", false, nil
	}
	if err != nil {
		return l, "", false, fmt.Errorf("plan %s: %w", planID, err)
	}
	l = Launched{At: row.At.UTC(), Grace: time.Duration(row.Grace), Version: row.Version, Ended: fromNull(row.Ended), Archived: fromNull(row.Put)}
	l.RankFloor, _ = strconv.Atoi(row.Floor) // as Plan reads it
	l.Plan, err = s.frameAt(ctx, frameVersion{planVersion{planID, row.Version, row.Units}, row.Basis})
	if errors.Is(err, ErrNotFound) { // it was written anew meanwhile
		return l, "", false, nil
	}
	if err != nil {
		return l, "", false, err
	}
	if err := json.Unmarshal([]byte(row.Clock), &l.Clock); err != nil {
		return l, "", false, fmt.Errorf("ledger: plan %s: clock: %w", planID, err)
	}
	return l, row.Basis, true, row.on(&l)
}

// frameVersion says all that the frame of a plan depends on.
type frameVersion struct {
	planVersion
	basis string
}

// frameAt is the frame of a frameVersion, as last read or read anew. ErrNotFound where the ledger
// has another now.
func (s *Store) frameAt(ctx context.Context, v frameVersion) (plan.Plan, error) {
	s.mu.Lock()
	p, ok := s.frames[v.id]
	s.mu.Unlock()
	if ok && p.frameVersion == v {
		return p.Plan, nil
	}
	var doc string
	if err := s.one(ctx, &doc, `SELECT frame FROM outlook_plans WHERE plan = ? AND version = ? AND basis = ?`, v.id, v.version, v.basis); err != nil {
		return plan.Plan{}, err
	}
	units, err := s.units(ctx)
	if err != nil {
		return plan.Plan{}, err
	}
	p = framed{frameVersion: v}
	if p.Plan, err = planOf(v.id, doc); err != nil {
		return plan.Plan{}, err
	}
	p.Plan.Directory = taking(p.Plan.Directory, units)
	s.mu.Lock()
	s.frames[v.id] = p
	s.mu.Unlock()
	return p.Plan, nil
}

// framed is a frame that was read.
type framed struct {
	frameVersion
	plan.Plan
}
