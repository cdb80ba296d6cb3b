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
	// lanes is how many calls to Temporal are made at once: more are no faster on one machine.
	lanes = 24
	// ahead is how many started workflows may wait for their first workflow task: few
	// enough that a worker reaches the last of them before StartEach gives it up.
	ahead = 128
	// firstLook is how long after its start a workflow is described first. Describing
	// costs a tenth of a start, and on a busy machine few workflows are ready sooner.
	firstLook = 200 * time.Millisecond
)

// errNoWorker is the error for a started workflow whose first workflow task was not done
// in time.
var errNoWorker = errors.New("its workflow is started but nobody works on it: is a worker running?")

// StartEach calls start for 0 to n-1, several at once. start starts one workflow and gives
// its ID, or "" when there is nothing to wait for. StartEach then waits until that
// workflow has finished its first workflow task: its timer is set, or it has ended. It
// calls done once for each i, from many goroutines, with the error of start or of waiting.
// wait is how long one workflow may take; 30 s when zero.
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
			continue // an error that only the end of the time caused is not reported: the one before it is
		}
		if err = describeErr; err != nil {
			continue
		}
		info := d.GetWorkflowExecutionInfo()
		if first := info.GetFirstRunId(); first != "" && first != info.GetExecution().GetRunId() {
			return nil // the first run has handed over to another: a duty with many occurrences to make up for does so again and again
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
