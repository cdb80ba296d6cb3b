package draft

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Work is something that lasts longer than a page is waited for: an import, a launch.
// It goes on when whoever began it has gone. What it makes is kept in the ledger by
// whatever it calls: a process that ends in the middle loses nothing but the time.
type Work struct {
	done    chan struct{}
	percent atomic.Int32
	made    any
	err     error
	used    time.Time // when it was asked for last, under the service's mutex
}

// Percent is how far it is.
func (w *Work) Percent() int { return int(w.percent.Load()) }

// Made is what it made, once it has ended; nil before, and where it failed.
func (w *Work) Made() any {
	select {
	case <-w.done:
		return w.made
	default:
		return nil
	}
}

// Ended tells that it has ended, waiting for it until ctx ends at the most.
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
	keptWorks   = 12 // that have ended
)

// Do begins a work under a key, or gives the one that is under way or has ended well
// under it. do is told ctx, which ends only with the longest time, and tells how far it is.
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
			if w.err != nil { // asked again, it is tried again
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

// Forget lets a work be begun again.
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
