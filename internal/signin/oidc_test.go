package signin_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"
	"github.com/stretchr/testify/require"

	"duban/internal/signin"
)

// provider is a real provider in this process, with somebody who signs in there.
type provider struct {
	*mockoidc.MockOIDC
	t *testing.T
}

func newProvider(t *testing.T) provider {
	t.Helper()
	m, err := mockoidc.Run()
	require.NoError(t, err)
	t.Cleanup(func() { _ = m.Shutdown() })
	return provider{m, t}
}

func (w *world) single(p provider) *signin.Single {
	return w.By(&signin.Single{Issuer: p.Issuer(), ClientID: p.Config().ClientID, ClientSecret: p.Config().ClientSecret, Redirect: "https://duban.example/signin/oidc/back", Scopes: []string{"openid", "profile", "email"}})
}

// browse is a browser that the service sends back: with which state and code.
func (p provider) browse(to string, user mockoidc.User) (state, code string) {
	p.t.Helper()
	p.QueueUser(user)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(to)
	require.NoError(p.t, err)
	defer res.Body.Close()
	require.Equal(p.t, http.StatusFound, res.StatusCode)
	back, err := url.Parse(res.Header.Get("Location"))
	require.NoError(p.t, err)
	require.Equal(p.t, "duban.example", back.Host)
	return back.Query().Get("state"), back.Query().Get("code")
}

// asked is somebody of whom the service asked so much.
type asked struct {
	*mockoidc.MockUser
	ways []string
}

func (a asked) Claims(_ []string, base *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	return struct {
		*mockoidc.IDTokenClaims
		Name string   `json:"preferred_username"`
		Ways []string `json:"amr"`
	}{base, a.PreferredUsername, a.ways}, nil
}

func TestAnotherServiceVouches(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.now = time.Now()
		p := newProvider(t)
		single := w.single(p)
		at := signin.Attempt{Address: desk, Agent: "Mozilla"}
		enter := func(user mockoidc.User) (signin.Session, string, error) {
			t.Helper()
			to, cookie, err := single.Begin(w.ctx, at, "/todo")
			w.ok(err)
			asked, err := url.Parse(to)
			w.ok(err)
			require.Equal(t, "S256", asked.Query().Get("code_challenge_method"))
			require.NotEmpty(t, asked.Query().Get("nonce"))
			w.out(cookie)
			_, err = w.Pending(w.ctx, cookie)
			require.ErrorIs(t, err, signin.ErrNoSession, "nobody is signed in by leaving")
			state, code := p.browse(to, user)
			is, fresh, next, err := single.Finish(w.ctx, cookie, state, code, at)
			if err == nil {
				require.Equal(t, "/todo", next)
				require.NotEqual(t, cookie, fresh)
			}
			return is, fresh, err
		}
		wang := &mockoidc.MockUser{Subject: "s-1", PreferredUsername: "gaoping", Email: "wang@example"}
		is, fresh, err := enter(wang)
		w.ok(err)
		require.Equal(t, []string{"gaoping", signin.ByOIDC, ""}, []string{is.Account, is.Way, is.Step})
		_, err = w.Who(w.ctx, fresh)
		w.ok(err)

		// Whoever signed in once is known by issuer and subject, whatever the claims say.
		is, _, err = enter(&mockoidc.MockUser{Subject: "s-1", PreferredUsername: "shuizhiban"})
		w.ok(err)
		require.Equal(t, "gaoping", is.Account)
		// The same name of another subject is another person's only where the claim says so.
		is, _, err = enter(&mockoidc.MockUser{Subject: "s-2", PreferredUsername: "shuiwu"})
		w.ok(err)
		require.Equal(t, "shuiwu", is.Account)
		for _, nobody := range []*mockoidc.MockUser{{Subject: "s-3", PreferredUsername: "nobody"}, {Subject: "s-4"}} {
			_, _, err = enter(nobody)
			require.ErrorIs(t, err, signin.ErrUnknown)
		}
		w.gone["gaoping"] = true
		_, _, err = enter(wang)
		require.ErrorIs(t, err, signin.ErrUnknown, "who left the accounts file is out")
		w.gone["gaoping"] = false

		// A second factor is asked for as with a password.
		w.second["gaoping"] = true
		is, fresh, err = enter(wang)
		w.ok(err)
		require.Equal(t, signin.StepFactor, is.Step)
		w.out(fresh)
		require.Contains(t, w.log(""), "gaoping signed_in")

		// But where the service says that it asked for two factors itself.
		for _, c := range []struct {
			ways []string
			step string
		}{
			{[]string{"mfa"}, ""}, {[]string{"pwd", "otp"}, ""}, {[]string{"hwk", "pwd"}, ""},
			{[]string{"pwd"}, signin.StepFactor}, {[]string{"otp"}, signin.StepFactor}, {[]string{"hwk"}, signin.StepFactor}, {[]string{"pwd", "kba"}, signin.StepFactor}, {[]string{}, signin.StepFactor},
		} {
			is, _, err = enter(asked{wang, c.ways})
			w.ok(err)
			require.Equal(t, c.step, is.Step, "%v", c.ways)
		}
	})
}

func TestWhatComesBackWrongSignsNobodyIn(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.now = time.Now()
		p := newProvider(t)
		single := w.single(p)
		at := signin.Attempt{Address: desk}
		user := &mockoidc.MockUser{Subject: "s-1", PreferredUsername: "gaoping"}
		begin := func() (to, cookie string) {
			t.Helper()
			to, cookie, err := single.Begin(w.ctx, at, "/")
			w.ok(err)
			return to, cookie
		}
		refused := func(cookie, state, code string) {
			t.Helper()
			_, _, _, err := single.Finish(w.ctx, cookie, state, code, at)
			require.ErrorIs(t, err, signin.ErrSingle)
		}
		to, cookie := begin()
		state, code := p.browse(to, user)
		_, other := begin()
		refused(other, state, code) // another browser's: a forged link to sign somebody in as another
		refused("", state, code)
		refused(cookie, state+"x", code)
		refused(cookie, "", code)
		_, _, _, err := single.Finish(w.ctx, cookie, state, code, at)
		w.ok(err)
		refused(cookie, state, code) // good once

		to, cookie = begin()
		state, _ = p.browse(to, user)
		refused(cookie, state, "") // broken off there
		to, cookie = begin()
		state, _ = p.browse(to, user)
		refused(cookie, state, "another-code")
		to, cookie = begin()
		state, code = p.browse(to, user)
		w.now = w.now.Add(11 * time.Minute)
		refused(cookie, state, code) // too late
		w.now = w.now.Add(-11 * time.Minute)

		// A code that was fetched for another sign-in: its nonce and PKCE are not ours.
		to, cookie = begin()
		state, _ = p.browse(to, user)
		to, _ = begin()
		_, stolen := p.browse(to, user)
		refused(cookie, state, stolen)
		signedIn, err := url.Parse(to)
		w.ok(err)
		require.NotContains(t, signedIn.RawQuery, "verifier")
		var wait *signin.WaitError
		begun := 0
		for ; begun < 2000 && !errors.As(err, &wait); begun++ { // an address that only begins is slowed down
			_, _, err = single.Begin(w.ctx, at, "/")
		}
		require.ErrorAs(t, err, &wait)
		require.Greater(t, begun, 400, "but not a city hall")
	})
}

// TestTheOtherServiceAway: it refuses, dies or hangs, and whoever has a password signs in.
func TestTheOtherServiceAway(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.now = time.Now()
		w.hired("gaoping")
		at := signin.Attempt{Address: desk}
		none := w.By(&signin.Single{Issuer: "http://127.0.0.1:1", ClientID: "x", Redirect: "https://duban.example/back"})
		_, _, err := none.Begin(w.ctx, at, "/")
		require.ErrorIs(t, err, signin.ErrSingleAway)
		w.in("gaoping")

		p := newProvider(t)
		single := w.single(p)
		to, cookie, err := single.Begin(w.ctx, at, "/")
		w.ok(err)
		state, code := p.browse(to, &mockoidc.MockUser{Subject: "s-1", PreferredUsername: "gaoping"})
		for range 2 { // it is asked in two ways
			p.QueueError(&mockoidc.ServerError{Code: http.StatusServiceUnavailable, Error: mockoidc.InternalServerError})
		}
		_, _, _, err = single.Finish(w.ctx, cookie, state, code, at)
		require.ErrorIs(t, err, signin.ErrSingleAway)
		to, cookie, err = single.Begin(w.ctx, at, "/")
		w.ok(err)
		state, code = p.browse(to, &mockoidc.MockUser{Subject: "s-1", PreferredUsername: "gaoping"})
		require.NoError(t, p.Shutdown())
		_, _, _, err = single.Finish(w.ctx, cookie, state, code, at)
		require.ErrorIs(t, err, signin.ErrSingleAway)

		hangs := make(chan struct{})
		silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-hangs:
			case <-r.Context().Done():
			}
		}))
		defer silent.Close()
		defer close(hangs)
		slow := w.By(&signin.Single{Issuer: silent.URL, ClientID: "x", Redirect: "https://duban.example/back", Within: 300 * time.Millisecond})
		_, _, err = slow.Begin(w.ctx, at, "/")
		require.ErrorIs(t, err, signin.ErrSingleAway)
		w.in("gaoping")

		// Several who come while it hangs ask it side by side: nobody waits behind
		// another's wait.
		const several = 3
		var met sync.WaitGroup
		met.Add(several)
		together := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			met.Done()
			met.Wait()
			w.WriteHeader(http.StatusServiceUnavailable)
		}))
		defer together.Close()
		busy := w.By(&signin.Single{Issuer: together.URL, ClientID: "x", Redirect: "https://duban.example/back", Within: time.Minute})
		var all sync.WaitGroup
		answers := make([]error, several)
		for i := range several {
			all.Go(func() { _, _, answers[i] = busy.Begin(w.ctx, at, "/") })
		}
		all.Wait()
		for _, err := range answers {
			require.ErrorIs(t, err, signin.ErrSingleAway)
			require.NotErrorIs(t, err, context.DeadlineExceeded)
		}
	})
}
