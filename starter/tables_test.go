package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/report"
	"duban/internal/words"
)

// TestCellsFoldAsPagesDo: no line of a cell begins with a mark that closes, English
// words stay whole, and a cell's own line breaks are kept.
func TestCellsFoldAsPagesDo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &app{w: words.New("zh"), out: &out}
	for _, cell := range []string{"按季度监测水质（含新增点位）（2021年）", "due on the period's last day", "一\n二"} {
		tw := a.table(map[string]int{"title": 27}, "title")
		tw.AppendRow(table.Row{cell})
		tw.Render()
	}
	var lines []string
	for line := range strings.Lines(out.String()) {
		if cell := strings.TrimSpace(strings.Trim(strings.TrimSpace(line), "│")); strings.HasPrefix(line, "│") {
			lines = append(lines, cell)
		}
	}
	heading := words.New("zh").T("cli.col_title")
	require.Equal(t, []string{
		heading, "按季度监测水质（含新增点", "位）（2021年）",
		heading, "due on the period's last", "day",
		heading, "一", "二",
	}, lines)
}

// Whatever command prints a table, it fits a terminal of 80 columns and says what its lines are about.
func TestEveryTableFitsTheTerminal(t *testing.T) {
	t.Parallel()
	f := watched(t)
	f.columns = 80
	file := filepath.Join("..", "seeds", "jincheng-2021-water", "plan.yaml")
	for line, keeps := range map[string][]string{
		"todo": {"最迟", "事项", "编号"}, "todo --as shuiwu": {"最迟", "事项", "编号", "办理"}, "task can over --as shuiwu": {"办理", "能否"},
		"task list": {"完成时限", "编号", "工作任务"}, "talk list": {"编号", "工作任务"}, "duty list": {"编号", "工作任务"}, "message list --all": {"收件人"},
		"ledger show": {"任务"}, "plan status": {"计划"}, "plan status water": {"完成时限", "编号", "工作任务"}, "office contacts": {"单位", "席位", "邮箱"}, "office show": nil,
		"calendar list": nil, "date 6月底前 --issued 2021-04-08": nil, "plan tasks " + file: {"完成时限"}, "plan preview " + file: {"时间"},
	} {
		said, tables := f.reads(line, ""), 0
		for row := range strings.Lines(said) {
			if strings.HasPrefix(row, "│") {
				tables++
				assert.LessOrEqual(t, report.Wide(strings.TrimSuffix(row, "\n")), 80, "%s\n%s", line, row)
			}
		}
		assert.Positive(t, tables, "%s\n%s", line, said)
		for _, heading := range keeps {
			assert.Contains(t, said, heading, line)
		}
	}
}

// Tables fit the terminal: cells fold narrower, then what says least is left out, and
// each line is as wide as the others, marks among the words or not. --wide shows all,
// and what is piped is not folded.
func TestTablesFitTheTerminal(t *testing.T) {
	t.Parallel()
	row := table.Row{"在办", "红", "2021-06-15", "逾期14个工作日", "30%", "p14", "高平市人民政府“治水专班”", "建成污水处理厂·二期（含再生水管网）并投入运行", "2021-07-06 09:00 催办", "约谈"}
	headings := []string{"state", "light", "due", "left", "progress", "id", "lead", "title", "next", "talk"}
	shown := func(columns int, wide bool) (lines []string) {
		var out bytes.Buffer
		a := &app{w: words.New("zh"), out: &out, columns: columns, wide: wide}
		tw := a.reportTable(map[string]int{"lead": 18, "title": 40}, headings...)
		tw.AppendRow(row)
		tw.Render()
		return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	}
	for _, columns := range []int{80, 100, 120, 140} {
		lines := shown(columns, false)
		hint := words.New("zh").T("help.columns_left_out")
		wide := report.Wide(lines[0])
		require.LessOrEqual(t, wide, columns)
		for _, line := range lines {
			if line != hint {
				require.Equal(t, wide, report.Wide(line), line)
			}
		}
		require.Equal(t, columns < 120, slices.Contains(lines, hint), columns)
		for _, heading := range []string{"完成时限", "编号", "责任主体", "工作任务"} {
			require.Contains(t, lines[1], heading, "%d columns", columns)
		}
	}
	whole := shown(80, true)
	require.Greater(t, report.Wide(whole[0]), 120)
	require.Equal(t, whole, shown(0, false))
	for _, line := range whole {
		require.Equal(t, report.Wide(whole[0]), report.Wide(line), line)
	}
}

// A list of several plans' lines says of each which plan it is of; of one plan's it
// does not.
func TestListsShowThePlanWhereThereAreSeveral(t *testing.T) {
	t.Parallel()
	f := watched(t)
	for _, line := range []string{"task list", "todo", "message list --all", "ledger show"} {
		said := f.reads(line, "")
		for _, id := range []string{"air", "water"} {
			require.Regexp(t, `(?m)│ `+id+` +│`, said, line)
		}
		one := f.reads(line+" --plan air", "")
		require.NotRegexp(t, `(?m)│ air +│`, one, line)
		require.NotEmpty(t, one)
	}
	require.True(t, several([]string{"", "a", "b"}, func(s string) string { return s }))
	require.False(t, several([]string{"a", "", "a"}, func(s string) string { return s }))
	require.False(t, several(nil, func(s string) string { return s }))
}
