package terminal_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/terminal"
	"duban/internal/words"
)

// A list of several plans' lines says of each which plan it is of, and in which zone its times are.
func TestAListSaysThePlanAndTheZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2021, 6, 1, 9, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))
	line := func(planID, id string) query.TaskLine {
		return query.TaskLine{Plan: planID, Row: report.Row{ID: id, Kind: plan.Dated, Title: "完成清淤", Next: &report.Step{Stage: "urge", Kind: plan.Urge, At: at}}}
	}
	shown := func(lines ...query.TaskLine) string {
		var out bytes.Buffer
		(&terminal.Screen{W: words.New("zh"), Out: &out}).TaskList(query.TaskPage{Lines: lines})
		return out.String()
	}
	both := shown(line("air", "a"), line("water", "w"))
	require.Regexp(t, `(?m)│ air +│`, both)
	require.Regexp(t, `(?m)│ water +│`, both)
	require.Contains(t, both, "时间均为")
	require.NotRegexp(t, `(?m)│ air +│`, shown(line("air", "a"), line("air", "b")))
}
