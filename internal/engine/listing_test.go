package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"

	"duban/internal/plan"
	"duban/workflows"
)

// The daily comparison does without a full description only of a workflow that the list
// has running at the ledger's position, without problems; every other is described.
func TestTheListVouchesForWhatIsWhereTheLedgerHasIt(t *testing.T) {
	t.Parallel()
	memo := func(values map[string]any) *workflow.WorkflowExecutionInfo {
		fields := map[string]*common.Payload{}
		for name, v := range values {
			payload, err := converter.GetDefaultDataConverter().ToPayload(v)
			require.NoError(t, err)
			fields[name] = payload
		}
		return &workflow.WorkflowExecutionInfo{Memo: &common.Memo{Fields: fields}}
	}
	at := workflows.Position{Acts: 2, Last: "ack"}
	today := time.Date(2021, 4, 8, 1, 30, 0, 0, time.UTC)
	for turnOf("task:p:t", today) {
		today = today.AddDate(0, 0, 1)
	}
	vouched := func(now time.Time, x *workflow.WorkflowExecutionInfo, change func(*thing)) bool {
		of := thing{workflow: "task:p:t", at: &at}
		if change != nil {
			change(&of)
		}
		r := reconciling{Engine: &Engine{records: records{now: func() time.Time { return now }}}, list: map[string]*workflow.WorkflowExecutionInfo{"task:p:t": x}}
		return r.vouched(of)
	}
	same := memo(map[string]any{workflows.PositionMemo: at, workflows.GenerationMemo: workflows.Generation()})
	require.True(t, vouched(today, same, nil))
	require.False(t, vouched(today, nil, nil), "it does not run")
	reported, err := converter.GetDefaultDataConverter().ToPayload([]string{"category=WorkflowTaskFailed"})
	require.NoError(t, err)
	failing := &workflow.WorkflowExecutionInfo{Memo: same.GetMemo(), SearchAttributes: &common.SearchAttributes{IndexedFields: map[string]*common.Payload{"TemporalReportedProblems": reported}}}
	require.False(t, vouched(today, failing, nil), "its program fails again and again")
	for why, x := range map[string]*workflow.WorkflowExecutionInfo{
		"behind":         memo(map[string]any{workflows.PositionMemo: workflows.Position{Acts: 1}}),
		"ahead":          memo(map[string]any{workflows.PositionMemo: workflows.Position{Acts: 3, Last: "report"}}),
		"another act":    memo(map[string]any{workflows.PositionMemo: workflows.Position{Acts: 2, Last: "report"}}),
		"unknown":        memo(nil),
		"an old program": memo(map[string]any{workflows.PositionMemo: at, workflows.GenerationMemo: workflows.Generation() - 1}),
	} {
		require.False(t, vouched(today, x, nil), why)
	}
	for why, change := range map[string]func(*thing){
		"its stage is late":         func(t *thing) { t.late = &plan.Stage{} },
		"it was never known to run": func(t *thing) { t.fresh = true },
		"it notes no position":      func(t *thing) { t.at = nil },
	} {
		require.False(t, vouched(today, same, change), why)
	}
	full := 0
	for day := range turns {
		if !vouched(today.AddDate(0, 0, day), same, nil) {
			full++
		}
	}
	require.Equal(t, 1, full, "one day in turns it is asked in full")
}
