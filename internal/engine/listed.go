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

// To ask Temporal about a workflow every working day costs in a year about half of what
// all its stages do. Whoever looks every day believes the list of workflows about most: it
// has a thousand on a page, with what each has noted of how far it is, and says of which
// Temporal has reported that their program fails again and again. The list may lag seconds
// behind, so that a part of the workflows is asked in full each day, and every one whose
// stage is late.

// turns is in how many daily looks each workflow is asked in full once: as many as there
// are working days in a week without holidays.
const turns = 5

// problems is the search attribute that Temporal's server sets on a run whose workflow
// task has failed or timed out five times running, and takes away when one succeeds.
const problems = "TemporalReportedProblems"

// listed are the running workflows of the plan, by ID, as the list of workflows has them.
func (r reconciling) listed(ctx context.Context) (map[string]*workflow.WorkflowExecutionInfo, error) {
	all := map[string]*workflow.WorkflowExecutionInfo{}
	query := fmt.Sprintf("ExecutionStatus = 'Running' AND %s = '%s'", workflows.PlanAttribute.GetName(), strings.ReplaceAll(r.launched.Plan.ID, "'", "''"))
	err := r.running(ctx, query, func(x *workflow.WorkflowExecutionInfo) error {
		all[x.GetExecution().GetWorkflowId()] = x
		return nil
	})
	return all, err
}

// vouched tells that the list has a task, a duty or a talk running where the ledger has
// it, under the program of now and without problems, and that it is not to be asked in
// full today.
func (r reconciling) vouched(t thing) bool {
	x := r.list[t.workflow]
	if x == nil || t.at == nil || t.fresh || t.late != nil || turnOf(t.workflow, r.launched.Clock.Plan(r.now())) {
		return false
	}
	if len(x.GetSearchAttributes().GetIndexedFields()[problems].GetData()) > 0 {
		return false
	}
	knows, under := noted[workflows.Position](x, workflows.PositionMemo), noted[int](x, workflows.GenerationMemo)
	return knows != nil && *knows == *t.at && (under == nil || *under >= workflows.Generation())
}

// turnOf tells that a workflow is asked in full on the day of an instant.
func turnOf(id string, now time.Time) bool {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int64(h.Sum32())%turns == now.Unix()/int64(24*time.Hour/time.Second)%turns
}
