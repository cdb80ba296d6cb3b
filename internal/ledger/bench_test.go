package ledger_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
)

// morning is the instant ten thousand tasks fall due at.
var morning = time.Date(2021, 4, 30, 1, 0, 0, 0, time.UTC)

var engines = []struct {
	name    string
	address func(testing.TB) string
}{
	{"sqlite", sqliteFile},
	{"postgres", ledgertest.Durable},
}

// peakLedger is a ledger with n tasks of a hundred units, due one morning.
func peakLedger(b *testing.B, address string, n int) *ledger.Store {
	b.Helper()
	s, err := ledger.Open(context.Background(), address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	tasks := make([]ledger.Task, n)
	for i := range tasks {
		tasks[i] = ledger.Task{ID: taskID(i), Kind: plan.Dated, Title: "完成黑臭水体排查，建立台账和责任清单",
			Lead: fmt.Sprintf("unit%02d", i%100), Assist: []string{"a", "b"}, Due: calendar.NewDay(2021, 4, 30), Policy: "standard", Assigned: morning}
	}
	l := ledger.Launched{Plan: plan.Plan{ID: "peak", Hash: "h", Zone: "Asia/Shanghai"}, At: morning}
	if _, err := s.AddPlan(context.Background(), l, tasks, ledger.When{Real: morning, Plan: morning}); err != nil {
		b.Fatal(err)
	}
	return s
}

func taskID(i int) string { return fmt.Sprintf("task-%06d", i) }

func stageOf(i int) plan.Stage {
	return plan.Stage{ID: "due", Kind: plan.DueDay, At: morning, Light: plan.Yellow,
		To: []people.Recipient{{Unit: fmt.Sprintf("unit%02d", i%100), Role: people.Liaison}}}
}

func decidePeak(b *testing.B, s *ledger.Store, from, to, workers int) {
	b.Helper()
	when := ledger.When{Real: morning, Plan: morning.Add(-time.Hour)}
	var next atomic.Int64
	next.Store(int64(from))
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= to {
					return
				}
				st := stageOf(i)
				facts := act.Case{State: act.Open}
				facts.Said = []act.Said{{ID: st.ID, At: st.At}} // else the notice is dropped for something that an act took back
				d := ledger.Decision{Plan: "peak", Task: taskID(i), Version: 1, Stage: st, Facts: facts, Channels: map[people.Recipient][]string{st.To[0]: {"mail"}}}
				if _, _, err := s.DecideStage(context.Background(), d, when); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkDecide is one decision with one notice, waiting for the disk.
func BenchmarkDecide(b *testing.B) {
	for _, e := range engines {
		for _, workers := range []int{1, 8} {
			for _, shared := range []bool{false, true} {
				b.Run(fmt.Sprintf("%s/workers=%d/shared=%t", e.name, workers, shared), func(b *testing.B) {
					s := peakLedger(b, e.address(b), b.N)
					if !shared {
						s.Alone()
					}
					b.ResetTimer()
					decidePeak(b, s, 0, b.N, workers)
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
				})
			}
		}
	}
}

// BenchmarkMorning is the digests of ten thousand decided tasks gathered and
// their receipts written, by eight workers.
func BenchmarkMorning(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				s := peakLedger(b, e.address(b), 10_000)
				decidePeak(b, s, 0, 10_000, 8)
				b.StartTimer()
				began := time.Now()
				speakPeak(b, s)
				b.ReportMetric(time.Since(began).Seconds(), "s/100_digests")
			}
		})
	}
}

func speakPeak(b *testing.B, s *ledger.Store) {
	when := ledger.When{Real: morning, Plan: morning}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= 100 {
					return
				}
				key := fmt.Sprintf("peak|unit%02d/liaison|%s|1", i, morning.Format(time.RFC3339))
				messages, err := s.Gather(context.Background(), key, when, func(string, []ledger.Item) bool { return true })
				if err != nil || len(messages) != 1 || len(messages[0].Items) != 100 {
					b.Errorf("digest %s: %d messages, %v", key, len(messages), err)
					return
				}
				if err := s.Receipt(context.Background(), ledger.Outcome{Message: messages[0].ID, Attempt: 1, Fate: ledger.Delivered}, when); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
