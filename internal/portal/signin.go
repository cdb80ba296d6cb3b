package portal

import (
	"context"
	"crypto/subtle"
	"slices"
	"sync"
	"time"

	"duban/internal/ledger"
	"duban/internal/signin"
)

// SignIn tells who somebody is; signin.Service has these methods. Accounts are given by
// their IDs in the accounts file.
type SignIn interface {
	SignIn(ctx context.Context, a signin.Attempt) (signin.Session, string, error)
	Vouched(ctx context.Context, a signin.Attempt, way string, strong bool) (signin.Session, string, error)
	Pending(ctx context.Context, cookie string) (signin.Session, error)
	SetUp(ctx context.Context, cookie string) (signin.Factor, error)
	Confirm(ctx context.Context, cookie, code, address string) (signin.Session, string, error)
	Who(ctx context.Context, cookie string) (signin.Session, error)
	SignOut(ctx context.Context, cookie string) error
	ChangePassword(ctx context.Context, cookie, old, password, address string) error
	Can(ctx context.Context) (map[string]bool, error)
	Sessions(ctx context.Context, account string) ([]signin.Session, error)
	End(ctx context.Context, account, id, by string) (ended bool, err error)
	EndAll(ctx context.Context, account, keep, by string) error
	NewToken(ctx context.Context, n ledger.Token, by string) (made ledger.Token, secret string, err error)
	Tokens(ctx context.Context, account string) ([]ledger.Token, error)
	EndToken(ctx context.Context, account, id, by string) (ended bool, err error)
	ActsFor(ctx context.Context, account string) ([]signin.ActingFor, error)
	StandIns(ctx context.Context, account string) ([]ledger.StandIn, error)
	NameStandIn(ctx context.Context, account, other string, from, until time.Time, by string) (ledger.StandIn, error)
	EndStandIn(ctx context.Context, account, id, by string) (ended bool, err error)
	Filters(ctx context.Context, account string) ([]ledger.Filter, error)
	KeepFilter(ctx context.Context, account string, f ledger.Filter) (kept bool, err error)
	DropFilter(ctx context.Context, account, name string) error
	Invite(ctx context.Context, account, by string) (secret string, ends time.Time, err error)
	Invited(ctx context.Context, secret string) (account string, err error)
	Redeem(ctx context.Context, secret, password, address string) (account string, err error)
}

// Single is another service by which people sign in; signin.Service.By makes one of a
// signin.Single.
type Single interface {
	Begin(ctx context.Context, a signin.Attempt, next string) (to, cookie string, err error)
	Finish(ctx context.Context, cookie, state, code string, a signin.Attempt) (in signin.Session, fresh, next string, err error)
}

// SingleBack is the path, below the portal's URL, to which a Single sends people back.
const SingleBack = "/signin/oidc/back"

// Looking is SignIn for a ledger that is only looked at, on one's own machine: there
// are no passwords, and whoever has the key that was printed chooses as whom to look.
// The zero Looking can be used. Sessions last until the program ends.
type Looking struct {
	mu sync.Mutex
	in map[string]signin.Session // by cookie
}

// SignIn lets in every account: the portal shows the sign-in page only to whoever has the
// key.
func (l *Looking) SignIn(_ context.Context, a signin.Attempt) (signin.Session, string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.in == nil {
		l.in = map[string]signin.Session{}
	}
	now := time.Now()
	cookie := random(24)
	s := signin.Session{ID: random(6), Account: a.Account, Begun: now, Seen: now, Address: a.Address, Agent: a.Agent}
	delete(l.in, a.Old)
	l.in[cookie] = s
	return s, cookie, nil
}

func (l *Looking) Who(_ context.Context, cookie string) (signin.Session, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for known, s := range l.in {
		if subtle.ConstantTimeCompare([]byte(known), []byte(cookie)) == 1 {
			return s, nil
		}
	}
	return signin.Session{}, signin.ErrNoSession
}

func (l *Looking) SignOut(_ context.Context, cookie string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.in, cookie)
	return nil
}

func (l *Looking) Sessions(_ context.Context, account string) (all []signin.Session, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.in {
		if s.Account == account || account == "" {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b signin.Session) int { return b.Seen.Compare(a.Seen) })
	return all, nil
}

func (l *Looking) End(_ context.Context, account, id, _ string) (ended bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for cookie, s := range l.in {
		if s.Account == account && s.ID == id {
			delete(l.in, cookie)
			return true, nil
		}
	}
	return false, nil
}

func (l *Looking) EndAll(_ context.Context, account, keep, _ string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for cookie, s := range l.in {
		if s.Account == account && s.ID != keep {
			delete(l.in, cookie)
		}
	}
	return nil
}

func (*Looking) Can(context.Context) (map[string]bool, error) { return nil, nil }

func (*Looking) ActsFor(context.Context, string) ([]signin.ActingFor, error) { return nil, nil }

func (*Looking) Filters(context.Context, string) ([]ledger.Filter, error) { return nil, nil }

func (*Looking) KeepFilter(context.Context, string, ledger.Filter) (bool, error) {
	return false, ErrLookOnly
}

func (*Looking) DropFilter(context.Context, string, string) error { return ErrLookOnly }

func (*Looking) StandIns(context.Context, string) ([]ledger.StandIn, error) { return nil, nil }

func (*Looking) NameStandIn(context.Context, string, string, time.Time, time.Time, string) (ledger.StandIn, error) {
	return ledger.StandIn{}, ErrLookOnly
}

func (*Looking) EndStandIn(context.Context, string, string, string) (bool, error) {
	return false, ErrLookOnly
}

func (*Looking) Vouched(context.Context, signin.Attempt, string, bool) (signin.Session, string, error) {
	return signin.Session{}, "", ErrLookOnly
}

func (*Looking) Pending(context.Context, string) (signin.Session, error) {
	return signin.Session{}, signin.ErrNoSession
}

func (*Looking) SetUp(context.Context, string) (signin.Factor, error) {
	return signin.Factor{}, signin.ErrNoSession
}

func (*Looking) Confirm(context.Context, string, string, string) (signin.Session, string, error) {
	return signin.Session{}, "", signin.ErrNoSession
}

func (*Looking) ChangePassword(context.Context, string, string, string, string) error {
	return ErrLookOnly
}

func (*Looking) NewToken(context.Context, ledger.Token, string) (ledger.Token, string, error) {
	return ledger.Token{}, "", ErrLookOnly
}

func (*Looking) Tokens(context.Context, string) ([]ledger.Token, error) { return nil, nil }

func (*Looking) EndToken(context.Context, string, string, string) (bool, error) {
	return false, ErrLookOnly
}

func (*Looking) Invite(context.Context, string, string) (string, time.Time, error) {
	return "", time.Time{}, ErrLookOnly
}

func (*Looking) Invited(context.Context, string) (string, error) { return "", signin.ErrInvitation }

func (*Looking) Redeem(context.Context, string, string, string) (string, error) {
	return "", signin.ErrInvitation
}
