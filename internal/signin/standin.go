package signin

import (
	"context"
	"errors"
	"time"

	"duban/internal/ledger"
)

// Why a stand-in is not named.
var (
	// ErrStandIn: it has no time, a time that has passed, or one of more than a year; or
	// somebody would stand in for himself.
	ErrStandIn = errors.New("signin: it cannot be so")
)

// longestAway is for how long a stand-in is named at most.
const longestAway = 366 * 24 * time.Hour

// NameStandIn has other act for an account from an instant until another; by is the
// account that says so: its own, or one of the office. The accounts are held against
// the accounts file: ErrUnknown. ErrStandIn.
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

// EndStandIn ends a stand-in of an account before its time. ended is false when there
// is none that goes on.
func (s *Service) EndStandIn(ctx context.Context, account, id, by string) (ended bool, err error) {
	return s.store.EndStandIn(ctx, account, id, s.Now(), s.by(by, StandInEnded, account, id))
}

// StandIns are those in which an account is away or acts for another, now or later; of
// everybody when it is "".
func (s *Service) StandIns(ctx context.Context, account string) ([]ledger.StandIn, error) {
	return s.store.StandIns(ctx, account, s.Now())
}

// ActsFor are the accounts for which an account may act now, in the order in which
// they went away.
func (s *Service) ActsFor(ctx context.Context, account string) (accounts []string, err error) {
	now := s.Now()
	all, err := s.store.StandIns(ctx, account, now)
	for _, n := range all {
		if n.Other == account && !n.From.After(now) && s.Known(n.Account) {
			accounts = append(accounts, n.Account)
		}
	}
	return accounts, err
}
