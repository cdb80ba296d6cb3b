package engine

import (
	"context"
	"fmt"
	"strings"

	"go.temporal.io/api/workflowservice/v1"

	"duban/internal/ledger"
	"duban/workflows"
)

// Strangers are the running workflows of plans, tasks, duties and talks that the
// ledger does not have: it is older than Temporal, as after it was restored. What
// they were for is not known here; a person must look. The list of workflows may
// lag some seconds behind.
func (e *Engine) Strangers(ctx context.Context) ([]Finding, error) {
	known := map[string]map[string]bool{} // by plan: the IDs of what it has
	var found []Finding
	var next []byte
	for {
		page, err := e.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			PageSize: 1000, NextPageToken: next, Query: "ExecutionStatus = 'Running'",
		})
		if err != nil {
			return found, fmt.Errorf("engine: list workflows: %w", err)
		}
		for _, x := range page.GetExecutions() {
			id := x.GetExecution().GetWorkflowId()
			planID, thing, ours := thingOf(id)
			if !ours {
				continue
			}
			if known[planID] == nil {
				if known[planID], err = e.has(ctx, planID); err != nil {
					return found, err
				}
			}
			if !known[planID][thing] {
				found = append(found, Finding{Plan: planID, Thing: thing, Workflow: id, Run: x.GetExecution().GetRunId(), Why: Unknown, Status: x.GetStatus().String(), Asks: true})
			}
		}
		if next = page.GetNextPageToken(); len(next) == 0 {
			return found, nil
		}
	}
}

// thingOf reads a workflow's ID; ours is false of a digest and of what others run.
func thingOf(workflow string) (planID, thing string, ours bool) {
	kind, rest, _ := strings.Cut(workflow, ":")
	planID, thing, _ = strings.Cut(rest, ":")
	for _, id := range []string{workflows.TaskWorkflowID(planID, thing), workflows.TalkWorkflowID(planID, thing), workflows.DutyWorkflowID(planID, thing)} {
		if id == workflow {
			return planID, thing, true
		}
	}
	return planID, "", kind != "" && workflow == workflows.AuditWorkflowID(planID)
}

// has are the IDs of a plan's tasks, duties and talks, and "" for the plan itself.
func (e *Engine) has(ctx context.Context, planID string) (map[string]bool, error) {
	ids := map[string]bool{}
	tasks, err := e.ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	if err != nil {
		return nil, err
	}
	talks, err := e.ledger.Talks(ctx, planID, "")
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		ids[t.ID], ids[""] = true, true
	}
	for _, k := range talks {
		ids[k.ID] = true
	}
	return ids, nil
}
