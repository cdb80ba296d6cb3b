package portal_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAPlanIsEndedInTheBrowser: tasks that go on keep the plan from being ended and are
// listed; when all are settled the office ends the plan, with a reason, once. From then on
// the plan is only read, and can be put away.
func TestAPlanIsEndedInTheBrowser(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	w.forest(t)
	s := w.open(t)
	office := s.as("forestclerk")
	end := "/plans/forest/end"
	a := office.get(end)
	require.Contains(t, a.text(), "还不能结束：有 1 项任务、0 次约谈没有了结")
	require.Contains(t, a.text(), "植树一百亩")
	token := office.get("/me").fields()["token"]
	require.Equal(t, http.StatusConflict, office.post(end, map[string][]string{"token": token, "reason": {"年度终了"}}).status, "pressed all the same")

	cancel := "/plans/forest/tasks/trees/do/cancel"
	form := office.form(cancel)
	form.Set("reason", "并入省里的项目。")
	form.Set("paper", "市林长办〔2021〕3号")
	a = office.post(cancel, form)
	require.Equal(t, http.StatusSeeOther, a.status, a.text())

	require.Equal(t, http.StatusForbidden, s.as("clerk").post(end, map[string][]string{"token": s.as("clerk").get("/me").fields()["token"], "reason": {"x"}}).status, "another office")
	form = office.form(end)
	form.Set("paper", "市林长办〔2021〕9号")
	a = office.post(end, form)
	require.Equal(t, http.StatusUnprocessableEntity, a.status, "no reason is given")
	require.Contains(t, a.body, "市林长办〔2021〕9号", "what was typed stays")
	form.Set("reason", "年度任务已全部了结。")
	for range 2 { // pressed twice, the button ends the plan once
		a = office.post(end, form)
		require.Contains(t, []int{http.StatusSeeOther, http.StatusConflict}, a.status, a.text())
	}
	require.Contains(t, office.get(end).text(), "这个计划已于 2021-06-07 结束")
	list := office.get("/plans").text()
	require.Contains(t, list, "已经结束的计划")
	require.Contains(t, list, "下载存档")
	require.Equal(t, http.StatusOK, office.get("/plans/forest").status, "it is still read")
	a = office.get("/plans/forest/archive")
	require.Equal(t, "application/zip", a.header.Get("Content-Type"))
	require.Equal(t, "PK", a.body[:2])
	require.Contains(t, office.get("/plans/forest/tasks/trees").text(), "并入省里的项目")

	put := "/plans/forest/archived"
	token = office.get("/me").fields()["token"]
	require.Equal(t, http.StatusForbidden, s.as("clerk").post(put, map[string][]string{"token": s.as("clerk").get("/me").fields()["token"]}).status, "another office")
	for range 2 { // pressed twice, it is archived once
		require.Equal(t, http.StatusSeeOther, office.post(put, map[string][]string{"token": token, "do": {"archive"}}).status)
	}
	require.Contains(t, office.get(end).text(), "已于 2021-06-07 归档")
	for _, everyday := range []string{"/plans", "/search?q=植树", "/tasks", "/messages?all=1"} {
		require.NotContains(t, office.get(everyday).text(), "植树一百亩", everyday)
		require.NotContains(t, office.get(everyday).text(), "下载存档", everyday)
	}
	require.Contains(t, office.get("/plans?archived=1").text(), "下载存档")
	require.Contains(t, office.get("/tasks?plan=forest").text(), "植树一百亩", "it is read where it is named")
	require.Contains(t, office.get("/plans/forest/tasks/trees").text(), "并入省里的项目")
	for _, report := range []string{"/plans/forest", "/plans/forest/report", "/plans/forest/book", "/plans/forest/year", "/ledger?plan=forest", "/drafts", "/todo"} {
		require.Equal(t, http.StatusOK, office.get(report).status, report)
	}
	require.Equal(t, http.StatusUnprocessableEntity, office.post(put, map[string][]string{"token": token, "do": {"back"}}).status, "no reason is given")
	require.Equal(t, http.StatusSeeOther, office.post(put, map[string][]string{"token": token, "do": {"back"}, "reason": {"要补一份材料。"}}).status)
	require.Contains(t, office.get("/search?q=植树").text(), "植树一百亩")
	require.NotContains(t, office.get(end).text(), "已于 2021-06-07 归档")
}
