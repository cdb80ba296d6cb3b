package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhoAnswersForATask: the unit that leads the task and the office name who answers for
// it, without a document; the task's page and the unit's sheet show the name; others only
// read it, and two windows do not overwrite each other.
func TestWhoAnswersForATask(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	unit, office, assists := s.as("shuiwu"), s.as("clerk"), s.as("gaoping")
	task := "/plans/water/tasks/w11"
	path := task + "/charge"
	require.Contains(t, unit.get(task).body, path)
	require.NotContains(t, assists.get(task).body, path)
	form, stale := unit.form(path), office.form(path)
	form.Set("leader", "赵副局长")
	form.Set("person", strings.Repeat("长", 101))
	form.Set("phone", "0356-99")
	a := unit.post(path, form)
	require.Equal(t, http.StatusUnprocessableEntity, a.status)
	require.Contains(t, a.body, "赵副局长", "nothing typed is lost")
	form.Set("person", "钱科长")
	for range 2 {
		require.Equal(t, task, unit.post(path, form).to())
	}
	for _, b := range []*browser{unit, office, assists, s.as("mayor")} {
		text := b.get(task).text()
		require.Contains(t, text, "责任领导 赵副局长")
		require.Contains(t, text, "责任人 钱科长 0356-99")
	}
	require.Contains(t, unit.get("/sheet").text(), "责任人：赵副局长 钱科长 0356-99")
	require.Contains(t, office.get("/sheet?unit=shuiwu").text(), "责任人：赵副局长 钱科长 0356-99")

	stale.Set("person", "孙科长")
	a = office.post(path, stale)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text(), "赵副局长 钱科长 0356-99")
	require.Contains(t, a.body, `value="孙科长"`)
	require.Equal(t, task, office.post(path, a.fields()).to(), "told so and sent again it is meant")
	require.Contains(t, unit.get(task).text(), "孙科长")

	page := assists.get(path)
	require.Contains(t, page.text(), "只有牵头单位和协调办可以更改")
	form.Set("token", assists.get("/me").fields().Get("token"))
	require.Equal(t, http.StatusForbidden, assists.post(path, form).status)
	require.Equal(t, http.StatusForbidden, s.as("mayor").get(path).status)
	require.Equal(t, http.StatusNotFound, s.as("other").get(path).status)
	_, err := w.host.Ledger.Verify(t.Context())
	require.NoError(t, err)
}
