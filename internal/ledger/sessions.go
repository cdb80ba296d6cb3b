package ledger

import (
	"context"
	"errors"
	"time"
)

// Session is one browser that has signed in, or is about to.
type Session struct {
	ID      string    `db:"id"`
	Hash    string    `db:"hash"` // of the cookie's secret
	Account string    `db:"account"`
	Step    string    `db:"step"`   // what is still asked for; "" nothing: it is signed in
	Setting string    `db:"factor"` // secret of a second factor that is being set up
	Way     string    `db:"way"`    // password, oidc
	BegunAt time.Time `db:"begun_at"`
	SeenAt  time.Time `db:"seen_at"`
	EndsAt  time.Time `db:"ends_at"`
	Address string    `db:"address"`
	Agent   string    `db:"agent"`
}

const sessionColumns = `id, hash, account, step, factor, way, begun_at, seen_at, ends_at, address, agent`

func (s *Session) utc() {
	s.BegunAt, s.SeenAt, s.EndsAt = s.BegunAt.UTC(), s.SeenAt.UTC(), s.EndsAt.UTC()
}

// Session is the session of an ID, or ErrNotFound.
func (s *Store) Session(ctx context.Context, id string) (is Session, err error) {
	err = s.one(ctx, &is, `SELECT `+sessionColumns+` FROM sessions WHERE id = ?`, id)
	is.utc()
	return is, err
}

// Sessions are those of an account, or of all when it is "", the last seen first.
func (s *Store) Sessions(ctx context.Context, account string) (all []Session, err error) {
	w := where{}
	w.equal("account", account)
	err = s.all(ctx, &all, `SELECT `+sessionColumns+` FROM sessions`+w.String()+` ORDER BY seen_at DESC, id`, w.args...)
	for i := range all {
		all[i].utc()
	}
	return all, err
}

// Beginning is a session that begins.
type Beginning struct {
	Session
	Old string // ID of the session in whose place it comes; "" none
	// Forgive is the Who of the account's Throttle, which is forgotten, and From that of
	// the address, of which one failure is taken back; a Forgive of "" leaves both.
	Forgive, From string
	// CodeStep is the time step of the second factor's code, 0 without one; Factor is the
	// factor's secret where it is set up now, and Replaces whether it may replace another.
	CodeStep int64
	Factor   string
	Replaces bool
}

// BeginSession begins a session. ErrOvertaken when the code that it rests on was taken
// before, the session in whose place it comes has ended meanwhile, or the account has
// another second factor by now.
func (s *Store) BeginSession(ctx context.Context, b Beginning, entry SignInEntry) error {
	return s.signIn(ctx, entry, func(t *tx) error {
		var is Session
		err := t.one(&is, `SELECT `+sessionColumns+` FROM sessions WHERE id = ?`, b.ID)
		if err == nil && is.Hash == b.Hash {
			return nil // it was this very call, whose answer was lost
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if b.CodeStep > 0 {
			if err := t.takeCode(b); err != nil {
				return err
			}
		}
		if b.Old != "" {
			if _, err := t.exec(`DELETE FROM sessions WHERE id = ?`, b.Old); err != nil {
				return err
			}
		}
		if err := t.forgive(b.Forgive, b.From); err != nil {
			return err
		}
		n := b.Session
		_, err = t.exec(`INSERT INTO sessions (`+sessionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			n.ID, n.Hash, n.Account, n.Step, n.Setting, n.Way, instant(n.BegunAt), instant(n.SeenAt), instant(n.EndsAt), storable(n.Address), storable(n.Agent))
		return err
	})
}

// takeCode notes that a code of the second factor is used, and keeps the factor where
// b.Factor sets it up now. Of several sessions that begin with one code the first gets it,
// and the others get ErrOvertaken.
func (t *tx) takeCode(b Beginning) error {
	var rows int64
	n, err := t.exec(`UPDATE sessions SET step = step WHERE id = ?`, b.Old)
	switch {
	case err != nil:
		return err
	case n == 0:
		return ErrOvertaken
	case b.Factor == "":
		rows, err = t.exec(`UPDATE signins SET step = ? WHERE account = ? AND step < ?`, b.CodeStep, b.Account, b.CodeStep)
	default: // an account that signs in by OpenID Connect may have no row and no password
		only := ` WHERE signins.factor = ''`
		if b.Replaces {
			only = ""
		}
		rows, err = t.exec(`INSERT INTO signins (account, password, set_at, factor, step) VALUES (?, '', ?, ?, ?)
			ON CONFLICT (account) DO UPDATE SET factor = excluded.factor, step = excluded.step`+only, b.Account, instant(b.SeenAt), b.Factor, b.CodeStep)
	}
	if err == nil && rows == 0 {
		err = ErrOvertaken
	}
	return err
}

// SeeSession notes when a session was last seen.
func (s *Store) SeeSession(ctx context.Context, id string, at time.Time) error {
	return s.signIn(ctx, SignInEntry{}, func(t *tx) error {
		_, err := t.exec(`UPDATE sessions SET seen_at = ? WHERE id = ? AND seen_at < ?`, instant(at), id, instant(at))
		return err
	})
}

// KeepFactor keeps the secret of a second factor that a session sets up.
func (s *Store) KeepFactor(ctx context.Context, id, factor string) error {
	return s.signIn(ctx, SignInEntry{}, func(t *tx) error {
		n, err := t.exec(`UPDATE sessions SET factor = ? WHERE id = ?`, factor, id)
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		return err
	})
}

// EndSession ends a session of an account. ended is false when there was none.
func (s *Store) EndSession(ctx context.Context, account, id string, entry SignInEntry) (ended bool, err error) {
	err = s.signIn(ctx, entry, func(t *tx) error {
		n, err := t.exec(`DELETE FROM sessions WHERE id = ? AND account = ?`, id, account)
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

// EndSessions ends all sessions of an account but one ("" none).
func (s *Store) EndSessions(ctx context.Context, account, keep string, entry SignInEntry) error {
	return s.signIn(ctx, entry, func(t *tx) error {
		_, err := t.exec(`DELETE FROM sessions WHERE account = ? AND id <> ?`, account, keep)
		return err
	})
}
