package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/portal/api"
	"duban/internal/portal/feed"
	"duban/internal/signin"
)

// TestProgramsBesideThePages: the portal serves the interface and the feeds, which need
// only their own tokens; a form of another site in somebody's browser does nothing.
func TestProgramsBesideThePages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := &accounts.List{}
	for _, a := range who {
		list.All = append(list.All, accounts.Account{ID: a.Account, Name: a.Name, Unit: a.Unit})
	}
	clock := w.clock
	o := portal.Options{Reader: w.read, Acts: portal.LookOnly{}, SignIn: w.sign, Accounts: func() (*accounts.List, error) { return list, nil }, Now: clock}
	o.More = append([]portal.Mount{
		{Pattern: api.Pattern, Handler: api.New(api.Options{Reader: o.Reader, Acts: o.Acts, SignIn: w.sign, Accounts: o.Accounts, Now: clock})},
		{Pattern: feed.Pattern, Handler: feed.New(feed.Options{Reader: o.Reader, SignIn: w.sign, Dates: w.store.TellDates, Accounts: o.Accounts, Now: clock})},
	}, portal.Answers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }))...)
	pages, err := portal.New(o)
	require.NoError(t, err)
	s := httptest.NewServer(pages)
	defer s.Close()
	w.Server.URL = s.URL
	res, body := w.ask(w.reads["wang"], http.MethodGet, "/api/v1/tasks", nil)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s", body)
	require.Contains(t, res.Header.Get("Content-Security-Policy"), "default-src 'none'")
	res, _ = w.ask("", http.MethodGet, "/api/v1/tasks", nil)
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	require.Empty(t, res.Cookies())
	res, _ = w.ask("", http.MethodGet, "/api/v1/none", nil)
	require.Equal(t, "application/problem+json", res.Header.Get("Content-Type"))
	res, body = w.ask(w.tokens["wang"], http.MethodPost, "/api/v1/plans/water/tasks/next/acts/acknowledge", map[string]any{"id": "b1"})
	require.Equal(t, http.StatusServiceUnavailable, res.StatusCode, "it is only looked at: %s", body)
	req, err := http.NewRequest(http.MethodPost, s.URL+"/api/v1/plans/water/tasks/next/acts/acknowledge", strings.NewReader(`{"id":"b2"}`))
	require.NoError(t, err)
	req.Header.Set("Origin", "https://elsewhere.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err = http.DefaultClient.Do(req)
	require.NoError(t, err)
	res.Body.Close()
	require.Equal(t, http.StatusForbidden, res.StatusCode)

	_, secret, err := w.sign.NewToken(w.ctx, ledger.Token{Account: "wang", Kind: signin.Calendar, Scope: signin.ScopePerson}, "")
	require.NoError(t, err)
	res, body = w.ask("", http.MethodGet, "/calendar/"+secret+".ics", nil)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Contains(t, string(body), "UID:finish.next.water@duban")
	for _, path := range []string{"/healthz", "/readyz"} {
		res, _ = w.ask("", http.MethodGet, path, nil)
		require.Equal(t, http.StatusNoContent, res.StatusCode)
	}
}
