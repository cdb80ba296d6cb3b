package pagetest_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/portal/portaltest"
	"duban/internal/words"
)

// idle is a docket's Starter that starts nothing.
type idle struct{ docket.Starter }

func (idle) StartDigest(context.Context, ledger.Launched, ledger.Digest) error { return nil }
func (idle) StartTask(context.Context, ledger.Launched, ledger.Task) error     { return nil }
func (idle) LookTask(context.Context, string, string) error                    { return nil }

// complaining is Acts without an engine; it does acts on complaints and refuses every other.
type complaining struct {
	portal.LookOnly
	at docket.Docket
}

func (c complaining) TakeIn(ctx context.Context, planID string, all []engine.Taking) ([]int, error) {
	return engine.TakeIn(ctx, c.at.Ledger, c.at.Now(), planID, all)
}

func (c complaining) Complain(ctx context.Context, planID string, number int, a act.Act, say *words.Words) error {
	if err := engine.Complain(ctx, c.at.Ledger, c.at.Now(), planID, number, a); err != nil {
		return err
	}
	return c.at.Complaints(ctx, planID, say)
}

func (c complaining) Act(ctx context.Context, planID, task string, a act.Act) error {
	l, err := c.at.Ledger.Plan(ctx, planID)
	if err != nil {
		return err
	}
	a.At = l.Clock.Plan(c.at.Now())
	a.On = calendar.DayOf(a.At.In(l.Plan.Location()))
	on, err := c.at.Course(ctx, planID, task)
	if err != nil {
		return err
	}
	_, _, err = c.at.Act(ctx, planID, task, a, on, time.Time{})
	return err
}

// hotlineSite is a portal of the seed's plan with the example's rules of complaints adopted. The
// clock is May's day *day at ten.
func hotlineSite(t *testing.T, day *int) string {
	t.Helper()
	p, cal := seededWith(t, "complaints: complaints.yaml\n", map[string]string{"complaints.yaml": "complaints-example.yaml"}, adopt)
	clock := func() time.Time { return calendar.NewDay(2021, 5, *day).At(10, 0, calendar.Beijing) }
	site, _ := siteOf(t, p, cal, clock, func(o *portal.Options, store *ledger.Store) {
		o.Acts = complaining{at: docket.Docket{Ledger: store, Starter: idle{}, Now: clock}}
		o.Files = &portal.Files{Dir: filepath.Join(t.TempDir(), "evidence"), Most: 1 << 20}
	})
	return site
}

// adopt makes rules of an example file.
func adopt(text string) string { return strings.Replace(text, "example: true\n", "", 1) }

// complained are the pages of complaints that an account looks at.
var complained = map[string][]string{
	"shuizhiban":  {"/complaints", "/complaints/new?", "/complaints/file?", "/complaints/1", "/complaints/1/do/call_back?", "/complaints/1/do/forget?", "/complaints/2", "/todo"},
	"zhujian":     {"/complaints", "/complaints/1", "/plans/" + planID + "/tasks/complaint-1"},
	"fu-shizhang": {"/complaints", "/complaints/1"},
}

// TestComplaintsOnThePage: an office takes complaints in by hand and from files, all or none,
// sorts one, joins another that is about the same, calls back and closes; a unit sees its own and
// nobody's name; the leader sees how units did.
func TestComplaintsOnThePage(t *testing.T) {
	t.Parallel()
	day := 10
	site := hotlineSite(t, &day)
	looking := func(account string, wanted portaltest.Look) *portaltest.Page {
		p := portaltest.Open(t, site+"/signin?key=k", wanted)
		p.Press(`button[value="` + account + `"]`)
		return p
	}
	in := func(account string) *portaltest.Page { return looking(account, portaltest.Look{Plain: true}) }
	office, unit, leader := in("shuizhiban"), in("zhujian"), in("fu-shizhang")
	office.Go("/complaints")
	require.Contains(t, office.Text("main"), "没有诉求")
	office.Press(`a[href^="/complaints/new"]`)
	look(t, office, "complaint-new")
	require.Equal(t, http.StatusUnprocessableEntity, office.PressAnyway("main form button.main"), "nothing was said")
	office.Type("#f-hotline", "202105100001")
	office.Fill("#f-matter", "污水直排")
	office.Type("#f-where", "巴公镇西郜村桥下")
	office.Type("#f-title", "夜间排污水")
	office.Type("#f-reason", "赵铁柱反映河水发黑，电话13903561234")
	office.Type("#f-caller-name", "赵铁柱")
	require.Equal(t, http.StatusOK, office.Press("main form button.main"))
	require.Contains(t, office.Text("main"), "〔略〕反映河水发黑，电话〔略〕")
	require.Contains(t, office.Text("main"), "赵铁柱反映河水发黑，电话13903561234", "the office sees what was told")
	look(t, office, "complaint-new-done")

	bring := func(name, text string) int {
		file := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		office.Go("/complaints/file")
		office.Attach("#file", file)
		return office.Press("main form button.main")
	}
	head := "\ufeff工单号,标题,诉求内容,事项,地点,姓名,电话\r\n"
	require.Equal(t, http.StatusUnprocessableEntity, bring("a.csv", head+"202105100002,河水发黑,桥下排污,污水直排,西郜村桥下,钱二,13803561111\r\n202105100003,,臭,别的,\"河边\",孙三,\r\n"))
	said := office.Text("main")
	require.Contains(t, said, "第3行“标题”：没有填")
	require.Contains(t, said, "第3行“事项”：事项分类里没有这一项")
	require.NotContains(t, said, "孙三")
	look(t, office, "complaints-file")
	for range 2 {
		require.Equal(t, http.StatusOK, bring("a.csv", head+"202105100002,河水发黑,桥下排污,污水直排,西郜村桥下,钱二,13803561111\r\n"))
	}
	require.Len(t, office.Texts("tbody tr"), 2, "the second time and the faulty file bring nothing")
	look(t, office, "complaints")
	office.Go("/todo")
	require.Contains(t, office.Text("main"), "待分办2件")

	office.Go("/complaints/2")
	require.Contains(t, office.Text("main"), "可能是同一件事")
	look(t, office, "complaint-like")
	office.Press(`a[href*="into=1"]`)
	office.Type("#f-reason", "同一排口")
	require.Equal(t, http.StatusOK, office.Press("main form button.main"))
	require.Contains(t, office.Text("main"), "并入第1号诉求")

	office.Go("/complaints/1")
	office.Press(`a[href*="/do/sort"]`)
	office.Fill("#f-unit", "zhujian")
	office.Fill("#f-limit", "urgent")
	look(t, office, "complaint-sort")
	require.Equal(t, http.StatusOK, office.Press("main form button.main"))
	require.Contains(t, office.Text("main"), "2021-05-11 10:00")

	unit.Go("/complaints")
	require.Contains(t, unit.Text("main"), "夜间排污水")
	require.Len(t, unit.Texts("table.rows"), 2)
	unit.Go("/complaints/1")
	require.NotContains(t, unit.HTML(), "赵铁柱")
	require.NotContains(t, unit.HTML(), "13903561234")
	look(t, unit, "complaint-unit")
	require.Equal(t, http.StatusNotFound, in("nongye").Go("/complaints/1"), "it is another unit's")
	unit.Press(`a[href*="/tasks/complaint-1"]`)
	look(t, unit, "complaint-task")
	unit.Press(`a[href$="/do/complete"]`)
	unit.Type("#f-reason", "已责令停排并封堵排口")
	require.Equal(t, http.StatusOK, unit.Press("main form button.main"))

	day = 11
	office.Go("/complaints/1")
	require.Contains(t, office.Text("main"), "已责令停排并封堵排口")
	require.False(t, office.Has(`a[href*="/do/close_complaint"]`), "nobody has called back")
	for account, paths := range complained {
		walk(t, looking, account, account, paths)
	}
	office.Press(`a[href*="/do/call_back"]`)
	office.Fill("#f-outcome", "satisfied")
	office.Type("#f-reason", "已不排")
	look(t, office, "complaint-call")
	office.Press("main form button.main")
	office.Press(`a[href*="/do/close_complaint"]`)
	office.Type("#f-reason", "办理完毕")
	office.Press("main form button.main")
	require.Contains(t, office.Text("main"), "办结：办理完毕")
	office.Press(`a[href*="/do/forget"]`)
	office.Type("#f-reason", "满一年")
	office.Press("main form button.main")
	require.Contains(t, office.Text("main"), "已于2021-05-11清除")
	require.NotContains(t, office.HTML(), "赵铁柱")
	look(t, office, "complaint-closed")

	leader.Go("/complaints")
	require.Contains(t, leader.Text("main"), "1（100%）")
	look(t, leader, "complaints-leader")
	leader.Go("/plans/" + planID + "/report")
	require.Contains(t, leader.Text("main"), "本年登记 2 件，其中并入同类诉求 1 件，尚未分办 0 件")
	require.Contains(t, leader.Texts("table.rows tbody tr"), "2021-05\t市住建局\t1\t1\t1（100%）\t0\t1（100%）／1\t0\t0")
	look(t, leader, "yearend-complaints")
	require.Equal(t, http.StatusForbidden, leader.Go("/complaints/new"))
}
