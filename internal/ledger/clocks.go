package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// How far this machine's clock may be from the ledger's before it is logged, and before it
// is refused: a worker whose clock is a minute off sends messages a minute early or late.
const (
	SkewWarned  = time.Second
	SkewRefused = time.Minute
)

// ErrClock: this machine's clock is a minute or more away from the ledger's.
var ErrClock = errors.New("this machine's clock differs from the ledger's")

// Skew is how far this machine's clock is ahead of the ledger's: on PostgreSQL
// of the server's clock, to half a round trip; on SQLite, which has no clock of
// its own, how far it is behind the newest event, as a negative number, else 0.
func (s *Store) Skew(ctx context.Context) (time.Duration, error) {
	var best, trip time.Duration
	for i := range 3 {
		var clock sql.NullTime
		began := s.o.Now()
		err := s.one(ctx, &clock, s.d.clock())
		now := s.o.Now()
		if errors.Is(err, ErrNotFound) {
			return 0, nil // no event yet
		}
		if err != nil {
			return 0, err
		}
		if s.d.ownClock() {
			return min(0, now.Round(0).Sub(clock.Time)), nil
		}
		// Round(0) drops the monotonic reading, so that Sub compares wall clocks.
		took := now.Sub(began)
		if i == 0 || took < trip {
			best, trip = began.Add(took/2).Round(0).Sub(clock.Time), took
		}
	}
	return best, nil
}

// CheckClock compares this machine's clock with the ledger's, says in the log
// when they differ by a second, and gives ErrClock when by a minute. A ledger on
// SQLite has only its newest event to compare with, and that one may be dated by a
// clock that was wrong then and is right now: the difference is logged and no error.
func (s *Store) CheckClock(ctx context.Context) error {
	skew, err := s.Skew(ctx)
	if err != nil {
		return err
	}
	switch away := skew.Abs(); {
	case away >= SkewRefused:
		s.o.Log.Error("This machine's clock differs from the ledger's: set it right", "ahead", skew.String())
		if s.d.ownClock() {
			return nil
		}
		return fmt.Errorf("ledger: %w by %s: set it right", ErrClock, skew.Round(time.Millisecond))
	case away >= SkewWarned:
		s.o.Log.Warn("This machine's clock differs from the ledger's", "ahead", skew.String())
	}
	return nil
}

// backwards counts events that are dated more than SkewWarned before the event that
// precedes them in the chain, and logs them once a minute at the most.
type backwards struct {
	mu    sync.Mutex
	n     int
	most  time.Duration
	event string
	said  time.Time
}

func (b *backwards) note(s *Store, steps []step) {
	if len(steps) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, one := range steps {
		b.n++
		if one.back > b.most {
			b.most, b.event = one.back, one.key
		}
	}
	if time.Since(b.said) < time.Minute {
		return
	}
	s.o.Log.Warn("Events are dated before the ones ahead of them: a clock was set back, clocks of workers differ, or writes had to wait",
		"events", b.n, "most", b.most.String(), "key", b.event)
	b.n, b.most, b.event, b.said = 0, 0, "", time.Now()
}

// step is an event that is dated before the event that precedes it in the chain, and by how
// much.
type step struct {
	key  string
	back time.Duration
}
