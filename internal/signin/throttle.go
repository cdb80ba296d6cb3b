package signin

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"duban/internal/ledger"
)

// WaitError: so many tries failed that the next one is taken only after For.
type WaitError struct{ For time.Duration }

func (e *WaitError) Error() string { return fmt.Sprintf("signin: wait %s", e.For) }

// throttle is how failures are answered: a wait that doubles, once the free ones are
// used up. Failures are forgotten after a day without one.
type throttle struct {
	name        string
	free        int
	first, most time.Duration
}

// The people of an office often share one address, so that an address has more free tries
// than an account. Going to another service to sign in is no failure, and a whole city hall
// may do so at once from one address, so that such tries have the most. The longest waits
// are short enough that nobody can keep another out for a day.
var (
	accountThrottle = throttle{"account", 5, 5 * time.Second, 15 * time.Minute}
	addressThrottle = throttle{"address", 30, 5 * time.Second, 15 * time.Minute}
	awayThrottle    = throttle{"away", 500, 5 * time.Second, 15 * time.Minute}
)

const forgotten = 24 * time.Hour

// wait is how long the next try waits after so many failures.
func (t throttle) wait(failures int) time.Duration {
	if failures <= t.free {
		return 0
	}
	return min(t.first<<min(failures-t.free-1, 20), t.most)
}

// next is the state of a throttle after one more try at now, or how long that try has to
// wait.
func (t throttle) next(is ledger.Throttle, now time.Time) (ledger.Throttle, time.Duration) {
	if wait := is.Until.Sub(now); wait > 0 {
		return is, min(wait, t.most) // at most t.most, even where the clock was set back
	}
	if now.Sub(is.LastAt) > forgotten {
		is.Failures = 0
	}
	is.Failures++
	is.LastAt, is.Until = now, now.Add(t.wait(is.Failures))
	return is, 0
}

// throttled is the key under which a throttle is kept: a hash, since people type passwords
// where accounts belong.
func throttled(t throttle, who string) string { return hashed(t.name + " " + who)[:32] }

// try counts a try of an account from an address as a failure, which a success takes
// back, so that tries made at once are no way around the wait. *WaitError.
func (s *Service) try(ctx context.Context, account, address string) error {
	return s.countAll(ctx, tried{accountThrottle, account}, tried{addressThrottle, network(address)})
}

// count is try of one throttle alone.
func (s *Service) count(ctx context.Context, t throttle, who string) error {
	return s.countAll(ctx, tried{t, who})
}

// tried is whose try is counted.
type tried struct {
	throttle
	who string
}

func (s *Service) countAll(ctx context.Context, of ...tried) error {
	var keys []string
	for _, t := range of {
		keys = append(keys, throttled(t.throttle, t.who))
	}
	now := s.Now()
	wait, err := s.store.Try(ctx, keys, func(known map[string]ledger.Throttle) (all []ledger.Throttle, wait time.Duration) {
		for i, t := range of {
			is := known[keys[i]]
			is.Who = keys[i]
			next, longer := t.next(is, now)
			all, wait = append(all, next), max(wait, longer)
		}
		return all, wait
	})
	if err == nil && wait > 0 {
		err = &WaitError{wait}
	}
	return err
}

// bare is an address without its port.
func bare(address string) string {
	if ap, err := netip.ParseAddrPort(address); err == nil {
		return ap.Addr().Unmap().WithZone("").String()
	}
	if a, err := netip.ParseAddr(strings.Trim(address, "[]")); err == nil {
		return a.Unmap().WithZone("").String()
	}
	return short(address)
}

// network is what one machine or office has for itself: an IPv4 address, or the first
// half of an IPv6 one.
func network(address string) string {
	a, err := netip.ParseAddr(bare(address))
	if err != nil || a.Is4() {
		return bare(address)
	}
	p, err := a.Prefix(64)
	if err != nil {
		return bare(address)
	}
	return p.String()
}
