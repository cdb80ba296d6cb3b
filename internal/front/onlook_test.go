package front

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/planfile"
	"duban/internal/portal"
	"duban/internal/rehearse"
	"duban/internal/settings"
	"duban/internal/strictyaml"
	"duban/seeds"
)

// TestARehearsalIsLookedAtWhileItPasses: before its ledger is there, while its year passes, and
// when it begins again with another ledger, for a browser that came to the first one; nobody
// looks without the key.
func TestARehearsalIsLookedAtWhileItPasses(t *testing.T) {
	t.Parallel()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load("../../seeds/jincheng-2021-water/plan.yaml", cal)
	require.False(t, strictyaml.Failed(problems))
	dir := t.TempDir()
	begins := func() (leave func()) { // a start of the rehearsal: its ledger with the plan
		store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(dir, "ledger.db"))
		require.NoError(t, err)
		at := p.Issued.At(9, 0, calendar.Beijing)
		_, err = store.AddPlan(t.Context(), ledger.Launched{Plan: *p, At: at}, nil, ledger.When{Real: at, Plan: at})
		require.NoError(t, err)
		return func() {
			require.NoError(t, store.Close())
			for _, f := range []string{"ledger.db", "ledger.db-wal", "ledger.db-shm"} {
				if err := os.Remove(filepath.Join(dir, f)); err != nil {
					require.ErrorIs(t, err, os.ErrNotExist)
				}
			}
		}
	}
	pages, err := Watching(t.Context(), settings.Config{Lang: "zh", DatabaseURL: "postgres://elsewhere"}, dir, portal.Listening{Address: "127.0.0.1:0"}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	read := func(res *http.Response, err error) (int, string, http.Header) {
		t.Helper()
		require.NoError(t, err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(body), res.Header
	}
	waits := func() {
		t.Helper()
		status, text, header := read(browser.Get(pages.Address))
		require.Equal(t, http.StatusServiceUnavailable, status)
		require.Contains(t, text, "自动刷新")
		require.NotEmpty(t, header.Get("Refresh"))
	}
	waits()
	pages.Watch(rehearse.Progress{Total: 3})
	waits()
	leave := begins()
	pages.Watch(rehearse.Progress{Armed: 1, Total: 3})
	status, text, _ := read(browser.Get(pages.Address))
	require.Equal(t, http.StatusOK, status)
	choices := regexp.MustCompile(`name="account" value="(\w+)"`).FindAllStringSubmatch(text, -1)
	require.Len(t, choices, len(p.Directory.Units))
	require.Equal(t, []string{p.Directory.Leadership, p.Directory.Office}, []string{choices[0][1], choices[1][1]})
	token := regexp.MustCompile(`name="token" value="([^"]*)"`).FindStringSubmatch(text)
	site, err := url.Parse(pages.Address)
	require.NoError(t, err)
	site = &url.URL{Scheme: site.Scheme, Host: site.Host}
	status, text, _ = read(browser.PostForm(site.String()+"/signin", url.Values{"token": {token[1]}, "account": {p.Directory.Leadership}}))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, p.Title)
	_, text, _ = read(http.Get(site.String() + "/lead"))
	require.NotContains(t, text, p.Title, "without the key")
	require.NotContains(t, text, `name="account" value=`)

	pages.Watch(rehearse.Progress{Again: true, Day: time.Second})
	waits()
	leave()
	leave = begins()
	pages.Watch(rehearse.Progress{Armed: 3, Total: 3})
	status, text, _ = read(browser.Get(site.String() + "/lead"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, p.Title)
	require.NoError(t, pages.Close())
	leave()
	_, err = browser.Get(pages.Address)
	require.Error(t, err)
}
