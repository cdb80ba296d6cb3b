package query

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"duban/internal/calendar"
)

// ErrWorking: what is asked for is being worked out, and takes longer than whoever asks
// waits (Options.Patience); it is there a little later.
var ErrWorking = errors.New("query: it is being worked out")

// What is dear to work out is remembered until something is written. Where it took
// longer than dear, whoever asks then waits for the new only as long as soon, and is
// given the old meanwhile, if that is not older than fresh, or than share times what it
// took.
const (
	dear    = 100 * time.Millisecond
	soon    = 20 * time.Millisecond
	fresh   = 30 * time.Second
	long    = time.Second      // what takes longer is worked out for a share of the time only
	share   = 20               // a twentieth
	longest = 30 * time.Minute // guards against hanging
)

// memory is what was worked out of one ledger.
type memory struct {
	mu  sync.Mutex
	all map[string]*memo
}

type memo struct {
	mu    sync.Mutex
	known bool
	memoed
	working chan struct{} // closed when it has been worked out; nil while nobody does
	err     error         // of the last time
	tries   int           // how often it was worked out
}

// memoed is what was worked out.
type memoed struct {
	head  int64
	today calendar.Day
	value any
	took  time.Duration
	made  time.Time // by the machine's own clock
}

// mostMemos is how much is remembered: what comes beyond it takes the place of all.
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

// remembered is what work gives, of a ledger in which nothing was written since it was
// worked out. All who may ask get the same. It goes on when whoever asked first has gone.
func remembered[T any](ctx context.Context, r *Reader, key string, today calendar.Day, work func(context.Context) (T, error)) (value T, err error) {
	head, _, err := r.store.Head(ctx)
	if err != nil {
		return value, err
	}
	m := r.memory.of(key)
	var patience <-chan time.Time
	if r.Patience > 0 {
		patience = time.After(r.Patience)
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
			go m.workOut(context.WithoutCancel(ctx), key, head, today, func(ctx context.Context) (any, error) { return work(ctx) })
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

// workOut works one thing out. Whoever waits for it is told when it fails in whatever way.
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

// guarded gives an error in place of a panic, which would end the process: nobody's
// request is under it.
func guarded[T any](ctx context.Context, work func(context.Context) (T, error)) (value T, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("it broke: %v", broken)
		}
	}()
	return work(ctx)
}
