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

// answers are the answers that the script's entries have had so far, by script.Entry.Key.
func (y *year) answers() map[string]answer {
	y.driver.mu.Lock()
	defer y.driver.mu.Unlock()
	return maps.Clone(y.driver.answers)
}

// run waits while the year passes, and then until over says that nothing more is to
// come or the engine has brought nothing new for Options.Still, or for nothingDue when
// nothing is due. A fault that is under way is waited for. The error is a *slowError when
// the days are too short for this machine, errLeft when the year is left, and wraps
// ErrEngineDead when the engine is dead.
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
			y.Log.Debug("The ledger cannot be read now", "error", err) // a fault may be the reason: the next tick reads it
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
		over, due, err := y.over(ctx, acted)
		patience := y.Still
		if err == nil && !due {
			patience = min(nothingDue, y.Still)
		}
		switch {
		case err != nil:
			y.Log.Debug("The ledger cannot be read now", "error", err)
		case over:
			return nil
		}
		if y.vigil.stalled() > patience {
			return nil // the engine answers and brings nothing new: what is still missing is a difference
		}
	}
}

// nothingDue is how long, after the last plan day, the ledger may have no new event when
// nothing that it holds is due any more: a list that an audit is still making comes within that time.
const nothingDue = 2 * time.Minute

// errLeft: the year is left unfinished, as Options.Leave says.
var errLeft = errors.New("rehearse: left")

// tooFar is how many plan days the engine may be behind the plan clock while the
// script's people act: an engine further behind would take their acts on quite other
// days than the script says. Acts that come less late are judged by the preview for the
// day on which they came, see asActed.
const tooFar = 30

// late is a *slowError when the days are too short for this machine and the script,
// and nil otherwise.
func (y *year) late(l lateness, now time.Time, ended bool) error {
	if slow := y.driver.late.Load(); slow != nil {
		return slow
	}
	if days := l.days(y.clock.Plan(now)); !ended && y.Script != nil && len(y.faults) == 0 && days > tooFar {
		return &slowError{why: fmt.Sprintf("the engine is %d days behind the calendar", days), day: 2 * y.Day}
	}
	return nil
}

// lateness is how far the engine is behind the plan clock when it was last looked at.
type lateness struct {
	through time.Time // plan clock: every stage and message due before this instant is decided or sent
	next    time.Time // real time of the next look
}

// days is how many whole days the engine is behind today, an instant of the plan clock.
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
	l.next = time.Now().Add(max(time.Second, 10*time.Since(now))) // looking takes at most a tenth of the time
}

// over tells, after the last plan day, whether every act is answered and every foretold
// stage and notice is decided and sent: then there is nothing more to wait for. If not,
// due tells whether something is to come by what the ledger holds: an act without its
// answer, a stage, an occurrence, a message, or what a workflow tries again. If nothing
// is due, the engine did something else than was foretold, and waiting does not change it.
func (y *year) over(ctx context.Context, acted <-chan struct{}) (over, due bool, err error) {
	select {
	case <-acted:
	default:
		return false, true, nil
	}
	if due, err := y.due(ctx); due || err != nil {
		return false, due, err
	}
	h, err := y.held(ctx)
	return !slices.ContainsFunc(h.differences, func(d Difference) bool { return d.What == Missing || d.What == Unsaid }), false, err
}

// due tells whether something that is to happen in the period, by what the ledger holds, has not happened.
func (y *year) due(ctx context.Context) (bool, error) {
	if waits, err := y.waits(ctx); waits || err != nil {
		return true, err
	}
	notices, err := y.store.Notices(ctx, ledger.NoticeFilter{Plan: y.Plan.ID, States: []ledger.NoticeState{ledger.Pending, ledger.Sending}})
	if err != nil || slices.ContainsFunc(notices, func(n ledger.Notice) bool { return n.In().Before(y.clock.End) }) {
		return true, err
	}
	l, err := y.store.Plan(ctx, y.Plan.ID)
	if err != nil {
		return true, err
	}
	for _, t := range l.Plan.Tasks {
		if t.Kind != plan.Duty {
			continue
		}
		if waits, err := y.driver.undecided(ctx, script.Entry{Sort: script.OnDuty, Thing: t.ID}, y.to, y.to); waits || err != nil {
			return true, err
		}
	}
	return y.driver.undecided(ctx, script.Entry{Sort: script.Amends}, y.to, y.to)
}

// waits tells whether the ledger has a note of something that a workflow tries again. A
// note of a stage that is decided is left over, and may stay for hours (ledger.Wait.LeftOver):
// its workflow has gone on, and what follows from the stage is looked for by itself.
func (y *year) waits(ctx context.Context) (bool, error) {
	waits, err := y.store.Waits(ctx, y.Plan.ID)
	if len(waits) == 0 || err != nil {
		return false, err
	}
	stages, err := y.store.Stages(ctx, y.Plan.ID, "")
	return slices.ContainsFunc(waits, func(w ledger.Wait) bool {
		stage, ofStage := strings.CutPrefix(w.What, "stage ")
		return !ofStage || !slices.ContainsFunc(stages, func(s ledger.Stage) bool {
			return s.ID == stage && s.State == ledger.Decided && (w.Thing == s.Talk || s.Talk == "" && w.Thing == s.Task)
		})
	}), err
}

// chronicle is what the year has brought so far, read from the ledger's events
// as they come.
type chronicle struct {
	seq     int64
	to      time.Time
	decided []plan.Stage   // decided stages whose instant is before to
	said    int            // number of the period's notices whose message has its receipt
	carried map[string]int // by message ID: how many of the period's notices its last intent has
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
