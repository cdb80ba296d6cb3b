package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/planfile"
)

// assessedDesk is the seeded plan's ledger in January, with the example's rules adopted. Of its
// dated tasks all but two are closed in time.
func assessedDesk(t *testing.T) *desk {
	t.Helper()
	folder := filepath.Join("..", "seeds", "jincheng-2021-water")
	d := newDesk(t, calendar.NewDay(2022, 1, 10).At(8, 0, calendar.Beijing))
	cal, err := d.calendar()
	require.NoError(t, err)
	files := map[string][]byte{}
	for name, path := range map[string]string{"plan.yaml": "plan.yaml", "units.yaml": "units.yaml", "policies.yaml": "../policies.yaml", "sections.yaml": "sections.yaml", "assessment.yaml": "assessment-example.yaml"} {
		files[name], err = os.ReadFile(filepath.Join(folder, path))
		require.NoError(t, err)
	}
	files["plan.yaml"] = []byte(strings.Replace(string(files["plan.yaml"]), "water: sections.yaml\n", "water: sections.yaml\nassessment: assessment.yaml\n", 1))
	files["assessment.yaml"] = []byte(strings.Replace(string(files["assessment.yaml"]), "example: true\n", "", 1))
	p, problems := planfile.LoadFiles(files, cal)
	require.NotNil(t, p, "%v", problems)
	launched := at(4, 8, 9)
	var tasks []ledger.Task
	for _, k := range p.Tasks {
		tasks = append(tasks, ledger.TaskOf(p, k, launched))
	}
	_, err = d.store.AddPlan(t.Context(), ledger.Launched{Plan: *p, Clock: calendar.Clock{}, At: launched}, tasks, ledger.When{Real: launched, Plan: launched})
	require.NoError(t, err)
	done := at(6, 1, 9)
	for _, k := range p.Tasks {
		if k.Kind == plan.Dated && k.ID != "1.2-leakage" && k.ID != "2.4-cure.gaoping" {
			require.NoError(t, ledgertest.Verify(t.Context(), d.store, p.ID, k.ID, "office", "销号", "close", ledger.When{Real: done, Plan: done}))
		}
	}
	accounts, err := os.ReadFile(filepath.Join(folder, "accounts.yaml"))
	require.NoError(t, err)
	d.hands(string(accounts))
	return d
}

// A year's assessment from the first trial to the issued result: what is entered counts, what
// a unit objects is decided, and the ledger says the same again to the last point.
func TestAYearsAssessment(t *testing.T) {
	t.Parallel()
	d := assessedDesk(t)
	office := func(args ...string) string { return d.say(append(args, "--as", "shuizhiban")...) }
	refused := func(want string, args ...string) {
		t.Helper()
		_, err := d.says(args...)
		require.ErrorContains(t, err, want, args)
	}
	said := office("assess", "show")
	require.Contains(t, said, "水污染防治工作考核细则（示例）　2021年")
	require.Contains(t, said, "试算，截至 2022-01-10，没有发送。")
	refused("“态度”不是可以登记的考核事项", "assess", "enter", "--unit", "高平市", "--fact", "态度", "--day", "2021-06-01", "--title", "x", "--as", "shuizhiban")
	refused("这项办理只能由", "assess", "enter", "--unit", "高平市", "--fact", "favourable", "--day", "2021-06-01", "--title", "x", "--as", "gaoping")
	enter := []string{"assess", "enter", "--unit", "高平市", "--fact", "favourable", "--day", "2021-06-18", "--title", "省领导肯定高平市治水做法", "--paper", "晋办〔2021〕8号"}
	require.Contains(t, office(enter...), "已办理：登记考核事项")
	office(enter...)
	require.Equal(t, 1, strings.Count(office("assess", "show", "高平市"), "省领导肯定高平市治水做法"), "the same again is entered once")
	office("assess", "enter", "--unit", "高平市", "--fact", "exposed", "--day", "2021-07-01", "--title", "误登")
	office("assess", "strike", "--ref", "2", "-m", "登记有误")
	require.NotContains(t, office("assess", "show", "高平市"), "误登")

	on := func(day int) {
		d.now = func() time.Time { return calendar.NewDay(2022, 1, day).At(9, 0, calendar.Beijing) }
	}
	refused("本期还没有发送初评表", "assess", "check", "--as", "shuizhiban")
	on(11) // a sheet is of the ledger as of yesterday
	require.Contains(t, office("assess", "send", "--period", "2021年"), "已办理：发送初评表")
	said = office("assess", "show")
	require.Contains(t, said, "初评表，2022年1月11日发送，台账截至 2022-01-10；2022年1月18日以前可以提出异议。")
	before := office("assess", "show", "高平市")
	require.Contains(t, before, "省领导肯定高平市治水做法")
	require.Contains(t, office("assess", "check"), "初评表：按台账重新计算，一分不差（截至 2022-01-10")

	// What happens afterwards changes nothing of what was sent.
	office("assess", "enter", "--unit", "高平市", "--fact", "exposed", "--day", "2021-07-01", "--title", "后来登记")
	require.Equal(t, before, office("assess", "show", "高平市"))
	require.Contains(t, office("assess", "check"), "一分不差")

	own := d.say("assess", "show", "--as", "gaoping")
	require.Contains(t, own, "高平市人民政府")
	require.NotContains(t, own, "泽州县", "a unit sees its own")
	refused("办公室和领导小组的账号", "assess", "check", "--as", "gaoping")
	on(12)
	require.Contains(t, d.say("assess", "object", "--period", "2021", "-m", "黑臭水体治理已按期完成，请复核", "--as", "gaoping"), "已办理")
	refused("还有1项异议没有裁定", "assess", "issue", "--period", "2021", "--paper", "晋市水办〔2022〕2号", "--as", "shuizhiban")
	refused("不能重新发送", "assess", "send", "--period", "2021", "--as", "shuizhiban")
	refused("“五分”不是分值", "assess", "settle", "--period", "2021", "--ref", "1", "--points", "五分", "-m", "x", "--as", "shuizhiban")
	on(14)
	office("assess", "settle", "--period", "2021", "--ref", "1", "--points", "1.5", "-m", "核实，扣分减为一半")
	refused("异议期到2022年1月18日", "assess", "issue", "--period", "2021", "--paper", "晋市水办〔2022〕2号", "--as", "shuizhiban")
	on(19)
	office("assess", "issue", "--period", "2021", "--paper", "晋市水办〔2022〕2号")
	said = office("assess", "show", "高平市")
	require.Contains(t, said, "考核结果，晋市水办〔2022〕2号，2022年1月19日印发。校验值 ")
	require.Contains(t, squeeze(said), "│异议裁定│裁定│2022-01-14│+1.5│1│黑臭水体治理已按期完成，请复核│核实，扣分减为一半")
	said = office("assess", "check")
	require.Equal(t, 2, strings.Count(said, "一分不差"), said)
	refused("本期考核目前为“已印发”", "assess", "send", "--period", "2021", "--as", "shuizhiban")
	own = d.say("assess", "show", "--as", "gaoping")
	require.Contains(t, own, "泽州县人民政府", "what is issued has all ranks")
	require.NotContains(t, own, "后来登记")
	require.Contains(t, d.say("ledger", "verify", "--full"), "考核 1")

	file := filepath.Join(t.TempDir(), "out.xlsx")
	require.Contains(t, office("assess", "export", "-f", file), "已存为")
	book, err := excelize.OpenFile(file)
	require.NoError(t, err)
	defer book.Close()
	for cell, want := range map[string]string{"A1": "水污染防治工作考核细则（示例）　2021年度", "C3": "单位", "A4": "县（市、区）"} {
		value, err := book.GetCellValue("得分", cell)
		require.NoError(t, err)
		require.Equal(t, want, value, cell)
	}
	rows, err := book.GetRows("依据")
	require.NoError(t, err)
	require.Greater(t, len(rows), 10)
}

// A plan without rules sees nothing of it.
func TestAPlanWithoutRulesOfAssessment(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	for _, args := range [][]string{{"assess", "show"}, {"assess", "check"}, {"assess", "export", "-f", "-"}, {"assess", "send", "--period", "2021", "--as", "office.zhao"}} {
		_, err := f.says(args...)
		require.ErrorContains(t, err, "没有带考核细则的计划", args)
	}
}
