package ledger

import (
	"context"
	"sync"
	"time"
)

// wait watches over one batch of writes that has not begun, and says in the log
// when that takes long, and for whom.
type wait struct {
	s     *Store
	began time.Time

	mu    sync.Mutex
	timer *time.Timer
	said  bool
	ended bool
	err   error
}

// again is after how many times Limits.Blocked a wait that goes on is logged once more.
const again = 5

func (s *Store) watch() *wait {
	w := &wait{s: s, began: time.Now()}
	w.timer = time.AfterFunc(s.o.Limits.Blocked, w.say)
	return w
}

// because keeps why the last try failed.
func (w *wait) because(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
}

func (w *wait) say() {
	limit := w.s.o.Limits.Blocked
	ctx, cancel := context.WithTimeout(w.s.base, limit)
	defer cancel()
	held, _ := w.s.d.blockers(ctx, w.s.reader) // it cannot be asked when the database is away, which the error says
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return
	}
	args := []any{"since", w.began, "for", time.Since(w.began).Round(time.Millisecond).String()}
	if len(held) > 0 {
		args = append(args, "held by", held)
	}
	if w.err != nil {
		args = append(args, "error", w.err)
	}
	w.said = true
	w.s.o.Log.Warn("A write waits for the ledger", args...)
	w.timer = time.AfterFunc(again*limit, w.say)
}

// over ends the watch: the writes have begun, or nobody waits for them.
func (w *wait) over() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return
	}
	w.ended = true
	w.timer.Stop()
	if w.said {
		w.s.o.Log.Info("The wait for the ledger is over", "after", time.Since(w.began).Round(time.Millisecond).String())
	}
}
