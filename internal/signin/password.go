package signin

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"duban/internal/ledger"
)

// figures are the parameters of Argon2id that OWASP recommends: 19 MiB, two passes, one
// thread.
var figures = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

const (
	// LeastPassword and MostPassword are how many characters a password has.
	LeastPassword = 10
	MostPassword  = 128
)

// PasswordError says why a password is not taken: short, long, plain (too few
// different characters) or account (it holds the account's name).
type PasswordError struct{ Why string }

func (e *PasswordError) Error() string { return "signin: the password is " + e.Why }

// plainest is how many different characters a password has at least.
const plainest = 5

// tellingName is how long an account's name is at least for a password not to hold it.
const tellingName = 4

// Acceptable is nil for a password that an account may have, otherwise *PasswordError.
func Acceptable(account, password string) error {
	different := map[rune]bool{}
	for _, r := range password {
		different[r] = true
	}
	switch n := utf8.RuneCountInString(password); {
	case n < LeastPassword:
		return &PasswordError{"short"}
	case n > MostPassword:
		return &PasswordError{"long"}
	case len(different) < plainest:
		return &PasswordError{"plain"}
	case len(account) >= tellingName && strings.Contains(strings.ToLower(password), strings.ToLower(account)):
		return &PasswordError{"account"}
	}
	return nil
}

// nobody is the hash that a password is compared with where an account has none, so that
// the answer takes as long as for an account that has one.
var nobody = sync.OnceValue(func() string {
	hash, err := argon2id.CreateHash(random(secretBytes), figures)
	if err != nil {
		panic(err) // only where crypto/rand fails, which ends the program first
	}
	return hash
})

// turn waits until a password may be worked on: only Options.AtOnce are at the same time,
// because each takes 19 MiB and tens of milliseconds. A try is counted as failed only while
// it has its turn, so that the people of a city hall who sign in at nine from one address
// do not lock each other out. turn waits as long as a browser waits for an answer, then
// ErrBusy.
func (s *Service) turn(ctx context.Context) (done func(), err error) {
	if s.waiting.Add(1) > mostWaiting {
		s.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer s.waiting.Add(-1)
	long := time.NewTimer(longestTurn)
	defer long.Stop()
	select {
	case s.turns <- struct{}{}:
		return func() { <-s.turns }, nil
	case <-long.C:
		return nil, ErrBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// matches compares a password with a hash; the hash "" matches nothing. The caller has a
// turn.
func (s *Service) matches(password, hash string) (bool, error) {
	is := hash != "" && len(password) <= 4*MostPassword
	if !is {
		password, hash = "", nobody()
	}
	good, err := argon2id.ComparePasswordAndHash(password, hash)
	return good && is, err
}

// AnyoneCan tells whether any account of the accounts file can sign in with a password.
func (s *Service) AnyoneCan(ctx context.Context) (bool, error) {
	all, err := s.store.SignIns(ctx)
	for _, in := range all {
		if in.Password != "" && s.Known(in.Account) {
			return true, err
		}
	}
	return false, err
}

// Can is the accounts that can sign in with a password.
func (s *Service) Can(ctx context.Context) (map[string]bool, error) {
	all, err := s.store.SignIns(ctx)
	can := map[string]bool{}
	for _, in := range all {
		can[in.Account] = in.Password != ""
	}
	return can, err
}

// Invite makes a secret for a link with which an account's password is made, once, in
// place of any before; by is the account that does it, "" the machine's operator.
// ErrUnknown.
func (s *Service) Invite(ctx context.Context, account, by string) (secret string, ends time.Time, err error) {
	if !s.Known(account) {
		return "", time.Time{}, ErrUnknown
	}
	now := s.Now()
	secret, ends = random(secretBytes), now.Add(s.Options.Invite)
	in := ledger.Invitation{Hash: hashed(secret), Account: account, By: by, MadeAt: now, EndsAt: ends}
	return secret, ends, s.store.Invite(ctx, in, s.by(by, Invited, account, ""))
}

// Invited is the account that an invitation is for. ErrInvitation.
func (s *Service) Invited(ctx context.Context, secret string) (account string, err error) {
	in, err := s.store.Invitation(ctx, hashed(secret), s.Now())
	if errors.Is(err, ledger.ErrNotFound) || err == nil && !s.Known(in.Account) {
		err = ErrInvitation
	}
	if err != nil {
		return "", err
	}
	return in.Account, nil
}

// Redeem uses an invitation: the account has this password from now on, and all its
// sessions end. A second factor stays. ErrInvitation, *PasswordError, ErrBusy.
func (s *Service) Redeem(ctx context.Context, secret, password, address string) (account string, err error) {
	if account, err = s.Invited(ctx, secret); err != nil {
		return "", err
	}
	if err := Acceptable(account, password); err != nil {
		return "", err
	}
	done, err := s.turn(ctx)
	if err != nil {
		return "", err
	}
	hash, err := argon2id.CreateHash(password, figures)
	done()
	if err != nil {
		return "", err
	}
	err = s.store.Redeem(ctx, hashed(secret), hash, throttled(accountThrottle, account), s.Now(), s.entry(Redeemed, account, address, ""))
	if errors.Is(err, ledger.ErrNotFound) {
		err = ErrInvitation
	}
	return account, err
}

// ChangePassword gives the account of a cookie another password; its other sessions
// end. ErrNoSession, ErrRefused when the old one is wrong, *PasswordError, *WaitError.
func (s *Service) ChangePassword(ctx context.Context, cookie, old, password, address string) error {
	who, err := s.Who(ctx, cookie)
	if err != nil {
		return err
	}
	if err := Acceptable(who.Account, password); err != nil {
		return err
	}
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := s.try(ctx, who.Account, address); err != nil {
		return err
	}
	in, err := s.store.SignIn(ctx, who.Account)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	good, err := s.matches(old, in.Password)
	if err == nil && !good {
		err = errors.Join(ErrRefused, s.store.LogSignIn(ctx, s.entry(Refused, who.Account, address, Changed)))
	}
	if err != nil {
		return err
	}
	hash, err := argon2id.CreateHash(password, figures)
	if err != nil {
		return err
	}
	return s.store.SetPassword(ctx, who.Account, hash, s.Now(), who.ID, s.entry(Changed, who.Account, address, ""))
}
