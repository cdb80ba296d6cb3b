package portal_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/portal/portaltest"
)

// hand is a page in a real browser, used by the keyboard alone where keys is set.
type hand struct {
	*portaltest.Page
	t           *testing.T
	keys, plain bool
}

// looks makes the checks that every page must pass; axe runs only where scripts do.
func (p hand) looks() {
	p.t.Helper()
	if p.plain {
		p.Narrow()
		return
	}
	p.EveryPage()
}

// arrive is the page of somebody who signs in.
func (s *site) arrive(t *testing.T, account string, keys bool, look portaltest.Look) hand {
	t.Helper()
	p := hand{portaltest.Open(t, s.URL+"/", look), t, keys, look.Plain}
	require.Equal(t, "/signin", p.Path())
	p.looks()
	p.write("#account", account)
	p.write("#password", password)
	require.Equal(t, 200, p.press("main button.main"))
	return p
}

func (p hand) write(selector, text string) {
	p.t.Helper()
	if !p.keys {
		p.Type(selector, text)
		return
	}
	p.Focus(selector)
	p.Keys(text)
}

func (p hand) press(selector string) int {
	p.t.Helper()
	if !p.keys {
		return p.Press(selector)
	}
	p.Focus(selector)
	return p.Enter()
}

// leaves signs out: the page that was read cannot be opened any more.
func (p hand) leaves(path string) {
	p.t.Helper()
	p.press(`form[action="/signout"] button`)
	p.Go(path)
	require.Contains(p.t, p.Path(), "/signin?next=")
}

// days are how the main day of each role is gone through, each with tasks of its own: that
// of the unit's day, the one that is claimed to be done, and the one about which a unit is
// to be talked to. A unit has one open proposal at a time.
var days = []struct {
	name               string
	own, claimed, talk string
	called             string // unit that leads it
	keys               bool
	look               portaltest.Look
}{
	{"scripts", "d1", "d2", "e1", "nongye", false, portaltest.Look{}},
	{"no scripts, keyboard", "d3", "d4", "f1", "linye", true, portaltest.Look{Plain: true}},
}

// TestAUnitsDay in a real browser, on a telephone: signs in, receives with one press,
// reports progress with a file, is told what is missing in a form and loses nothing of it,
// asks for more time, claims completion, signs out.
func TestAUnitsDay(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	for _, day := range days {
		t.Run(day.name, func(t *testing.T) {
			t.Parallel()
			look := day.look
			look.Width = 360
			p := s.arrive(t, "shuiwu", false, look)
			require.Equal(t, "/todo", p.Path())
			task := "/plans/water/tasks/" + day.own
			p.press(`form[action="` + task + `/do/acknowledge"] button`)
			require.Contains(t, p.Text("[role=status]"), "已办理：签收")
			require.Len(t, w.done(t, day.own, act.Acknowledge), 1)

			p.press(`a[href="` + task + `/do/progress"]`)
			p.looks()
			p.write(`[name=reason]`, "已完成六成")
			p.write(`[name=percent]`, "60")
			evidence := filepath.Join(t.TempDir(), "现场照片.pdf")
			require.NoError(t, os.WriteFile(evidence, []byte("%PDF-1.4\n%%EOF\n"), 0o600))
			p.Attach(`[type=file]`, evidence)
			p.press("main button.main")
			require.Contains(t, p.Text(".life"), "已完成六成")
			require.Contains(t, p.Text("main"), "现场照片.pdf")
			require.True(t, p.Has(`a[download][href*="/files/"]`))

			p.press(`a[href="` + task + `/do/extend"]`)
			p.write(`[name=reason]`, "汛期停工")
			require.Equal(t, 422, p.PressAnyway("main button.main"), "the date is missing")
			require.Equal(t, []string{"汛期停工"}, p.Values(`[name=reason]`), "what was typed stays")
			p.Fill(`[name=due]`, "2021-10-20")
			p.press("main button.main")
			require.Len(t, w.done(t, day.own, act.Extend), 1)
			require.Contains(t, p.Text(".life"), "汛期停工")

			p.press(`a[href="` + task + `/do/complete"]`)
			p.write(`[name=reason]`, "全部完成")
			p.press("main button.main")
			require.Len(t, w.done(t, day.own, act.Complete), 1)
			p.looks()
			p.leaves(task)
		})
	}
}

// TestTheOfficesAndTheLeadersDay in a real browser: the office finds what waits for it,
// verifies what a unit claims, and proposes a talk about another; the leader sees
// how each plan goes, decides the proposal on the same page with the facts that it rests on,
// and instructs; the unit finds both.
func TestTheOfficesAndTheLeadersDay(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	for _, day := range days {
		t.Run(day.name, func(t *testing.T) {
			t.Parallel()
			s.as("shuiwu").does("/plans/water/tasks/"+day.claimed+"/do/complete", "reason", "全部完成")
			office := s.arrive(t, "clerk", day.keys, day.look)
			require.Equal(t, "/todo", office.Path())
			office.looks()
			task := "/plans/water/tasks/" + day.claimed
			require.Equal(t, 200, office.press(`a[href="`+task+`/do/verify"]`))
			office.write(`[name=reason]`, "现场核实，同意办结")
			require.Equal(t, 200, office.press("main button.main"))
			require.Contains(t, office.Text(".life"), "现场核实，同意办结")
			require.Len(t, w.done(t, day.claimed, act.Verify), 1)

			why := "多次催办未见进展，" + day.name
			task = "/plans/water/tasks/" + day.talk
			office.Go(task)
			require.Equal(t, 200, office.press(`a[href="`+task+`/do/propose"]`))
			office.write(`[name=reason]`, why)
			require.Equal(t, 200, office.press("main button.main"), "the proposal's page, before the unit has been told of it")
			require.Contains(t, office.Text("main"), why)
			office.leaves(task)

			leader := s.arrive(t, "mayor", day.keys, day.look)
			require.Equal(t, "/lead", leader.Path())
			leader.looks()
			require.Contains(t, leader.Text("main"), why, "with the facts it rests on")
			require.Equal(t, 200, leader.press(`button[formaction*="`+day.talk+`%23"][formaction$="/do/approve"]`))
			leader.Go("/lead")
			require.NotContains(t, leader.Text("main"), why, "it is decided")
			leader.Go(task)
			require.Equal(t, 200, leader.press(`a[href="`+task+`/do/instruct"]`))
			leader.write(`[name=reason]`, "月底前办结")
			leader.Fill(`[name=due]`, "2021-06-30")
			require.Equal(t, 200, leader.press("main button.main"))
			require.Contains(t, leader.Text(".life"), "月底前办结")
			require.Len(t, w.done(t, day.talk, act.Instruct), 1)
			leader.leaves("/lead")

			unit := s.arrive(t, day.called, false, day.look)
			require.Contains(t, unit.Text("main"), "月底前办结")
		})
	}
}
