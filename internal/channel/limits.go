package channel

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"duban/internal/letter"
)

// LaterError is an answer with a time: the channel takes no letter until After has passed.
type LaterError struct {
	After time.Duration
	Err   error
}

func (e *LaterError) Error() string { return fmt.Sprintf("%v (again after %s)", e.Err, e.After) }
func (e *LaterError) Unwrap() error { return e.Err }

// within is a channel that is kept to what its carrier declares.
type within struct {
	Channel
	limits Limits
	turns  *rate.Limiter // nil: any number of letters a minute

	mu   sync.Mutex
	shut error     // the last LaterError, as Send gave it
	till time.Time // no letter is given to the channel before
}

// Within keeps a channel to limits: with PerMinute letters wait for their turn; a letter of more than Bytes is refused
// for good; the parts of a letter that the carrier cannot carry are left out; and after a LaterError the channel is
// given no letter until its After has passed. What the channel does as a Checker or as Gated is passed on.
func Within(c Channel, limits Limits) Channel {
	w := &within{Channel: c, limits: limits}
	if limits.PerMinute > 0 {
		w.turns = rate.NewLimiter(rate.Limit(float64(limits.PerMinute)/60), 1)
	}
	return w
}

func (w *within) Check(ctx context.Context) error {
	if c, ok := w.Channel.(Checker); ok {
		return c.Check(ctx)
	}
	return nil
}

func (w *within) Ready() bool {
	g, ok := w.Channel.(Gated)
	return !ok || g.Ready()
}

func (w *within) Send(ctx context.Context, l letter.Letter, leaving Leaving) error {
	l = w.limits.fitted(l)
	if n := l.Bytes(); w.limits.Bytes > 0 && n > w.limits.Bytes {
		return fmt.Errorf("%s: a letter of %d bytes, and at most %d are taken: %w", w.Name(), n, w.limits.Bytes, ErrRejected)
	}
	if err := w.closed(); err != nil {
		return err
	}
	if w.turns != nil {
		if err := w.turns.Wait(ctx); err != nil {
			return fmt.Errorf("%s: %d letters a minute: %w", w.Name(), w.limits.PerMinute, err)
		}
	}
	err := w.Channel.Send(ctx, l, leaving)
	var later *LaterError
	if errors.As(err, &later) {
		w.mu.Lock()
		w.shut, w.till = err, time.Now().Add(later.After)
		w.mu.Unlock()
	}
	return err
}

// closed is the LaterError because of which the channel is given no letter at the moment, or nil.
func (w *within) closed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Now().Before(w.till) {
		return w.shut
	}
	return nil
}

// fitted is a letter without the parts that the limits exclude.
func (l Limits) fitted(of letter.Letter) letter.Letter {
	if l.Format != HTML {
		of.HTML = ""
	}
	if l.Format == Line {
		of.Text = ""
	}
	if !l.Files {
		of.Files = nil
	}
	return of
}
