package query

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"duban/internal/calendar"
)

// ErrWorking: the answer is being computed and was not there within Options.Patience. It
// will be there when the caller asks again a little later.
var ErrWorking = errors.New("query: it is being worked out")

// Answers that take long to compute are remembered until the ledger has a new event.
// After that the answer is computed again. If this took longer than dear the last time,
// the caller waits for the new answer only as long as soon, and then gets the old one,
// provided that it is no older than fresh, or than share times what it took. All are real
// time.
const (
	dear  = 100 * time.Millisecond
	soon  = 20 * time.Millisecond
	fresh = 30 * time.Second
	// An answer that takes longer than long is not computed again before share times the
	// excess has passed, so that computing it takes at most about one part in share of the
	// time.
	long    = time.Second
	share   = 20
	longest = 30 * time.Minute // limit of one computation, should it hang
)

// memory has the remembered answers from one ledger.
type memory struct {
	mu  sync.Mutex
	all map[string]*memo
}

type memo struct {
	mu    sync.Mutex
	known bool
	memoed
	working chan struct{} // closed when the present computation ends; nil while there is none
	err     error         // of the last computation
	tries   int           // number of computations
}

// memoed is an answer, with the last event and the plan's day for which it was computed.
type memoed struct {
	head  int64
	today calendar.Day
	value any
	took  time.Duration
	made  time.Time // wall clock
}

// mostMemos is how many answers are remembered. When one more comes, all are forgotten.
const mostMemos = 64

func (m *memory) of(key string) *memo {
	m.mu.Lock()
	defer m.mu.Unlock()
	one := m.all[key]
	if one == nil {
		if m.all == nil || len(m.all) >= mostMemos {
			m.all = map[string]*memo{}
		}
		one = &memo{}
		m.all[key] = one
	}
	return one
}

// remembered gives the answer of work, or the answer remembered under key as described at
// dear. All callers with one key get the same answer, so the key must name everything that
// the answer depends on but the ledger and today. A computation goes on when the caller
// that began it has gone. The error is that of work, ErrWorking, or the end of ctx.
func remembered[T any](ctx context.Context, r *Reader, key string, today calendar.Day, work func(context.Context) (T, error)) (value T, err error) {
	return rememberedFor(ctx, r, r.Patience, key, today, work)
}

// rememberedFor is remembered with another patience than Options.Patience; 0: as long as it takes.
func rememberedFor[T any](ctx context.Context, r *Reader, most time.Duration, key string, today calendar.Day, work func(context.Context) (T, error)) (value T, err error) {
	head, _, err := r.store.Head(ctx)
	if err != nil {
		return value, err
	}
	m := r.memory.of(key)
	var patience <-chan time.Time
	if most > 0 {
		patience = time.After(most)
	}
	for tried := -1; ; {
		m.mu.Lock()
		if m.known && m.head >= head && m.today == today {
			defer m.mu.Unlock()
			return m.value.(T), nil
		}
		if tried >= 0 && m.tries > tried && m.err != nil {
			defer m.mu.Unlock()
			return value, m.err
		}
		old := m.known && m.today == today && m.took > dear && time.Since(m.made) < max(fresh, share*m.took)
		if old && time.Since(m.made) < share*(m.took-long) {
			defer m.mu.Unlock()
			return m.value.(T), nil
		}
		if m.working == nil {
			m.working = make(chan struct{})
			go m.workOut(anew(ctx), key, head, today, func(ctx context.Context) (any, error) { return work(ctx) })
		}
		tried = m.tries
		working, before := m.working, m.value
		m.mu.Unlock()
		enough := patience
		if old {
			enough = time.After(soon)
		}
		select {
		case <-working:
		case <-enough:
			if old {
				return before.(T), nil
			}
			return value, ErrWorking
		case <-ctx.Done():
			return value, ctx.Err()
		}
	}
}

// workOut computes one answer and wakes up those who wait for it, also when it fails.
func (m *memo) workOut(ctx context.Context, key string, head int64, today calendar.Day, work func(context.Context) (any, error)) {
	ctx, end := context.WithTimeout(ctx, longest)
	defer end()
	began := time.Now()
	value, err := guarded(ctx, work)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err = nil; err != nil {
		m.err = fmt.Errorf("query: %s: %w", key, err)
	} else {
		m.known, m.memoed = true, memoed{head, today, value, time.Since(began), time.Now()}
	}
	m.tries++
	close(m.working)
	m.working = nil
}

// guarded calls work and turns a panic into an error: work runs in a goroutine of its own,
// in which a panic would end the process.
func guarded[T any](ctx context.Context, work func(context.Context) (T, error)) (value T, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("it broke: %v", broken)
		}
	}()
	return work(ctx)
}
