package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/stretchr/testify/require"

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
