package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

// What people sign in with is kept beside the chain and is no part of it: secrets
// change without an office act, and no report rests on them. Package internal/signin
// decides who may sign in and hashes the secrets. All instants are on the real clock.

// SignIn is what an account signs in with.
type SignIn struct {
	Account  string    `db:"account"`
	Password string    `db:"password"` // argon2id; "" none
	SetAt    time.Time `db:"set_at"`
	Factor   string    `db:"factor"` // secret of the second factor; "" none
	Step     int64     `db:"step"`   // time step of the last code that was taken
}

// Invitation lets the holder of a link make an account's password, once.
type Invitation struct {
	Hash    string       `db:"hash"` // of the link's secret
	Account string       `db:"account"`
	By      string       `db:"by_whom"` // account; "" the machine's operator
	MadeAt  time.Time    `db:"made_at"`
	EndsAt  time.Time    `db:"ends_at"`
	UsedAt  sql.NullTime `db:"used_at"`
}

// SignInEntry is a line of the log of who signed in.
type SignInEntry struct {
	ID      string    `db:"id" json:"id"` // the same ID again is the same line
	At      time.Time `db:"at" json:"at"`
	Account string    `db:"account" json:"account"` // "" where nobody has the account that was typed
	What    string    `db:"what" json:"what"`
	By      string    `db:"by_whom" json:"by,omitempty"` // when another did it
	Address string    `db:"address" json:"address"`
	Detail  string    `db:"detail" json:"detail,omitempty"`
}

// Throttle counts the failures of an account or an address. Who is a hash of it.
type Throttle struct {
	Who      string    `db:"who"`
	Failures int       `db:"failures"`
	LastAt   time.Time `db:"last_at"`
	Until    time.Time `db:"until"` // no try is taken before
}

const signInColumns = `account, password, set_at, factor, step`

// SignIn is what an account signs in with; ErrNotFound when it has nothing.
func (s *Store) SignIn(ctx context.Context, account string) (in SignIn, err error) {
	err = s.one(ctx, &in, `SELECT `+signInColumns+` FROM signins WHERE account = ?`, account)
	in.SetAt = in.SetAt.UTC()
	return in, err
}

// SignIns are the accounts that have something to sign in with, by account.
func (s *Store) SignIns(ctx context.Context) (all []SignIn, err error) {
	err = s.all(ctx, &all, `SELECT `+signInColumns+` FROM signins`)
	for i := range all {
		all[i].SetAt = all[i].SetAt.UTC()
	}
	slices.SortFunc(all, func(a, b SignIn) int { return cmp.Compare(a.Account, b.Account) })
	return all, err
}

// SetPassword gives an account another password. All its sessions end, but for the
// one that is to be kept ("" none).
func (s *Store) SetPassword(ctx context.Context, account, password string, at time.Time, keep string, entry SignInEntry) error {
	return s.signIn(ctx, entry, func(t *tx) error { return t.setPassword(account, password, at, keep) })
}

func (t *tx) setPassword(account, password string, at time.Time, keep string) error {
	_, err := t.exec(`INSERT INTO signins (account, password, set_at, factor, step) VALUES (?, ?, ?, '', 0)
		ON CONFLICT (account) DO UPDATE SET password = excluded.password, set_at = excluded.set_at`, account, password, instant(at))
	if err == nil {
		_, err = t.exec(`DELETE FROM sessions WHERE account = ? AND id <> ?`, account, keep)
	}
	return err
}

// DropFactor takes an account's second factor away, as when a telephone is lost. The
// account's sessions end.
func (s *Store) DropFactor(ctx context.Context, account string, entry SignInEntry) error {
	return s.signIn(ctx, entry, func(t *tx) error {
		_, err := t.exec(`UPDATE signins SET factor = '', step = 0 WHERE account = ?`, account)
		if err == nil {
			_, err = t.exec(`DELETE FROM sessions WHERE account = ?`, account)
		}
		return err
	})
}

// Invite keeps an invitation, in place of those the account has not used.
func (s *Store) Invite(ctx context.Context, in Invitation, entry SignInEntry) error {
	return s.signIn(ctx, entry, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM invitations WHERE account = ? AND used_at IS NULL AND hash <> ?`, in.Account, in.Hash); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO invitations (hash, account, by_whom, made_at, ends_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING`,
			in.Hash, in.Account, in.By, instant(in.MadeAt), instant(in.EndsAt))
		return err
	})
}

const openInvitation = `SELECT hash, account, by_whom, made_at, ends_at, used_at FROM invitations WHERE hash = ? AND ends_at > ?`

// Invitation is one that can still be used at an instant, otherwise ErrNotFound.
func (s *Store) Invitation(ctx context.Context, hash string, at time.Time) (in Invitation, err error) {
	err = s.one(ctx, &in, openInvitation+` AND used_at IS NULL`, hash, instant(at))
	in.MadeAt, in.EndsAt = in.MadeAt.UTC(), in.EndsAt.UTC()
	return in, err
}

// Redeem uses an invitation for a password, and forgets the account's failures: whom is the
// Who of its Throttle. Only the first of several calls uses the invitation; the others get
// ErrNotFound, and so does a call after the invitation has ended.
func (s *Store) Redeem(ctx context.Context, hash, password, whom string, at time.Time, entry SignInEntry) error {
	return s.signIn(ctx, entry, func(t *tx) error {
		var in Invitation
		if err := t.one(&in, openInvitation, hash, instant(at)); err != nil {
			return err
		}
		if in.UsedAt.Valid {
			var is SignIn
			err := t.one(&is, `SELECT `+signInColumns+` FROM signins WHERE account = ?`, in.Account)
			if err == nil && is.Password == password { // it was this very call, whose answer was lost
				return nil
			}
			return errors.Join(err, ErrNotFound)
		}
		if _, err := t.exec(`UPDATE invitations SET used_at = ? WHERE hash = ?`, instant(at), hash); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM throttles WHERE who = ?`, whom); err != nil {
			return err
		}
		return t.setPassword(in.Account, password, at, "")
	})
}

// Try lets decide look at the throttles that are known of who, by Who. When decide gives no
// wait, the try may be made and the throttles next are kept; when it gives one, nothing is
// kept and Try gives that wait. Try is one transaction, so that tries made at once are
// counted one after another.
func (s *Store) Try(ctx context.Context, who []string, decide func(known map[string]Throttle) (next []Throttle, wait time.Duration)) (time.Duration, error) {
	return write(ctx, s, func(t *tx) (time.Duration, error) {
		known := map[string]Throttle{}
		for _, w := range who {
			var is Throttle
			err := t.one(&is, `SELECT who, failures, last_at, until FROM throttles WHERE who = ?`, w)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return 0, err
			}
			if err == nil {
				is.LastAt, is.Until = is.LastAt.UTC(), is.Until.UTC()
				known[w] = is
			}
		}
		all, wait := decide(known)
		if wait > 0 {
			return wait, nil
		}
		for _, n := range all {
			_, err := t.exec(`INSERT INTO throttles (who, failures, last_at, until) VALUES (?, ?, ?, ?)
				ON CONFLICT (who) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, until = excluded.until`,
				n.Who, n.Failures, instant(n.LastAt), instant(n.Until))
			if err != nil {
				return 0, err
			}
		}
		return 0, nil
	})
}

// forgive forgets the failures of an account and one of an address.
func (t *tx) forgive(account, address string) error {
	if account == "" {
		return nil
	}
	if _, err := t.exec(`DELETE FROM throttles WHERE who = ?`, account); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE throttles SET failures = failures - 1, until = last_at WHERE who = ? AND failures > 0`, address)
	return err
}

// signIn is a write with its line in the log; none is written where entry has no ID.
func (s *Store) signIn(ctx context.Context, entry SignInEntry, do func(*tx) error) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		if err := do(t); err != nil || entry.ID == "" {
			return none, err
		}
		_, err = t.exec(`INSERT INTO signin_log (id, at, account, what, by_whom, address, detail) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
			entry.ID, instant(entry.At), entry.Account, entry.What, entry.By, storable(entry.Address), storable(entry.Detail))
		return none, err
	})
	return err
}

// LogSignIn adds a line to the log of who signed in.
func (s *Store) LogSignIn(ctx context.Context, entry SignInEntry) error {
	return s.signIn(ctx, entry, func(*tx) error { return nil })
}

// SignInLog is the log of an account, or of all when it is "", the latest first.
func (s *Store) SignInLog(ctx context.Context, account string, skip, limit int) (all []SignInEntry, err error) {
	w := where{}
	w.equal("account", account)
	err = s.all(ctx, &all, `SELECT id, at, account, what, by_whom, address, detail FROM signin_log`+w.String()+` ORDER BY at DESC, id DESC`+page(skip, limit), w.args...)
	for i := range all {
		all[i].At = all[i].At.UTC()
	}
	return all, err
}

// TidySignIns forgets sessions and invitations that ended, failures older than a day,
// and lines of the log older than the instant given.
func (s *Store) TidySignIns(ctx context.Context, now, log time.Time) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		for _, old := range []struct {
			query string
			at    time.Time
		}{
			{`DELETE FROM sessions WHERE ends_at < ?`, now},
			{`DELETE FROM invitations WHERE ends_at < ?`, now},
			{`DELETE FROM throttles WHERE last_at < ?`, now.AddDate(0, 0, -1)},
			{`DELETE FROM signin_log WHERE at < ?`, log},
		} {
			if _, err := t.exec(old.query, instant(old.at)); err != nil {
				return none, err
			}
		}
		return none, nil
	})
	return err
}
