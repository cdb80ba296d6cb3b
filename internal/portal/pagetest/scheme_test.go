package pagetest_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/portal"
	"duban/internal/portal/portaltest"
	"duban/internal/query"
	"duban/internal/water"
	"duban/seeds"
)

// seededWith is the seed's plan with further lines of plan.yaml and further files, each of a
// file of the seed's folder, read from their texts after change.
func seededWith(t *testing.T, lines string, further map[string]string, change func(string) string) (*plan.Plan, *calendar.Calendar) {
	t.Helper()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	files := map[string][]byte{}
	read := func(name, path string) {
		raw, err := os.ReadFile(seed + path)
		require.NoError(t, err)
		files[name] = []byte(change(string(raw)))
	}
	for name, path := range map[string]string{"plan.yaml": "plan.yaml", "units.yaml": "units.yaml", "policies.yaml": "../policies.yaml", "sections.yaml": "sections.yaml"} {
		read(name, path)
	}
	for name, path := range further {
		read(name, path)
	}
	files["plan.yaml"] = []byte(strings.Replace(string(files["plan.yaml"]), "\nwater: sections.yaml\n", "\nwater: sections.yaml\n"+lines, 1))
	p, problems := planfile.LoadFiles(files, cal)
	require.NotNil(t, p, "%v", problems)
	return p, cal
}

// siteOf is a portal on a ledger of its own with a plan whose tasks are all open. more changes
// its options.
func siteOf(t *testing.T, p *plan.Plan, cal *calendar.Calendar, clock func() time.Time, more func(*portal.Options, *ledger.Store)) (string, *ledger.Store) {
	t.Helper()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { store.Close() })
	begin := p.Issued.At(9, 0, calendar.Beijing)
	for _, y := range cal.Years() {
		require.NoError(t, store.PutCalendar(t.Context(), y, "test", when(begin)))
	}
	var tasks []ledger.Task
	for _, k := range p.Tasks {
		tasks = append(tasks, ledger.TaskOf(p, k, begin))
	}
	_, err = store.AddPlan(t.Context(), ledger.Launched{Plan: *p, At: begin}, tasks, when(begin))
	require.NoError(t, err)
	book, faults := accounts.Load(seed + "accounts.yaml")
	require.Empty(t, faults)
	options := portal.Options{Acts: portal.LookOnly{}, SignIn: &portal.Looking{}, Key: "k", Now: clock, Accounts: func() (*accounts.List, error) { return book, nil }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Reader: query.New(store, query.Options{Now: clock, Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return cal.With(imported...), nil }})}
	more(&options, store)
	pages, err := portal.New(options)
	require.NoError(t, err)
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	return server.URL, store
}

// schemed and zoned are the pages that an account looks at where sections have schemes, and
// where a plan has functional zones.
var (
	schemed = map[string][]string{"shuizhiban": {"/water/sections/s01"}}
	zoned   = map[string][]string{"shuizhiban": {"/water/zones"}}
)

// TestASectionsSchemeOnItsPage: who answers for the section and how each measure stands are
// beside the section's curve, for the office and the county; a measure leads back to it. Another
// county reads the curve alone.
func TestASectionsSchemeOnItsPage(t *testing.T) {
	t.Parallel()
	p, cal := seededWith(t, "schemes: scheme-s01.yaml\n", map[string]string{"scheme-s01.yaml": "scheme-example.yaml"}, func(s string) string { return s })
	site, store := siteOf(t, p, cal, func() time.Time { return now }, func(*portal.Options, *ledger.Store) {})
	putClass(t, store, "s01", 4, 5)
	in := func(account string, wanted portaltest.Look) *portaltest.Page {
		p := portaltest.Open(t, site+"/signin?key=k", wanted)
		p.Press(`button[value="` + account + `"]`)
		return p
	}
	for _, account := range []string{"shuizhiban", "gaoping"} {
		p := in(account, portaltest.Look{Plain: true})
		require.Equal(t, http.StatusOK, p.Go("/water/sections/s01"))
		text := p.Text("#scheme")
		for _, part := range []string{"赵庄断面水质达标方案（示例）", "没有采用", "责任单位：高平市人民政府　责任人：副市长 示例姓名", "高平市天阳污水处理厂提标改造工程", "入河排污口排查和溯源", "逾期", "2021-09-30"} {
			require.Contains(t, text, part)
		}
		require.True(t, p.Has("svg.curve"))
		p.Press(`#scheme a[href$="/tasks/s01-outfalls"]`)
		require.Contains(t, p.Text("main"), "一断面一方案（赵庄）")
		require.True(t, p.Has(`a[href^="/water/sections/s01?"]`))
	}
	other := in("zezhou", portaltest.Look{Plain: true})
	require.Equal(t, http.StatusOK, other.Go("/water/sections/s01"))
	require.False(t, other.Has("#scheme"))
	require.NotContains(t, other.Text("main"), "示例姓名")
	helper := in("zhujian", portaltest.Look{Plain: true})
	helper.Go("/water/sections/s01")
	require.Contains(t, helper.Text("#scheme"), "溢流口整治")
	require.NotContains(t, helper.Text("#scheme"), "排查和溯源", "a measure of others")
	walk(t, in, "shuizhiban", "scheme", schemed["shuizhiban"])
}

// TestAMonthOfTheZones: by basin and by kind, each zone against its own target, and the text by
// which the office makes it known; an example says that it is one.
func TestAMonthOfTheZones(t *testing.T) {
	t.Parallel()
	p, cal := seededWith(t, "zones: zones.yaml\n", map[string]string{"zones.yaml": "zones-example.yaml"}, func(s string) string {
		return strings.Replace(s, "# bulletin:", "bulletin:", 1)
	})
	site, store := siteOf(t, p, cal, func() time.Time { return now }, func(*portal.Options, *ledger.Store) {})
	putClass(t, store, "s01", 4, 5)
	putClass(t, store, "s17", 5)
	in := func(account string, wanted portaltest.Look) *portaltest.Page {
		p := portaltest.Open(t, site+"/signin?key=k", wanted)
		p.Press(`button[value="` + account + `"]`)
		return p
	}
	office := in("shuizhiban", portaltest.Look{Plain: true})
	office.Go("/water")
	office.Press(`a[href^="/water/zones?"]`)
	text := office.Text("main")
	for _, part := range []string{"示例，没有核对过", "2021年5月水环境功能区达标情况", "功能区 11 个，有监测结果 2 个，达标 1 个，未达标 1 个，达标率 50%", "沁河流域", "饮用水源区", "2 个断面中 1 个有结果"} {
		require.Contains(t, text, part)
	}
	text = office.Text("#bulletin")
	for _, part := range []string{"2021年5月，列入名录的11个水环境功能区中，有监测结果的2个，达标1个，达标率50%。", "分流域：丹河流域6个，有监测结果的2个，达标1个；沁河流域5个", "未达标的功能区：丹河赵庄功能区（高平市人民政府，Ⅳ类，目标Ⅲ类）。", "没有监测结果的功能区：丹河后寨功能区、", "查明原因"} {
		require.Contains(t, text, part)
	}
	require.True(t, office.Has(`a[href$="/tasks/zone-bulletin"]`), "the duty by which it is chased")
	require.Equal(t, http.StatusOK, office.Go("/plans/"+planID+"/tasks/zone-bulletin"))
	county := in("gaoping", portaltest.Look{Plain: true})
	require.Equal(t, http.StatusOK, county.Go("/water/zones?month=2021-04"))
	require.Contains(t, county.Text("main"), "2021年4月水环境功能区达标情况")
	require.False(t, county.Has(`a[href$="/tasks/zone-bulletin"]`), "another unit's duty")
	walk(t, in, "shuizhiban", "zones", zoned["shuizhiban"])
	without := as(t, "shuizhiban", portaltest.Look{Plain: true})
	without.Go("/water")
	require.False(t, without.Has(`a[href^="/water/zones"]`), "a plan without the file sees nothing of it")
	without.Go("/water/zones")
	require.Contains(t, without.Text("main"), "没有功能区名录")
}

// putClass brings in Ⅳ for months of a section.
func putClass(t *testing.T, store *ledger.Store, section string, months ...int) {
	t.Helper()
	var readings []water.Reading
	for _, m := range months {
		readings = append(readings, water.Reading{Section: section, Month: water.Month{Year: 2021, Month: m}, Span: water.OfMonth, Class: water.IV, Sources: map[string]string{"class": "月报 B2"}})
	}
	_, err := store.PutReadings(t.Context(), ledger.ReadingsBy{Plan: planID, Office: "shuizhiban", Actor: "jiance"}, readings, when(now))
	require.NoError(t, err)
}
