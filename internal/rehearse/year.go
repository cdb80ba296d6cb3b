package rehearse

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/script"
)

// year is a rehearsal that is running.
type year struct {
	*rehearsal
	store  *ledger.Store
	proc   *process
	clock  calendar.Clock
	driver *driver
	kills  int
	took   time.Duration
}

// act lets the year pass while the script's people act in it.
func (y *year) act(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	acted := make(chan struct{})
	go func() {
		defer close(acted)
		if y.Script != nil {
			y.driver.drive(ctx)
		}
	}()
	decided := make(chan struct{})
	go func() {
		defer close(decided)
		y.driver.decide(ctx)
	}()
	err := y.run(ctx, acted)
	cancel()
	<-acted
	<-decided
	return err
}

// answers are those that the script's entries have had so far.
func (y *year) answers() map[string]answer {
	y.driver.mu.Lock()
	defer y.driver.mu.Unlock()
	return maps.Clone(y.driver.answers)
}

// patience is how long the engine may make no progress at all, after the last
// plan day, before the rehearsal stops waiting and compares what there is. It
// is longer than any activity's timeout.
const patience = 90 * time.Second

// run lets the year pass and waits for the last word.
func (y *year) run(ctx context.Context, acted <-chan struct{}) error {
	random := rand.New(rand.NewPCG(y.Seed, 9))
	nextKill := y.clock.Epoch.Add(y.killGap(random))
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	lastProgress, lastCount := time.Now(), -1
	so := chronicle{to: y.to, carried: map[string]int{}}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		now := time.Now()
		today := y.clock.Plan(now)
		if y.Kill && now.After(nextKill) && today.Before(y.to) {
			if err := y.crash(ctx, random); err != nil {
				return err
			}
			nextKill = time.Now().Add(y.killGap(random))
			continue
		}
		if err := so.read(ctx, y.store, y.Plan.ID); err != nil {
			return err
		}
		y.watch(Progress{Now: today, Foretold: y.foretold, Stages: so.decided, Kills: y.kills})
		if count := so.said + len(so.decided); count != lastCount {
			lastProgress, lastCount = now, count
		}
		if today.Before(y.to) {
			continue
		}
		y.took = now.Sub(y.clock.Epoch)
		if over, err := y.over(ctx, acted); over || err != nil || now.Sub(lastProgress) > patience {
			return err
		}
	}
}

// over tells, after the last plan day, that every act is answered and all is as
// foretold: there is nothing more to wait for.
func (y *year) over(ctx context.Context, acted <-chan struct{}) (bool, error) {
	select {
	case <-acted:
	default:
		return false, nil
	}
	all := script.Entry{Sort: script.Amends}
	if waits, err := y.driver.undecided(ctx, all, y.to, y.to); waits || err != nil {
		return false, err
	}
	if waits, err := y.driver.unsaid(ctx, all, y.to); waits || err != nil {
		return false, err
	}
	h, err := y.held(ctx)
	return len(h.differences) == 0, err
}

func (y *year) killGap(random *rand.Rand) time.Duration {
	return 4*time.Second + time.Duration(random.Int64N(int64(8*time.Second)))
}

// crash kills the engine, leaves it dead for a moment and starts it again.
func (y *year) crash(ctx context.Context, random *rand.Rand) error {
	if err := y.proc.kill(); err != nil {
		return err
	}
	y.kills++
	time.Sleep(time.Duration(random.Int64N(int64(700 * time.Millisecond))))
	return y.proc.start(ctx)
}

// chronicle is what the year has brought so far, read from the ledger's events
// as they come.
type chronicle struct {
	seq     int64
	to      time.Time
	decided []plan.Stage   // spoken before to
	said    int            // notices of the period whose message has its receipt
	carried map[string]int // notices of the period in a message, from its last intent
}

// read takes in the events since the last call.
func (c *chronicle) read(ctx context.Context, store *ledger.Store, planID string) error {
	events, err := store.Events(ctx, ledger.EventFilter{Plan: planID, AfterSeq: c.seq})
	if err != nil {
		return fmt.Errorf("rehearse: read the ledger: %w", err)
	}
	for _, e := range events {
		if err := c.take(e); err != nil {
			return fmt.Errorf("rehearse: event %d: %w", e.Seq, err)
		}
		c.seq = e.Seq
	}
	return nil
}

func (c *chronicle) take(e ledger.Event) error {
	switch e.Kind {
	case "stage.decided":
		var data struct{ Stage plan.Stage }
		if err := json.Unmarshal(e.Data, &data); err != nil {
			return err
		}
		if data.Stage.At.Before(c.to) {
			c.decided = append(c.decided, data.Stage)
		}
	case "message.intent", "message.sent":
		var data struct {
			Message, Digest string
			Notices         []string
		}
		if err := json.Unmarshal(e.Data, &data); err != nil {
			return err
		}
		if e.Kind == "message.sent" {
			c.said += c.carried[data.Message]
			return nil
		}
		key := strings.Split(data.Digest, "|")
		at, err := time.Parse(time.RFC3339, key[len(key)-2])
		if err != nil {
			return err
		}
		if at.Before(c.to) {
			c.carried[data.Message] = len(data.Notices)
		}
	}
	return nil
}
