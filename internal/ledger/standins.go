package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// StandIn is who acts for an account while it is away 代理. Instants are real.
type StandIn struct {
	ID      string       `db:"id"`
	Account string       `db:"account"` // who is away
	Other   string       `db:"other"`   // account that acts meanwhile
	From    time.Time    `db:"from_at"`
	Until   time.Time    `db:"until_at"` // the first instant after it
	By      string       `db:"by_whom"`  // account that said so
	EndedAt sql.NullTime `db:"ended_at"` // when it was ended before its time
}

const standInColumns = `id, account, other, from_at, until_at, by_whom, ended_at`

// NameStandIn keeps a stand-in. The same ID again is the same one.
func (s *Store) NameStandIn(ctx context.Context, n StandIn, entry SignInEntry) error {
	return s.signIn(ctx, entry, func(t *tx) error {
		_, err := t.exec(`INSERT INTO standins (`+standInColumns+`) VALUES (?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (id) DO NOTHING`,
			n.ID, n.Account, n.Other, instant(n.From), instant(n.Until), n.By)
		return err
	})
}

// EndStandIn ends a stand-in of an account before its time. ended is false when there
// was none that went on.
func (s *Store) EndStandIn(ctx context.Context, account, id string, at time.Time, entry SignInEntry) (ended bool, err error) {
	err = s.signIn(ctx, entry, func(t *tx) error {
		n, err := t.exec(`UPDATE standins SET ended_at = ? WHERE id = ? AND account = ? AND ended_at IS NULL AND until_at > ?`, instant(at), id, account, instant(at))
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// StandIns are those in which an account is away or acts, or all when it is "", that
// have not ended at an instant, the first to begin first.
func (s *Store) StandIns(ctx context.Context, account string, at time.Time) (all []StandIn, err error) {
	w := where{}
	w.add("until_at > ? AND ended_at IS NULL", instant(at))
	if account != "" {
		w.add("(account = ? OR other = ?)", account, account)
	}
	err = s.all(ctx, &all, `SELECT `+standInColumns+` FROM standins`+w.String()+` ORDER BY from_at, id`, w.args...)
	for i := range all {
		all[i].From, all[i].Until = all[i].From.UTC(), all[i].Until.UTC()
	}
	return all, err
}

// StoodIn tells whether other was to act for account at an instant.
func (s *Store) StoodIn(ctx context.Context, account, other string, at time.Time) (bool, error) {
	var n int
	err := s.one(ctx, &n, `SELECT count(*) FROM standins WHERE account = ? AND other = ? AND from_at <= ? AND until_at > ? AND (ended_at IS NULL OR ended_at > ?)`,
		account, other, instant(at), instant(at), instant(at))
	return n > 0, err
}
