package signin

import (
	"bytes"
	"context"
	"encoding/base32"
	"errors"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"duban/internal/ledger"
)

// Factor is a second factor (TOTP, RFC 6238) that is being set up.
type Factor struct {
	Secret string // to be typed into the telephone
	URL    string // otpauth://…
	PNG    []byte // the same as a picture to be photographed
}

const (
	period = 30 // seconds of a code
	skew   = 1  // codes before and after that are taken too: clocks differ
)

// SetUp begins to set up a second factor for the account of a cookie, which must be at
// StepFactor or signed in. Called again, it gives the same secret. The factor is in force
// once Confirm has taken a code of it. ErrNoSession.
func (s *Service) SetUp(ctx context.Context, cookie string) (f Factor, err error) {
	is, err := s.find(ctx, cookie)
	if err == nil && is.Step == StepCode {
		err = ErrNoSession
	}
	if err != nil {
		return f, err
	}
	opts := totp.GenerateOpts{Issuer: s.Issuer, AccountName: is.Account, Period: period}
	if is.Setting != "" {
		if opts.Secret, err = unspelled(is.Setting); err != nil {
			return f, err
		}
	}
	key, err := totp.Generate(opts)
	if err != nil {
		return f, err
	}
	if is.Setting == "" {
		if err := s.store.KeepFactor(ctx, is.ID, key.Secret()); err != nil {
			return f, err
		}
	}
	f.Secret, f.URL = key.Secret(), key.URL()
	picture, err := key.Image(220, 220)
	if err != nil {
		return f, err
	}
	var file bytes.Buffer
	err = png.Encode(&file, picture)
	f.PNG = file.Bytes()
	return f, err
}

// Confirm takes a code of the account's second factor for a cookie that Pending knows, or
// a code of the factor that SetUp began for the cookie, and gives another cookie, which is
// signed in. Errors: ErrCode, *WaitError, ErrBusy, ErrNoSession.
func (s *Service) Confirm(ctx context.Context, cookie, code, address string) (Session, string, error) {
	is, err := s.find(ctx, cookie)
	if err != nil {
		return Session{}, "", err
	}
	in, err := s.store.SignIn(ctx, is.Account)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return Session{}, "", err
	}
	secret, last := in.Factor, in.Step
	if is.Step != StepCode {
		secret, last = is.Setting, 0
	}
	if secret == "" {
		return Session{}, "", ErrNoSession
	}
	done, err := s.turn(ctx)
	if err != nil {
		return Session{}, "", err
	}
	defer done()
	if err := s.try(ctx, is.Account, address); err != nil {
		return Session{}, "", err
	}
	now := s.Now()
	step, ok := stepOf(code, secret, now, last)
	if !ok {
		return Session{}, "", errors.Join(ErrCode, s.store.LogSignIn(ctx, s.entry(Refused, is.Account, address, "code")))
	}
	b, fresh := s.fresh(Attempt{Account: is.Account, Address: address, Agent: is.Agent}, now)
	b.Way, b.Old, b.CodeStep = is.Way, is.ID, step
	b.Forgive, b.From = throttled(accountThrottle, is.Account), throttled(addressThrottle, network(address))
	what := SignedIn
	if is.Step != StepCode {
		what, b.Factor, b.Replaces = FactorSet, is.Setting, is.Step == ""
	}
	err = s.store.BeginSession(ctx, b, s.entry(what, is.Account, address, is.Way))
	if errors.Is(err, ledger.ErrOvertaken) {
		err = ErrCode
	}
	if err != nil {
		return Session{}, "", err
	}
	return session(b.Session, fresh), fresh, nil
}

// stepOf is the time step (RFC 6238) that a code belongs to: at most skew steps from now,
// and later than last, the step of the last code taken.
func stepOf(code, secret string, now time.Time, last int64) (step int64, ok bool) {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code)
	is := now.Unix() / period
	for step := is - skew; step <= is+skew; step++ {
		good, err := hotp.ValidateCustom(code, uint64(step), secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && good && step > last {
			return step, true
		}
	}
	return 0, false
}

// DropFactor takes an account's second factor away, whose telephone was lost; its
// sessions end. by is the account that does it.
func (s *Service) DropFactor(ctx context.Context, account, by string) error {
	return s.store.DropFactor(ctx, account, s.by(by, FactorDropped, account, ""))
}

// unspelled is the secret that base32 spells.
func unspelled(secret string) ([]byte, error) {
	return base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
}
