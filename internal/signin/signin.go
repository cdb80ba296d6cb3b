// Package signin is how people prove who they are: passwords, invitations, sessions,
// second factors, the waits of those who fail, and who stands in for whom. It decides
// nothing about plans: what an account may do follows from the accounts file. It keeps
// all of it in the ledger's database, beside the chain, so that several workers share
// it and a backup holds it. Secrets are kept as hashes, but for that of a second
// factor, which is kept as it is, since the program computes the same codes as the telephone.
//
// Who signs in: SignIn with a password gives a cookie. When a second factor is asked
// for too, the cookie leads to Pending alone until Confirm has taken a code and given
// another cookie; Who knows only those who are signed in. See Sentence for what people
// are told of the errors.
package signin

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"duban/internal/ledger"
)

// Options are the service's time limits, and the accounts that it knows.
type Options struct {
	Now func() time.Time // the wall clock; time.Now when nil
	// Known tells whether the accounts file has an account; nil: it has all.
	Known func(account string) bool
	// Second tells whether an account needs a second factor; nil: none does.
	Second func(ctx context.Context, account string) (bool, error)
	Issuer string        // as a telephone shows it; 督办 when ""
	Idle   time.Duration // a session that nobody uses ends; 2 h when 0
	Most   time.Duration // any session ends; 12 h when 0
	Invite time.Duration // an invitation ends; 7 days when 0
	Keep   time.Duration // lines of the log go after that; 400 days when 0, never fewer than LeastLog
	AtOnce int           // passwords worked on at once, each 19 MiB; 2 when 0
}

// LeastLog is how long the log of sign-ins is kept at least: six months, which 网络安全法
// (in its version of 2016, 第二十一条第三项) asks for network logs.
const LeastLog = 184 * 24 * time.Hour

// pending is how long a sign-in may take between password and code.
const pending = 10 * time.Minute

// What people may be told. All others are the ledger's.
var (
	// ErrRefused: account or password is wrong. It does not say which.
	ErrRefused = errors.New("signin: account or password is wrong")
	// ErrCode: the code of the second factor is wrong, or was used before.
	ErrCode = errors.New("signin: the code is wrong")
	// ErrNoSession: the cookie has no session; it never had one, or the session has ended.
	ErrNoSession = errors.New("signin: nobody is signed in")
	// ErrInvitation: the link was used, has ended, or was never made.
	ErrInvitation = errors.New("signin: the invitation is not good")
	// ErrBusy: too many passwords were being worked on.
	ErrBusy = errors.New("signin: too many at once")
	// ErrUnknown: the accounts file has no such account.
	ErrUnknown = errors.New("signin: no such account")
)

// Events of the sign-in log.
const (
	SignedIn       = "signed_in"
	Refused        = "refused"
	SignedOut      = "signed_out"
	Ended          = "ended" // a session, by its owner from elsewhere or by the office
	Invited        = "invited"
	Redeemed       = "redeemed"
	Changed        = "password_changed"
	FactorSet      = "factor_set"
	FactorDropped  = "factor_dropped"
	StandInNamed   = "standin_named"
	StandInEnded   = "standin_ended"
	PasswordGood   = "password_good" // a code is asked for next
	ByPassword     = "password"
	StepCode       = "code"   // Session.Step: a code of the second factor is asked for
	StepFactor     = "factor" // Session.Step: a second factor is to be set up
	secretBytes    = 32
	mostAgent      = 200
	seenEvery      = time.Minute
	mostSeeing     = 250 * time.Millisecond
	tidyEvery      = time.Hour
	longestTurn    = 90 * time.Second // of waiting for one
	mostWaiting    = 1000
	standardAtOnce = 2
)

// Service signs people in. It is safe for concurrent use.
type Service struct {
	store *ledger.Store
	Options
	turns   chan struct{}
	waiting atomic.Int64 // for a turn

	mu     sync.Mutex
	tidied time.Time
}

// Open makes the service over a ledger.
func Open(store *ledger.Store, o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Known == nil {
		o.Known = func(string) bool { return true }
	}
	if o.Second == nil {
		o.Second = func(context.Context, string) (bool, error) { return false, nil }
	}
	standard(&o.Issuer, "督办")
	standard(&o.Idle, 2*time.Hour)
	standard(&o.Most, 12*time.Hour)
	standard(&o.Invite, 7*24*time.Hour)
	standard(&o.Keep, 400*24*time.Hour)
	standard(&o.AtOnce, standardAtOnce)
	o.Keep = max(o.Keep, LeastLog)
	return &Service{store: store, Options: o, turns: make(chan struct{}, o.AtOnce)}
}

func standard[T comparable](v *T, is T) {
	var zero T
	if *v == zero {
		*v = is
	}
}

// Attempt is one try to sign in.
type Attempt struct {
	Account, Password string
	Address           string // from where: an IP address, with a port or without
	Agent             string // the browser, as it says
	Old               string // cookie that the browser showed; its session ends
}

// Session is one browser that is signed in.
type Session struct {
	ID      string // no secret
	Account string
	Step    string    // StepCode or StepFactor while it is Pending; "" signed in
	Way     string    // ByPassword or another
	Begun   time.Time // UTC, as all below
	Seen    time.Time
	Ends    time.Time // when it ends at the latest
	Address string
	Agent   string

	// Form is the token that every form of this session carries, and only its own
	// pages know; "" where the session was listed.
	Form string
}

// SignIn takes a password. The cookie it gives is a new one: Who knows it, or Pending when
// Session.Step says that a second factor is asked for. Errors: ErrRefused, *WaitError,
// ErrBusy, and those of the ledger.
func (s *Service) SignIn(ctx context.Context, a Attempt) (Session, string, error) {
	done, err := s.turn(ctx)
	if err != nil {
		return Session{}, "", err
	}
	defer done()
	if err := s.try(ctx, a.Account, a.Address); err != nil {
		return Session{}, "", err
	}
	in, err := s.store.SignIn(ctx, a.Account)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return Session{}, "", err
	}
	is := err == nil && in.Password != "" && s.Known(a.Account)
	if !is {
		in = ledger.SignIn{}
	}
	good, err := s.matches(a.Password, in.Password)
	if err != nil {
		return Session{}, "", err
	}
	if !good {
		whose := a.Account
		if !s.Known(whose) { // somebody may have typed the password here
			whose = ""
		}
		return Session{}, "", errors.Join(ErrRefused, s.store.LogSignIn(ctx, s.entry(Refused, whose, a.Address, "")))
	}
	return s.begin(ctx, a, in, ByPassword)
}

// Vouched signs in an account that way names who vouches for: another service, or an invitation
// with which its password was set a moment before.
// A second factor is asked for as after a password; not where strong says that the service
// has asked for one.
func (s *Service) Vouched(ctx context.Context, a Attempt, way string, strong bool) (Session, string, error) {
	if !s.Known(a.Account) {
		return Session{}, "", ErrUnknown
	}
	in, err := s.store.SignIn(ctx, a.Account)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return Session{}, "", err
	}
	if strong {
		return s.put(ctx, a, way, "")
	}
	return s.begin(ctx, a, in, way)
}

// begin begins the session of somebody whose password was good.
func (s *Service) begin(ctx context.Context, a Attempt, in ledger.SignIn, way string) (Session, string, error) {
	step := ""
	if in.Factor != "" {
		step = StepCode
	} else if second, err := s.second(ctx, a.Account); err != nil {
		return Session{}, "", err
	} else if second {
		step = StepFactor
	}
	return s.put(ctx, a, way, step)
}

func (s *Service) put(ctx context.Context, a Attempt, way, step string) (Session, string, error) {
	now := s.Now()
	b, cookie := s.fresh(a, now)
	b.Way, b.Step = way, step
	what := SignedIn
	if step != "" {
		b.EndsAt, what = now.Add(pending), PasswordGood
	} else {
		b.Forgive, b.From = throttled(accountThrottle, a.Account), throttled(addressThrottle, network(a.Address))
		if way == ByOIDC {
			b.From = throttled(awayThrottle, network(a.Address))
		}
	}
	if old, err := s.find(ctx, a.Old); err == nil {
		b.Old = old.ID
	}
	if err := s.store.BeginSession(ctx, b, s.entry(what, a.Account, a.Address, way)); err != nil {
		return Session{}, "", err
	}
	s.tidy(ctx, now)
	return session(b.Session, cookie), cookie, nil
}

// fresh is a session with new secrets.
func (s *Service) fresh(a Attempt, now time.Time) (b ledger.Beginning, cookie string) {
	id, secret := random(16), random(secretBytes)
	b.Session = ledger.Session{ID: id, Hash: hashed(secret), Account: a.Account, BegunAt: now, SeenAt: now, EndsAt: now.Add(s.Most), Address: bare(a.Address), Agent: short(a.Agent)}
	return b, id + "." + secret
}

// Who is the session of a cookie of somebody who is signed in. Errors: ErrNoSession, also
// for a session whose second factor is still asked for; those of the ledger.
func (s *Service) Who(ctx context.Context, cookie string) (Session, error) {
	is, err := s.find(ctx, cookie)
	if err == nil && is.Step != "" {
		err = ErrNoSession
	}
	if err != nil {
		return Session{}, err
	}
	if now := s.Now(); now.Sub(is.SeenAt) > seenEvery {
		// The page is read even where this time cannot be noted.
		soon, cancel := context.WithTimeout(ctx, mostSeeing)
		_ = s.store.SeeSession(soon, is.ID, now)
		cancel()
	}
	return session(is, cookie), nil
}

// Pending is the session of a cookie whose second factor is still asked for, otherwise
// ErrNoSession.
func (s *Service) Pending(ctx context.Context, cookie string) (Session, error) {
	is, err := s.find(ctx, cookie)
	if err == nil && is.Step == "" {
		err = ErrNoSession
	}
	if err != nil {
		return Session{}, err
	}
	return session(is, cookie), nil
}

// find is the session that a cookie leads to.
func (s *Service) find(ctx context.Context, cookie string) (ledger.Session, error) {
	id, secret, ok := strings.Cut(cookie, ".")
	if !ok || id == "" || len(cookie) > 200 || strings.ContainsFunc(id, func(r rune) bool { return r < '-' || r > 'z' }) {
		return ledger.Session{}, ErrNoSession
	}
	is, err := s.store.Session(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return ledger.Session{}, ErrNoSession
	}
	if err != nil {
		return ledger.Session{}, err
	}
	now := s.Now()
	if subtle.ConstantTimeCompare([]byte(is.Hash), []byte(hashed(secret))) != 1 || !s.lives(is, now) {
		return ledger.Session{}, ErrNoSession
	}
	return is, nil
}

// lives tells whether a session has not ended.
func (s *Service) lives(is ledger.Session, now time.Time) bool {
	return is.Step != stepAway && now.Before(is.EndsAt) && now.Sub(is.SeenAt) < s.Idle && s.Known(is.Account)
}

// SignOut ends the session of a cookie. None is no error.
func (s *Service) SignOut(ctx context.Context, cookie string) error {
	is, err := s.find(ctx, cookie)
	if errors.Is(err, ErrNoSession) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.store.EndSession(ctx, is.Account, is.ID, s.entry(SignedOut, is.Account, is.Address, ""))
	return err
}

// Sessions are those of an account that go on, or of everybody when it is "", the last
// seen first. Form is not in them.
func (s *Service) Sessions(ctx context.Context, account string) ([]Session, error) {
	all, err := s.store.Sessions(ctx, account)
	out := []Session{}
	for _, is := range all {
		if s.lives(is, s.Now()) && is.Step == "" {
			out = append(out, session(is, ""))
		}
	}
	return out, err
}

// End ends a session of an account; by is the account that does it. ended is false
// when the account has none of that ID.
func (s *Service) End(ctx context.Context, account, id, by string) (ended bool, err error) {
	return s.store.EndSession(ctx, account, id, s.by(by, Ended, account, id))
}

// EndAll ends all sessions of an account but one ("" none); by is the account that
// does it.
func (s *Service) EndAll(ctx context.Context, account, keep, by string) error {
	return s.store.EndSessions(ctx, account, keep, s.by(by, Ended, account, "all"))
}

// Log is who signed in when, the latest first: of one account, or of all when it is "".
func (s *Service) Log(ctx context.Context, account string, skip, limit int) ([]ledger.SignInEntry, error) {
	return s.store.SignInLog(ctx, account, skip, limit)
}

// tidy deletes sessions, invitations and the like that have ended, once an hour. What it
// fails to delete is deleted the next time.
func (s *Service) tidy(ctx context.Context, now time.Time) {
	s.mu.Lock()
	due := now.Sub(s.tidied) > tidyEvery
	if due {
		s.tidied = now
	}
	s.mu.Unlock()
	if due {
		_ = s.store.TidySignIns(ctx, now, now.Add(-s.Keep))
	}
}

func (s *Service) entry(what, account, address, detail string) ledger.SignInEntry {
	return ledger.SignInEntry{ID: random(16), At: s.Now(), Account: account, What: what, Address: bare(address), Detail: detail}
}

// by is a line about what somebody did to an account.
func (s *Service) by(by, what, account, detail string) ledger.SignInEntry {
	e := s.entry(what, account, "", detail)
	if by != account {
		e.By = by
	}
	return e
}

func session(is ledger.Session, cookie string) Session {
	out := Session{ID: is.ID, Account: is.Account, Step: is.Step, Way: is.Way, Begun: is.BegunAt, Seen: is.SeenAt, Ends: is.EndsAt, Address: is.Address, Agent: is.Agent}
	if cookie != "" {
		mac := hmac.New(sha256.New, []byte(cookie))
		mac.Write([]byte("duban form"))
		out.Form = base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	return out
}

// random is so many random bytes, as cookies and links can hold them.
func random(bytes int) string {
	fresh := make([]byte, bytes)
	rand.Read(fresh) // never fails: crypto/rand ends the program first
	return base64.RawURLEncoding.EncodeToString(fresh)
}

// hashed is the hash that is kept in place of a random secret. A fast hash is enough, since
// nobody guesses 256 bits.
func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func short(text string) string {
	if len(text) > mostAgent {
		return strings.ToValidUTF8(text[:mostAgent], "")
	}
	return text
}
