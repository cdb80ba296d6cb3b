package signin

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"duban/internal/ledger"
)

// ByOIDC is the way of a session that another sign-in service vouched for.
const ByOIDC = "oidc"

// stepAway is the step of a session whose browser has gone to the other service and is not
// back yet.
const stepAway = "away"

// Single is how people sign in by another service, by OpenID Connect: authorization code
// with PKCE and a nonce. Whoever signed in once is known by issuer and subject for ever
// after, whatever the claims say then. Accounts with a password go on signing in here,
// also while the service is away.
type Single struct {
	Issuer       string // https://sso.example.gov.cn
	ClientID     string
	ClientSecret string // "" of a public client
	Redirect     string // this portal's address to which the service sends people back
	Scopes       []string
	// Claim is the claim that says who somebody is, preferred_username when "". An
	// email counts only when the service has verified it.
	Claim string
	// Account is the account that a claim's value names: the value itself when nil.
	Account func(value string) (account string, ok bool)
	Within  time.Duration // for each answer of the service; 10 s when 0

	service  *Service
	client   *http.Client
	provider atomic.Pointer[oidc.Provider] // what it said of itself, once it has answered
}

var (
	// ErrSingle: the other service did not vouch for anybody; it was broken off, came too
	// late, or does not belong to this browser.
	ErrSingle = errors.New("signin: nobody was vouched for")
	// ErrSingleAway: the other service does not answer.
	ErrSingleAway = errors.New("signin: the other sign-in service does not answer")
)

// By has people sign in by another service; o is not to be changed afterwards.
func (s *Service) By(o *Single) *Single {
	standard(&o.Claim, "preferred_username")
	if len(o.Scopes) == 0 {
		o.Scopes = []string{oidc.ScopeOpenID, "profile"}
	}
	standard(&o.Within, 10*time.Second)
	o.service, o.client = s, &http.Client{Timeout: o.Within}
	return o
}

// known is what the service has told of itself (OpenID Connect discovery), asked for at the
// first use and kept from the first answer on, so that the program starts while the service
// is away. Each request asks for itself: while the service hangs, each ends within
// Single.Within.
func (o *Single) known(ctx context.Context) (*oidc.Provider, *oauth2.Config, context.Context, error) {
	ctx = oidc.ClientContext(ctx, o.client)
	p := o.provider.Load()
	if p == nil {
		var err error
		// The provider keeps its context to read keys later on, so the context must not end with this request.
		if p, err = oidc.NewProvider(context.WithoutCancel(ctx), o.Issuer); err != nil {
			return nil, nil, ctx, fmt.Errorf("%w: %w", ErrSingleAway, err)
		}
		o.provider.Store(p)
	}
	return p, &oauth2.Config{ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURL: o.Redirect, Endpoint: p.Endpoint(), Scopes: o.Scopes}, ctx, nil
}

// away is what is remembered of somebody who has gone to the service.
type away struct {
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	Next     string `json:"next"`
}

// Begin is the address of the service to send a browser to, and the cookie that the browser
// is to bring back within ten minutes. next is the path to go to afterwards. ErrSingleAway.
func (o *Single) Begin(ctx context.Context, a Attempt, next string) (to, cookie string, err error) {
	_, config, _, err := o.known(ctx)
	if err != nil {
		return "", "", err
	}
	s := o.service
	if err := s.count(ctx, awayThrottle, network(a.Address)); err != nil {
		return "", "", err
	}
	w := away{Nonce: random(16), Verifier: oauth2.GenerateVerifier(), Next: next}
	kept, err := json.Marshal(w)
	if err != nil {
		return "", "", err
	}
	now := s.Now()
	b, cookie := s.fresh(Attempt{Address: a.Address, Agent: a.Agent}, now)
	b.Step, b.Setting, b.Way, b.EndsAt = stepAway, string(kept), ByOIDC, now.Add(pending)
	if err := s.store.BeginSession(ctx, b, ledger.SignInEntry{}); err != nil {
		return "", "", err
	}
	return config.AuthCodeURL(session(b.Session, cookie).Form, oidc.Nonce(w.Nonce), oauth2.S256ChallengeOption(w.Verifier)), cookie, nil
}

// Finish takes the state and the code with which the service sent the browser back. cookie
// is that of Begin, which is good once. It gives the session and its cookie as SignIn does,
// and the path given to Begin. Errors: ErrSingle, ErrUnknown when no account fits,
// ErrSingleAway.
func (o *Single) Finish(ctx context.Context, cookie, state, code string, a Attempt) (is Session, fresh, next string, err error) {
	w, err := o.back(ctx, cookie, state)
	if err != nil {
		return Session{}, "", "", err
	}
	provider, config, ctx, err := o.known(ctx)
	if err != nil {
		return Session{}, "", "", err
	}
	if code == "" {
		return Session{}, "", "", ErrSingle
	}
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(w.Verifier))
	if err != nil {
		var refused *oauth2.RetrieveError
		if errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < 500 {
			return Session{}, "", "", fmt.Errorf("%w: %w", ErrSingle, err)
		}
		return Session{}, "", "", fmt.Errorf("%w: %w", ErrSingleAway, err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: o.ClientID, Now: o.service.Now}).Verify(ctx, raw)
	if err != nil {
		return Session{}, "", "", fmt.Errorf("%w: %w", ErrSingle, err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(w.Nonce)) != 1 {
		return Session{}, "", "", fmt.Errorf("%w: the token was made for another sign-in", ErrSingle)
	}
	account, strong, err := o.account(ctx, id)
	if err != nil {
		if errors.Is(err, ErrUnknown) {
			err = errors.Join(err, o.service.store.LogSignIn(ctx, o.service.entry(Refused, "", a.Address, ByOIDC)))
		}
		return Session{}, "", "", err
	}
	a.Account = account
	is, fresh, err = o.service.Vouched(ctx, a, ByOIDC, strong)
	return is, fresh, w.Next, err
}

// back is what Begin remembered of the browser that comes back; it is forgotten then.
func (o *Single) back(ctx context.Context, cookie, state string) (w away, err error) {
	s := o.service
	id, secret, _ := strings.Cut(cookie, ".")
	is, err := s.store.Session(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return w, ErrSingle
	}
	if err != nil {
		return w, err
	}
	same := subtle.ConstantTimeCompare([]byte(is.Hash), []byte(hashed(secret))) == 1 &&
		subtle.ConstantTimeCompare([]byte(session(is, cookie).Form), []byte(state)) == 1
	if !same || is.Step != stepAway || !s.Now().Before(is.EndsAt) {
		return w, ErrSingle
	}
	ended, err := s.store.EndSession(ctx, "", is.ID, ledger.SignInEntry{})
	if err == nil && !ended {
		err = ErrSingle
	}
	if err != nil {
		return w, err
	}
	return w, json.Unmarshal([]byte(is.Setting), &w)
}

// account is whose token it is: the account that the subject was bound to, or that the
// claim names, to which it is bound. strong tells that the service says it asked for two
// factors (amr, RFC 8176): a code or a key without a password is one alone.
func (o *Single) account(ctx context.Context, id *oidc.IDToken) (account string, strong bool, err error) {
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return "", false, err
	}
	ways, _ := claims["amr"].([]any)
	said := func(way string) bool { return slices.Contains(ways, any(way)) }
	strong = said("mfa") || said("pwd") && (said("otp") || said("hwk"))
	s := o.service
	account, err = s.store.Subject(ctx, id.Issuer, id.Subject)
	if err == nil && !s.Known(account) {
		err = ErrUnknown
	}
	if !errors.Is(err, ledger.ErrNotFound) {
		return account, strong, err
	}
	value, _ := claims[o.Claim].(string)
	if verified, _ := claims["email_verified"].(bool); value == "" || o.Claim == "email" && !verified {
		return "", false, ErrUnknown
	}
	account, ok := value, true
	if o.Account != nil {
		account, ok = o.Account(value)
	}
	if !ok || !s.Known(account) {
		return "", false, ErrUnknown
	}
	if err := s.store.BindSubject(ctx, id.Issuer, id.Subject, account, s.Now()); err != nil {
		return "", false, err
	}
	account, err = s.store.Subject(ctx, id.Issuer, id.Subject) // where two sign in at once, the account that was bound first
	return account, strong, err
}
