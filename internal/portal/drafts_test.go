package portal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/portal"
	"duban/internal/query"
)

// issued is a document of an office, with a few places of which the import is not sure.
const issued = `晋城市人民政府办公室关于印发晋城市2027年大气污染防治行动计划的通知
晋市政办〔2026〕88号
各有关单位：
《晋城市2027年大气污染防治行动计划》已经市政府同意，现印发给你们，请认真贯彻执行。
晋城市人民政府办公室
2026年12月1日
晋城市2027年大气污染防治行动计划
一、重点任务
（一）深化工业治理
1.淘汰燃煤锅炉。2027年6月底前完成城区燃煤锅炉淘汰。（市环保局负责）
2.开展道路清扫。定期对主要道路开展清扫保洁。（市环保局负责）
3.建设监测站点。按时完成监测站点建设。（市环保局负责）
4.治理扬尘。定期检查工地扬尘。（市环保局负责）
`

// until gets a page again until it does not show that something is under way.
func (b *browser) until(path string) answer {
	b.t.Helper()
	var a answer
	require.Eventually(b.t, func() bool {
		a = b.get(path)
		return a.header.Get("Refresh") == "" || !assert.Contains(b.t, a.body, "<progress ")
	}, hang, 50*time.Millisecond, "it does not end")
	return a
}

// begins uploads a document as a new draft and gives its path.
func (b *browser) begins(files ...file) string {
	b.t.Helper()
	form := b.form("/drafts")
	if _, first := form["office"]; first { // before the first plan nobody knows the office's name
		a := b.upload("/drafts", form, files...)
		require.Equal(b.t, http.StatusUnprocessableEntity, a.status)
		form.Set("office", "市治污办")
	}
	a := b.upload("/drafts", form, files...)
	require.Equal(b.t, http.StatusSeeOther, a.status, a.text())
	require.Equal(b.t, "/drafts/"+form.Get("id"), a.to())
	again := b.upload("/drafts", form, files...) // sent twice, begun once
	require.Equal(b.t, a.to(), again.to())
	return a.to()
}

// TestAYearBeginsInTheBrowser: the office brings the document, answers what the import
// is not sure of beside the marked document, checks, sees how many messages each seat
// gets, and launches; two windows do not overwrite each other's answers.
func TestAYearBeginsInTheBrowser(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	office, other := s.as("airclerk"), s.as("clerk")
	path := office.begins(file{"行动计划.txt", issued})
	page := office.until(path)
	require.Contains(t, page.text(), "有时限 1 项")
	require.Equal(t, 1, strings.Count(office.get("/drafts").text(), "行动计划 新计划"))

	// The gravest first, many of one kind at once, beside the marked words.
	asks := office.until(path + "/questions")
	require.Regexp(t, `(?s)按时.*定期`, asks.text())
	require.Regexp(t, `<mark class="unit">[^<]*市环保局`, asks.body)
	document := office.get(path + "/document").text()
	require.Contains(t, document, "2027年6月底前 完成城区燃煤锅炉淘汰")
	require.Contains(t, document, "时限 2027-06-30")
	group := regexp.MustCompile(`name="a-(cycle-[0-9a-f]{8})"`).FindAllStringSubmatch(asks.body, -1)
	require.GreaterOrEqual(t, len(group), 3, "one question for both places, and each by itself")
	date := regexp.MustCompile(`name="a-(date-[0-9a-f]{8})"`).FindStringSubmatch(asks.body)
	require.NotNil(t, date, asks.text())

	first, second := office.form(path+"/questions"), office.form(path+"/questions")
	first.Set("a-"+group[0][1], "每月")
	a := office.post(path+"/questions", first)
	require.Equal(t, path+"/questions?saved=1", a.to())
	second.Set("a-"+group[0][1], "每季度")
	second.Set("a-"+date[1], "2027-09-30")
	a = office.post(path+"/questions", second)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text(), "另一个窗口已填“每月”")
	require.Contains(t, a.body, `value="每季度"`, "what was typed is kept")
	kept := a.fields()
	require.Equal(t, "2027-09-30", kept.Get("was-"+date[1]), "the answer to another question is kept")
	kept.Set("a-"+group[0][1], "随便")
	require.Equal(t, http.StatusSeeOther, office.post(path+"/questions", kept).status)
	asks = office.until(path + "/questions")
	require.Contains(t, asks.body, `value="随便"`)
	require.Contains(t, asks.text(), "看不懂")
	form := asks.fields()
	form.Set("a-"+group[0][1], "每季度")
	require.Equal(t, http.StatusSeeOther, office.post(path+"/questions", form).status)
	page = office.until(path)
	require.Contains(t, page.text(), "有时限 2 项，周期性 2 项")

	// What was made of the document can be edited, and two windows do not overwrite each other.
	units := office.form(path + "/edit/units.yaml")
	stale := office.form(path + "/edit/units.yaml")
	units.Set("text", units.Get("text")+"# 联系人已核对\n")
	require.Equal(t, path, office.post(path+"/edit/units.yaml", units).to())
	stale.Set("text", stale.Get("text")+"# 另一个窗口\n")
	a = office.post(path+"/edit/units.yaml", stale)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text(), "# 另一个窗口", "what was typed is kept")
	got := office.get(path + "/files/units.yaml")
	require.Equal(t, strings.TrimSpace(units.Get("text")), strings.TrimSpace(got.body))
	require.Contains(t, got.header.Get("Content-Disposition"), "attachment")

	page = office.until(path)
	preview := office.get(path + "/preview")
	require.Contains(t, preview.text(), "2027-06")
	require.Contains(t, preview.text(), "市环保局")

	// As it was shown, and once.
	launch := page.fieldsOf(path + "/launch")
	old := url.Values{}
	for k, v := range launch {
		old[k] = v
	}
	old.Set("version", "1")
	require.Equal(t, http.StatusConflict, office.post(path+"/launch", old).status)
	require.Equal(t, http.StatusNotFound, other.post(path+"/launch", other.form("/drafts")).status)
	require.Equal(t, path, office.post(path+"/launch", launch).to())
	require.Equal(t, path, office.post(path+"/launch", launch).to())
	page = office.until(path)
	require.Contains(t, page.text(), "已启动")
	require.Contains(t, page.text(), "已生效")
	a = office.get("/tasks?plan=" + planOf(t, w, "airclerk", "大气污染防治行动计划"))
	require.Contains(t, a.text(), "燃煤锅炉淘汰")
	require.Contains(t, s.as("other").get("/todo").text(), "燃煤锅炉淘汰", "the unit has it to do")
	a = office.post(path+"/files", url.Values{"token": launch["token"], "remove": {"units.yaml"}})
	require.Equal(t, http.StatusConflict, a.status, "what is in force is changed no more")
}

// planOf is the ID of a plan by a part of its title.
func planOf(t *testing.T, w *world, account, title string) string {
	t.Helper()
	names, err := w.read.Names(t.Context(), viewer(account))
	require.NoError(t, err)
	for id, name := range names.Plans {
		if strings.Contains(name, title) {
			return id
		}
	}
	require.Fail(t, "no such plan", "%v", names.Plans)
	return ""
}

// TestWhatCannotBeADraft: files of other kinds, no file, a draft of another office; and a
// plan of another office, or one that fills seats of other offices' units, is not launched.
func TestWhatCannotBeADraft(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	office, other := s.as("airclerk"), s.as("clerk")
	form := office.form("/drafts")
	form.Set("title", "试一试")
	for name, body := range map[string]string{"": "", "program.exe": "MZ", "empty.docx": "", "../../x.sh": "x"} {
		var files []file
		if name != "" {
			files = []file{{name, body}}
		}
		a := office.upload("/drafts", form, files...)
		require.Equal(t, http.StatusUnprocessableEntity, a.status, name)
		require.Contains(t, a.body, `value="试一试"`, "what was typed is kept")
	}
	path := office.begins(file{"公告.txt", "今天天气很好。"})
	require.Contains(t, office.until(path).body, `role="alert"`, "why nothing could be made of it")
	for _, p := range []string{path, path + "/questions", path + "/document", path + "/preview", path + "/files/plan.yaml", path + "/edit/plan.yaml"} {
		require.Equal(t, http.StatusNotFound, other.get(p).status, p)
	}
	require.NotContains(t, other.get("/drafts").text(), "公告")
	for _, p := range []string{"/questions", "/files", "/edit/plan.yaml", "/launch", "/drop"} {
		require.Equal(t, http.StatusNotFound, other.post(path+p, url.Values{"token": other.form("/drafts")["token"], "remove": {"公告.txt"}}).status, p)
	}
	require.Equal(t, "/drafts", office.post(path+"/drop", url.Values{"token": form["token"]}).to())
	require.Equal(t, http.StatusNotFound, office.get(path).status)

	foreign := "units:\n  - {id: daqi, name: 大气办, kind: office, contacts: [{role: liaison, name: 甲, email: a@daqi.example}]}\n  - {id: qizhang, name: 治气小组, kind: leadership, contacts: [{role: liaison, name: 甲, email: a@daqi.example}]}\n" +
		"  - {id: shuiwu, name: 市水务局, kind: city_department, contacts: [{role: liaison, name: 冒名, email: evil@daqi.example}]}\n"
	head := "id: taken\ntitle: 另一份计划\nissuer: 市政府\nissued: 2026-12-01\nyear: 2027\npolicy: standard\nleadership: qizhang\nunits: ../../../etc/units.yaml\nclauses:\n  - {id: \"1\", chapter: 一、任务, heading: （一）, title: 1.任务, place: 一（一）1, brackets: [[大气办]], text: 9月底前完成。, tasks: [{id: a, title: 甲, due: 2027-09-30, source: 9月底前完成}]}\n"
	path = office.begins(file{"plan.yaml", head + "office: daqi\n"}, file{"units.yaml", foreign})
	page := office.until(path)
	require.Contains(t, page.text(), "市水务局。请在 units.yaml 里改回现有的联系人")
	require.NotContains(t, page.body, path+"/launch")
	require.Equal(t, http.StatusUnprocessableEntity, office.post(path+"/launch", url.Values{"token": form["token"], "version": {"1"}}).status)
	path = office.begins(file{"plan.yaml", head + "office: shuiwu\n"}, file{"units.yaml", foreign})
	require.Contains(t, office.until(path).text(), "只有计划的协调单位能启动")
	path = office.begins(file{"plan.yaml", strings.Replace(head, "../../../etc/units.yaml", "/etc/passwd", 1) + "office: daqi\n"})
	require.NotContains(t, office.until(path).body, "root:")
	_, err := w.read.Plan(t.Context(), query.Operator(), "taken")
	require.Error(t, err)
}

// TestNothingIsPreparedWhereALedgerIsOnlyRead: the menu has no page of drafts.
func TestNothingIsPreparedWhereALedgerIsOnlyRead(t *testing.T) {
	t.Parallel()
	s := theWorld(t).open(t, func(o *portal.Options) { o.Drafts = nil })
	office := s.as("clerk")
	require.NotContains(t, office.get("/todo").body, `href="/drafts"`)
	require.Equal(t, http.StatusForbidden, office.get("/drafts").status)
	require.Equal(t, http.StatusForbidden, office.get("/drafts/d000000000000000000").status)
}
