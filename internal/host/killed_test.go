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

// staff is a worker of the test's own, with the real workflows and activities.
// When dying is set its RecordAct tells it and never answers: before or after the
// ledger was written.
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
			select {} // dead: not even its cancellation is heard
		}, activity.RegisterOptions{Name: wire.RecordActName, DisableAlreadyRegisteredCheck: true})
	}
	require.NoError(w.t, k.Start())
	return k
}

// A worker that dies between an act and its record, or between the record and its
// answer, leaves an act that the next worker finishes, once.
func TestAWorkerDiesBetweenAnActAndItsRecord(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), false)
	dying := make(chan string, 2)
	first := w.staff(dying)
	w.standing("dies", dated("before", "2021-05-31"), dated("after", "2021-05-31"))
	var answered atomic.Int32
	for _, task := range []string{"before", "after"} {
		go func() {
			for { // whoever gets no answer in time asks again
				err := w.act("dies", task, liaison, act.Act{Kind: act.Complete})
				if err == nil {
					answered.Add(1)
				}
				var refused *engine.RefusedError
				if err == nil || errors.As(err, &refused) || t.Context().Err() != nil {
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
		}()
	}
	<-dying
	<-dying
	first.Stop()
	second := w.staff(nil)
	defer second.Stop()
	w.eventually("both people have their answer", func(context.Context) bool { return answered.Load() == 2 })
	for _, task := range []string{"before", "after"} {
		w.agree("dies", task)
		require.Equal(t, act.Reported, w.course("dies", task).State)
		require.Equal(t, []string{"act.complete shuiwu"}, kinds(t, w, "dies", task))
		w.eventually("the office is told once", func(context.Context) bool { return len(w.told("dies", task)) > 0 })
		require.Equal(t, []string{"act-1-complete → duban/office"}, w.told("dies", task))
	}
}
