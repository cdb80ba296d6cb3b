package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/planfile"
)

// seededDesk is a desk at a ledger that holds the seeded plan, launched on its
// day of issue.
func seededDesk(t *testing.T) (*desk, *plan.Plan, string) {
	t.Helper()
	file := filepath.Join("..", "seeds", "jincheng-2021-water", "plan.yaml")
	launched := at(4, 8, 9)
	d := newDesk(t, calendar.NewDay(2022, 1, 10).At(8, 0, calendar.Beijing))
	cal, err := d.calendar()
	require.NoError(t, err)
	p, _ := planfile.Load(file, cal)
	require.NotNil(t, p)
	var tasks []ledger.Task
	for _, k := range p.Tasks {
		tasks = append(tasks, ledger.TaskOf(p, k, launched))
	}
	_, err = d.store.AddPlan(t.Context(), ledger.Launched{Plan: *p, Clock: calendar.Clock{}, At: launched}, tasks, ledger.When{Real: launched, Plan: launched})
	require.NoError(t, err)
	return d, p, file
}

// Of the seeded plan five tasks are left unfinished; the ledger knows which, and
// the report says how late each is on the day of the rollover.
func TestRolloverListsWhatIsUnfinished(t *testing.T) {
	t.Parallel()
	d, p, file := seededDesk(t)
	left := []string{"1.2-leakage", "2.4-cure.gaoping", "2.4-cure.qinshui", "p14", "p10"}
	done := at(12, 1, 9)
	for _, k := range p.Tasks {
		if k.Kind == plan.Dated && !slices.Contains(left, k.ID) {
			require.NoError(t, ledgertest.Verify(t.Context(), d.store, p.ID, k.ID, "office", "销号", "close", ledger.When{Real: done, Plan: done}))
		}
	}
	dir := filepath.Join(t.TempDir(), "next")
	said, err := d.says("plan", "rollover", file, "--year", "2022", "-o", dir)
	require.NoError(t, err)
	require.Contains(t, said, "未办结结转 3 项，顺延 2 项，照列 119 项，不沿用 71 项")
	require.Contains(t, said, "待定 11 处")
	report, err := os.ReadFile(filepath.Join(dir, "rollover.md"))
	require.NoError(t, err)
	require.Contains(t, string(report), `办结情况取自台账，逾期算到 2022-01-10 为止（当日 24:00 前不算逾期）。

未办结结转 3 项，顺延 2 项，照列 119 项，不沿用 71 项（按单位计）。

## 尚未办结（5 项）

| 编号 | 任务 | 牵头单位 | 原定时限 | 现时限 | 逾期（天） | 逾期（工作日） | 情况 | 草稿中的时限 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| 1.2-leakage | 全市公共供水管网漏损率控制在10%以内 | 市城市管理局 | 2021-12-31 | 2021-12-31 | 10 | 5 | — | 2022-12-31 |
| 2.4-cure.gaoping | 完成县（市）建成区黑臭水体整治 | 高平市人民政府 | 2021-12-31 | 2021-12-31 | 10 | 5 | — | 2022-12-31 |
| 2.4-cure.qinshui | 完成县（市）建成区黑臭水体整治 | 沁水县人民政府 | 2021-12-31 | 2021-12-31 | 10 | 5 | — | 2022-12-31 |
| p10 | 丹河生态长廊建设工程 | 高平市人民政府 | 2022-06-30 | 2022-06-30 | — | — | — | 2022-06-30 |
| p14 | 泽州县周村镇、李寨乡、大箕镇、犁川镇、南岭乡污水集中处理设施 | 泽州县人民政府 | 2021-06-30 | 2021-06-30 | 194 | 133 | — | 2022-06-30 |
`)
	draft, err := os.ReadFile(filepath.Join(dir, "plan.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(draft), `        each: [高平市人民政府, 沁水县人民政府]
        assist: [市住建局, 山西省晋城生态环境监测中心] # 开发区是各自完成的一方，不配合他人
        due: 【待定】2022-12-31 # 2021年未办结，时限为顺延一年的拟定值
        milestone: 整治
        source: 年底前完成整治
        note: 含整改方案的实施。零报告单位同样零报告办结；2021年未办结：时限2021-12-31，截至2022-01-10逾期10天（5个工作日）。
        carries: jincheng-2021-water/2.4-cure
`)
	require.Contains(t, string(draft), "      - id: 2.1-zhoucun-lichuan\n        title: 完成周村、犁川2个建制镇生活污水处理设施建设\n        same_as: p14\n        milestone: 完成\n")
	require.NotContains(t, string(draft), "id: p11\n")
}

// A plan that is not the launched one is drafted all the same, and the person hears of it.
func TestRolloverOfAPlanThatWasNotLaunched(t *testing.T) {
	t.Parallel()
	d, _, file := seededDesk(t)
	said := &strings.Builder{}
	d.err = said
	folder := t.TempDir()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	text := strings.NewReplacer("policies: ../policies.yaml\n", "", "units: units.yaml", "units: "+abs(t, "../seeds/jincheng-2021-water/units.yaml"), "water: sections.yaml", "water: "+abs(t, "../seeds/jincheng-2021-water/sections.yaml")).Replace(string(raw))
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	changed := write("changed.yaml", strings.Replace(text, "number: ", "number: 新", 1))
	other := write("other.yaml", strings.Replace(text, "id: jincheng-2021-water", "id: other", 1))
	for _, f := range []string{changed, other} {
		_, err = d.says("plan", "rollover", f, "--year", "2022", "-o", filepath.Join(folder, "of-"+filepath.Base(f)))
		require.NoError(t, err)
	}
	require.Equal(t, "注意：“"+changed+"”与启动时的内容不同，办结情况按任务编号对照\n"+
		"台账里没有计划“other”：办结与否不详，没有列出未办结任务；其余照常起草\n", said.String())
}

func abs(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	require.NoError(t, err)
	return full
}

// Late is what every list calls late: whoever has handed in in time and waits for the
// office, and whose task was suspended, is not written down as late for all to read;
// what waits, is suspended or is in a talk is named.
func TestRolloverSaysHowFarEachIs(t *testing.T) {
	t.Parallel()
	d, p, file := seededDesk(t)
	cal, err := d.calendar()
	require.NoError(t, err)
	rules, err := act.NewRules(p, cal)
	require.NoError(t, err)
	does := func(task, account, unit string, kind act.Kind, on calendar.Day, says func(*act.Act)) {
		row, err := d.store.Task(t.Context(), p.ID, task)
		require.NoError(t, err)
		at := on.At(9, 0, calendar.Beijing)
		a := act.Act{ID: string(kind) + task, Kind: kind, By: act.Actor{Account: account, Name: account, Unit: unit}, Reason: "说明", At: at.UTC(), On: on}
		if says != nil {
			says(&a)
		}
		after, _, refused := rules.Act(rules.Course(ledger.CaseOf(row)), a)
		require.Nil(t, refused, "%s %s: %+v", task, kind, refused)
		_, _, err = d.store.Act(t.Context(), ledger.Acted{Plan: p.ID, Task: task, Act: a, Version: row.Version, Facts: after.Case}, ledger.When{Real: at, Plan: at})
		require.NoError(t, err)
	}
	office := p.Directory.Office
	does("p14", "zezhou", "zezhou", act.Complete, calendar.NewDay(2021, 6, 29), nil)
	does("p01", "shuizhiban", office, act.Suspend, calendar.NewDay(2021, 6, 1), nil)
	does("p03", "shuizhiban", office, act.Reword, calendar.NewDay(2021, 6, 1), func(a *act.Act) { a.Title = "巴公河薛庄湿地（一期）" })
	does("p03", "shuizhiban", office, act.Assist, calendar.NewDay(2021, 6, 2), func(a *act.Act) { a.Units = []string{"gaoping"} })
	does("5.1-publish", "shuizhiban", office, act.SetRule, calendar.NewDay(2021, 6, 2), func(a *act.Act) { a.Rule = "quarter+10" })
	dir := filepath.Join(t.TempDir(), "next")
	_, err = d.says("plan", "rollover", file, "--year", "2022", "-o", dir)
	require.NoError(t, err)
	report, err := os.ReadFile(filepath.Join(dir, "rollover.md"))
	require.NoError(t, err)
	require.Contains(t, string(report), "| p14 | 泽州县周村镇、李寨乡、大箕镇、犁川镇、南岭乡污水集中处理设施 | 泽州县人民政府 | 2021-06-30 | 2021-06-30 | — | — | 已报办结待核查 | 2022-06-30 |\n")
	require.Contains(t, string(report), "| p01 | 高平市天阳污水处理厂提标改造工程 | 高平市人民政府 | 2021-06-30 | 2021-06-30 | — | — | 已暂停 | 2022-06-30 |\n")
	draft, err := os.ReadFile(filepath.Join(dir, "plan.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(draft), "2021年未办结：时限2021-06-30，截至2022-01-10未计逾期，已报办结待核查。")
	require.Contains(t, string(draft), "    title: 巴公河薛庄湿地（一期）\n")
	require.Contains(t, string(draft), "    assist: [高平市人民政府]\n")
	require.Contains(t, string(draft), "    carries: jincheng-2021-water/p03\n")
	require.Contains(t, string(draft), "        recur: {until: 2022-12-31, every: quarter, shift: 10}\n")
}
