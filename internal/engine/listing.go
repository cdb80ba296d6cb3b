package engine

import (
	"context"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"go.temporal.io/api/workflow/v1"

	"duban/workflows"
)

// Describing every workflow each working day would cost in a year about half of what all
// their stages cost. The daily comparison therefore relies on Temporal's list of workflows
// for most of them: the list has a thousand on a page, each with the position it has noted,
// and tells which have a program that fails again and again. Because the list may be some
// seconds old, every workflow with a late stage and, each day, one part in turns of the
// others is described in full.

// turns is the number of days in which each workflow is described in full once: twenty, the
// working days of a month. What a day cannot wait for does not wait for its turn: a workflow
// that the list has not, or at another position, or whose stage is late.
const turns = 20

// problems is the search attribute that Temporal's server sets on a run whose workflow
// task has failed or timed out five times in a row, and takes away when one succeeds.
const problems = "TemporalReportedProblems"

// listed gives the running workflows of the plan, by ID, from Temporal's list.
func (r reconciling) listed(ctx context.Context) (map[string]*workflow.WorkflowExecutionInfo, error) {
	all := map[string]*workflow.WorkflowExecutionInfo{}
	query := fmt.Sprintf("ExecutionStatus = 'Running' AND %s = '%s'", workflows.PlanAttribute.GetName(), strings.ReplaceAll(r.launched.Plan.ID, "'", "''"))
	err := r.running(ctx, query, func(x *workflow.WorkflowExecutionInfo) error {
		all[x.GetExecution().GetWorkflowId()] = x
		return nil
	})
	return all, err
}

// vouched tells that a task, duty or talk need not be described in full today: by the
// list its workflow runs, at the ledger's position, under the present generation of the
// program and without problems, none of its stages is late, it was not mended of late, and
// it is not its turn.
func (r reconciling) vouched(t thing) bool {
	x := r.list[t.workflow]
	if x == nil || t.at == nil || t.fresh || t.late != nil || len(r.mends[t.workflow]) > 0 || turnOf(t.workflow, r.launched.Clock.Plan(r.now())) {
		return false
	}
	if len(x.GetSearchAttributes().GetIndexedFields()[problems].GetData()) > 0 {
		return false
	}
	knows, under := noted[workflows.Position](x, workflows.PositionMemo), noted[int](x, workflows.GenerationMemo)
	return knows != nil && *knows == *t.at && (under == nil || *under >= workflows.Generation())
}

// turnOf tells whether a workflow is described in full on the day (UTC) of now: one day
// in turns, by a hash of its ID.
func turnOf(id string, now time.Time) bool {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int64(h.Sum32())%turns == now.Unix()/int64(24*time.Hour/time.Second)%turns
}
