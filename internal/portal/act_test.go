package portal_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/portal"
	"duban/internal/query"
	"duban/internal/report"
)

// viewer is the Viewer of an account.
func viewer(account string) query.Viewer {
	a, _ := shared.list.Find(account)
	return query.As(act.Actor{Account: a.ID, Name: a.Name, Unit: a.Unit})
}

// done are the acts of a kind that were done on a task.
func (w *world) done(t *testing.T, task string, k act.Kind) (all []act.Act) {
	t.Helper()
	for _, m := range w.caseOf(t, task).History {
		if m.Act != nil && m.Refused == nil && m.Act.Kind == k {
			all = append(all, *m.Act)
		}
	}
	return all
}

func (w *world) caseOf(t *testing.T, task string) report.Case {
	t.Helper()
	c, err := w.read.Case(t.Context(), viewer("clerk"), "water", task)
	require.NoError(t, err)
	return c
}

// TestAUnitAnswersFromItsBrowser: receives with one press, reports progress with a file
// that the office can save, asks for an extension, claims completion; the office verifies.
func TestAUnitAnswersFromItsBrowser(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	unit, office := s.as("shuiwu"), s.as("clerk")

	list := unit.get("/todo")
	require.Contains(t, list.text(), "水务任务第1项")
	require.NotContains(t, list.text(), "管网改造第1项")
	form := list.fields()
	a := unit.post("/plans/water/tasks/w1/do/acknowledge", url.Values{"token": form["token"], "id": form["id"]})
	require.Equal(t, "/plans/water/tasks/w1?did=acknowledge", a.to())
	page := unit.get(a.to())
	require.Contains(t, page.text(), "已办理：签收")

	path := "/plans/water/tasks/w1/do/progress"
	form = unit.form(path)
	form.Set("percent", "60")
	form.Set("reason", "已排查三个乡镇")
	a = unit.upload(path, form, file{`C:\我的文档\..\排查 台账.xlsx`, "台账内容"})
	require.Equal(t, http.StatusSeeOther, a.status, a.text())
	reports := w.done(t, "w1", act.Progress)
	require.Len(t, reports, 1)
	require.Equal(t, "排查 台账.xlsx", reports[0].Evidence[0].Name)
	require.Equal(t, form.Get("id"), reports[0].ID)
	got := office.get("/plans/water/tasks/w1/files/" + reports[0].Evidence[0].SHA256)
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, "台账内容", got.body)
	require.Equal(t, `attachment; filename="__ __.xlsx"; filename*=UTF-8''%E6%8E%92%E6%9F%A5%20%E5%8F%B0%E8%B4%A6.xlsx`, got.header.Get("Content-Disposition"))
	require.Equal(t, "application/octet-stream", got.header.Get("Content-Type"))
	require.Contains(t, got.header.Get("Content-Security-Policy"), "sandbox")

	path = "/plans/water/tasks/w1/do/extend"
	form = unit.form(path)
	form.Set("due", "2021-10-20")
	form.Set("reason", "汛期停工")
	require.Equal(t, http.StatusSeeOther, unit.upload(path, form).status)
	require.Contains(t, office.get("/todo").text(), "决定延期（至 2021-10-20） 水务任务第1项 市水务局联络员：汛期停工")
	form = office.form("/plans/water/tasks/w1/do/grant")
	form.Set("reason", "情况属实")
	require.Equal(t, http.StatusSeeOther, office.post("/plans/water/tasks/w1/do/grant", form).status)
	require.Equal(t, "2021-10-20", w.caseOf(t, "w1").Task.Due.String())

	form = unit.form("/plans/water/tasks/w1/do/complete")
	form.Set("reason", "已建成投用")
	require.Equal(t, http.StatusSeeOther, unit.post("/plans/water/tasks/w1/do/complete", form).status)
	form = office.form("/plans/water/tasks/w1/do/verify")
	form.Set("reason", "现场核查属实")
	require.Equal(t, http.StatusSeeOther, office.post("/plans/water/tasks/w1/do/verify", form).status)
	require.Equal(t, act.Closed, w.caseOf(t, "w1").Task.Phase)
	require.Contains(t, unit.get("/plans/water/tasks/w1/do/progress").text(), "任务目前为“已销号”，不能填报进展")
}

// TestAFormSentTwiceActsOnce: by a double press, at the same moment, by going back.
func TestAFormSentTwiceActsOnce(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	b := w.open(t).as("shuiwu")
	path := "/plans/water/tasks/w2/do/progress"
	form := b.form(path)
	form.Set("percent", "20")
	form.Set("reason", "第一次")
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() { b.post(path, form) })
	}
	all.Wait()
	require.Equal(t, http.StatusSeeOther, b.post(path, form).status)
	require.Len(t, w.done(t, "w2", act.Progress), 1)

	form.Set("reason", "第二次，回到表单改了几个字")
	a := b.post(path, form)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text(), "这张表单已经提交过")
	require.Contains(t, a.body, "第二次，回到表单改了几个字</textarea>", "what was typed is not lost")
	again := a.fields()
	require.NotEqual(t, form.Get("id"), again.Get("id"))
	again.Set("reason", form.Get("reason"))
	require.Equal(t, http.StatusSeeOther, b.post(path, again).status)
	require.Len(t, w.done(t, "w2", act.Progress), 2)
}

// TestFormsThatThePortalDidNotDraw: a form does nothing without a token, with a token of
// somebody else's session or of an earlier one, or with an act's ID that no form of the
// portal makes.
func TestFormsThatThePortalDidNotDraw(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	b, thief := s.as("shuiwu"), s.as("gaoping")
	path := "/plans/water/tasks/w3/do/progress"
	good := b.form(path)
	good.Set("percent", "10")
	good.Set("reason", "施工图已审")
	stolen := thief.form("/plans/water/tasks/g1/do/progress").Get("token")
	for name, change := range map[string]func(url.Values){
		"no token":             func(f url.Values) { f.Del("token") },
		"an empty token":       func(f url.Values) { f.Set("token", "") },
		"a token of nothing":   func(f url.Values) { f.Set("token", ".") },
		"another's token":      func(f url.Values) { f.Set("token", stolen) },
		"a token cut":          func(f url.Values) { f.Set("token", f.Get("token")[:20]) },
		"a token of two":       func(f url.Values) { f["token"] = []string{stolen, f.Get("token")} },
		"no ID":                func(f url.Values) { f.Del("id") },
		"the command line's":   func(f url.Values) { f.Set("id", "cli-0123456789abcdef01234567") },
		"the engine's ID":      func(f url.Values) { f.Set("id", "engine:resume-3") },
		"an ID like a path":    func(f url.Values) { f.Set("id", "web-../../../../etc/passwd00") },
		"an ID with a newline": func(f url.Values) { f.Set("id", f.Get("id")+"\n") },
	} {
		form := url.Values{}
		for k, v := range good {
			form[k] = append([]string{}, v...)
		}
		change(form)
		a := b.post(path, form)
		require.Equal(t, http.StatusForbidden, a.status, name)
		require.Contains(t, a.text(), "还没有提交", name)
		require.Contains(t, a.body, "施工图已审</textarea>", "%s: what was typed stays", name)
		a = b.upload(path, form, file{"a.pdf", "%PDF"})
		require.Equal(t, http.StatusForbidden, a.status, name)
	}
	require.Empty(t, w.done(t, "w3", act.Progress))

	a := b.send(func() *http.Request { // of another session of the same person
		token := b.get("/me").fields().Get("token")
		b.post("/signout", url.Values{"token": {token}})
		b.signIn("shuiwu")
		r := b.request(http.MethodPost, path, strings.NewReader(good.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	}())
	require.Equal(t, http.StatusForbidden, a.status)
	require.Empty(t, w.done(t, "w3", act.Progress))
	again := a.fields()
	again.Set("reason", good.Get("reason"))
	require.Equal(t, http.StatusSeeOther, b.post(path, again).status, "the form that came back is good")
	require.Len(t, w.done(t, "w3", act.Progress), 1)
}

// tried is how many acts on a task and its talks were refused, by the account that sent them.
func (w *world) tried(t *testing.T, task, account string) (n int) {
	t.Helper()
	for _, m := range w.caseOf(t, task).History {
		if m.Act != nil && m.Refused != nil && (m.Act.By.Account == account || m.Act.Entered != nil && m.Act.Entered.Account == account) {
			n++
		}
	}
	return n
}

// TestAGoodFormDoesNothingToWhatIsNotOnes: accounts of another unit and of another plan,
// with a good session, token and ID of their own, do nothing to a task or a talk that they
// may not see. The task is not shown, and the ledger records that the act was tried; an act
// that no form or command offers on it leaves no trace.
func TestAGoodFormDoesNothingToWhatIsNotOnes(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	office := s.as("clerk")
	talk, _, _ := strings.Cut(office.does("/plans/water/tasks/g4/do/propose", "reason", "未见进展").to(), "?")
	for account, tries := range map[string]map[string][]act.Kind{
		"gaoping":  {talk: {act.Approve, act.GivePlan}}, // gaoping is not told of the talk yet
		"shuiwu":   {"/plans/water/tasks/g4": {act.Acknowledge, act.Progress, act.Complete}, talk: {act.Approve, act.Decline}},
		"other":    {"/plans/water/tasks/g4": {act.Progress}, talk: {act.Approve}},
		"airclerk": {"/plans/water/tasks/g4": {act.Verify, act.Extend, act.Cancel}, talk: {act.Approve, act.Serve}},
	} {
		b := s.as(account)
		for path, kinds := range tries {
			for _, kind := range append(kinds, "nosuch") {
				token := b.get("/me").fields().Get("token")
				a := b.post(path+"/do/"+string(kind), url.Values{"token": {token}, "id": {newID()}, "reason": {"冒名"}, "percent": {"90"}})
				require.Equal(t, http.StatusNotFound, a.status, "%s %s %s: %s", account, path, kind, a.text())
				require.NotContains(t, a.body, "管网改造第4项")
				require.NotContains(t, a.body, "未见进展")
			}
		}
	}
	for account, n := range map[string]int{"gaoping": 2, "shuiwu": 5, "other": 2, "airclerk": 5} {
		require.Equal(t, n, w.tried(t, "g4", account), account)
	}

	// Nor does the office enter 代录 what the leadership decides, or its own acts under
	// another name, whatever the form says.
	for _, c := range []struct{ path, unit string }{{talk + "/do/approve", "lingdao"}, {talk + "/do/approve", "duban"}, {"/plans/water/tasks/g4/do/instruct", "lingdao"}, {"/plans/water/tasks/g4/do/chase", "duban"}} {
		token := office.get("/me").fields().Get("token")
		require.Equal(t, http.StatusForbidden, office.get(c.path+"?for="+c.unit).status, c)
		a := office.post(c.path, url.Values{"token": {token}, "id": {newID()}, "for": {c.unit}, "reason": {"同意"}})
		require.Contains(t, []int{http.StatusForbidden, http.StatusConflict}, a.status, "%v: %s", c, a.text())
	}
	for _, k := range act.On(act.OnTask) {
		require.Empty(t, w.done(t, "g4", k.Kind))
	}
	c, err := w.read.TalkCase(t.Context(), viewer("clerk"), "water", "g4#1")
	require.NoError(t, err)
	require.Equal(t, act.TalkProposed, c.Talks[0].State)
}

// newID is an act's ID as a form carries it.
func newID() string {
	b := make([]byte, 12)
	_, _ = rand.Read(b) // never fails: see crypto/rand
	return "web-" + hex.EncodeToString(b)
}

// TestAnotherSiteCannotPost: neither where the browser says that another site sends the
// form, nor where it does not: the other site cannot read a token.
func TestAnotherSiteCannotPost(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	b := w.open(t).as("shuiwu")
	path := "/plans/water/tasks/w4/do/acknowledge"
	list := b.get("/plans/water/tasks/w4").fields()
	form := url.Values{"token": list["token"], "id": list["id"]}
	for name, header := range map[string]http.Header{
		"cross-site":      {"Sec-Fetch-Site": {"cross-site"}},
		"same site":       {"Sec-Fetch-Site": {"same-site"}},
		"another origin":  {"Origin": {"https://evil.example"}},
		"the null origin": {"Origin": {"null"}},
	} {
		r := b.request(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header = header
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := b.send(r)
		require.Equal(t, http.StatusForbidden, a.status, name)
		require.Contains(t, a.text(), "来自别的网站", name)
	}
	require.Empty(t, w.done(t, "w4", act.Acknowledge))
	r := b.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header = http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {b.site.URL}, "Content-Type": {"application/x-www-form-urlencoded"}}
	require.Equal(t, http.StatusSeeOther, b.send(r).status)
	require.Len(t, w.done(t, "w4", act.Acknowledge), 1)
}

// TestWhatIsWrongInAFormIsSaidBesideItsField, and nothing else that was typed is lost,
// a file neither.
func TestWhatIsWrongInAFormIsSaidBesideItsField(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	b := w.open(t).as("shuiwu")
	path := "/plans/water/tasks/w5/do/extend"
	form := b.form(path)
	form.Set("due", "十月底")
	form.Set("reason", "")
	form.Set("percent", "四成")
	form.Set("url", "ftp://example.com/a")
	form.Set("paper", "晋市水〔2021〕7号")
	a := b.upload(path, form, file{"会议纪要.pdf", "%PDF-1.4"})
	require.Equal(t, http.StatusUnprocessableEntity, a.status)
	for _, said := range []string{"申请延至 十月底：请写成", "完成进度 四成：请写整数", "网页地址 ftp://example.com/a：请写", "请填写延期理由", "会议纪要.pdf"} {
		require.Contains(t, a.text(), said)
	}
	require.Contains(t, a.body, `value="晋市水〔2021〕7号"`)
	again := a.fields()
	again.Set("due", "2021-10-31")
	again.Set("reason", "汛期停工")
	again.Set("percent", "40")
	again.Set("url", "")
	a = b.upload(path, again)
	require.Equal(t, http.StatusSeeOther, a.status, a.text())
	asked := w.done(t, "w5", act.Extend)
	require.Len(t, asked, 1)
	require.Len(t, asked[0].Evidence, 1)
	require.Equal(t, "会议纪要.pdf", asked[0].Evidence[0].Name)

	// What the engine refuses is said in the form too, and what was typed is kept.
	form = b.form("/plans/water/tasks/w5/do/return")
	form.Set("reason", "不属于我局职责")
	require.Equal(t, http.StatusSeeOther, b.post("/plans/water/tasks/w5/do/return", form).status)
	form.Set("id", "web-"+strings.Repeat("1", 24))
	form.Set("reason", "还是不属于")
	a = b.post("/plans/water/tasks/w5/do/return", form)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text(), "贵单位已经退回过该任务")
	require.Contains(t, a.body, "还是不属于</textarea>")
}

// unanswering is an engine that takes acts on the report of a year and answers none of them, or fails.
type unanswering struct {
	portal.Acts
	err error
}

func (u unanswering) Report(context.Context, string, act.Act) error { return u.err }

// TestAnActOnAReportKeepsWhatWasTyped: where the engine does not answer, and where it fails.
func TestAnActOnAReportKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	path := "/plans/water/report/do/" + string(act.WriteReport)
	for words, err := range map[string]error{"还没有办完": &engine.SilentError{Why: engine.Slow, Err: context.DeadlineExceeded}, "没有办理": errors.New("broken")} {
		s := w.open(t, func(o *portal.Options) { o.Acts = unanswering{o.Acts, err} })
		b := s.as("clerk")
		form := b.form(path)
		form.Set("problems", "管网欠账多")
		a := b.post(path, form)
		require.Equal(t, http.StatusServiceUnavailable, a.status)
		require.Contains(t, a.text(), words)
		require.Contains(t, a.body, "管网欠账多</textarea>")
		require.Equal(t, form.Get("id"), a.fields().Get("id"), "the act is the same one")
	}
}
