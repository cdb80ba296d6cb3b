package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/terminal"
)

// nextYears is a plan of 2022 whose entries are those of the 2021 seed that are named,
// each with what edit makes of its lines.
func nextYears(t *testing.T, edit func(string) string) string {
	dir := t.TempDir()
	raw, err := os.ReadFile(filepath.Join("..", "seeds", "jincheng-2021-water", "plan.yaml"))
	require.NoError(t, err)
	text := strings.NewReplacer("id: jincheng-2021-water\n", "id: jincheng-2022-water\n", "policies: ../policies.yaml", "policies: "+abs(t, "../seeds/policies.yaml"),
		"units: units.yaml", "units: "+abs(t, "../seeds/jincheng-2021-water/units.yaml"), "water: sections.yaml", "water: "+abs(t, "../seeds/jincheng-2021-water/sections.yaml")).Replace(string(raw))
	file := filepath.Join(dir, "plan.yaml")
	require.NoError(t, os.WriteFile(file, []byte(edit(text)), 0o600))
	return file
}

// A plan that names work which is open in another plan of the same unit would have it
// chased twice: its launch is refused where nobody can be asked, until the plan says
// that it carries it on, or somebody says that it is other work.
func TestTheSameWorkIsNotChasedInTwoPlans(t *testing.T) {
	t.Parallel()
	d, _, _ := seededDesk(t)
	says := func(file string, agree terminal.Consent) (string, error) {
		said := &strings.Builder{}
		d.err, d.out = said, said
		p, _, err := d.load(t.Context(), file)
		require.NoError(t, err)
		err = d.checkNew(t.Context(), d.store, p, file, agree)
		return said.String(), err
	}
	copied := nextYears(t, func(text string) string { return text })
	said, err := says(copied, terminal.Consent{})
	require.ErrorIs(t, err, errSaid)
	require.Contains(t, said, "p14 泽州县周村镇、李寨乡、大箕镇、犁川镇、南岭乡污水集中处理设施：jincheng-2021-water/p14（《晋城市2021年水生态环境保护行动计划》）\n")
	require.Contains(t, said, "5.1-publish 每月向社会公开入河排污口监测结果：jincheng-2021-water/5.1-publish", "of a recurring task too")
	require.NotContains(t, said, "1.1-scheme", "a line that nobody chases is no second chase")
	require.Contains(t, said, "没有启动。确系两件事的，加上 --apart 再执行一次。")
	_, err = says(copied, terminal.Consent{Yes: true})
	require.NoError(t, err)

	carried := nextYears(t, func(text string) string {
		return strings.Replace(text, "  - id: p14\n", "  - id: p14\n    carries: jincheng-2021-water/p14\n", 1)
	})
	said, err = says(carried, terminal.Consent{})
	require.ErrorIs(t, err, errSaid)
	require.Contains(t, said, "结转：p14 泽州县周村镇、李寨乡、大箕镇、犁川镇、南岭乡污水集中处理设施，接续 jincheng-2021-water/p14\n")
	require.NotContains(t, said, "：jincheng-2021-water/p14（")

	for from, why := range map[string]string{
		"nosuch-2020/p14": "台账里没有这个计划，无从结转。", "jincheng-2021-water/p99": "该计划里没有这项任务，无从结转。",
		"jincheng-2021-water/5.1-publish": "有时限的任务只能结转为有时限的任务，周期性任务只能结转为周期性任务。",
	} {
		_, err = says(nextYears(t, func(text string) string {
			return strings.Replace(text, "  - id: p14\n", "  - id: p14\n    carries: "+from+"\n", 1)
		}), terminal.Consent{})
		require.Contains(t, d.sentence(err), "p14 不能接续 "+from+"："+why)
	}
}

// An amendment, too, asks about work that is open in another plan: it shows it, and
// without a word that it is other work nothing is amended.
func TestAnAmendmentDoesNotChaseTheSameWorkTwice(t *testing.T) {
	t.Parallel()
	d, p, _ := seededDesk(t)
	accounts, err := os.ReadFile(filepath.Join("..", "seeds", "jincheng-2021-water", "accounts.yaml"))
	require.NoError(t, err)
	d.cfg.Accounts = filepath.Join(t.TempDir(), "accounts.yaml")
	require.NoError(t, os.WriteFile(d.cfg.Accounts, accounts, 0o600))
	zezhou, _, _ := p.Directory.Resolve("泽州县人民政府")
	other := plan.Plan{ID: "air", Title: "治气计划", Year: 2021, Zone: p.Zone, Hash: "air", Policy: p.Policy, Policies: p.Policies, Directory: p.Directory, Tasks: []plan.Task{
		{ID: "a1", Kind: plan.Dated, Title: "新建再生水泵站", Lead: zezhou[0], Due: calendar.NewDay(2022, 6, 30), Policy: p.Policy},
		{ID: "a2", Kind: plan.Dated, Title: "改造老旧锅炉房", Lead: zezhou[0], Due: calendar.NewDay(2022, 6, 30), Policy: p.Policy}}}
	launched := at(4, 8, 9)
	rows := []ledger.Task{ledger.TaskOf(&other, other.Tasks[0], launched), ledger.TaskOf(&other, other.Tasks[1], launched)}
	_, err = d.store.AddPlan(t.Context(), ledger.Launched{Plan: other, At: launched}, rows, ledger.When{Real: launched, Plan: launched})
	require.NoError(t, err)
	amended := nextYears(t, func(text string) string {
		return strings.NewReplacer("id: jincheng-2022-water\n", "id: jincheng-2021-water\n",
			"  - id: p14\n", "  - id: n1\n    title: 新建 再生水泵站\n    due: 2022-06-30\n    units: [泽州县政府]\n    no: 98\n    annex: 附件2\n    source: 新增\n  - id: n2\n    title: 新建生态浮岛工程\n    due: 2022-06-30\n    units: [泽州县政府]\n    no: 99\n    annex: 附件2\n    source: 新增\n  - id: p14\n").Replace(text)
	})
	d.err = d.said
	paper := []string{"plan", "amend", amended, "--paper", "补一", "--as", "shuizhiban", "--same", "none"}
	said, err := d.says(paper...)
	require.NoError(t, err, said)
	require.Contains(t, said, "  n1 新建 再生水泵站：air/a1（《治气计划》）\n")
	require.NotContains(t, said, "air/a2")
	require.NotContains(t, said, "  n2 新建生态浮岛工程：")
	_, err = d.says(append(paper, "--yes")...)
	require.ErrorContains(t, err, "--apart")
	_, err = d.says(append(paper, "--yes", "--apart")...)
	require.ErrorIs(t, err, host.ErrNoEngine, "what is meant goes to the engine")
	said, err = d.says(append(paper, "--apart")...)
	require.NoError(t, err)
	require.NotContains(t, said, "air/a1", "who has said so is not asked again")
}

// A year that has something undecided does not end, and says what: what waits, is
// late, is in a talk, and which task of the next plan may be the same.
func TestAYearEndsWhenAllIsDecided(t *testing.T) {
	t.Parallel()
	d, p, _ := seededDesk(t)
	accounts, err := os.ReadFile(filepath.Join("..", "seeds", "jincheng-2021-water", "accounts.yaml"))
	require.NoError(t, err)
	d.cfg.Accounts = filepath.Join(t.TempDir(), "accounts.yaml")
	require.NoError(t, os.WriteFile(d.cfg.Accounts, accounts, 0o600))
	_, err = d.says("plan", "end", p.ID)
	require.ErrorContains(t, err, "--as", "somebody orders it")
	said, err := d.says("plan", "end", p.ID, "--as", "shuizhiban", "-m", "年度结束")
	require.ErrorIs(t, err, errSaid)
	require.Contains(t, said, "《晋城市2021年水生态环境保护行动计划》还有 ")
	require.Contains(t, said, "  p14 泽州县周村镇、李寨乡、大箕镇、犁川镇、南岭乡污水集中处理设施（泽州县人民政府，时限2021-06-30）：在办，逾期133个工作日\n")
	require.Contains(t, said, "  5.1-publish 每月向社会公开入河排污口监测结果（市生态环境局）：在办\n")
	require.Contains(t, said, "接着办的在下一计划中写 carries: jincheng-2021-water/任务编号")
	require.NotContains(t, said, "1.1-scheme", "a standing line ends with its plan")
	_, err = d.says("plan", "end", "nosuch", "--as", "shuizhiban", "-m", "年度结束")
	require.ErrorContains(t, err, "nosuch")

	end := calendar.NewDay(2022, 1, 10).At(8, 0, calendar.Beijing)
	when := ledger.When{Real: end, Plan: end}
	a := act.Act{ID: "end", Kind: act.EndPlan, By: act.Actor{Account: "shuizhiban", Name: "水治办", Unit: p.Directory.Office}, Reason: "年度结束"}
	require.ErrorIs(t, d.store.EndPlan(t.Context(), p.ID, a, when), ledger.ErrGoesOn)
	tasks, err := d.store.Tasks(t.Context(), ledger.TaskFilter{Plan: p.ID, State: ledger.TaskOpen})
	require.NoError(t, err)
	for _, k := range tasks {
		if k.Kind == plan.Standing {
			continue
		}
		kind, state := act.Cancel, act.Cancelled
		if k.Kind == plan.Duty {
			kind, state = act.EndDuty, act.Closed
		}
		c := ledger.CaseOf(k)
		c.State, c.ClosedOn = state, calendar.NewDay(2022, 1, 10)
		one := act.Act{ID: "x" + k.ID, Kind: kind, By: a.By, At: end.UTC(), Reason: "不再办理", Paper: "晋市政办〔2022〕1号"}
		_, _, err := d.store.Act(t.Context(), ledger.Acted{Plan: p.ID, Task: k.ID, Act: one, Version: k.Version, Facts: c}, when)
		require.NoError(t, err)
	}
	require.NoError(t, d.store.EndPlan(t.Context(), p.ID, a, when))
	require.NoError(t, d.store.EndPlan(t.Context(), p.ID, a, when), "again changes nothing")
	said, err = d.says("plan", "end", p.ID, "--as", "shuizhiban")
	require.NoError(t, err)
	require.Contains(t, said, "《晋城市2021年水生态环境保护行动计划》已结束。")
	archived := act.Act{ID: "archive", Kind: act.ArchivePlan, By: a.By}
	require.NoError(t, d.store.ArchivePlan(t.Context(), p.ID, archived, when))
	said, err = d.says("plan", "status")
	require.NoError(t, err)
	require.NotContains(t, said, p.ID)
	said, err = d.says("plan", "status", "--archived")
	require.NoError(t, err)
	require.Contains(t, said, p.ID)
	_, err = d.says("plan", "status", p.ID)
	require.NoError(t, err, "it is read by its ID")
	_, err = d.says("plan", "take-back", p.ID, "--as", "shuizhiban")
	require.ErrorContains(t, err, "--reason")
}
