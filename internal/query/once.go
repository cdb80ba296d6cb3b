package query

import (
	"context"
	"sync"

	"duban/internal/ledger"
)

// Once is a context under which what is asked again and again for one page, such as a plan's frame
// and the calendar, is read once: all that the page shows rests on one state of it.
func Once(ctx context.Context) context.Context {
	if o, _ := ctx.Value(onceKey{}).(*onceRead); o != nil {
		return ctx
	}
	return context.WithValue(ctx, onceKey{}, &onceRead{read: map[onceOf]any{}})
}

type onceKey struct{}

// onceOf names what was read: the ledger, which may be one of a past day, and what of it.
type onceOf struct {
	store *ledger.Store
	what  string
}

// onceRead is what was read under one context. What it holds is shared: nobody changes it.
type onceRead struct {
	mu   sync.Mutex
	read map[onceOf]any
}

// anew is a context under which nothing counts as read yet, and that goes on when ctx has ended: what
// is remembered for others as true of the ledger's last event must not rest on what was read before it.
func anew(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), onceKey{}, (*onceRead)(nil))
}

// once is what read gives, or gave before under the same Once. An error is not kept.
func once[T any](ctx context.Context, store *ledger.Store, what string, read func() (T, error)) (T, error) {
	o, _ := ctx.Value(onceKey{}).(*onceRead)
	if o == nil {
		return read()
	}
	key := onceOf{store, what}
	o.mu.Lock()
	got, has := o.read[key]
	o.mu.Unlock()
	if has {
		return got.(T), nil
	}
	value, err := read()
	if err == nil {
		o.mu.Lock()
		o.read[key] = value
		o.mu.Unlock()
	}
	return value, err
}

// have keeps what was read beside other things, so that once gives it. Without a context of Once it is
// read again.
func have[T any](ctx context.Context, store *ledger.Store, what string, value T) {
	if o, _ := ctx.Value(onceKey{}).(*onceRead); o != nil {
		o.mu.Lock()
		o.read[onceOf{store, what}] = value
		o.mu.Unlock()
	}
}
