package portal_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/portal"
)

// playing is a Rehearsing whose rehearsals run and end as the test says.
type playing struct {
	mu    sync.Mutex
	busy  bool
	begun []string
	held  map[string]portal.Rehearsal
}

func (p *playing) Begin(name string, of *plan.Plan, _ *calendar.Calendar) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy {
		return portal.ErrRehearsing
	}
	p.busy, p.begun = true, append(p.begun, of.ID)
	p.held[name] = portal.Rehearsal{Hash: of.Hash, Begun: time.Now(), Under: true, Percent: 42}
	return nil
}

func (p *playing) Of(name string) (portal.Rehearsal, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, ok := p.held[name]
	return r, ok
}

func (p *playing) Stop(name string) { p.ends(name, portal.Rehearsal{Failed: "stopped"}) }

// ends ends a rehearsal with what it found.
func (p *playing) ends(name string, found portal.Rehearsal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found.Hash, found.Begun = p.held[name].Hash, p.held[name].Begun
	p.held[name], p.busy = found, false
}

// TestAPlanIsRehearsedInTheBrowser: a rehearsal is begun with a press, once however often
// the form is sent, one at a time. The page shows how far it is, lets it be stopped, and
// shows what it found, also where that differs from the preview, where the rehearsal broke,
// and where the draft has changed since.
func TestAPlanIsRehearsedInTheBrowser(t *testing.T) {
	t.Parallel()
	machine := &playing{held: map[string]portal.Rehearsal{}}
	w := theWorld(t)
	office := w.open(t, func(o *portal.Options) { o.Rehearsing = machine }).as("airclerk")
	clauses := "clauses:\n  - id: \"1\"\n    chapter: 一、任务\n    heading: （一）\n    title: 1.任务\n    place: 一（一）1\n    brackets:\n      - [市环保局]\n    text: 9月底前完成。\n    tasks:\n      - {id: dust, title: 治理扬尘, due: 2021-09-30, source: 9月底前完成}\n"
	units, whole := planFiles("rehearsed", "daqi", "huanbao 市环保局 city_department,daqi 大气办 office,qizhang 治气小组 leadership", clauses)
	path := office.begins(file{"units.yaml", units}, file{"plan.yaml", whole})
	draft := strings.TrimPrefix(path, "/drafts/")
	require.Contains(t, office.until(path).body, path+"/rehearsal")
	page := office.get(path + "/rehearsal")
	require.Contains(t, page.text(), "什么也不会发出去")
	form := page.fieldsOf(path + "/rehearsal")
	for range 2 {
		require.Equal(t, path+"/rehearsal", office.post(path+"/rehearsal", form).to())
	}
	require.Equal(t, []string{"rehearsed"}, machine.begun)
	page = office.get(path + "/rehearsal")
	require.NotEmpty(t, page.header.Get("Refresh"), "without JavaScript too")
	require.Contains(t, page.body, `value="42"`)
	form.Set("stop", "1")
	require.Equal(t, path+"/rehearsal", office.post(path+"/rehearsal", form).to())
	require.Contains(t, office.get(path+"/rehearsal").text(), "预演已停止")
	form.Del("stop")

	require.Equal(t, http.StatusSeeOther, office.post(path+"/rehearsal", form).status)
	machine.ends(draft, portal.Rehearsal{Tasks: 1, Stages: 7, Messages: 9, Foretold: 12, Events: 30, Took: time.Minute, Dir: "/var/duban/rehearsal"})
	text := office.get(path + "/rehearsal").text()
	require.Contains(t, text, "12 条（督办 × 对象）全部相符")
	require.Contains(t, text, "/var/duban/rehearsal")
	require.NotContains(t, text, "草稿又有改动")
	machine.ends(draft, portal.Rehearsal{Differ: 3, Differences: []portal.Differing{{Day: "2021-09-30", Task: "dust", Stage: "due", To: "huanbao/liaison", What: "cli.differs_moved", Detail: "09:00"}}})
	text = office.get(path + "/rehearsal").text()
	require.Contains(t, text, "与预览不符 3 处")
	require.Contains(t, text, "时间不同")
	machine.ends(draft, portal.Rehearsal{Failed: "引擎自己停了"})
	require.Contains(t, office.get(path+"/rehearsal").text(), "预演没有完成：引擎自己停了")
	machine.busy = true
	a := office.post(path+"/rehearsal", form)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text(), "正在预演另一个草稿")

	edit := office.form(path + "/edit/plan.yaml")
	edit.Set("text", strings.Replace(edit.Get("text"), "治理扬尘", "治理工地扬尘", 1))
	require.Equal(t, path, office.post(path+"/edit/plan.yaml", edit).to())
	office.until(path)
	require.Contains(t, office.get(path+"/rehearsal").text(), "草稿又有改动")

	// What only keeps a plan from its launch is rehearsed, as the check says.
	edit = office.form(path + "/edit/units.yaml")
	edit.Set("text", strings.Replace(edit.Get("text"), "治气小组", "治气小组（待定）", 1))
	require.Equal(t, path, office.post(path+"/edit/units.yaml", edit).to())
	require.Contains(t, office.until(path).text(), "可以演练")
	machine.busy = false
	require.Equal(t, http.StatusSeeOther, office.post(path+"/rehearsal", office.get(path+"/rehearsal").fieldsOf(path+"/rehearsal")).status)
	require.Contains(t, office.get(path+"/rehearsal").text(), "预演正在进行")

	// Where no rehearsal can be held, the page says so.
	none := w.open(t).as("airclerk")
	require.Contains(t, none.get(path+"/rehearsal").text(), "这里不能预演")
	require.Equal(t, http.StatusUnprocessableEntity, none.post(path+"/rehearsal", none.form("/me")).status)
}

// tryingOut is a Trying whose trials begin and end as the test says.
type tryingOut struct {
	mu   sync.Mutex
	busy bool
	days []time.Duration
	held map[string]portal.Tried
}

func (p *tryingOut) Begin(name string, _ *plan.Plan, _ *calendar.Calendar, day time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy {
		return portal.ErrTrying
	}
	p.busy, p.days = true, append(p.days, day)
	p.held[name] = portal.Tried{Begun: time.Now(), Under: true, Armed: 3, Total: 8, Dir: "/var/duban/trial"}
	return nil
}

func (p *tryingOut) Of(name string) (portal.Tried, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.held[name]
	return t, ok
}

func (p *tryingOut) End(name string) { p.now(name, portal.Tried{Dir: "/var/duban/trial"}) }

func (p *tryingOut) now(name string, t portal.Tried) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t.Begun = p.held[name].Begun
	p.held[name], p.busy = t, t.Under
}

// TestAPlanIsTriedOutFromItsDraft: a trial is begun with a press, once however often the form is
// sent, one at a time, at one of the speeds. The page says how far it is, leads to its pages at
// the name by which the office's were reached, and ends it.
func TestAPlanIsTriedOutFromItsDraft(t *testing.T) {
	t.Parallel()
	machine := &tryingOut{held: map[string]portal.Tried{}}
	w := theWorld(t)
	office := w.open(t, func(o *portal.Options) { o.Trying = machine }).as("airclerk")
	clauses := "clauses:\n  - id: \"1\"\n    chapter: 一、任务\n    heading: （一）\n    title: 1.任务\n    place: 一（一）1\n    brackets:\n      - [市环保局]\n    text: 9月底前完成。\n    tasks:\n      - {id: dust, title: 治理扬尘, due: 2021-09-30, source: 9月底前完成}\n"
	units, whole := planFiles("triedout", "daqi", "huanbao 市环保局 city_department,daqi 大气办 office,qizhang 治气小组 leadership", clauses)
	path := office.begins(file{"units.yaml", units}, file{"plan.yaml", whole})
	draft := strings.TrimPrefix(path, "/drafts/")
	office.until(path)
	page := office.get(path + "/rehearsal")
	require.Contains(t, page.text(), "一封也不会发出去")
	form := page.fieldsOf(path + "/trial")
	for _, day := range []string{"", "0", "-5", "x", "86401"} {
		form.Set("day", day)
		require.Equal(t, http.StatusUnprocessableEntity, office.post(path+"/trial", form).status, day)
	}
	form.Set("day", "300")
	for range 2 {
		require.Equal(t, path+"/rehearsal#trial", office.post(path+"/trial", form).to())
	}
	require.Equal(t, []time.Duration{5 * time.Minute}, machine.days)
	page = office.get(path + "/rehearsal")
	require.Contains(t, page.text(), "3/8")
	require.NotEmpty(t, page.header.Get("Refresh"))
	machine.now(draft, portal.Tried{Under: true, Port: "4711", Key: "k0"})
	page = office.get(path + "/rehearsal")
	require.Contains(t, page.body, `href="http://127.0.0.1:4711/signin?key=k0"`)
	require.Empty(t, page.header.Get("Refresh"))
	form = page.fieldsOf(path + "/trial")
	form.Set("stop", "1")
	require.Equal(t, path+"/rehearsal#trial", office.post(path+"/trial", form).to())
	require.Contains(t, office.get(path+"/rehearsal").text(), "试用已结束")
	machine.now(draft, portal.Tried{Failed: "引擎自己停了"})
	page = office.get(path + "/rehearsal")
	require.Contains(t, page.text(), "引擎自己停了")
	machine.busy = true
	form = page.fieldsOf(path + "/trial")
	form.Set("day", "60")
	a := office.post(path+"/trial", form)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text(), "正在试用另一个草稿")

	none := w.open(t).as("airclerk")
	require.NotContains(t, none.get(path+"/rehearsal").body, path+"/trial")
	require.Equal(t, http.StatusUnprocessableEntity, none.post(path+"/trial", none.form("/me")).status)
	require.Equal(t, http.StatusNotFound, none.begin("/letters").status, "there are letters only where a plan is tried out")
}
