package pagetest_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/portal/portaltest"
	"duban/internal/water"
	"duban/internal/words"
)

// measure brings two months of a few sections in, and corrects a value.
func (h *site) measure(ctx context.Context) error {
	month := func(n int) water.Month { return water.Month{Year: 2021, Month: n} }
	source := func(fields ...string) map[string]string {
		all := map[string]string{}
		for _, f := range fields {
			all[f] = "5月.xlsx 月报 F7"
		}
		return all
	}
	over := decimal.RequireFromString("0.25")
	readings := []water.Reading{
		{Section: "s05", Month: month(5), Span: water.OfMonth, Class: water.I, Sources: source("class")},
		{Section: "s08", Month: month(4), Span: water.OfMonth, Class: water.III, Sources: source("class")},
		{Section: "s08", Month: month(5), Span: water.OfMonth, Values: water.Values{water.NH3N: water.Number("2.13")}, Sources: source("NH3-N")},
		{Section: "s06", Month: month(5), Span: water.OfMonth, Class: water.IV, Over: []water.Over{{Item: water.TP, Times: &over}}, Sources: source("class", "over")},
		{Section: "s22", Month: month(5), Span: water.OfMonth, Values: water.Values{water.NH3N: water.Number("2.12")}, Sources: source("NH3-N")},
		{Section: "s22", Month: month(5).Add(-12), Span: water.OfMonth, Class: water.II, Sources: source("class")},
		{Section: "s01", Month: month(5), Span: water.OfMonth, State: water.Dry, Sources: source("state")},
	}
	by := ledger.ReadingsBy{Plan: planID, Office: "shuizhiban", Actor: "jiance", Correct: true, Reason: "抄错一位"}
	if _, err := h.store.PutReadings(ctx, by, readings, when(calendar.NewDay(2021, 6, 8).At(10, 0, calendar.Beijing))); err != nil {
		return err
	}
	readings[2].Values = water.Values{water.NH3N: water.Number("2.31")}
	_, err := h.store.PutReadings(ctx, by, readings, when(calendar.NewDay(2021, 6, 9).At(10, 0, calendar.Beijing)))
	return err
}

// TestAMonthsMoney: every county's statement with how each amount came about, marked as a
// trial by an example; a county reads its own.
func TestAMonthsMoney(t *testing.T) {
	t.Parallel()
	p := as(t, "shuizhiban", portaltest.Look{Plain: true})
	p.Go("/water?month=2021-05")
	require.True(t, p.Has(`a[href^="/water/compensation?"]`))
	p.Go("/water/compensation?month=2021-05&table=0")
	text := p.Text("main")
	for _, part := range []string{"2021年5月生态补偿结算", "这套规则是示例，没有启用", "断流，不扣缴", "数据或目标未知", "2021年累计"} {
		require.Contains(t, text, part)
	}
	look(t, p, "water-compensation")
	require.Len(t, p.Texts("main h3"), 5, "counties with national and provincial sections")
	county := as(t, "gaoping", portaltest.Look{Plain: true})
	county.Go("/water/compensation?month=2021-05&table=0")
	require.Equal(t, []string{"高平市人民政府"}, county.Texts("main h3"))
}

// bringing is Acts without an engine; it takes data of sections and the office's settings and
// refuses every other act.
type bringing struct {
	portal.LookOnly
	store *ledger.Store
}

func (b bringing) BringReadings(ctx context.Context, planID string, all []water.Reading, correct bool, reason string, by act.Actor, _ *words.Words) ([]ledger.ReadingChange, error) {
	l, err := b.store.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	return engine.BringReadings(ctx, b.store, now, l, all, correct, reason, by)
}

func (b bringing) SetOffice(ctx context.Context, name, value string, by act.Actor) (string, error) {
	return engine.SetOffice(ctx, b.store, now, name, value, by)
}

// entering is a portal of the seed's plan on a ledger of its own, into which data may be
// brought; the example of outlets is adopted.
func entering(t *testing.T) (site string, store *ledger.Store) {
	t.Helper()
	p, cal := seededWith(t, "incidents: incidents.yaml\n", map[string]string{"incidents.yaml": "incidents-example.yaml"}, adopt)
	return siteOf(t, p, cal, func() time.Time { return now }, func(o *portal.Options, store *ledger.Store) { o.Acts = bringing{store: store} })
}

// Data come in on the page: a section's month typed, a month from a file, each shown before
// it is recorded; a correction needs a reason, and the old value stays. A county reads them
// and brings none.
func TestDataComeInOnThePage(t *testing.T) {
	t.Parallel()
	site, store := entering(t)
	in := func(account string) *portaltest.Page {
		p := portaltest.Open(t, site+"/signin?key=k", portaltest.Look{Plain: true})
		p.Press(`button[value="` + account + `"]`)
		return p
	}
	stands := func(section string) map[string]string {
		all, err := store.Readings(t.Context(), "shuizhiban", ledger.ReadingFilter{Section: section})
		require.NoError(t, err)
		if len(all) == 0 {
			return nil
		}
		return all[0].Fields()
	}
	office := in("shuizhiban")
	office.Go("/water/readings?section=s06&month=2021-05")
	require.Contains(t, office.Text("h1"), "填报 润城断面数据")
	require.Equal(t, []string{"2021-05"}, office.Values("#f-month"))
	office.Type("#f-class", "优秀")
	office.Press("main form button")
	require.Contains(t, office.Text("main"), "“优秀”不是水质类别")
	require.Nil(t, stands("s06"))
	office.Fill("#f-class", "4类")
	office.Type("#f-v-NH3-N", "1.25")
	office.Press("main form button")
	require.Equal(t, map[string]string{"class": "Ⅳ", "NH3-N": "1.25"}, stands("s06"))
	require.Contains(t, office.Text("main"), "网页填报 2021-07-05 ")
	look(t, office, "water-section")

	office.Go("/water/sections/s06/readings?month=2021-05")
	office.Type("#f-class", "Ⅲ")
	office.Press("main form button")
	require.Contains(t, office.Text("main"), "请写明更正理由")
	require.Equal(t, "Ⅳ", stands("s06")["class"])
	office.Type("#f-reason", "抄错一行")
	office.Press("main form button")
	require.Equal(t, "Ⅲ", stands("s06")["class"])
	require.Contains(t, office.Text("main"), "更正 水质类别：Ⅳ → Ⅲ（抄错一行")

	file := filepath.Join(t.TempDir(), "5月.csv")
	require.NoError(t, os.WriteFile(file, []byte("2021年5月断面水质\n断面名称,水质类别\n润城,Ⅴ\n尉迟,Ⅱ\n"), 0o600))
	office.Go("/water/readings")
	look(t, office, "water-readings")
	office.Attach("#file", file)
	office.Press(`form[enctype] button`)
	text := office.Text("main")
	for _, part := range []string{"读到 2 条：新增 1 条", "以下 1 个值与台账不同", "润城", "5月.csv"} {
		require.Contains(t, text, part)
	}
	look(t, office, "water-read")
	require.Nil(t, stands("s08"), "nothing is recorded before it is confirmed")
	read := office.Values("input[name=rows]")[0]
	office.Type("#reason", "月报更正")
	office.Fill("input[name=rows]", strings.Replace(read, "5月.csv", "6月.csv", 1))
	office.Press("main section form button.main")
	require.Nil(t, stands("s08"), "what the browser sends back is not what the file said")
	require.Contains(t, office.Text("main"), "请再导入一次")
	office.Attach("#file", file)
	office.Press(`form[enctype] button`)
	require.Equal(t, read, office.Values("input[name=rows]")[0])
	office.Type("#reason", "月报更正")
	office.Press("main section form button.main")
	require.Equal(t, []string{"Ⅴ", "Ⅱ"}, []string{stands("s06")["class"], stands("s08")["class"]})

	require.NoError(t, os.WriteFile(file, []byte("2021年5月断面水质\n断面名称,水质类别\n润城,Ⅴ\n尉迟,优\n"), 0o600))
	office.Go("/water/readings")
	office.Attach("#file", file)
	office.Press(`form[enctype] button`)
	require.Contains(t, office.Text("main"), "“优”不是水质类别")
	require.False(t, office.Has("#reason"))

	county := in("gaoping")
	county.Go("/water")
	require.False(t, county.Has(`a[href^="/water/readings"]`))
	county.Go("/water/readings")
	require.Contains(t, county.Text("main"), "没有由你单位报送的断面数据")
	require.Equal(t, http.StatusNotFound, county.Go("/water/sections/s06/readings"))
}

// What was measured of outlets comes in on the same page: from a file whose table names outlets, or typed
// with the outlet's own items; it is judged by the outlet's own limits, corrected with a reason, and the
// old value stays in sight. A county sees its own outlets, one without any none.
func TestOutletsComeInOnThePage(t *testing.T) {
	t.Parallel()
	site, store := entering(t)
	in := func(account string) *portaltest.Page {
		p := portaltest.Open(t, site+"/signin?key=k", portaltest.Look{Plain: true})
		p.Press(`button[value="` + account + `"]`)
		return p
	}
	office := in("shuizhiban")
	office.Go("/water")
	office.Press(`a[href^="/water/outlets"]`)
	require.Contains(t, office.Text("main"), "还没有排污口监测结果")
	office.Press(`a[href^="/water/readings"]`)
	file := filepath.Join(t.TempDir(), "5月.csv")
	require.NoError(t, os.WriteFile(file, []byte("2021年5月排污口\n排污口名称,化学需氧量,氨氮,总磷,悬浮物\n示例一号入河排污口,41,7.5,0.3,9\n"), 0o600))
	office.Attach("#file", file)
	office.Press(`form[enctype] button`)
	require.Contains(t, office.Text("main"), "读到 1 条：新增 1 条")
	office.Press("main section form button.main")
	text := office.Text("main")
	for _, part := range []string{"2021年5月入河排污口监测结果", "排污口 2 个，有监测数据 1 个；达标 0 个，超标 1 个；未报 1 个", "化学需氧量 41、氨氮 7.5、总磷 0.3、悬浮物 9", "氨氮(0.5)", "GB 18918-2002", "未报"} {
		require.Contains(t, text, part)
	}
	look(t, office, "water-outlets")
	office.Press(`main a[href*="outlet=eg-01"]`)
	office.Press(`a[href^="/water/sections/outlet"]`)
	require.Contains(t, office.Text("h1"), "示例一号入河排污口")
	require.False(t, office.Has("#f-class"), "an outlet has no class")
	look(t, office, "water-outlet-typed")
	office.Type("#f-month", "2021-05")
	office.Type("#f-v-NH3-N", "4.5")
	office.Press("main form button")
	require.Contains(t, office.Text("main"), "请写明更正理由")
	office.Type("#f-reason", "抄错")
	office.Press("main form button")
	text = office.Text("main")
	for _, part := range []string{"氨氮 4.5", "更正 氨氮：7.5 → 4.5（抄错", "5月.csv", "达标"} {
		require.Contains(t, text, part)
	}
	look(t, office, "water-outlet")
	all, err := store.Readings(t.Context(), "shuizhiban", ledger.ReadingFilter{Outlets: true})
	require.NoError(t, err)
	require.Len(t, all, 1)
	sections, err := store.Readings(t.Context(), "shuizhiban", ledger.ReadingFilter{})
	require.NoError(t, err)
	require.Empty(t, sections)

	for account, paths := range drained {
		walk(t, func(account string, wanted portaltest.Look) *portaltest.Page {
			p := portaltest.Open(t, site+"/signin?key=k", wanted)
			p.Press(`button[value="` + account + `"]`)
			return p
		}, account, account, paths)
	}
	county := in("yangcheng")
	county.Go("/water/outlets?month=2021-05")
	require.Contains(t, county.Text("main"), "示例一号入河排污口")
	require.NotContains(t, county.Text("main"), "示例污水处理厂", "another county's")
	require.False(t, county.Has(`a[href^="/water/readings"]`))
	require.Equal(t, http.StatusNotFound, county.Go("/water/outlets?outlet=eg-03"))
	none := in("gaoping")
	none.Go("/water")
	require.False(t, none.Has(`a[href^="/water/outlets"]`))
	none.Go("/water/outlets")
	require.Contains(t, none.Text("main"), "没有要报监测结果的排污口")
	require.Equal(t, http.StatusNotFound, none.Go("/water/sections/outlet%2Feg-01/readings"))
}

// drained are the pages of outlets that an account looks at.
var drained = map[string][]string{
	"shuizhiban": {"/water/outlets", "/water/outlets?outlet=eg-01", "/water/sections/outlet%2Feg-01/readings"},
	"yangcheng":  {"/water/outlets?month=2021-05"},
}

// TestAMonthOfTheRivers: the table as it is published, the rivers as a picture, from
// upstream to downstream, and what a section's data are from.
func TestAMonthOfTheRivers(t *testing.T) {
	t.Parallel()
	p := as(t, "gaoping", portaltest.Look{Plain: true})
	p.Go("/water")
	text := p.Text("main")
	for _, part := range []string{"2021年5月地表水断面水质情况", "断面 22 个，有类别 4 个", "劣Ⅴ类 2 个，占 50%", "同比变差 4 个类别", "氨氮(1.12)", "总磷(0.25)", "断流", "省定（待补录）"} {
		require.Contains(t, text, part)
	}
	river := p.Attributes("svg.river a", "href")
	require.Len(t, river, 22)
	at := func(section string) int {
		for i, href := range river {
			if href == "/water/sections/"+section+"?plan="+planID {
				return i
			}
		}
		return -1
	}
	require.True(t, at("s05") < at("s08") && at("s08") < at("s06") && at("s06") < at("s07"), "from upstream to downstream")
	require.True(t, p.Has("svg.river rect.c6.missed"), "its own target was missed")
	p.Go("/water/sections/s08?plan=" + planID)
	text = p.Text("main")
	for _, part := range []string{"尉迟断面（沁水县人民政府，省考）", "更正 氨氮：2.13 → 2.31（抄错一位，jiance）", "5月.xlsx 月报 F7", "氨氮 2.31"} {
		require.Contains(t, text, part)
	}
	require.True(t, p.Has("svg.curve circle.c6"))
	p.Go("/water?month=2021-04")
	require.Contains(t, p.Text("main"), "2021年4月地表水断面水质情况")
	p.Go("/plans/" + planID + "/tasks/s01")
	require.True(t, p.Has(`a[href^="/water/sections/s01"]`), "a section's line leads to it")
	office := as(t, "shuizhiban", portaltest.Look{Plain: true})
	office.Go("/plans/" + planID)
	require.True(t, office.Has(`a[href^="/water?plan="]`))
}
