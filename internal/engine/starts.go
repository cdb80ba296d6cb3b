package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"
)

const (
	// lanes is how many workflows are started at once: enough to keep one machine busy.
	lanes = 24
	// ahead is how many started workflows may wait for their first workflow task:
	// few enough that the last of them is not given up before it is worked on.
	ahead = 128
	// firstLook is when a started workflow is looked at first. Each look costs a
	// tenth of a start, and on a busy machine none is done much sooner.
	firstLook = 200 * time.Millisecond
)

// errNoWorker: a workflow was started and its first workflow task is not done.
var errNoWorker = errors.New("its workflow is started but nobody works on it: is a worker running?")

// StartEach calls start for 0 to n-1, several at once, each of which starts one
// workflow and gives its ID, or "" when there is nothing to wait for, and waits until that workflow has finished its
// first workflow task: its timer stands, or it has ended already. done hears of
// each once, from many goroutines. wait is how long one may take; 30 s when zero.
func StartEach(ctx context.Context, c client.Client, n int, wait time.Duration, start func(ctx context.Context, i int) (id string, err error), done func(i int, err error)) {
	if wait == 0 {
		wait = 30 * time.Second
	}
	var starts errgroup.Group
	starts.SetLimit(lanes)
	var looks sync.WaitGroup
	free := make(chan struct{}, ahead)
	for i := range n {
		free <- struct{}{}
		starts.Go(func() error {
			id, err := start(ctx, i)
			looks.Go(func() {
				if err == nil && id != "" {
					err = awaitArmed(ctx, c, id, wait)
				}
				<-free
				done(i, err)
			})
			return nil
		})
	}
	_ = starts.Wait() // start's errors go to done
	looks.Wait()
}

func awaitArmed(ctx context.Context, c client.Client, id string, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	var err error
	for pause := firstLook; ; pause = min(pause*3/2, time.Second) {
		select {
		case <-ctx.Done():
			if err != nil {
				return fmt.Errorf("engine: describe %s: %w", id, err)
			}
			return errNoWorker
		case <-time.After(pause):
		}
		d, describeErr := c.DescribeWorkflowExecution(ctx, id, "")
		if ctx.Err() != nil {
			continue // what counts is what was known before the time was over
		}
		if err = describeErr; err != nil {
			continue
		}
		info := d.GetWorkflowExecutionInfo()
		if first := info.GetFirstRunId(); first != "" && first != info.GetExecution().GetRunId() {
			return nil // it has handed over to another run: a duty that makes up for much does so again and again
		}
		switch info.GetStatus() {
		case enums.WORKFLOW_EXECUTION_STATUS_FAILED, enums.WORKFLOW_EXECUTION_STATUS_TERMINATED, enums.WORKFLOW_EXECUTION_STATUS_TIMED_OUT, enums.WORKFLOW_EXECUTION_STATUS_CANCELED:
			return fmt.Errorf("engine: %s has ended: %s", id, info.GetStatus())
		case enums.WORKFLOW_EXECUTION_STATUS_RUNNING:
			if d.GetPendingWorkflowTask() != nil || info.GetHistoryLength() <= 3 {
				continue
			}
		}
		return nil
	}
}
