package pagetest_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/portal"
	"duban/internal/portal/portaltest"
	"duban/internal/query"
	"duban/seeds"
)

// assessing is Acts without an engine; it does acts on an assessment, on public texts and
// on the office's settings, and refuses every other.
type assessing struct {
	portal.LookOnly
	store *ledger.Store
	now   func() time.Time
}

func (a assessing) Assess(ctx context.Context, planID string, does act.Act, sheet *assessment.Sheet, cal *calendar.Calendar) error {
	l, err := a.store.Plan(ctx, planID)
	if err != nil {
		return err
	}
	return engine.Assess(ctx, a.store, a.now(), l, does, sheet, cal)
}

func (a assessing) Report(ctx context.Context, planID string, does act.Act) error {
	l, err := a.store.Plan(ctx, planID)
	if err != nil {
		return err
	}
	return engine.Report(ctx, a.store, a.now(), l, does)
}

func (a assessing) SetOffice(ctx context.Context, name, value string, by act.Actor) (string, error) {
	return engine.SetOffice(ctx, a.store, a.now(), name, value, by)
}

func (a assessing) Publish(ctx context.Context, planID string, number int, does act.Act) (int, error) {
	return engine.Publish(ctx, a.store, a.now(), planID, number, does)
}

// assessedSite is a portal of the seed's plan with the example's rules adopted. Half of its
// dated tasks were closed in time. The clock is January's day *day at ten.
func assessedSite(t *testing.T, day *int) string {
	t.Helper()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	files := map[string][]byte{}
	for name, path := range map[string]string{"plan.yaml": "plan.yaml", "units.yaml": "units.yaml", "policies.yaml": "../policies.yaml", "sections.yaml": "sections.yaml", "assessment.yaml": "assessment-example.yaml"} {
		files[name], err = os.ReadFile(seed + path)
		require.NoError(t, err)
	}
	files["plan.yaml"] = []byte(strings.Replace(string(files["plan.yaml"]), "water: sections.yaml\n", "water: sections.yaml\nassessment: assessment.yaml\n", 1))
	files["plan.yaml"] = []byte(regexp.MustCompile(`(?m)^# (report:|  - \{to:)`).ReplaceAllString(string(files["plan.yaml"]), "$1"))
	files["assessment.yaml"] = []byte(strings.Replace(string(files["assessment.yaml"]), "example: true\n", "", 1))
	p, problems := planfile.LoadFiles(files, cal)
	require.NotNil(t, p, "%v", problems)
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
	for i, k := range p.Tasks {
		if k.Kind == plan.Dated && i%2 == 0 {
			require.NoError(t, ledgertest.Verify(t.Context(), store, p.ID, k.ID, "shuizhiban", "销号", "close", when(calendar.NewDay(2021, 6, 1).At(9, 0, calendar.Beijing))))
		}
	}
	book, faults := accounts.Load(seed + "accounts.yaml")
	require.Empty(t, faults)
	clock := func() time.Time { return calendar.NewDay(2022, 1, *day).At(10, 0, calendar.Beijing) }
	reader := query.New(store, query.Options{Now: clock, Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return cal.With(imported...), nil }})
	kept := &portal.Files{Dir: filepath.Join(t.TempDir(), "evidence"), Most: 1 << 20}
	pages, err := portal.New(portal.Options{Reader: reader, Acts: assessing{store: store, now: clock}, SignIn: &portal.Looking{}, Key: "k", Now: clock, Files: kept,
		Accounts: func() (*accounts.List, error) { return book, nil }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	require.NoError(t, err)
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	return server.URL
}

// assessed are the pages of an assessment that an account looks at, by how far it is.
var assessed = map[string][]string{
	"shuizhiban, tried":     {"/assessment", "/assessment/do/enter?", "/assessment/do/send_sheet?"},
	"gaoping, sent":         {"/assessment", "/assessment/do/object?"},
	"fu-shizhang, objected": {"/assessment", "/assessment/do/settle?"},
	"shuizhiban, settled":   {"/assessment", "/assessment/do/issue_sheet?"},
	"shuizhiban, issued":    {"/assessment?unit=gaoping"},
	"gaoping, issued":       {"/assessment"},
	"fu-shizhang, issued":   {"/assessment?period=2021-06"},
}

// looking is the browser of somebody who looks around as an account, without its window.
func looking(t *testing.T, site, account string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	c := &http.Client{Jar: jar}
	res, err := c.Get(site + "/signin?key=k")
	require.NoError(t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	token := hiddenToken.FindSubmatch(body)
	require.NotNil(t, token)
	res, err = c.PostForm(site+"/signin", url.Values{"token": {string(token[1])}, "account": {account}})
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return c
}

// TestAnAssessmentOnThePage: from the first trial to the issued result by the page's forms: the
// office enters a note and sends the sheet, a county objects, the leader decides, the office
// issues the result. A form that is filled in wrongly changes nothing.
func TestAnAssessmentOnThePage(t *testing.T) {
	t.Parallel()
	day := 10
	site := assessedSite(t, &day)
	in := func(account string, wanted portaltest.Look) *portaltest.Page {
		p := portaltest.Open(t, site+"/signin?key=k", wanted)
		p.Press(`button[value="` + account + `"]`)
		return p
	}
	everybody := func(stage string) {
		account, _, _ := strings.Cut(stage, ",")
		walk(t, in, account, stage, assessed[stage])
	}
	plain := portaltest.Look{Plain: true}
	office, county, leader := in("shuizhiban", plain), in("gaoping", plain), in("fu-shizhang", plain)
	office.Go("/assessment")
	require.Contains(t, office.Text("main"), "试算，截至 2022-01-10，没有发送。")
	office.Press(`a[href^="/assessment/do/enter"]`)
	office.Fill("#f-fact", "favourable")
	office.Fill("#f-unit", "gaoping")
	office.Fill("#f-day", "2022-06-18")
	office.Type("#f-title", "省领导肯定高平市治水做法")
	file := filepath.Join(t.TempDir(), "批示.txt")
	require.NoError(t, os.WriteFile(file, []byte("肯定"), 0o600))
	office.Attach("#f-file", file)
	require.Equal(t, http.StatusConflict, office.Press("main form button.main"))
	require.Contains(t, office.Text("main"), "还没有到")
	office.Fill("#f-day", "2021-06-18")
	require.Equal(t, http.StatusOK, office.Press("main form button.main"))
	require.Contains(t, office.Text("#entries"), "省领导肯定高平市治水做法")
	proof := office.Attributes(`#entries a[download]`, "href")
	require.Len(t, proof, 1)
	for account, want := range map[string]int{"gaoping": http.StatusOK, "shuizhiban": http.StatusOK, "zezhou": http.StatusNotFound} {
		res, err := looking(t, site, account).Get(site + proof[0])
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, want, res.StatusCode, account)
		require.Equal(t, want == http.StatusOK, string(body) == "肯定", account)
		require.Equal(t, want == http.StatusOK, strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment"), account)
	}
	look(t, office, "assessment-entries")
	everybody("shuizhiban, tried")

	day = 11
	require.False(t, county.Has(`a[href^="/assessment/do/"]`))
	county.Go("/assessment")
	office.Press(`a[href^="/assessment/do/send_sheet"]`)
	require.Contains(t, office.Text("main"), "今日登记的事项不计入")
	office.Press("main form button.main")
	require.Contains(t, office.Text("main"), "初评表，2022年1月11日发送")

	everybody("gaoping, sent")
	county.Go("/todo")
	require.Contains(t, county.Text("main"), "考核初评表已发送，请核对；有异议的请于")
	office.Go("/todo")
	require.NotContains(t, office.Text("main"), "异议待裁定")
	county.Go("/todo")
	county.Press(`main .note a[href^="/assessment"]`)
	require.NotContains(t, county.Text("main"), "泽州县")
	county.Press(`a[href^="/assessment/do/object?"]`)
	require.Equal(t, http.StatusUnprocessableEntity, county.PressAnyway("main form button.main"), "nothing was said")
	county.Type("#f-reason", "黑臭水体治理已按期完成，请复核")
	county.Press("main form button.main")
	require.Contains(t, county.Text("#objections"), "待裁定")
	county.Go("/todo")
	require.NotContains(t, county.Text("main"), "初评表", "it has objected")
	for _, p := range []*portaltest.Page{office, leader} {
		p.Go("/todo")
		require.Contains(t, p.Text("main"), "考核有 1 件异议待裁定")
	}

	everybody("fu-shizhang, objected")
	leader.Go("/assessment")
	leader.Press(`a[href^="/assessment/do/settle?"]`)
	require.Contains(t, leader.Text("main"), "维持原分的不填")
	require.Contains(t, leader.Text("#f-ref"), "1 高平市人民政府：黑臭水体治理已按期完成，请复核", "what is ruled on is before whoever rules")
	leader.Type("#f-points", "五分")
	leader.Type("#f-reason", "核实，扣分减为一半")
	require.Equal(t, http.StatusUnprocessableEntity, leader.Press("main form button.main"))
	require.Contains(t, leader.Text("main"), "“五分”不是分值")
	leader.Fill("#f-points", "1.5")
	leader.Press("main form button.main")
	require.Contains(t, leader.Text("#objections"), "核实，扣分减为一半（+1.5 分）")

	day = 19
	office.Go("/todo")
	require.Contains(t, office.Text("main"), "考核的异议期限已过，可以印发结果")
	office.Go("/assessment")
	everybody("shuizhiban, settled")
	office.Press(`a[href^="/assessment/do/issue_sheet"]`)
	require.NotContains(t, office.Text("main"), "可以不填", "a result needs a number")
	office.Type("#f-paper", "晋市水办〔2022〕2号")
	office.Press("main form button.main")
	require.Contains(t, office.Text("main"), "考核结果，晋市水办〔2022〕2号，2022年1月19日印发。")
	require.Equal(t, http.StatusOK, office.Go("/assessment?unit=gaoping"))
	look(t, office, "assessment-issued")
	county.Go("/assessment")
	require.Contains(t, county.Text("main"), "泽州县", "what is issued has all ranks")
	require.False(t, county.Has(`a[href^="/assessment/do/"]`))

	for _, account := range []string{"shuizhiban", "gaoping", "fu-shizhang"} {
		everybody(account + ", issued")
	}
}
