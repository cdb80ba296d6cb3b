package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/report"
	"duban/internal/terminal"
)

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
	require.True(t, terminal.Several([]string{"", "a", "b"}, func(s string) string { return s }))
	require.False(t, terminal.Several([]string{"a", "", "a"}, func(s string) string { return s }))
	require.False(t, terminal.Several(nil, func(s string) string { return s }))
}
