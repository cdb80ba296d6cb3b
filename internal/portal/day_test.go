package portal_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/people"
	"duban/internal/portal"
	"duban/internal/portal/feed"
	"duban/internal/query"
	"duban/internal/words"
)

// does fills in the form of an act and sends it; what it says are pairs of field and value.
func (b *browser) does(path string, said ...string) answer {
	b.t.Helper()
	form := b.form(path)
	for i := 0; i+1 < len(said); i += 2 {
		form.Set(said[i], said[i+1])
	}
	a := b.upload(path, form)
	require.Equal(b.t, http.StatusSeeOther, a.status, "%s: %s", path, a.text())
	return a
}

// TestATalkFromItsProposalToItsEnd: the office proposes, a leader approves, the office
// serves, holds and minutes it, the unit gives its plan and report, the office verifies
// and ends it; each finds in its list what it must do next.
func TestATalkFromItsProposalToItsEnd(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	office, leader, unit, stranger := s.as("clerk"), s.as("mayor"), s.as("shuiwu"), s.as("gaoping")
	a := office.does("/plans/water/tasks/t1/do/propose", "reason", "多次催办未见进展")
	path, _, _ := strings.Cut(a.to(), "?")
	require.Regexp(t, regexp.MustCompile(`^/plans/water/talks/t1%231$`), path)
	page := office.get(a.to())
	require.Equal(t, http.StatusOK, page.status, page.text())
	require.Contains(t, page.text(), "已办理：提出建议")
	require.Equal(t, http.StatusNotFound, stranger.get(path).status)

	todo := leader.get("/todo").text()
	require.Contains(t, todo, "审批约谈")
	require.Contains(t, todo, "多次催办未见进展")
	leader.does(path+"/do/approve", "reason", "同意")
	require.Contains(t, office.get("/todo").text(), "约谈：送达")
	require.Contains(t, unit.get(path).body, `<a href="/talks" aria-current="page">`, "a talk is one of the talks")
	office.does(path+"/do/serve", "number", "晋市督约〔2021〕1号", "time", "2021-06-07T10:00", "place", "市政府三楼会议室", "called", "市水务局局长 张某\r\n市水务局副局长 李某", "chair", "王市长")
	page = unit.get(path)
	require.Contains(t, page.text(), "晋市督约〔2021〕1号")
	require.Contains(t, page.text(), "2021-06-07 10:00")
	require.Contains(t, page.text(), "市水务局局长 张某")
	office.does(path + "/do/held")
	office.does(path+"/do/minutes", "reason", "一、六月底前开工。\r\n二、每旬报告进展。")
	require.Contains(t, unit.get("/todo").text(), "约谈：整改方案")
	unit.does(path+"/do/give_plan", "reason", "六月底前开工")
	unit.does(path+"/do/give_report", "reason", "已开工")
	office.does(path+"/do/verify_talk", "reason", "现场核实")
	office.does(path+"/do/close_talk", "reason", "整改到位")
	require.Contains(t, office.get("/talks?state=closed").text(), "t1#1")
	require.Contains(t, unit.get(path).text(), "已解除")
	require.Contains(t, unit.get("/plans/water/tasks/t1").text(), "t1#1")

	a = office.does("/plans/water/tasks/t1/do/propose", "reason", "约谈后仍无进展", "circular", "true")
	page = leader.get(a.to())
	require.Contains(t, page.text(), "约谈后仍无进展")
	require.Contains(t, page.body, `<a href="/circulars" aria-current="page">`, "a circular is no talk")
	require.NotContains(t, page.body, `<a href="/talks" aria-current="page">`)
}

// TestAPartIsAskedForAndGiven: between two units, each in its own browser.
func TestAPartIsAskedForAndGiven(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	lead, other := s.as("shuiwu"), s.as("gaoping")
	lead.does("/plans/water/tasks/t2/do/ask_part", "unit", "gaoping", "due", "2021-07-15", "reason", "请报管网图")
	require.Contains(t, other.get("/todo").text(), "市水务局：请报管网图")
	a := other.does("/plans/water/tasks/t2/do/give_part", "reason", "管网图已报送")
	require.Equal(t, "/plans/water/tasks/t2?did=give_part", a.to())
	require.Contains(t, lead.get("/plans/water/tasks/t2").text(), "管网图已报送")
	require.NotEmpty(t, w.done(t, "t2", act.GivePart))
}

// TestALeadersInstructionIsAnswered 批示.
func TestALeadersInstructionIsAnswered(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	s.as("mayor").does("/plans/water/tasks/t3/do/instruct", "reason", "抓紧办结，书面报告", "due", "2021-06-20")
	unit := s.as("shuiwu")
	require.Contains(t, unit.get("/todo").text(), "抓紧办结，书面报告")
	unit.does("/plans/water/tasks/t3/do/answer", "reason", "已组织专班")
	require.Contains(t, w.done(t, "t3", act.Answer)[0].Reason, "已组织专班")
}

// TestTheOfficeKeepsTheDirectory: in place, without a document, in force at once; nobody
// else may, and two clerks do not overwrite each other.
func TestTheOfficeKeepsTheDirectory(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	office := s.as("clerk")
	path := "/contacts/gaoping/deputy"
	require.Contains(t, office.get("/contacts").body, path)
	form := office.form(path)
	stale := office.form(path)
	form.Set("name", "李副市长")
	form.Set("email", "li fu@example")
	a := office.post(path, form)
	require.Equal(t, http.StatusUnprocessableEntity, a.status)
	require.Contains(t, a.text(), "请填写有效的邮箱地址")
	require.Contains(t, a.body, `value="李副市长"`)
	form.Set("email", "li@gaoping.example")
	require.Equal(t, "/contacts?seated=gaoping", office.post(path, form).to())
	require.Contains(t, office.get("/contacts?find="+url.QueryEscape("李副市长")).text(), "li@gaoping.example")
	stale.Set("name", "王副市长")
	stale.Set("email", "wang@gaoping.example")
	a = office.post(path, stale)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text(), "别人已经把它改为“李副市长 li@gaoping.example”")
	require.Contains(t, s.as("gaoping").get("/contacts").text(), "li@gaoping.example", "a unit sees its own")
	require.NotContains(t, s.as("shuiwu").get("/contacts").text(), "li@gaoping.example")
	for account, status := range map[string]int{"mayor": http.StatusForbidden, "gaoping": http.StatusForbidden, "airclerk": http.StatusNotFound} {
		b := s.as(account)
		require.Equal(t, status, b.get(path).status, account)
		token := b.get("/me").fields().Get("token")
		require.Equal(t, status, b.post(path, url.Values{"token": {token}, "name": {"x"}, "email": {"x@x.example"}}).status, account)
	}
	units, err := w.host.Ledger.Units(t.Context())
	require.NoError(t, err)
	c, _ := people.Directory{Units: units}.Contact(people.Recipient{Unit: "gaoping", Role: people.Deputy})
	require.Equal(t, "李副市长", c.Name)
	_, err = w.host.Ledger.Verify(t.Context())
	require.NoError(t, err)
}

// TestTheOfficeReadsItsBooks: messages, the ledger and its workbook, holidays, policies.
func TestTheOfficeReadsItsBooks(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	office, unit, air := s.as("clerk"), s.as("gaoping"), s.as("airclerk")
	for _, path := range []string{"/messages", "/messages?all=1", "/messages?all=1&day=2021-06-08", "/messages?day=%E6%98%8E%E5%A4%A9"} {
		require.Equal(t, http.StatusOK, office.get(path).status, path)
		require.Equal(t, http.StatusForbidden, unit.get(path).status, path)
	}
	token := office.get("/me").fields().Get("token")
	require.Equal(t, http.StatusNotFound, office.post("/messages", url.Values{"token": {token}, "message": {"n000"}}).status)
	require.Equal(t, http.StatusNotFound, office.get("/messages/n000/drop").status)

	require.Contains(t, office.get("/ledger?plan=water").text(), "计划启动")
	require.Equal(t, http.StatusForbidden, air.get("/ledger?plan=water").status)
	require.NotContains(t, air.get("/ledger").text(), "水务任务")
	chased := office.form("/plans/water/tasks/w9/do/chase")
	chased.Set("reason", "请报开工日期")
	require.Equal(t, http.StatusSeeOther, office.post("/plans/water/tasks/w9/do/chase", chased).status)
	require.Contains(t, office.get("/ledger?task=w9").text(), "请报开工日期")
	require.Equal(t, http.StatusNotFound, office.get("/ledger?task=nosuch").status)
	book := office.get("/plans/water/book")
	require.Equal(t, http.StatusOK, book.status)
	require.True(t, strings.HasPrefix(book.body, "PK"))
	require.Contains(t, book.header.Get("Content-Disposition"), "attachment")
	require.Equal(t, http.StatusForbidden, air.get("/plans/water/book").status)

	require.Contains(t, unit.get("/holidays").text(), "2021年（")
	require.Contains(t, unit.get("/holidays").text(), "国庆节")
	policies := office.get("/policies").text()
	require.Contains(t, policies, "到期前")
	require.Contains(t, policies, "联络员")
}

// TestThePagesOfTheOfficeSayNothingOfAnotherPlan beside what the table of routes tests.
func TestThePagesOfTheOfficeSayNothingOfAnotherPlan(t *testing.T) {
	t.Parallel()
	s := theWorld(t).open(t)
	air, office := s.as("airclerk"), s.as("clerk")
	for _, path := range []string{"/todo", "/tasks", "/talks", "/messages?all=1", "/contacts", "/ledger", "/policies"} {
		require.NotContains(t, air.get(path).body, "水务", path)
		require.NotContains(t, office.get(path).body, "锅炉", path)
	}
}

// TestWhatAUnitPhonedInIsEnteredForIt 代录: by its office, marked so, as if the unit had
// done it; nobody else may.
func TestWhatAUnitPhonedInIsEnteredForIt(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	office := s.as("clerk")
	page := office.get("/plans/water/tasks/t3")
	path := "/plans/water/tasks/t3/do/progress?for=shuiwu"
	require.Contains(t, page.body, path)
	require.Contains(t, page.text(), "代录（以市水务局的名义登记）")
	require.NotContains(t, s.as("shuiwu").get("/plans/water/tasks/t3").text(), "代录（以")
	form := office.form(path)
	require.Equal(t, "shuiwu", form.Get("for"))
	form.Set("percent", "45")
	form.Set("reason", "")
	a := office.upload("/plans/water/tasks/t3/do/progress", form)
	require.Equal(t, http.StatusUnprocessableEntity, a.status)
	form = a.fields()
	require.Equal(t, "shuiwu", form.Get("for"), "still for the unit")
	form.Set("reason", "电话报来：完成四成半")
	require.Equal(t, http.StatusSeeOther, office.upload("/plans/water/tasks/t3/do/progress", form).status)
	require.Equal(t, http.StatusSeeOther, office.upload("/plans/water/tasks/t3/do/progress", form).status, "twice is once")
	acts := w.done(t, "t3", act.Progress)
	require.Len(t, acts, 1)
	require.Equal(t, act.Actor{Account: "clerk", Name: "市水务局", Unit: "shuiwu"}, acts[0].By)
	require.Equal(t, act.Actor{Account: "clerk", Name: "协调办经办", Unit: "duban"}, *acts[0].Entered)
	require.Contains(t, s.as("shuiwu").get("/plans/water/tasks/t3").text(), "协调办经办代录")
	require.Contains(t, office.get("/ledger?task=t3").text(), "协调办经办代录")
	for account, unit := range map[string]string{"gaoping": "shuiwu", "shuiwu": "gaoping", "mayor": "shuiwu", "airclerk": "shuiwu", "clerk": "huanbao"} {
		require.Equal(t, http.StatusNotFound, s.as(account).get("/plans/water/tasks/t3/do/progress?for="+unit).status, account)
	}
	b := s.as("gaoping")
	form = b.form("/plans/water/tasks/g1/do/progress")
	form.Set("for", "shuiwu")
	form.Set("percent", "45")
	form.Set("reason", "冒名")
	require.Equal(t, http.StatusNotFound, b.upload("/plans/water/tasks/t3/do/progress", form).status)
	require.Len(t, w.done(t, "t3", act.Progress), 1)
}

// TestTheOfficeInvitesUnits: the office makes invitations of units and ends their sessions;
// it can do neither with accounts of leaders and offices, which approve talks.
func TestTheOfficeInvitesUnits(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	fresh := []accounts.Account{{ID: "fresh", Name: "市水务局新人", Unit: "shuiwu"}}
	for i := range 60 {
		fresh = append(fresh, accounts.Account{ID: fmt.Sprintf("more%02d", i), Name: "市水务局借调人员", Unit: "shuiwu"})
	}
	s := w.open(t, func(o *portal.Options) {
		o.URL = "http://duban.example.gov.cn"
		o.Accounts = func() (*accounts.List, error) { return &accounts.List{All: append(fresh, w.list.All...)}, nil }
	})
	office := s.as("clerk")
	page := office.get("/accounts")
	require.Contains(t, page.text(), "市水务局新人")
	require.NotContains(t, page.text(), "市环保局")
	require.NotContains(t, office.get("/accounts?find=fresh").text(), "高平")
	require.Contains(t, office.get("/accounts?find="+url.QueryEscape("水务局新")).text(), "市水务局新人")
	require.Contains(t, office.get("/accounts?find=nosuch&skip=900").text(), "没有符合条件")
	require.LessOrEqual(t, strings.Count(page.body, `name="invite"`), 50, "the others are on the next page")
	require.Contains(t, office.get("/accounts?skip=50").body, `value="more59"`)
	token := page.fields().Get("token")
	a := office.post("/accounts", url.Values{"token": {token}, "invite": {"more59"}})
	require.Equal(t, http.StatusOK, a.status, "whichever page it is on")
	a = office.post("/accounts", url.Values{"token": {token}, "invite": {"fresh"}})
	require.Equal(t, http.StatusOK, a.status)
	link := regexp.MustCompile(`http://duban\.example\.gov\.cn(/invitation/[^<\s]+)`).FindStringSubmatch(a.body)
	require.NotNil(t, link, a.text())
	require.Equal(t, http.StatusOK, s.browser().get(link[1]).status)
	for _, account := range []string{"mayor", "clerk", "other", "airclerk", "nosuch", ""} {
		for _, do := range []string{"invite", "end"} {
			require.Equal(t, http.StatusForbidden, office.post("/accounts", url.Values{"token": {token}, do: {account}}).status, "%s %s", do, account)
		}
	}
	form := s.browser().get(link[1]).fields()
	form.Set("password", password)
	form.Set("repeated", password)
	b := s.browser()
	form.Set("token", b.get(link[1]).fields().Get("token"))
	require.Equal(t, http.StatusSeeOther, b.post(link[1], form).status)
	require.Equal(t, http.StatusOK, b.get("/todo").status)
	require.Equal(t, "/accounts", office.post("/accounts", url.Values{"token": {token}, "end": {"fresh"}}).to())
	require.True(t, strings.HasPrefix(b.get("/todo").to(), "/signin"))
}

// TestACalendarAddressIsMadeAndTakenBack on the page of one's own account.
func TestACalendarAddressIsMadeAndTakenBack(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t, func(o *portal.Options) {
		o.More = []portal.Mount{{Pattern: feed.Pattern, Handler: feed.New(feed.Options{Reader: o.Reader, SignIn: w.sign, Dates: w.host.Ledger.TellDates, Accounts: o.Accounts, Now: time.Now, Log: quiet}), What: "feeds"}}
	})
	b := s.as("gaoping")
	token := b.get("/me").fields().Get("token")
	a := b.post("/me/calendar", url.Values{"token": {token}})
	require.Equal(t, http.StatusOK, a.status)
	address := regexp.MustCompile(`http://[^<\s]+(/calendar/[^<\s]+)`).FindStringSubmatch(a.body)
	require.NotNil(t, address, a.text())
	telephone := s.browser().get(address[1])
	require.Equal(t, http.StatusOK, telephone.status)
	require.Contains(t, telephone.body, "BEGIN:VCALENDAR")
	end := regexp.MustCompile(`name="end" value="([^"]+)"`).FindStringSubmatch(b.get("/me").body)
	require.NotNil(t, end)
	require.Equal(t, "/me", b.post("/me/calendar", url.Values{"token": {token}, "end": {end[1]}}).to())
	require.NotEqual(t, http.StatusOK, s.browser().get(address[1]).status)
}

// TestTheMachineIsExaminedInTheBrowser: what starter doctor says, for whoever may see
// all of every plan.
func TestTheMachineIsExaminedInTheBrowser(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	lines, _, err := w.check(t.Context(), query.Operator(), words.New("zh"))
	require.NoError(t, err)
	s := w.open(t, func(o *portal.Options) {
		o.Checkup = func(ctx context.Context, _ query.Viewer, say *words.Words) ([]string, bool, error) {
			return w.check(ctx, query.Operator(), say)
		}
	})
	require.Contains(t, s.as("clerk").get("/health").text(), lines[1])
	require.Equal(t, http.StatusForbidden, w.open(t).as("clerk").get("/health").status, "of two offices neither sees all")
}
