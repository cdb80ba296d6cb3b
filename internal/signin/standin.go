package signin

import (
	"context"
	"errors"
	"slices"
	"time"

	"duban/internal/ledger"
)

// Why a stand-in is not named.
var (
	// ErrStandIn: the stand-in has no time, a time that has passed, or one of more than 366
	// days; or somebody would stand in for themselves.
	ErrStandIn = errors.New("signin: it cannot be so")
)

// longestAway is for how long a stand-in is named at most.
const longestAway = 366 * 24 * time.Hour

// NameStandIn names other as stand-in for an account from an instant until another; by is
// the account that does so: that account itself, or one of the office. Errors: ErrUnknown
// where the accounts file has not both, ErrStandIn.
func (s *Service) NameStandIn(ctx context.Context, account, other string, from, until time.Time, by string) (ledger.StandIn, error) {
	now := s.Now()
	if !s.Known(account) || !s.Known(other) {
		return ledger.StandIn{}, ErrUnknown
	}
	if account == other || !until.After(from) || !until.After(now) || until.Sub(from) > longestAway {
		return ledger.StandIn{}, ErrStandIn
	}
	n := ledger.StandIn{ID: random(9), Account: account, Other: other, From: from, Until: until, By: by}
	return n, s.store.NameStandIn(ctx, n, s.by(by, StandInNamed, account, other))
}

// EndStandIn ends a stand-in of an account before its time. ended is false when none with
// this ID is in force or to come.
func (s *Service) EndStandIn(ctx context.Context, account, id, by string) (ended bool, err error) {
	return s.store.EndStandIn(ctx, account, id, s.Now(), s.by(by, StandInEnded, account, id))
}

// StandIns are those in which an account is away or acts for another, now or later; of
// everybody when it is "".
func (s *Service) StandIns(ctx context.Context, account string) ([]ledger.StandIn, error) {
	return s.store.StandIns(ctx, account, s.Now())
}

// ActingFor is somebody for whom an account acts now.
type ActingFor struct {
	ledger.StandIn
	// Second tells that a second factor is asked of whoever is away, and that the account
	// which acts for them has none: it gets no further than they would without one.
	Second bool
}

// ActsFor are those for whom an account may act now, in the order in which they went
// away. It is not passed on: whoever acts for somebody away does not act for those for whom
// that person is named.
func (s *Service) ActsFor(ctx context.Context, account string) (acting []ActingFor, err error) {
	now := s.Now()
	all, err := s.store.StandIns(ctx, account, now)
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		if n.Other != account || n.From.After(now) || !s.Known(n.Account) || slices.ContainsFunc(acting, func(o ActingFor) bool { return o.Account == n.Account }) {
			continue
		}
		one := ActingFor{StandIn: n}
		if one.Second, err = s.Second(ctx, n.Account); err != nil {
			return nil, err
		}
		if one.Second {
			in, err := s.store.SignIn(ctx, account)
			if err != nil && !errors.Is(err, ledger.ErrNotFound) {
				return nil, err
			}
			one.Second = in.Factor == ""
		}
		acting = append(acting, one)
	}
	return acting, nil
}

// second tells whether an account needs a second factor: its own policy asks for one, or
// that of somebody for whom it acts now.
func (s *Service) second(ctx context.Context, account string) (bool, error) {
	asked, err := s.Second(ctx, account)
	if asked || err != nil {
		return asked, err
	}
	acting, err := s.ActsFor(ctx, account)
	return slices.ContainsFunc(acting, func(n ActingFor) bool { return n.Second }), err
}
