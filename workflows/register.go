package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// Register is the one list of workflow names, shared by the worker, the tests
// and the replay of recorded histories.
func Register(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Task, workflow.RegisterOptions{Name: TaskType})
	r.RegisterWorkflowWithOptions(Talk, workflow.RegisterOptions{Name: TalkType})
	r.RegisterWorkflowWithOptions(Duty, workflow.RegisterOptions{Name: DutyType})
	r.RegisterWorkflowWithOptions(Morning, workflow.RegisterOptions{Name: MorningType})
	r.RegisterWorkflowWithOptions(Digest, workflow.RegisterOptions{Name: DigestType})
	r.RegisterWorkflowWithOptions(Audit, workflow.RegisterOptions{Name: AuditType})
}
