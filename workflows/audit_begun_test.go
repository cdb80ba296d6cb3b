package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"duban/internal/calendar"
	"duban/internal/wire"
	"duban/workflows"
)

// An audit whose worker died is begun again within two minutes, and on a fast clock within
// a few of its days: a rehearsed year is over in two minutes.
func TestAnAuditWhoseWorkerDiedIsBegunAgainInTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ day, within time.Duration }{
		{24 * time.Hour, 2 * time.Minute},
		{time.Minute, time.Minute},
		{250 * time.Millisecond, 5 * time.Second},
	} {
		suite := testsuite.WorkflowTestSuite{}
		suite.SetLogger(quiet{})
		env := suite.NewTestWorkflowEnvironment()
		env.SetTestTimeout(10 * time.Minute)
		env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute}) // the default is a second, which a busy machine takes
		workflows.Register(env)
		var within time.Duration
		env.RegisterActivityWithOptions(func(ctx context.Context, _ wire.AuditInput) (wire.AuditResult, error) {
			within = activity.GetInfo(ctx).HeartbeatTimeout
			return wire.AuditResult{Finished: true}, nil
		}, activity.RegisterOptions{Name: wire.AuditName})
		begin := time.Date(2021, 4, 8, 0, 0, 0, 0, calendar.Beijing)
		clock := calendar.Clock{Epoch: time.Now(), Start: begin, Rate: float64(24*time.Hour) / float64(c.day)}
		env.ExecuteWorkflow(workflows.AuditType, workflows.AuditState{Plan: "p", Clock: clock, Next: begin})
		require.NoError(t, env.GetWorkflowError())
		require.InDelta(t, c.within, within, float64(time.Millisecond))
	}
}
