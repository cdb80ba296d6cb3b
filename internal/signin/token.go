package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"duban/internal/ledger"
)

// Kinds of tokens, and what each may be used for.
const (
	API      = "api"      // of a program
	Calendar = "calendar" // in the address of a calendar feed

	ScopeRead   = "read"   // of API
	ScopeAct    = "act"    // of API: to read and to act
	ScopePerson = "person" // of Calendar: what the account's unit owes, whichever unit that is at the time
	ScopeUnit   = "unit"   // of Calendar: what Token.Unit owes, whichever account made the token
)

// scopes are those of each kind.
var scopes = map[string][]string{API: {ScopeRead, ScopeAct}, Calendar: {ScopePerson, ScopeUnit}}

var (
	// ErrToken: the token was taken back, has ended, or was never made.
	ErrToken = errors.New("signin: the token is not good")
	// ErrTokenAsked: a token of such a kind, scope or end cannot be made.
	ErrTokenAsked = errors.New("signin: no token can be made so")
)

// A token is written as its mark, its ID and its secret in hex, so that it can be written in
// an address and be found where it was published by mistake.
const (
	tokenMark   = "duban_"
	tokenID     = 12 // hex digits
	tokenSecret = 48
)

// What the log calls what is done to tokens.
const (
	TokenMade  = "token_made"
	TokenEnded = "token_ended"
)

// NewToken makes a token for an account; secret is the token itself, which nobody can
// read again. n has Account, Kind, Scope, Name, EndsAt and, for a unit's calendar, Unit;
// by is the account that makes the token, "" the machine's operator. Errors: ErrUnknown,
// ErrTokenAsked.
func (s *Service) NewToken(ctx context.Context, n ledger.Token, by string) (made ledger.Token, secret string, err error) {
	if !s.Known(n.Account) {
		return n, "", ErrUnknown
	}
	now := s.Now()
	good := false
	for _, scope := range scopes[n.Kind] {
		good = good || scope == n.Scope
	}
	if !good || (n.Scope == ScopeUnit) != (n.Unit != "") || n.EndsAt.Valid && !n.EndsAt.Time.After(now) {
		return n, "", ErrTokenAsked
	}
	id, key := hexes(tokenID), hexes(tokenSecret)
	n.ID, n.Hash, n.By, n.MadeAt, n.SeenAt, n.EndedAt = id, hashed(key), by, now, sql.NullTime{}, sql.NullTime{}
	n.Name = short(n.Name)
	detail := strings.TrimSpace(strings.Join([]string{n.Kind, n.Scope, n.Unit, id}, " "))
	return n, tokenMark + id + key, s.store.AddToken(ctx, n, s.by(by, TokenMade, n.Account, detail))
}

// Token is the token with a secret. ErrToken, also where the token is of another kind.
func (s *Service) Token(ctx context.Context, secret, kind string) (ledger.Token, error) {
	rest, marked := strings.CutPrefix(secret, tokenMark)
	if !marked || len(rest) != tokenID+tokenSecret {
		return ledger.Token{}, ErrToken
	}
	id, key := rest[:tokenID], rest[tokenID:]
	if _, err := hex.DecodeString(id); err != nil {
		return ledger.Token{}, ErrToken
	}
	is, err := s.store.Token(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return ledger.Token{}, ErrToken
	}
	if err != nil {
		return ledger.Token{}, err
	}
	now := s.Now()
	switch {
	case subtle.ConstantTimeCompare([]byte(is.Hash), []byte(hashed(key))) != 1, is.Kind != kind, is.EndedAt.Valid,
		is.EndsAt.Valid && !is.EndsAt.Time.After(now), is.Scope != ScopeUnit && !s.Known(is.Account):
		return ledger.Token{}, ErrToken
	}
	if !is.SeenAt.Valid || now.Sub(is.SeenAt.Time) > seenEvery {
		soon, cancel := context.WithTimeout(ctx, mostSeeing)
		_ = s.store.SeeToken(soon, is.ID, now) // reading goes on when this cannot be noted
		cancel()
	}
	return is, nil
}

// Tokens are those of an account, or of everybody when it is "", that were not taken
// back, the newest first.
func (s *Service) Tokens(ctx context.Context, account string) ([]ledger.Token, error) {
	return s.store.Tokens(ctx, account)
}

// EndToken takes a token of an account back; by is the account that does it. ended is
// false when the account has none of that ID.
func (s *Service) EndToken(ctx context.Context, account, id, by string) (ended bool, err error) {
	return s.store.EndToken(ctx, account, id, s.Now(), s.by(by, TokenEnded, account, id))
}

// Until is the end of a token; the zero value is for one without.
func Until(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: true} }

// hexes is so many random hex digits.
func hexes(digits int) string {
	fresh := make([]byte, digits/2)
	rand.Read(fresh) // never fails: crypto/rand ends the program first
	return hex.EncodeToString(fresh)
}
