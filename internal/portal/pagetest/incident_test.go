package pagetest_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/portal/portaltest"
	"duban/internal/words"
)

// handling is Acts of incidents without an engine: tasks are opened and started nowhere.
type handling struct {
	portal.LookOnly
	store *ledger.Store
	now   func() time.Time
}

func (h handling) Incident(ctx context.Context, planID, id string, a act.Act, say *words.Words) (string, error) {
	l, err := h.store.Plan(ctx, planID)
	if err != nil {
		return "", err
	}
	if id, err = engine.Incident(ctx, h.store, h.now(), l, id, a); err != nil {
		return id, err
	}
	if err := (docket.Docket{Ledger: h.store, Starter: unstarted{}, Now: h.now}).Incidents(ctx, planID, say); err != nil {
		return id, fmt.Errorf("tasks: %s", err)
	}
	return id, nil
}

type unstarted struct{ docket.Starter }

func (unstarted) StartDigest(context.Context, ledger.Launched, ledger.Digest) error { return nil }
func (unstarted) StartTask(context.Context, ledger.Launched, ledger.Task) error     { return nil }
func (unstarted) LookTask(context.Context, string, string) error                    { return nil }

// incidentSite is a portal of the seed's plan with the example of outlets, adopted or not. The
// clock is *now.
func incidentSite(t *testing.T, now *time.Time, adopted bool) string {
	t.Helper()
	change := adopt
	if !adopted {
		change = func(text string) string { return text }
	}
	p, cal := seededWith(t, "incidents: incidents.yaml\n", map[string]string{"incidents.yaml": "incidents-example.yaml"}, change)
	clock := func() time.Time { return *now }
	site, _ := siteOf(t, p, cal, clock, func(o *portal.Options, store *ledger.Store) {
		o.Acts = handling{store: store, now: clock}
		o.Files = &portal.Files{Dir: filepath.Join(t.TempDir(), "evidence"), Most: 1 << 20}
	})
	return site
}

// handled are the pages of an incident that an account looks at.
var handled = map[string][]string{
	"shuizhiban": {"/incidents", "/incidents/do/open_incident?", "/incidents/1", "/incidents/do/order_water?", "/incidents/do/trace?", "/incidents/do/sample?", "/incidents/do/strike_note?"},
	"shuiwu":     {"/todo", "/incidents/1"},
	"gaoping":    {"/incidents"},
}

// An incident from its opening to its report by the pages' forms: the office opens it, orders
// water and has outlets looked at, the bureau reports the flow, values before and after are
// entered, a record is struck, and who has no part sees nothing.
func TestAnIncidentOnThePage(t *testing.T) {
	t.Parallel()
	at := func(day, hour int) time.Time { return calendar.NewDay(2021, 6, day).At(hour, 0, calendar.Beijing) }
	now := at(10, 9)
	site, browser := incidentSite(t, &now, true), looking
	looking := func(account string, wanted portaltest.Look) *portaltest.Page {
		p := portaltest.Open(t, site+"/signin?key=k", wanted)
		p.Press(`button[value="` + account + `"]`)
		return p
	}
	in := func(account string) *portaltest.Page { return looking(account, portaltest.Look{Plain: true}) }
	office, bureau, county, other := in("shuizhiban"), in("shuiwu"), in("yangcheng"), in("gaoping")
	does := func(p *portaltest.Page, kind string, values ...string) {
		t.Helper()
		p.Press(`main a[href^="/incidents/do/` + kind + `?"]`)
		for i := 0; i < len(values); i += 2 {
			p.Fill("#f-"+values[i], values[i+1])
		}
		require.Equal(t, http.StatusOK, p.Press("main form button.main"), p.Text("main"))
	}
	office.Go("/incidents")
	require.Contains(t, office.Text("main"), "还没有登记过应急事件")
	office.Press(`a[href^="/incidents/do/open_incident"]`)
	office.Fill("#f-section", "s06")
	office.Fill("#f-source", "station")
	office.Fill("#f-item", "NH3-N")
	office.Fill("#f-time", "2021-06-10T23:00")
	office.Type("#f-title", "润城断面氨氮超标")
	look(t, office, "incident-open")
	require.Equal(t, http.StatusConflict, office.Press("main form button.main"))
	require.Contains(t, office.Text("main"), "所写的时间还没有到")
	office.Fill("#f-time", "2021-06-10T08:00")
	require.Equal(t, http.StatusOK, office.Press("main form button.main"))
	require.Contains(t, office.Text("main"), "还没有下达补水或者排查")
	does(office, "sample", "value", "2.31", "time", "2021-06-10T08:30")
	does(office, "order_water", "supply", "张峰水库", "flow", "3", "time", "2021-06-10T10:00", "ends", "2021-06-12T10:00", "orderer", "副市长 刘某")
	office.Press(`main a[href^="/incidents/do/trace?"]`)
	look(t, office, "incident-trace")
	require.True(t, office.Has(`input[value="eg-01"][checked]`), "the outlets directly above are chosen")
	require.False(t, office.Has(`input[value="eg-03"][checked]`))
	require.Equal(t, http.StatusOK, office.Press("main form button.main"))
	text := office.Text("main")
	for _, part := range []string{"第2号指令应于2021-06-10 16:00前开始补水", "3项补水、排查任务没有办结", "市水务局", "每秒3立方米，计518400立方米（51.84万立方米）", "示例一号入河排污口", "示例化工有限公司"} {
		require.Contains(t, text, part)
	}

	now = at(10, 20)
	bureau.Go("/todo")
	require.Contains(t, bureau.Text("main"), "第2号指令应于2021-06-10 16:00前开始补水，已超过4小时")
	look(t, bureau, "incident-todo")
	bureau.Press(`main .alert a[href^="/incidents/1"]`)
	require.False(t, bureau.Has(`a[href^="/incidents/do/close_incident"]`))
	require.NotContains(t, bureau.Text("main"), "示例化工有限公司", "what others look at is not the bureau's")
	require.True(t, bureau.Has(`main a[href^="/plans/"][href*="/tasks/incident-1.2"]`))
	bureau.Press(`main a[href*="/tasks/incident-1.2"]`)
	bureau.Press(`main a[href^="/incidents/1"]`)
	does(bureau, "water_begun", "time", "2021-06-10T17:30", "flow", "2.5")
	require.Contains(t, bureau.Text("main"), "2021-06-10 17:30，晚1小时30分钟（时限2021-06-10 16:00）")
	now = at(12, 12)
	bureau.Go("/incidents/1")
	does(bureau, "water_ended", "time", "2021-06-12T11:00")
	bureau.Press(`main a[href^="/incidents/do/strike_note?"][href*="ref=5"]`)
	bureau.Fill("#f-reason", "填错")
	require.Equal(t, http.StatusOK, bureau.Press("main form button.main"))
	require.Contains(t, bureau.Text("main"), "仍在补水")
	does(bureau, "water_ended", "time", "2021-06-12T10:00")
	office.Go("/incidents/1")
	does(office, "sample", "value", "0.85", "time", "2021-06-12T11:30")
	text = office.Text("main")
	for _, part := range []string{"氨氮：补水前2.31（劣Ⅴ类），补水后0.85（Ⅲ类），下降63.2%", "364500立方米（36.45万立方米）", "撤销：填错", "数据截至2021-06-12 12:00"} {
		require.Contains(t, text, part)
	}
	look(t, office, "incident")
	require.False(t, office.Has(`a[href^="/incidents/do/close_incident"]`), "outlets are being looked at")

	require.Equal(t, http.StatusOK, county.Go("/incidents/1"))
	require.NotContains(t, county.Text("main"), "示例化工有限公司")
	require.Contains(t, county.Text("main"), "示例一号入河排污口", "its own outlet")
	require.Equal(t, http.StatusNotFound, other.Go("/incidents/1"))
	other.Go("/incidents")
	require.Contains(t, other.Text("main"), "还没有登记过应急事件")
	require.False(t, other.Has(`a[href^="/incidents/do/"]`))
	office.Go("/incidents/1?as_of=2021-06-11")
	require.NotContains(t, office.Text("main"), "补水后")
	require.Contains(t, office.Text("main"), "已补274500立方米", "to the end of that day")
	require.False(t, office.Has(`main a[href^="/incidents/do/"]`), "nobody acts on a day that has passed")
	office.Go("/plans/" + planID + "/report")
	for _, part := range []string{"本年应急事件 1 起", "第2号指令：水源张峰水库，市水务局，2021-06-10 17:30至2021-06-12 10:00，共364500立方米", "补水前2.31（劣Ⅴ类），补水后0.85（Ⅲ类），下降63.2%", "排查2处"} {
		require.Contains(t, office.Text("main"), part)
	}
	look(t, office, "yearend-incident")
	office.Go("/plans/" + planID + "/report?as_of=2021-06-11")
	require.NotContains(t, office.Text("main"), "补水后")
	sheet := func(account string) (text string) {
		res, err := browser(t, site, account).Get(site + "/incidents/sheet/1")
		require.NoError(t, err)
		defer res.Body.Close()
		require.Equal(t, http.StatusOK, res.StatusCode)
		f, err := excelize.OpenReader(res.Body)
		require.NoError(t, err)
		require.Equal(t, []string{"事件概况", "应急补水", "断面水质", "溯源排查", "处置记录"}, f.GetSheetList())
		for _, name := range f.GetSheetList() {
			rows, err := f.GetRows(name)
			require.NoError(t, err)
			text += fmt.Sprintln(rows)
		}
		return text
	}
	for _, part := range []string{"氨氮：补水前2.31（劣Ⅴ类），补水后0.85（Ⅲ类），下降63.2%", "[2 2021-06-10 17:30 2.5 ", "2021-06-12 11:30 补水后 氨氮 0.85", "示例化工有限公司", "撤销：填错"} {
		require.Contains(t, sheet("shuizhiban"), part)
	}
	require.NotContains(t, sheet("yangcheng"), "示例化工有限公司", "what others look at")
	for account, paths := range handled {
		walk(t, looking, account, account, paths)
	}
}

// By an example nobody opens an incident, and a plan without the file has no page of them.
func TestAnExampleOfOutletsOpensNothing(t *testing.T) {
	t.Parallel()
	now := calendar.NewDay(2021, 6, 10).At(9, 0, calendar.Beijing)
	office := portaltest.Open(t, incidentSite(t, &now, false)+"/signin?key=k", portaltest.Look{Plain: true})
	office.Press(`button[value="shuizhiban"]`)
	office.Go("/incidents")
	require.Contains(t, office.Text("main"), "示例")
	require.False(t, office.Has(`a[href^="/incidents/do/"]`))
	office.Go("/water/outlets")
	require.Contains(t, office.Text("main"), "没有要报监测结果的排污口", "nor are outlets of an example measured")
	require.Equal(t, http.StatusNotFound, office.Go("/water/sections/outlet%2Feg-01/readings"))
	without := as(t, "shuizhiban", portaltest.Look{Plain: true})
	without.Go("/incidents")
	require.Contains(t, without.Text("main"), "没有带应急补水与排污口登记的计划")
	require.True(t, without.Has(`nav.menu a[href="/water"]`))
	require.False(t, without.Has(`nav.menu a[href="/incidents"], nav.menu a[href="/complaints"], nav.menu a[href="/assessment"]`), "the menu leads to what the plan has")
	without.Go("/water?month=2021-05")
	require.False(t, without.Has(`a[href^="/incidents"]`))
}
