package host_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/audit"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/wire"
)

// opening gives, for hire, a registration of open in place of the activity that opens a talk.
func opening(open func(ctx context.Context, in wire.TalkInput, real *activities.Activities) (act.TalkCourse, error)) func(worker.Worker, *activities.Activities) {
	return func(k worker.Worker, real *activities.Activities) {
		k.RegisterActivityWithOptions(func(ctx context.Context, in wire.TalkInput) (act.TalkCourse, error) {
			return open(ctx, in, real)
		}, activity.RegisterOptions{Name: wire.OpenTalkName, DisableAlreadyRegisteredCheck: true})
	}
}

// threeMissed launches a plan in which a unit misses three dates of one day. Its clock ends
// about a week after the unit is called to a talk about them.
func (w *world) threeMissed(id string) {
	w.t.Helper()
	p, _ := smallPlan(w.t, id, "2021-04-08", "standard", dated("a", "2021-04-30"), dated("b", "2021-04-30"), dated("c", "2021-04-30"))
	p.Consequences = nil // otherwise two overdue tasks would also call for a circular
	w.launch(p, endingOn(fast(p, 60*time.Millisecond, time.Second), calendar.NewDay(2021, 5, 25)))
}

// oneTalk requires that the unit is called to one talk about all three tasks, and that
// nothing was said twice. With called it also requires that the unit's head has got the
// words about each task. A stage that is decided after the clock has ended would speak on a
// morning that never comes, so called is false where that can happen.
func (w *world) oneTalk(id string, called bool) {
	w.t.Helper()
	w.eventually("one talk about all three", func(ctx context.Context) bool {
		k, err := w.Ledger.Talk(ctx, id, "a#1")
		return err == nil && k.State == act.TalkOpen && len(k.Facts.Of()) == 3
	})
	for _, joined := range []string{"b#1", "c#1"} {
		w.talkIs(id, joined, act.TalkJoined)
	}
	heard := func(ctx context.Context) (tasks int) {
		notices, err := w.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: id, States: []ledger.NoticeState{ledger.Sent}})
		if err != nil {
			return 0
		}
		for _, n := range notices {
			if n.Stage == "talk" && n.Recipient.Role == people.Head {
				tasks++
			}
		}
		return tasks
	}
	if called {
		w.eventually("the head has got the words of the three", func(ctx context.Context) bool { return heard(ctx) >= 3 })
	}
	notices, err := w.Ledger.Notices(w.t.Context(), ledger.NoticeFilter{Plan: id, States: []ledger.NoticeState{ledger.Sent}})
	require.NoError(w.t, err)
	said := map[string]int{}
	for _, n := range notices {
		said[fmt.Sprint(n.Task, " ", n.Talk, " ", n.Stage, " ", n.Recipient, " ", n.Channel)]++
	}
	for what, n := range said {
		require.Equal(w.t, 1, n, what)
	}
	if called {
		for _, task := range []string{"a", "b", "c"} {
			require.Equal(w.t, 1, said[task+"  talk shuiwu/head outbox"], "%s: %v", task, said)
		}
	}
	talks, err := w.Ledger.Talks(w.t.Context(), id, "")
	require.NoError(w.t, err)
	require.Len(w.t, talks, 3)
	found, err := audit.Breaches(w.t.Context(), w.Ledger, id, time.Now, nil)
	require.NoError(w.t, err)
	require.Empty(w.t, found)
	w.unbroken()
	ledgertest.Proven(w.t, w.Ledger)
}

// The ledger is locked for a minute right after the first of three tasks that call for a
// talk at one instant has opened it: the other two join that talk.
func TestALedgerLockedBetweenTwoRungsOfOneInstantMakesOneTalk(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), false)
	var once sync.Once
	w.hire("", nil, opening(func(ctx context.Context, in wire.TalkInput, real *activities.Activities) (act.TalkCourse, error) {
		c, err := real.OpenTalk(ctx, in)
		if err == nil && c.State == act.TalkOpen {
			once.Do(func() { time.AfterFunc(time.Minute, w.locked()) })
		}
		return c, err
	}))
	w.threeMissed("between")
	w.oneTalk("between", false)
}

// Two workers open the talks that several tasks call for at one instant at the same time:
// each waits until the other has begun. One talk is opened and the others join it.
func TestTwoWorkersAtTwoRungsOfOneInstantMakeOneTalk(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), false)
	both := make(chan struct{})
	var mu sync.Mutex
	begun := map[int]bool{}
	for n := range 2 {
		w.hire("", nil, opening(func(ctx context.Context, in wire.TalkInput, real *activities.Activities) (act.TalkCourse, error) {
			mu.Lock()
			if begun[n] = true; len(begun) == 2 {
				select {
				case <-both:
				default:
					close(both)
				}
			}
			mu.Unlock()
			select {
			case <-both:
			case <-time.After(3 * time.Second): // the other worker has got no talk to open
			}
			return real.OpenTalk(ctx, in)
		}))
	}
	w.threeMissed("workers")
	w.oneTalk("workers", true)
}
