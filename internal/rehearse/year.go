package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
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
	site   Site
	faults []Fault
	clock  calendar.Clock
	driver *driver
	vigil  *vigil
	took   time.Duration

	mu   sync.Mutex
	hits map[string]int // by the fault's name
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
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		y.vigil.keep(ctx)
	}()
	troubled := make(chan error, 1)
	go func() { troubled <- y.trouble(ctx) }()
	err := y.run(ctx, acted, troubled)
	cancel()
	<-acted
	<-decided
	<-watched
	return err
}

// answers are those that the script's entries have had so far.
func (y *year) answers() map[string]answer {
	y.driver.mu.Lock()
	defer y.driver.mu.Unlock()
	return maps.Clone(y.driver.answers)
}

// run lets the year pass and waits for the last word, for as long as one can
// still come.
func (y *year) run(ctx context.Context, acted <-chan struct{}, troubled chan error) error {
	ends := y.clock.Real(y.clock.End)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	so := chronicle{to: y.to, carried: map[string]int{}}
	var latest lateness
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		now := time.Now()
		ended := !now.Before(ends)
		if err := y.vigil.dead(now); err != nil {
			return err
		}
		if late := y.late(latest, now, ended); late != nil && y.chosen && y.Day < longestDay {
			return late
		}
		before := so.seq
		if err := so.read(ctx, y.store, y.Plan.ID); err != nil {
			y.Log.Debug("The ledger cannot be read now", "error", err) // the next look will do
			continue
		}
		if so.seq != before {
			y.vigil.moved()
		}
		latest.look(ctx, y, now)
		y.watch(Progress{Zone: y.lad.Zone, Now: y.clock.Plan(now), Day: y.Day, Through: latest.through, Behind: latest.days(y.clock.Plan(now)), Ended: ended, Foretold: y.foretold, Stages: so.decided, Faults: y.suffered()})
		if !y.Leave.IsZero() && !y.clock.Plan(now).Before(y.Leave.At(0, 0, y.lad.Zone)) && latest.days(y.clock.Plan(now)) == 0 {
			return errLeft
		}
		if !ended {
			continue
		}
		y.took = now.Sub(y.clock.Epoch)
		select {
		case err := <-troubled:
			troubled <- err
			if err != nil {
				return err
			}
		default:
			continue // a fault goes on
		}
		over, err := y.over(ctx, acted)
		switch {
		case err != nil:
			y.Log.Debug("The ledger cannot be read now", "error", err)
		case over:
			return nil
		case y.vigil.stood() > y.Still:
			return nil // it answers, and has nothing more to say: what is missing is a difference
		}
	}
}

// errLeft: the year is left where it is.
var errLeft = errors.New("rehearse: left")

// tooFar is how many days the engine may be behind the calendar while people act:
// their acts would come at quite other days than the script says.
const tooFar = 30

// late is not nil when the days are too short for this machine and the script.
func (y *year) late(l lateness, now time.Time, ended bool) error {
	if slow := y.driver.late.Load(); slow != nil {
		return slow
	}
	if days := l.days(y.clock.Plan(now)); !ended && y.Script != nil && len(y.faults) == 0 && days > tooFar {
		return &slowError{why: fmt.Sprintf("the engine is %d days behind the calendar", days), day: 2 * y.Day}
	}
	return nil
}

// lateness is how far the engine is behind the calendar, looked at now and then.
type lateness struct {
	through time.Time // plan clock: what was to come before this has come
	next    time.Time // when to look again
}

func (l *lateness) days(today time.Time) int {
	if l.through.IsZero() {
		return 0
	}
	return int(today.Sub(l.through) / (24 * time.Hour))
}

func (l *lateness) look(ctx context.Context, y *year, now time.Time) {
	if now.Before(l.next) {
		return
	}
	oldest := y.clock.Plan(now)
	stages, err := y.store.Stages(ctx, y.Plan.ID, "")
	if err != nil {
		return
	}
	for _, s := range stages {
		if s.State == ledger.Expected && s.At.Before(oldest) {
			oldest = s.At
		}
	}
	notices, err := y.store.Notices(ctx, ledger.NoticeFilter{Plan: y.Plan.ID, States: []ledger.NoticeState{ledger.Pending, ledger.Sending}})
	if err != nil {
		return
	}
	for _, n := range notices {
		if n.In().Before(oldest) {
			oldest = n.In()
		}
	}
	l.through = oldest
	l.next = time.Now().Add(max(time.Second, 10*time.Since(now))) // a tenth of the time at the most
}

// over tells, after the last plan day, that every act is answered and all that was
// foretold has been said: there is nothing more to wait for.
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
	return !slices.ContainsFunc(h.differences, func(d Difference) bool { return d.What == Missing || d.What == Unsaid }), err
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
