package draft

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Work is something that lasts longer than a page is waited for: an import, a launch.
// A work goes on when whoever began it has gone. Its results that must last are kept in the
// ledger by the functions that it calls, so that a process that ends in the middle loses
// nothing but time.
type Work struct {
	done    chan struct{}
	percent atomic.Int32
	made    any
	err     error
	used    time.Time // when it was asked for last, under the service's mutex
}

// Percent is how far the work is, 0 to 100.
func (w *Work) Percent() int { return int(w.percent.Load()) }

// Made is the work's result once it has ended; nil before, and where it failed.
func (w *Work) Made() any {
	select {
	case <-w.done:
		return w.made
	default:
		return nil
	}
}

// Ended tells that the work has ended; it waits for the end until ctx ends at most.
func (w *Work) Ended(ctx context.Context) bool {
	select {
	case <-w.done:
		return true
	default:
	}
	select {
	case <-w.done:
		return true
	case <-ctx.Done():
		return false
	}
}

const (
	longestWork = 30 * time.Minute
	keptWorks   = 12 // works that have ended
)

// Do begins a work under a key, or gives the one with this key that is under way or has
// ended well. The ctx of do ends after longestWork only, not with a request; do calls watch
// with how far it is.
func (s *Service) Do(key string, do func(ctx context.Context, watch func(percent int)) (made any, err error)) *Work {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.works[key]; w != nil {
		w.used = s.now()
		return w
	}
	w := &Work{done: make(chan struct{}), used: s.now()}
	s.works[key] = w
	s.tidy()
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), longestWork)
		defer cancel()
		defer close(w.done)
		defer func() {
			if broken := recover(); broken != nil {
				w.err = fmt.Errorf("draft: it broke: %v", broken)
			}
			if w.err != nil { // a work that failed is begun anew when it is asked for again
				s.Forget(key, w)
			}
		}()
		s.slots <- struct{}{}
		defer func() { <-s.slots }()
		w.made, w.err = do(ctx, func(percent int) { w.percent.Store(int32(min(percent, 100))) })
	}()
	return w
}

// Under is the work under a key, or nil.
func (s *Service) Under(key string) *Work {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.works[key]
}

// Forget takes a work from under its key, so that Do begins another.
func (s *Service) Forget(key string, w *Work) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.works[key] == w {
		delete(s.works, key)
	}
}

// tidy forgets the works that were asked for longest ago, of those that have ended.
func (s *Service) tidy() {
	for len(s.works) > keptWorks {
		oldest := ""
		for key, w := range s.works {
			select {
			case <-w.done:
				if oldest == "" || w.used.Before(s.works[oldest].used) {
					oldest = key
				}
			default:
			}
		}
		if oldest == "" {
			return
		}
		delete(s.works, oldest)
	}
}
