package host_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/wire"
	"duban/internal/words"
	"duban/workflows"
)

// staff starts a worker of the test's own, with the real workflows and activities. When
// dying is not nil, its activity RecordAct sends the task's ID to it and then never
// returns: for the task "after" once the ledger is written, otherwise before.
func (w *world) staff(dying chan<- string) worker.Worker {
	w.t.Helper()
	channels, err := host.Channels(w.cfg, io.Discard)
	require.NoError(w.t, err)
	real := &activities.Activities{Ledger: w.Ledger, Starter: w.Engine, Channels: channels, Words: words.New("zh"), Now: time.Now, Log: quiet}
	k := worker.New(w.Client, workflows.TaskQueue, worker.Options{DisableRegistrationAliasing: true})
	workflows.Register(k)
	real.Register(k)
	if dying != nil {
		k.RegisterActivityWithOptions(func(ctx context.Context, in wire.ActInput) (wire.ActResult, error) {
			if in.Task == "after" {
				if _, err := real.RecordAct(context.WithoutCancel(ctx), in); err != nil {
					return wire.ActResult{}, err
				}
			}
			dying <- in.Task
			select {} // as a dead worker: not even a cancellation ends it
		}, activity.RegisterOptions{Name: wire.RecordActName, DisableAlreadyRegisteredCheck: true})
	}
	require.NoError(w.t, k.Start())
	return k
}

// A worker dies after it has accepted an act and before the act is recorded, or before the
// record is answered: the next worker finishes the act, and the act is recorded once.
func TestAWorkerDiesBetweenAnActAndItsRecord(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), false)
	dying := make(chan string, 2)
	first := w.staff(dying)
	w.stillPlan("dies", dated("before", "2021-05-31"), dated("after", "2021-05-31"))
	var answered atomic.Int32
	for _, task := range []string{"before", "after"} {
		go func() {
			for { // as a person who gets no answer in time and sends the act again
				err := w.act("dies", task, liaison, act.Act{Kind: act.Complete})
				if err == nil {
					answered.Add(1)
				}
				var refused *engine.RefusedError
				if err == nil || errors.As(err, &refused) || t.Context().Err() != nil {
					return
				}
				select {
				case <-time.After(100 * time.Millisecond):
				case <-t.Context().Done():
				}
			}
		}()
	}
	<-dying
	<-dying
	first.Stop()
	second := w.staff(nil)
	defer second.Stop()
	w.eventually("both people have their answer", func(context.Context) bool { return answered.Load() == 2 })
	w.agree("dies", "before", "after")
	for _, task := range []string{"before", "after"} {
		require.Equal(t, act.Reported, w.course("dies", task).State)
		require.Equal(t, []string{"act.complete shuiwu"}, kinds(t, w, "dies", task))
		w.eventually("the office is told once", func(context.Context) bool { return len(w.told("dies", task)) > 0 })
		require.Equal(t, []string{"act-1-complete → duban/office"}, w.told("dies", task))
	}
}
