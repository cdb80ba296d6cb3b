package rehearse

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
)

// vigil is the watch over the engine: whether it lives, and for how long it has
// answered without anything happening. Both are told from its answers and not
// from the clock alone, so that a slow machine is only slow.
type vigil struct {
	site   Site
	client client.Client

	mu    sync.Mutex
	heard time.Time     // its last answer
	spent time.Duration // processor time that it had used by then
	still time.Duration // time in which it answered and the ledger stayed as it was
}

const (
	// silence is how long the engine may leave questions unanswered, when it was
	// given enough processor time meanwhile; deaf is how long in any case.
	silence, enough = 10 * time.Minute, time.Minute
	deaf            = time.Hour
	// question is how often it is asked, when it answers.
	question = time.Second
)

// keep asks the engine until ctx ends.
func (v *vigil) keep(ctx context.Context) {
	v.answered(0)
	for pause(ctx, question) {
		try, cancel := context.WithTimeout(ctx, time.Minute)
		_, err := v.client.CheckHealth(try, &client.CheckHealthRequest{})
		cancel()
		if err == nil {
			v.answered(question)
		}
	}
}

func (v *vigil) answered(still time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.heard, v.spent = time.Now(), v.site.Spent()
	v.still += still
}

// moved says that something has happened.
func (v *vigil) moved() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.still = 0
}

// stood is for how long nothing has happened though the engine answered.
func (v *vigil) stood() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.still
}

// dead is ErrEngineDead when the engine is.
func (v *vigil) dead(now time.Time) error {
	if err := v.site.Gone(); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	since := now.Sub(v.heard)
	if v.heard.IsZero() || since < silence || since < deaf && v.site.Spent()-v.spent < enough {
		return nil
	}
	return fmt.Errorf("%w: no answer for %s", ErrEngineDead, since.Round(time.Second))
}

// Spent is the processor time that a process has used, as far as this system
// tells: 0 otherwise.
func Spent(pid int) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(raw, []byte(") ")) // the name before it may hold spaces
	fields := bytes.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(string(fields[11]), 10, 64)
	system, _ := strconv.ParseInt(string(fields[12]), 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond // a tick of Linux is 10 ms
}
