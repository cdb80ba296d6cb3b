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

// vigil watches over the engine: whether it lives, and for how long it has answered
// without anything new in the ledger. Both are measured by the engine's answers and
// processor time, not by the clock alone, so that an engine on a slow machine is not
// taken for a dead one.
type vigil struct {
	site   Site
	client client.Client

	mu    sync.Mutex
	heard time.Time     // real time of the engine's last answer
	spent time.Duration // processor time that the engine had used at its last answer
	still time.Duration // real time in which the engine answered and the ledger had no new event
}

const (
	// silence is how long the engine may leave questions unanswered when it has used
	// at least the processor time enough meanwhile; deaf is how long in any case.
	silence, enough = 10 * time.Minute, time.Minute
	deaf            = time.Hour
	// question is the time from an answer of the engine to the next question.
	question = time.Second
)

// keep asks the engine whether it is healthy, again and again until ctx ends.
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

// moved says that the ledger has a new event.
func (v *vigil) moved() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.still = 0
}

// stalled is for how long the ledger has had no new event though the engine answered.
func (v *vigil) stalled() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.still
}

// dead wraps ErrEngineDead when the engine has ended or has not answered for too long
// (see silence and deaf), and is nil otherwise.
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

// Spent is the processor time that a process has used, in user and system mode, by
// Linux's /proc/PID/stat; 0 where there is no such file.
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
