package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Watched is what whoever watches the machine must know of a plan that goes on.
type Watched struct {
	Plan string
	// Late is how many tasks have a stage, or a step of a talk, whose moment passed longer
	// ago than Launched.Grace or tardy allows and that was not decided: something does not
	// work.
	Late int
	// Undelivered are messages by state that are not out: sending, undelivered, failed …
	Undelivered  map[string]int
	Waiting      int       // how many Waits there are
	WaitingSince time.Time // real: for how long the longest of them; zero: none
	AuditedAt    time.Time // real: when the last audit ended; zero: none yet
	Missing      int       // stages that the last audit found to have left no trace
	LaunchedAt   time.Time // plan clock
}

// tardy is how late a stage may be, on the real clock, before it counts as late where
// the plan says no other grace: a worker that was restarted needs a moment.
const tardy = 15 * time.Minute

// Watch is what must be known of every plan that has not ended, by plan.
func (s *Store) Watch(ctx context.Context, now time.Time) ([]Watched, error) {
	ids, err := s.PlanIDs(ctx)
	if err != nil {
		return nil, err
	}
	var all []Watched
	for _, id := range ids {
		l, _, ok, err := s.Frame(ctx, id)
		if err == nil && !ok {
			l, err = s.Plan(ctx, id)
		}
		if err != nil {
			return nil, err
		}
		if !l.Ended.IsZero() {
			continue
		}
		w, err := s.watchPlan(ctx, l, now)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

func (s *Store) watchPlan(ctx context.Context, l Launched, now time.Time) (Watched, error) {
	w, err := s.Behind(ctx, l, now)
	for _, state := range Unsettled {
		if err != nil {
			return w, err
		}
		w.Undelivered[string(state)], err = s.CountMessages(ctx, MessageFilter{Plan: w.Plan, States: []NoticeState{state}})
	}
	return w, err
}

// Behind is what must be known of a plan, but for its messages: Undelivered stays empty.
func (s *Store) Behind(ctx context.Context, l Launched, now time.Time) (Watched, error) {
	w := Watched{Plan: l.Plan.ID, LaunchedAt: l.At.UTC(), Undelivered: map[string]int{}}
	before := l.Clock.Plan(now.Add(-tardy))
	if l.Grace > 0 {
		before = l.Clock.Plan(now).Add(-l.Grace)
	}
	// Stale outlooks are few: they are taken off, rather than looked for at each outlook that is counted.
	err := s.one(ctx, &w.Late, `SELECT (SELECT COUNT(*) FROM outlook WHERE plan = ? AND next_at IS NOT NULL AND next_at < ?)
		- (SELECT COUNT(*) FROM outlook_stale s CROSS JOIN outlook o WHERE s.plan = ? AND o.plan = s.plan AND o.task = s.task AND o.next_at < ?)`, w.Plan, instant(before), w.Plan, instant(before))
	if err != nil {
		return w, err
	}
	waits, err := s.Waits(ctx, w.Plan)
	if err != nil {
		return w, err
	}
	if w.Waiting = len(waits); w.Waiting > 0 {
		w.WaitingSince = waits[0].Since
	}
	w.AuditedAt, w.Missing, err = s.LastAudit(ctx, w.Plan)
	return w, err
}

// LastAudit is when a plan's last audit ended, on the real clock, and how many stages it found
// to have left no trace. The time is zero where there was none.
func (s *Store) LastAudit(ctx context.Context, planID string) (at time.Time, missing int, err error) {
	var last struct {
		At      sql.NullTime `db:"at"`
		Missing int          `db:"missing"`
	}
	if err := s.one(ctx, &last, `SELECT at, missing FROM audits WHERE plan = ?`, planID); err != nil && !errors.Is(err, ErrNotFound) {
		return time.Time{}, 0, err
	}
	return fromNull(last.At), last.Missing, nil
}

// NoteAudit notes that an audit of a plan has ended, and how many stages it found to
// have left no trace.
func (s *Store) NoteAudit(ctx context.Context, planID string, at time.Time, missing int) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		_, err = t.exec(`INSERT INTO audits (plan, at, missing) VALUES (?, ?, ?) ON CONFLICT (plan) DO UPDATE SET at = excluded.at, missing = excluded.missing`,
			planID, instant(at), missing)
		return none, err
	})
	return err
}
