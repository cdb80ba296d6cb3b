package pagetest_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/portal"
	"duban/internal/portal/portaltest"
	"duban/internal/query"
	"duban/internal/signin"
	"duban/seeds"
)

// TestWhatIsPublic: the office writes a text of what is to be made public and of a positive example,
// a leader agrees to them, and only then, and only where the office has switched the page on, anybody
// reads them without signing in. A text that names a person below the head is not taken; what was
// agreed to is public until another version is, or until it is taken down.
func TestWhatIsPublic(t *testing.T) {
	t.Parallel()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load(seed+"plan.yaml", cal)
	require.NotNil(t, p, "%v", problems)
	at := slices.IndexFunc(p.Tasks, func(k plan.Task) bool { return k.Kind == plan.Dated })
	p.Tasks[at].Publish, p.Tasks[at].Title = true, "公开入河排污口监测结果"
	for i, u := range p.Directory.Units {
		if u.ID == p.Tasks[at].Lead {
			p.Directory.Units[i].Contacts = slices.Clone(u.Contacts)
			for k, c := range u.Contacts {
				if c.Role == people.Liaison {
					p.Directory.Units[i].Contacts[k].Name = "钱芳芳"
				}
			}
		}
	}
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { store.Close() })
	begin := p.Issued.At(9, 0, calendar.Beijing)
	var tasks []ledger.Task
	for _, k := range p.Tasks {
		tasks = append(tasks, ledger.TaskOf(p, k, begin))
	}
	_, err = store.AddPlan(t.Context(), ledger.Launched{Plan: *p, At: begin}, tasks, when(begin))
	require.NoError(t, err)
	book, faults := accounts.Load(seed + "accounts.yaml")
	require.Empty(t, faults)
	clock := func() time.Time { return now }
	sign := signin.Open(store, signin.Options{Now: clock})
	for _, id := range []string{"fu-shizhang", "shuizhiban"} {
		secret, _, err := sign.Invite(t.Context(), id, "")
		require.NoError(t, err)
		_, err = sign.Redeem(t.Context(), secret, password, "127.0.0.1")
		require.NoError(t, err)
	}
	reader := query.New(store, query.Options{Now: clock, Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return cal.With(imported...), nil }})
	pages, err := portal.New(portal.Options{Reader: reader, Acts: assessing{store: store, now: clock}, SignIn: sign, Now: clock,
		Accounts: func() (*accounts.List, error) { return book, nil }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	require.NoError(t, err)
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)

	anybody := func(method, path string) (int, string, http.Header) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
		require.NoError(t, err)
		res, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(body), res.Header
	}
	in := func(account string) *portaltest.Page {
		b := portaltest.Open(t, server.URL+"/signin", portaltest.Look{Plain: true})
		b.Type("#account", account)
		b.Type("#password", password)
		b.Press("main form button")
		return b
	}
	office, leader, list := in("shuizhiban"), in("fu-shizhang"), "/plans/"+planID+"/publicity"
	switched := func(button string) {
		t.Helper()
		office.Go("/settings")
		office.Tick(button)
		require.Equal(t, http.StatusOK, office.Press("#public_page button"))
	}
	office.Go("/plans/" + planID)
	office.Press(`a[href$="/publicity"]`)
	require.Contains(t, office.Text("main"), "公开入河排污口监测结果")
	require.Contains(t, office.Text("main"), "没有登记正面典型")
	look(t, office, "publicity")
	office.Press(`a[href*="task="]`)
	require.Contains(t, office.Values("#f-text")[0], "监测点位：", "it begins with a draft")
	office.Fill("#f-text", "本月全部达标，联系人钱芳芳。")
	require.Equal(t, http.StatusConflict, office.Press("main form button.main"))
	require.Contains(t, office.Text("main"), "文中写有“钱芳芳”")
	office.Fill("#f-text", "本月监测19个入河排污口，全部达标。详情请联系联络员。")
	require.Equal(t, http.StatusOK, office.Press("main form button.main"))
	require.Contains(t, office.Text("main"), "待审批")
	look(t, office, "publicity-text")
	events, err := store.Events(t.Context(), ledger.EventFilter{Plan: planID})
	require.NoError(t, err)
	for _, e := range events {
		if strings.HasPrefix(e.Kind, "act.") {
			require.NotContains(t, string(e.Data), "联系人钱芳芳", "events are never erased")
		}
	}

	switched("#public_page-0")
	status, body, head := anybody(http.MethodGet, "/public")
	require.Equal(t, http.StatusOK, status)
	require.NotContains(t, body, "监测", "nobody has agreed")
	require.Empty(t, head["Set-Cookie"])
	status, _, _ = anybody(http.MethodGet, "/public/"+planID+"/1")
	require.Equal(t, http.StatusNotFound, status)

	leader.Go(list + "?text=1")
	require.Contains(t, leader.Text("main"), "全部达标")
	leader.Press(`a[href*="/do/approve_text"]`)
	require.Equal(t, http.StatusOK, leader.Press("main form button.main"))
	require.Contains(t, leader.Text("main"), "现在公开的是第1版")
	look(t, leader, "publicity-approved")
	for _, path := range []string{"/public", "/public/" + planID + "/1", "/public/" + planID + "/1/text"} {
		status, body, head = anybody(http.MethodGet, path)
		require.Equal(t, http.StatusOK, status, path)
		require.Contains(t, body, "公开入河排污口监测结果", path)
		require.NotContains(t, body, "token", path)
		require.Empty(t, head["Set-Cookie"], path)
	}
	require.True(t, strings.HasPrefix(body, "\ufeff"))
	require.Contains(t, head.Get("Content-Disposition"), "attachment")

	office.Go(list + "?text=1")
	office.Press(`a[href*="/do/write_text"]`)
	office.Fill("#f-text", "本月监测20个入河排污口，全部达标。")
	require.Equal(t, http.StatusOK, office.Press("main form button.main"))
	_, body, _ = anybody(http.MethodGet, "/public/"+planID+"/1")
	require.Contains(t, body, "19个", "the change waits for approval")

	office.Go(list)
	office.Press(`a[href$="/do/write_text"]`)
	office.Fill("#f-title", "黑臭水体整治走在前列")
	office.Fill("#f-unit", p.Tasks[at].Lead)
	office.Fill("#f-text", "提前两个月完成。")
	require.Equal(t, http.StatusOK, office.Press("main form button.main"))
	leader.Go(list + "?text=2")
	leader.Press(`a[href*="/do/approve_text"]`)
	require.Equal(t, http.StatusOK, leader.Press("main form button.main"))
	_, body, _ = anybody(http.MethodGet, "/public")
	require.Contains(t, body, "黑臭水体整治走在前列")
	for _, wide := range []int64{1280, 360} {
		b := portaltest.Open(t, server.URL+"/public", portaltest.Look{Plain: true})
		b.Wide(wide)
		look(t, b, "public")
		b.Press(`main a[href$="/2"]`)
		require.Contains(t, b.Text("main"), "提前两个月完成")
		look(t, b, "public-text")
	}

	office.Go(list + "?text=2")
	office.Press(`a[href*="/do/withdraw_text"]`)
	office.Fill("#f-reason", "数字有误")
	require.Equal(t, http.StatusOK, office.Press("main form button.main"))
	status, _, _ = anybody(http.MethodGet, "/public/"+planID+"/2")
	require.Equal(t, http.StatusNotFound, status)

	switched("#public_page-1")
	_, unknown, _ := anybody(http.MethodGet, "/nosuch")
	for _, path := range []string{"/public", "/public/" + planID + "/1", "/public/" + planID + "/1/text"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			status, body, _ = anybody(method, path)
			require.Equal(t, http.StatusNotFound, status, path)
			require.NotContains(t, body, "19个")
			if method == http.MethodGet {
				require.Len(t, strings.ReplaceAll(body, path, "/nosuch"), len(unknown), "as any unknown address")
			}
		}
	}
}
