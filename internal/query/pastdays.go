package query

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"duban/internal/calendar"
)

// mostPasts is how many ledgers of past days are kept: each is a file of its own.
const mostPasts = 4

// pasts has the kept ledgers of past days.
type pasts struct {
	mu  sync.Mutex
	all []*past // the most recently used last
}

// past is the ledger as it was at the end of a day.
type past struct {
	key    string
	ready  chan struct{} // closed once reader or err is set
	reader *Reader
	err    error
	users  int
	gone   bool // no longer among pasts.all: its last user closes it
}

// Past is a Reader of the ledger as it was at the end of a day; done must be called after
// the last reading. The ledger is rebuilt from the chain once and kept for a while. For a
// day that has not passed in any plan, Past is r itself. ErrAhead: the day has not come in
// any plan. ErrWorking: the ledger is still being rebuilt.
func (r *Reader) Past(ctx context.Context, v Viewer, day calendar.Day) (was *Reader, done func(), err error) {
	return r.past(ctx, v, day, r.Patience, false)
}

// past is Past with another patience than Options.Patience; 0 waits until ctx ends. With lines
// the ledger has no more than ledger.Store.LinesAsOf gives.
func (r *Reader) past(ctx context.Context, v Viewer, day calendar.Day, patience time.Duration, lines bool) (was *Reader, done func(), err error) {
	in, err := r.as(v)
	if err != nil {
		return nil, nil, err
	}
	if r.Live != nil {
		return nil, nil, fmt.Errorf("query: the ledger of %s is a past one already", r.AsOf)
	}
	key, present, err := in.keyOf(ctx, day)
	if err != nil {
		return nil, nil, err
	}
	if present {
		return r, func() {}, nil
	}
	if lines {
		key = "lines " + key
	}
	p, mine := r.pasts.enter(key)
	if mine {
		r.pasts.hold(p)
		go func() {
			defer r.pasts.leave(p)
			r.rebuild(anew(ctx), p, day, lines)
		}()
	}
	var enough <-chan time.Time
	if patience > 0 {
		enough = time.After(patience)
	}
	select {
	case <-p.ready:
	case <-enough:
		err = ErrWorking
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err == nil {
		err = p.err
	}
	if err != nil {
		r.pasts.leave(p)
		return nil, nil, err
	}
	return p.reader, sync.OnceFunc(func() { r.pasts.leave(p) }), nil
}

// keyOf is the key under which the ledger of a day is kept. As long as the day has not
// passed in every plan it has the last event's number, for then the day's ledger may still
// change. present tells that the day has not passed in any plan.
func (r reading) keyOf(ctx context.Context, day calendar.Day) (key string, present bool, err error) {
	plans, err := r.allPlans(ctx)
	if err != nil {
		return "", false, err
	}
	present, ahead, passed := true, len(plans) > 0, true
	for _, id := range plans {
		l, _, err := r.frame(ctx, id)
		if err != nil {
			return "", false, err
		}
		today, err := r.today(ctx, l)
		if err != nil {
			return "", false, err
		}
		present, passed = present && !today.After(day), passed && today.After(day)
		ahead = ahead && today.Before(day)
	}
	if ahead {
		return "", false, ErrAhead
	}
	if passed {
		return day.String(), present, nil
	}
	head, _, err := r.store.Head(ctx)
	return fmt.Sprintf("%s %d", day, head), present, err
}

// rebuild makes the ledger of a past day and wakes up those who wait for it, also when it
// fails. It runs on when the caller that began it has gone.
func (r *Reader) rebuild(ctx context.Context, p *past, day calendar.Day, lines bool) {
	ctx, end := context.WithTimeout(ctx, longest)
	defer end()
	was, err := guarded(ctx, func(ctx context.Context) (*Reader, error) { return r.rebuilt(ctx, day, lines) })
	if p.reader, p.err = was, err; err != nil {
		p.err = fmt.Errorf("query: the ledger of %s could not be rebuilt: %w", day, err)
		r.pasts.forget(p)
	}
	close(p.ready)
}

func (r *Reader) rebuilt(ctx context.Context, day calendar.Day, lines bool) (*Reader, error) {
	again := r.store.AsOf
	if lines {
		again = r.store.LinesAsOf
	}
	was, err := again(ctx, func(zone *time.Location) time.Time { return day.AddDays(1).At(0, 0, zone).Add(-time.Nanosecond) })
	if err != nil {
		return nil, err
	}
	o := r.Options
	o.Live, o.AsOf = r.store, day
	return New(was, o), nil
}

// enter gives the past of a key and counts one more user. mine tells that the caller must
// have it rebuilt.
func (p *pasts) enter(key string) (one *past, mine bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.IndexFunc(p.all, func(o *past) bool { return o.key == key }); i >= 0 {
		one = p.all[i]
		p.all = append(slices.Delete(p.all, i, i+1), one)
		one.users++
		return one, false
	}
	one = &past{key: key, ready: make(chan struct{}), users: 1}
	p.all = append(p.all, one)
	for len(p.all) > mostPasts {
		old := p.all[0]
		p.all = slices.Delete(p.all, 0, 1)
		old.drop()
	}
	return one, true
}

// forget removes a past whose rebuilding failed, so that the next caller tries again.
func (p *pasts) forget(one *past) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = slices.DeleteFunc(p.all, func(o *past) bool { return o == one })
	one.gone = true
}

func (p *pasts) hold(one *past) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one.users++
}

func (p *pasts) leave(one *past) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one.users--
	if one.gone {
		one.drop()
	}
}

// drop closes a past when it has no users; otherwise its last user closes it.
func (o *past) drop() {
	o.gone = true
	if o.users == 0 && o.reader != nil {
		o.reader.store.Close() //nolint:errcheck // it is in memory, and was only read
		o.reader = nil
	}
}
