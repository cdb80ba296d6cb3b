package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"duban/internal/wire"
	"duban/workflows"
)

// A message that somebody sends again while the try that refused it ends is tried once
// more: the workflow does not end over a signal that came since the try began. One that
// came before needs no try of its own.
func TestWhatIsSentAgainWhileATryEndsIsTried(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tries        int  // that the workflow has behind it
		asked        bool // while the first try is under way
		speak, tried int
	}{
		"the first try":                        {speak: 1},
		"the first try, and it is asked again": {asked: true, speak: 1, tried: 1},
		"a later try":                          {tries: 3, tried: 1},
		"a later try, and it is asked again":   {tries: 3, asked: true, tried: 2},
	} {
		for kind, names := range map[string][2]string{
			workflows.DigestType:  {wire.SpeakName, wire.DeliverName},
			workflows.MorningType: {wire.SpeakMorningName, wire.DeliverMorningName},
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				suite := testsuite.WorkflowTestSuite{}
				suite.SetLogger(quiet{})
				env := suite.NewTestWorkflowEnvironment()
				env.SetTestTimeout(10 * time.Minute)
				env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute}) // the default is a second, which a busy machine takes
				workflows.Register(env)
				count := map[string]int{}
				for _, of := range names {
					try := func() (wire.SpeakResult, error) {
						if c.asked && len(count) == 0 {
							env.SignalWorkflow(workflows.SpeakNowSignal, nil)
						}
						count[of]++
						return wire.SpeakResult{}, nil
					}
					var does any = func(context.Context, wire.SpeakInput) (wire.SpeakResult, error) { return try() }
					if kind == workflows.MorningType {
						does = func(context.Context, wire.MorningInput) (wire.SpeakResult, error) { return try() }
					}
					env.RegisterActivityWithOptions(does, activity.RegisterOptions{Name: of})
				}
				env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SpeakNowSignal, nil) }, 0) // it is begun by a signal
				if kind == workflows.DigestType {
					env.ExecuteWorkflow(kind, workflows.DigestInput{Key: "d", Tries: c.tries})
				} else {
					env.ExecuteWorkflow(kind, workflows.MorningInput{Key: "m", Tries: c.tries})
				}
				require.NoError(t, env.GetWorkflowError())
				require.Equal(t, []int{c.speak, c.tried}, []int{count[names[0]], count[names[1]]})
			})
		}
	}
}
