package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Token lets a program, or whoever has a feed's address, read or act for an account.
// Instants are real.
type Token struct {
	ID      string       `db:"id"`
	Hash    string       `db:"hash"` // of its secret
	Account string       `db:"account"`
	Kind    string       `db:"kind"`
	Scope   string       `db:"scope"`
	Unit    string       `db:"unit"` // unit ID, of a unit's calendar
	Name    string       `db:"name"` // what it is for
	By      string       `db:"by_whom"`
	MadeAt  time.Time    `db:"made_at"`
	EndsAt  sql.NullTime `db:"ends_at"`  // not valid: never
	SeenAt  sql.NullTime `db:"seen_at"`  // its last use
	EndedAt sql.NullTime `db:"ended_at"` // when it was taken back
}

const tokenColumns = `id, hash, account, kind, scope, unit, name, by_whom, made_at, ends_at, seen_at, ended_at`

// AddToken keeps a token. The same ID again is the same one.
func (s *Store) AddToken(ctx context.Context, n Token, entry SignInEntry) error {
	return s.signIn(ctx, entry, func(t *tx) error {
		_, err := t.exec(`INSERT INTO tokens (`+tokenColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL) ON CONFLICT (id) DO NOTHING`,
			n.ID, n.Hash, n.Account, n.Kind, n.Scope, n.Unit, storable(n.Name), n.By, instant(n.MadeAt), nullable(fromNull(n.EndsAt)))
		return err
	})
}

// Token is the token of an ID, also one that has ended, or ErrNotFound.
func (s *Store) Token(ctx context.Context, id string) (is Token, err error) {
	err = s.one(ctx, &is, `SELECT `+tokenColumns+` FROM tokens WHERE id = ?`, id)
	return is, err
}

// Tokens are those of an account, or of all when it is "", that were not taken back,
// the newest first.
func (s *Store) Tokens(ctx context.Context, account string) (all []Token, err error) {
	w := where{}
	w.equal("account", account)
	w.add("ended_at IS NULL")
	err = s.all(ctx, &all, `SELECT `+tokenColumns+` FROM tokens`+w.String()+` ORDER BY made_at DESC, id`, w.args...)
	return all, err
}

// SeeToken notes the last use of a token.
func (s *Store) SeeToken(ctx context.Context, id string, at time.Time) error {
	return s.signIn(ctx, SignInEntry{}, func(t *tx) error {
		_, err := t.exec(`UPDATE tokens SET seen_at = ? WHERE id = ? AND (seen_at IS NULL OR seen_at < ?)`, instant(at), id, instant(at))
		return err
	})
}

// EndToken takes a token of an account back. ended is false when there was none.
func (s *Store) EndToken(ctx context.Context, account, id string, at time.Time, entry SignInEntry) (ended bool, err error) {
	err = s.signIn(ctx, entry, func(t *tx) error {
		n, err := t.exec(`UPDATE tokens SET ended_at = ? WHERE id = ? AND account = ? AND ended_at IS NULL`, instant(at), id, account)
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

// Subject is the account to which a subject of another sign-in service (OpenID Connect) is
// bound, or ErrNotFound.
func (s *Store) Subject(ctx context.Context, issuer, subject string) (account string, err error) {
	err = s.one(ctx, &account, `SELECT account FROM subjects WHERE issuer = ? AND subject = ?`, issuer, subject)
	return account, err
}

// BindSubject binds a subject of another sign-in service to an account. A subject that is
// bound already stays with its account.
func (s *Store) BindSubject(ctx context.Context, issuer, subject, account string, at time.Time) error {
	return s.signIn(ctx, SignInEntry{}, func(t *tx) error {
		_, err := t.exec(`INSERT INTO subjects (issuer, subject, account, since) VALUES (?, ?, ?, ?) ON CONFLICT (issuer, subject) DO NOTHING`, issuer, subject, account, instant(at))
		return err
	})
}
