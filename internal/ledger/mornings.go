package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// mostRecipients is how many recipients' digests one morning has at the most: many
// enough that a workflow costs little of each, few enough to be spoken within seconds.
const mostRecipients = 50

// joinMorning is the morning of an instant that takes one more digest, a new one when
// the last is full or closed, and whether its workflow is known to be started. It is not known of a
// morning that nothing vouches for, since it has nothing to say.
func (t *tx) joinMorning(planID string, at time.Time) (key string, started bool, err error) {
	var last struct {
		Key        string       `db:"key"`
		Number     int          `db:"number"`
		Recipients int          `db:"recipients"`
		Started    bool         `db:"started"`
		Closed     sql.NullTime `db:"closed_at"`
		Vouched    bool         `db:"vouched"`
	}
	err = t.one(&last, `SELECT key, number, recipients, started, closed_at, CASE WHEN started THEN `+vouched("mornings.key")+` ELSE TRUE END AS vouched FROM mornings WHERE plan = ? AND speak_at = ? ORDER BY number DESC LIMIT 1`, planID, at)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", false, err
	}
	if err == nil && !last.Closed.Valid && last.Recipients < mostRecipients {
		if _, err = t.exec(`UPDATE mornings SET recipients = recipients + 1 WHERE key = ?`, last.Key); err == nil && last.Started && !last.Vouched {
			last.Started, err = false, t.distrust(last.Key)
		}
		return last.Key, last.Started, err
	}
	key = MorningKey(planID, at, last.Number+1)
	_, err = t.exec(`INSERT INTO mornings (key, plan, speak_at, number, recipients, started) VALUES (?, ?, ?, ?, 1, ?)`, key, planID, at, last.Number+1, false)
	return key, false, err
}

// vouched is a condition on a column with a morning's key: the morning has something to say still.
// Comparisons with Temporal look for the workflows of such mornings alone.
func vouched(morning string) string {
	return `EXISTS (SELECT 1 FROM digests d WHERE d.morning = ` + morning + ` AND d.morning <> '' AND ` + unspoken + `)`
}

// distrust has a morning count as started no more, whose workflow may be lost without anything having
// looked for it: whoever adds something to say starts it, which does no harm to one that runs.
func (t *tx) distrust(key string) error {
	_, err := t.exec(`UPDATE mornings SET started = ? WHERE key = ?`, false, key)
	if err == nil {
		_, err = t.exec(`UPDATE digests SET started = ? WHERE morning = ? AND morning <> ''`, false, key)
	}
	return err
}

// MorningKey names the number-th morning of an instant, for ever.
func MorningKey(planID string, at time.Time, number int) string {
	return fmt.Sprintf("%s|%s|%d", planID, instant(at).Format(time.RFC3339Nano), number)
}

// HasMorning tells whether the ledger has a morning, spoken or not.
func (s *Store) HasMorning(ctx context.Context, key string) (bool, error) {
	var n int
	err := s.one(ctx, &n, `SELECT COUNT(*) FROM mornings WHERE key = ?`, key)
	return n > 0, err
}

// CloseMorning gives the digests of a morning that have something to say still, and
// closes it: it takes no more digests, and those it has take notices until each is
// gathered. Again, it gives those that are left. ErrNotFound without such a morning.
func (s *Store) CloseMorning(ctx context.Context, key string, when When) ([]Digest, error) {
	rows, err := write(ctx, s, func(t *tx) (rows []digestRow, err error) {
		var closed sql.NullTime
		if err := t.one(&closed, `SELECT closed_at FROM mornings WHERE key = ?`, key); err != nil {
			return nil, fmt.Errorf("morning %s: %w", key, err)
		}
		if !closed.Valid {
			if _, err := t.exec(`UPDATE mornings SET closed_at = ? WHERE key = ?`, instant(when.Plan), key); err != nil {
				return nil, err
			}
		}
		return rows, t.all(&rows, `SELECT `+digestColumns+` FROM digests d WHERE d.morning = ? AND `+unspoken+` ORDER BY d.unit, d.role, d.number`, key)
	})
	digests := make([]Digest, len(rows))
	for i, r := range rows {
		digests[i] = r.digest()
	}
	return digests, err
}

// MorningWaits tells whether a morning has something to say still.
func (s *Store) MorningWaits(ctx context.Context, key string) (bool, error) {
	var n int
	err := s.one(ctx, &n, `SELECT COUNT(*) FROM digests d WHERE d.morning = ? AND `+unspoken, key)
	return n > 0, err
}
