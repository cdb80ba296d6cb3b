package terminal_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/stretchr/testify/require"

	"duban/internal/report"
	"duban/internal/terminal"
	"duban/internal/words"
)

// TestCellsFoldAsPagesDo: no line of a cell begins with a mark that closes, English
// words stay whole, and a cell's own line breaks are kept.
func TestCellsFoldAsPagesDo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &terminal.Screen{W: words.New("zh"), Out: &out}
	for _, cell := range []string{"按季度监测水质（含新增点位）（2021年）", "due on the period's last day", "一\n二"} {
		tw := a.Table(map[string]int{"title": 27}, "title")
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

// Tables fit the terminal: cells fold narrower, then what says least is left out, and
// each line is as wide as the others, marks among the words or not. --wide shows all,
// and what is piped is not folded.
func TestTablesFitTheTerminal(t *testing.T) {
	t.Parallel()
	row := table.Row{"在办", "红", "2021-06-15", "逾期14个工作日", "30%", "p14", "高平市人民政府“治水专班”", "建成污水处理厂·二期（含再生水管网）并投入运行", "2021-07-06 09:00 催办", "约谈"}
	headings := []string{"state", "light", "due", "left", "progress", "id", "lead", "title", "next", "talk"}
	shown := func(columns int, wide bool) (lines []string) {
		var out bytes.Buffer
		a := &terminal.Screen{W: words.New("zh"), Out: &out, Columns: columns, Wide: wide}
		tw := a.ReportTable(map[string]int{"lead": 18, "title": 40}, headings...)
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
