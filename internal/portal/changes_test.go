package portal_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/query"
	"duban/seeds"
)

const dustUnits = "huanbao 市环保局 city_department,yuanlin 市园林局 city_department,daqi 大气办 office,qizhang 治气小组 leadership"

func dust(tasks ...string) string {
	text := "clauses:\n  - id: \"1\"\n    chapter: 一、任务\n    heading: （一）\n    title: 1.任务\n    place: 一（一）1\n    brackets:\n      - [市环保局]\n    text: 9月底前完成抑尘。10月底前完成绿化。11月底前完成清扫。\n    tasks:\n"
	for _, t := range tasks {
		text += "      - " + t + "\n"
	}
	return text
}

// says fills in the questions of a change, as pairs of name and value, and sends them.
func (b *browser) says(path string, do string, said ...string) answer {
	b.t.Helper()
	form := b.form(path + "/changes")
	for i := 0; i+1 < len(said); i += 2 {
		form.Set("f-"+said[i], said[i+1])
		if _, there := form["was-"+said[i]]; !there {
			require.Fail(b.t, "it is not asked", said[i])
		}
	}
	if do != "" {
		form.Set("do", do)
	}
	return b.post(path+"/changes", form)
}

// TestAPlanIsAmendedInTheBrowser: the changes are shown before they are made; the page asks
// whether a task is the same, and for the paper; nothing is done that was not shown.
func TestAPlanIsAmendedInTheBrowser(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	clock := calendar.Clock{Epoch: time.Now(), Start: calendar.NewDay(2021, 6, 7).At(10, 0, calendar.Beijing), Rate: 1}
	first := dust("{id: a1, title: 完成抑尘, due: 2021-09-30, source: 9月底前完成抑尘}", "{id: a2, title: 完成绿化, due: 2021-10-31, source: 10月底前完成绿化}", "{id: a3, title: 完成清扫, due: 2021-11-30, source: 11月底前完成清扫}")
	require.NoError(t, w.launch("dust", "daqi", dustUnits, first, clock))
	s := w.open(t)
	office, other := s.as("airclerk"), s.as("clerk")
	units, text := planFiles("dust", "daqi", dustUnits, dust("{id: a1, title: 完成抑尘, due: 2021-08-31, source: 9月底前完成抑尘}", "{id: b2, title: 完成绿化, due: 2021-10-31, source: 10月底前完成绿化}"))
	path := office.begins(file{"plan.yaml", text}, file{"units.yaml", units})
	require.Contains(t, office.until(path).body, path+"/changes")
	page := office.until(path + "/changes")
	require.Contains(t, page.text(), "原编号 a2，现编号 b2。是同一项任务吗")
	require.Contains(t, page.text(), "a3")
	require.NotContains(t, page.body, `name="do"`, "the questions come first")
	require.Equal(t, http.StatusNotFound, other.get(path+"/changes").status)

	require.Equal(t, http.StatusUnprocessableEntity, office.says(path, "1").status, "nothing is done before it is said")
	a := office.says(path, "1", "same-a2", "b2", "paper", "晋大气办〔2021〕5号")
	require.Equal(t, path+"/changes?saved=1", a.to(), "what was said last is shown before it is done")
	page = office.until(a.to())
	require.Contains(t, page.text(), "还没有执行")
	require.Contains(t, page.text(), "新增任务 0 项，变更 2 项，撤销 1 项")
	require.Contains(t, page.body, `value="晋大气办〔2021〕5号"`)
	stale := page.fields()
	second := office.form(path + "/changes")
	second.Set("f-reason", "年中调整")
	require.Equal(t, http.StatusSeeOther, office.post(path+"/changes", second).status)
	stale.Set("do", "1")
	stale.Set("was-reason", "")
	a = office.post(path+"/changes", stale)
	require.Equal(t, http.StatusConflict, a.status, "another window has said more: %s", a.text())
	require.Equal(t, "2021-09-30", w.row(t, "dust", "a1"))
	require.Equal(t, path, office.says(path, "1").to())
	page = office.until(path)
	require.Contains(t, page.text(), "次修订（晋大气办〔2021〕5号）已生效")
	require.Contains(t, page.text(), "已生效")
	require.Equal(t, "2021-08-31", w.row(t, "dust", "a1"))
	require.Contains(t, office.get("/plans/dust/tasks/b2").text(), "完成绿化")

	// The same paper again is asked about; what is in force changes nothing.
	path = office.begins(file{"plan.yaml", text}, file{"units.yaml", units})
	require.Contains(t, office.until(path+"/changes").text(), "没有改动")
	path = office.begins(file{"plan.yaml", strings.Replace(text, "2021-08-31", "2021-08-30", 1)}, file{"units.yaml", units})
	office.until(path)
	require.Equal(t, http.StatusSeeOther, office.says(path, "", "paper", "晋大气办〔2021〕5号").status)
	page = office.until(path + "/changes")
	require.Contains(t, page.text(), "已经按晋大气办〔2021〕5号办过")
	require.NotContains(t, page.body, `name="do"`)
}

// TestWhoTakesOverFromAUnitThatGoesIsAskedInTheBrowser: the page asks for the successor
// before it shows any change of the amendment; the successor then has the unit's tasks.
func TestWhoTakesOverFromAUnitThatGoesIsAskedInTheBrowser(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	clock := calendar.Clock{Epoch: time.Now(), Start: calendar.NewDay(2021, 6, 7).At(10, 0, calendar.Beijing), Rate: 1}
	of := func(bracket string) string {
		return strings.ReplaceAll(dust("{id: a1, title: 完成抑尘, due: 2021-09-30, source: 9月底前完成抑尘}"), "[市环保局]", bracket)
	}
	const stays = "zhifa 市执法局 city_department,daqi 大气办 office,qizhang 治气小组 leadership"
	require.NoError(t, w.launch("gone", "daqi", "kuangguan 市矿管局 city_department,"+stays, of("[市执法局, 市矿管局]"), clock))
	office := w.open(t).as("airclerk")
	units, text := planFiles("gone", "daqi", stays, of("[市执法局]"))
	path := office.begins(file{"plan.yaml", text}, file{"units.yaml", units})
	page := office.until(path + "/changes")
	require.Contains(t, page.text(), "由哪个单位接续")
	require.NotContains(t, page.body, `value="kuangguan"`, "the unit that goes takes nothing over")
	require.NotContains(t, page.body, `name="do"`)
	require.Equal(t, http.StatusUnprocessableEntity, office.says(path, "1").status)
	require.Equal(t, http.StatusSeeOther, office.says(path, "", "successor-kuangguan", "zhifa").status)
	page = office.until(path + "/changes")
	require.Contains(t, page.text(), "市矿管局")
	require.NotContains(t, page.body, `name="do"`, "the paper is still to be said")
	require.Equal(t, http.StatusSeeOther, office.says(path, "", "paper", "晋大气办〔2021〕6号").status)
	office.until(path + "/changes")
	require.Equal(t, path, office.says(path, "1").to())
	require.Contains(t, office.until(path).text(), "次修订（晋大气办〔2021〕6号）已生效")
	subject, err := w.read.Task(t.Context(), query.Operator(), "gone", "a1")
	require.NoError(t, err)
	require.NotContains(t, subject.Task.Assist, "kuangguan")
	gone, known := subject.Plan.Plan.Directory.Unit("kuangguan")
	require.True(t, known)
	require.Equal(t, "zhifa", gone.Successor)
}

// row is the due day of a task.
func (w *world) row(t *testing.T, planID, task string) string {
	t.Helper()
	s, err := w.read.Task(t.Context(), query.Operator(), planID, task)
	require.NoError(t, err)
	return s.Task.Due.String()
}

// TestANoticeOfHolidaysIsBroughtInTheBrowser: the days that it changes and the stages that
// it moves are shown first; a notice by which festivals would be worked needs a tick; the
// fault of a wrong file is named with its place.
func TestANoticeOfHolidaysIsBroughtInTheBrowser(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	office := w.open(t).as("airclerk")
	path := office.begins(file{"2031.json", `{"year": 2031, "days": [{"date": "2031-13-01"}]}`})
	page := office.until(path + "/changes")
	require.Contains(t, page.text(), "放假安排文件有问题")
	require.Contains(t, page.body, `role="alert"`)

	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	var like calendar.Year
	for _, y := range cal.Years() {
		like = y
	}
	notice := map[string]any{"year": 2031, "papers": []string{"国办发明电〔2030〕9号"}, "days": []map[string]any{{"name": "元旦", "date": "2031-01-01", "isOffDay": true}}}
	require.NotZero(t, like.Year)
	raw, err := json.Marshal(notice)
	require.NoError(t, err)
	path = office.begins(file{"2031.json", string(raw)})
	page = office.until(path + "/changes")
	require.Contains(t, page.text(), "2031 年：此前没有通知")
	require.Contains(t, page.text(), "春节放假")
	require.NotContains(t, page.text(), "元旦放假", "the law had it rest before")
	if strings.Contains(page.body, `name="f-meant"`) {
		require.NotContains(t, page.body, `name="do"`)
		require.Equal(t, http.StatusSeeOther, office.says(path, "", "meant", "on").status)
	}
	require.Equal(t, path, office.says(path, "1").to())
	require.Contains(t, office.until(path).text(), "已导入")
	holidays := office.get("/holidays").text()
	require.Contains(t, holidays, "国办发明电〔2030〕9号")
	_, provisional, _ := strings.Cut(holidays, "2030年（")
	require.Contains(t, provisional, "暂定：还没有这一年的放假通知")
	require.Contains(t, provisional, "春节 2030-02-02 – 2030-02-05", "of a year without a notice, what the law has rest")
}

// TestAPolicyIsAppliedInTheBrowser: to a plan of the office, shown first.
func TestAPolicyIsAppliedInTheBrowser(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	clock := calendar.Clock{Epoch: time.Now(), Start: calendar.NewDay(2021, 6, 7).At(10, 0, calendar.Beijing), Rate: 1}
	require.NoError(t, w.launch("soot", "daqi", dustUnits, dust("{id: a1, title: 完成抑尘, due: 2021-09-30, source: 9月底前完成抑尘}"), clock))
	office := w.open(t).as("airclerk")
	policies := string(seeds.Policies)
	path := office.begins(file{"policies.yaml", policies})
	page := office.until(path + "/changes")
	require.Contains(t, page.body, `name="f-of_plan"`)
	require.NotContains(t, page.body, `value="water"`, "of another office's plan nothing is changed")
	a := office.says(path, "", "of_plan", "soot", "policy", "standard", "reason", "统一执行")
	require.Equal(t, http.StatusSeeOther, a.status)
	page = office.until(path + "/changes")
	require.Contains(t, page.text(), "都已是第")
	require.NotContains(t, page.body, `name="do"`)
	a = office.post(path+"/changes", url.Values{"token": page.fields()["token"], "f-of_plan": {"water"}, "was-of_plan": {"soot"}})
	require.Equal(t, http.StatusSeeOther, a.status)
	require.Equal(t, http.StatusForbidden, office.get(path+"/changes").status)
}
