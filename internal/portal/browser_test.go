package portal_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/portal/portaltest"
)

// arrive is the page of somebody who signs in with a real browser, by the keyboard alone
// where keys is set.
func (s *site) arrive(t *testing.T, account string, keys bool, look portaltest.Look) *portaltest.Page {
	t.Helper()
	p := portaltest.Open(t, s.URL+"/", look)
	require.Equal(t, "/signin", p.Path())
	if keys {
		p.Focus("#account")
		p.Keys(account)
		p.Focus("#password")
		p.Keys(password)
		require.Equal(t, 200, p.Enter())
		return p
	}
	p.Type("#account", account)
	p.Type("#password", password)
	require.Equal(t, 200, p.Press("button.main"))
	return p
}

// TestAUnitsDay with a telephone and without scripts: signs in, receives with one press,
// reports progress with a file, asks for more time, claims completion; what is wrong in a
// form is said and nothing typed is lost; signs out.
func TestAUnitsDay(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	p := w.open(t).arrive(t, "shuiwu", false, portaltest.Look{Width: 360, Plain: true})
	require.Equal(t, "/todo", p.Path())
	p.EveryPage()
	task := "/plans/water/tasks/w8"
	p.Press(`form[action="` + task + `/do/acknowledge"] button`)
	require.Contains(t, p.Text("[role=status]"), "已办理：签收")

	p.Press(`a[href="` + task + `/do/progress"]`)
	p.EveryPage()
	p.Type(`[name=reason]`, "已完成六成")
	p.Type(`[name=percent]`, "60")
	evidence := filepath.Join(t.TempDir(), "现场照片.pdf")
	require.NoError(t, os.WriteFile(evidence, []byte("%PDF-1.4\n%%EOF\n"), 0o600))
	p.Attach(`[name=files]`, evidence)
	p.Press("button.main")
	require.Contains(t, p.Text("main"), "已完成六成")
	require.Contains(t, p.Text(".life"), "现场照片.pdf")
	require.True(t, p.Has(`a[download][href*="/files/"]`))

	p.Press(`a[href="` + task + `/do/extend"]`)
	p.Type(`[name=reason]`, "汛期停工")
	require.Equal(t, 422, p.PressAnyway("button.main"), "the date is missing")
	require.Equal(t, []string{"汛期停工"}, p.Values(`[name=reason]`), "what was typed stays")
	p.Go(task)
	p.Press(`a[href="` + task + `/do/complete"]`)
	p.Type(`[name=reason]`, "全部完成")
	p.Press("button.main")
	require.Contains(t, p.Text("main"), "申请办结")
	require.Len(t, w.done(t, "w8", act.Progress), 1)
	require.Len(t, w.done(t, "w8", act.Complete), 1)

	p.Press(`form[action="/signout"] button`)
	p.Go(task)
	require.Contains(t, p.Path(), "/signin?next=")
}

// TestTheOfficesAndTheLeadersDay by the keyboard alone: the office rules on what waits for
// it; the leader sees the city, decides there and then, and instructs on any task.
func TestTheOfficesAndTheLeadersDay(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	unit := s.as("gaoping")
	path := "/plans/water/tasks/g3/do/complete"
	form := unit.form(path)
	form.Set("reason", "管网完成")
	require.Equal(t, 303, unit.post(path, form).status)

	p := s.arrive(t, "clerk", true, portaltest.Look{Plain: true})
	require.Equal(t, "/todo", p.Path())
	p.EveryPage()
	p.Focus(`a[href="/plans/water/tasks/g3/do/reject"]`)
	require.Equal(t, 200, p.Enter())
	p.Focus(`[name=reason]`)
	p.Keys("缺验收材料")
	p.Focus("button.main")
	require.Equal(t, 200, p.Enter())
	require.Contains(t, p.Text(".life"), "缺验收材料")
	propose := "/plans/water/tasks/g3/do/propose"
	office := s.as("clerk")
	form = office.form(propose)
	form.Set("reason", "多次退回")
	form.Set("what", "talk")
	form.Set("unit", "gaoping")
	a := office.post(propose, form)
	require.Equal(t, 303, a.status, a.text())

	p = s.arrive(t, "mayor", true, portaltest.Look{Plain: true})
	require.Equal(t, "/lead", p.Path())
	p.EveryPage()
	require.Contains(t, p.Text(".decision"), "多次退回", "with the facts it rests on")
	p.Focus(`button[formaction*="g3%23"][formaction$="/do/decline"]`)
	require.Equal(t, 422, p.Enter(), "to decline needs a reason")
	p.Focus(`[name=reason]`)
	p.Keys("先限期整改")
	p.Focus("button.main")
	require.Equal(t, 200, p.Enter())
	p.Go("/lead")
	require.NotContains(t, p.Text("main"), "多次退回")

	p.Go("/plans/water/tasks/g3")
	p.Focus(`a[href="/plans/water/tasks/g3/do/instruct"]`)
	p.Enter()
	p.Focus(`[name=reason]`)
	p.Keys("月底前办结")
	p.Focus("button.main")
	require.Equal(t, 200, p.Enter())
	require.Contains(t, p.Text(".life"), "月底前办结")
	require.Len(t, w.done(t, "g3", act.Instruct), 1)
}
