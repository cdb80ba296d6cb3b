//go:build !noembed

package embedded_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"golang.org/x/sync/errgroup"

	"duban/internal/embedded"
)

// benchEngine is a server with a worker and a client that starts eagerly.
func benchEngine(b *testing.B, relaxed bool) client.Client {
	c, stop := engineWithWorker(b, embedded.Options{Dir: b.TempDir(), Relaxed: relaxed, SearchAttributes: attributes, Logger: quiet()})
	b.Cleanup(stop)
	return c
}

func engineWithWorker(b *testing.B, o embedded.Options) (client.Client, func()) {
	s, err := embedded.Start(b.Context(), o)
	require.NoError(b, err)
	options, err := s.Options()
	require.NoError(b, err)
	options.Logger = quiet()
	c, err := client.Dial(options)
	require.NoError(b, err)
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflowWithOptions(lateness, workflow.RegisterOptions{Name: "lateness"})
	w.RegisterWorkflowWithOptions(rest, workflow.RegisterOptions{Name: "rest"})
	require.NoError(b, w.Start())
	return c, func() { w.Stop(); c.Close(); s.Stop() }
}

// rest waits for a long time: what a start costs, and nothing else.
func rest(ctx workflow.Context) error { return workflow.Sleep(ctx, 24*time.Hour) }

// lateness sleeps n times and says how much later than asked it woke, by the engine's clock.
func lateness(ctx workflow.Context, nap time.Duration, n int) ([]time.Duration, error) {
	var late []time.Duration
	for range n {
		asked := workflow.Now(ctx).Add(nap)
		if err := workflow.Sleep(ctx, nap); err != nil {
			return nil, err
		}
		late = append(late, workflow.Now(ctx).Sub(asked))
	}
	return late, nil
}

// BenchmarkTimers reports how late timers of 20 to 200 ms fire, with so many workflows sleeping at once.
func BenchmarkTimers(b *testing.B) {
	for _, atOnce := range []int{1, 10, 50} {
		b.Run(fmt.Sprint(atOnce), func(b *testing.B) {
			c := benchEngine(b, false)
			for b.Loop() {
				var group errgroup.Group
				all := make([][]time.Duration, atOnce)
				for i := range atOnce {
					group.Go(func() error {
						run, err := c.ExecuteWorkflow(b.Context(), client.StartWorkflowOptions{TaskQueue: queue}, "lateness", time.Duration(20+i*180/atOnce)*time.Millisecond, 20)
						if err != nil {
							return err
						}
						return run.Get(b.Context(), &all[i])
					})
				}
				require.NoError(b, group.Wait())
				late := slices.Concat(all...)
				slices.Sort(late)
				b.ReportMetric(float64(late[len(late)/2].Microseconds())/1000, "p50-ms")
				b.ReportMetric(float64(late[len(late)*99/100].Microseconds())/1000, "p99-ms")
			}
		})
	}
}

// BenchmarkStarts reports eager starts a second, first workflow task done, from 16 goroutines.
func BenchmarkStarts(b *testing.B) {
	for _, relaxed := range []bool{false, true} {
		b.Run(fmt.Sprintf("relaxed=%v", relaxed), func(b *testing.B) {
			c := benchEngine(b, relaxed)
			var next atomic.Int64
			for b.Loop() {
				const n = 1000
				begin := time.Now()
				var group errgroup.Group
				group.SetLimit(16)
				for range n {
					group.Go(func() error {
						_, err := c.ExecuteWorkflow(b.Context(), client.StartWorkflowOptions{
							ID: fmt.Sprint("rest-", next.Add(1)), TaskQueue: queue, EnableEagerStart: true,
						}, "rest")
						return err
					})
				}
				require.NoError(b, group.Wait())
				b.ReportMetric(n/time.Since(begin).Seconds(), "starts/s")
			}
		})
	}
}

// BenchmarkOverdue reports how long 500 timers that came due while the engine was down take to be worked off, and how
// long a new start waits behind them.
func BenchmarkOverdue(b *testing.B) {
	for b.Loop() {
		const atOnce, nap = 500, 8 * time.Second
		o := embedded.Options{Dir: b.TempDir(), SearchAttributes: attributes, Logger: quiet()}
		due := time.Now().Add(nap)
		c, stop := engineWithWorker(b, o)
		var group errgroup.Group
		group.SetLimit(16)
		for i := range atOnce {
			group.Go(func() error {
				_, err := c.ExecuteWorkflow(b.Context(), client.StartWorkflowOptions{
					ID: fmt.Sprint("late-", i), TaskQueue: queue, EnableEagerStart: true,
				}, "lateness", time.Until(due), 1)
				return err
			})
		}
		require.NoError(b, group.Wait())
		stop()
		time.Sleep(time.Until(due.Add(time.Second)))

		c, stop = engineWithWorker(b, o)
		begin := time.Now()
		fresh, err := c.ExecuteWorkflow(b.Context(), client.StartWorkflowOptions{TaskQueue: queue}, "lateness", time.Millisecond, 1)
		require.NoError(b, err)
		require.NoError(b, fresh.Get(b.Context(), nil))
		b.ReportMetric(time.Since(begin).Seconds(), "fresh-s")
		for i := range atOnce {
			require.NoError(b, c.GetWorkflow(b.Context(), fmt.Sprint("late-", i), "").Get(b.Context(), nil))
		}
		b.ReportMetric(time.Since(begin).Seconds(), "drained-s")
		stop()
	}
}
