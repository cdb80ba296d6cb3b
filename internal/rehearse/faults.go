package rehearse

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"go.temporal.io/sdk/client"

	"duban/internal/audit"
	"duban/internal/ledger"
)

// Site is where a rehearsal is held: the engine that works there, its ledger and
// Temporal server, and the faults that can happen to them.
type Site interface {
	// Start starts the engine and waits until it answers.
	Start(ctx context.Context) error
	// Ledger is the ledger's address.
	Ledger() string
	// Dial gives a client of the Temporal server, which may go and come back.
	Dial() (client.Client, error)
	// Gone wraps ErrEngineDead when the engine has ended by itself, and is nil otherwise.
	Gone() error
	// Spent is the processor time that the engine has used, 0 when that is not known.
	Spent() time.Duration
	Faults() []Fault
	// Received counts, by notice key, in how many different messages a notice arrived.
	// sent has, by notice key, the IDs of the messages that were to carry the notice. nil
	// at a site that does not count.
	Received(sent map[string][]string) map[string]int
	Stop() error
}

// Fault is one thing that may go wrong. Hit lets the fault happen, holds it for about
// hold of real time and undoes it, also when ctx ends.
type Fault struct {
	Name string
	Hit  func(ctx context.Context, hold time.Duration, random *rand.Rand) error
}

// Suffered counts how often a fault happened.
type Suffered struct {
	Fault string `json:"fault"`
	Times int    `json:"times"`
}

// named gives those of all faults that have the names, in the order of the names. The
// error wraps ErrNoFault when there is none of a name.
func named(all []Fault, names []string) (some []Fault, err error) {
	for _, name := range names {
		i := slices.IndexFunc(all, func(f Fault) bool { return f.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%w: %s", ErrNoFault, name)
		}
		some = append(some, all[i])
	}
	return some, nil
}

// respite is how long a fault waits at most for acts that have no answer yet.
const respite = 2 * time.Minute

// trouble lets the faults happen one after the other until the last plan day. Each
// round of all faults has an order of its own; the same Seed gives the same orders and
// gaps. The first round is always finished, also after the last day: each fault happens
// at least once. A fault waits, for respite at most, until the acts are answered that an
// earlier one has held up: on a busy machine the engine would be killed again before it has
// done anything, and people would act weeks after their days.
func (y *year) trouble(ctx context.Context) error {
	random := rand.New(rand.NewPCG(y.Seed, 9))
	ends := y.clock.Real(y.clock.End)
	y.hits = map[string]int{}
	pause(ctx, time.Until(y.clock.Epoch))
	for first := true; len(y.faults) > 0; first = false {
		for _, i := range random.Perm(len(y.faults)) {
			gap := y.Gap/2 + time.Duration(random.Int64N(int64(y.Gap)))
			goes := pause(ctx, gap)
			for until := time.Now().Add(respite); goes && y.driver.heldUp(time.Now()) && time.Now().Before(until); {
				goes = pause(ctx, look)
			}
			if !goes || !first && !time.Now().Before(ends) {
				return nil
			}
			f := y.faults[i]
			y.mu.Lock()
			y.hits[f.Name]++
			y.mu.Unlock()
			y.Log.Info("A fault", "fault", f.Name, "plan_day", y.clock.Plan(time.Now()).Format(time.DateOnly))
			if err := f.Hit(ctx, y.Hold, random); err != nil && ctx.Err() == nil {
				return fmt.Errorf("rehearse: the fault %s: %w", f.Name, err)
			}
		}
	}
	return nil
}

// suffered counts the faults that have happened so far.
func (y *year) suffered() (n int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, times := range y.hits {
		n += times
	}
	return n
}

// arrived adds to the result the faults that happened and what may follow from them:
// notices that did not arrive, notices that came in two messages, and what the next
// audit would report.
func (y *year) arrived(ctx context.Context, notices []ledger.Notice, result *Result) error {
	result.Faults = []Suffered{}
	for _, f := range y.faults {
		result.Faults = append(result.Faults, Suffered{f.Name, y.hits[f.Name]})
	}
	chain, err := keep(ctx, y.store, y.Plan.ID)
	if err != nil {
		return err
	}
	received := y.site.Received(chain.carriers)
	for _, n := range notices {
		if n.State != ledger.Sent || !n.SpeakAt.Before(y.to) || received == nil {
			continue
		}
		switch times := received[n.Key()]; {
		case times == 0:
			result.add(Unsaid, n, "sent, says the ledger, and nobody received it")
		case times > 1:
			result.add(Twice, n, fmt.Sprintf("in %d messages", times))
		}
	}
	for _, d := range result.Differences {
		switch d.What {
		case Missing, Unsaid:
			result.Lost++
		case Twice:
			result.Twice++
		}
	}
	return y.silent(ctx, result)
}

func (r *Result) add(what string, n ledger.Notice, detail string) {
	c := comparison{}
	c.add(what, saidOf(n), n.SpeakAt, detail)
	r.Differences = append(r.Differences, c.diffs...)
}

// silent adds to the result what the daily audit of a plan would find: stages that were due and
// are not in the ledger, and messages that are stuck. Messages that are on their way get the time
// Still to arrive.
func (y *year) silent(ctx context.Context, result *Result) error {
	missing, err := audit.Missing(ctx, y.store, y.Plan.ID, y.to)
	if err != nil {
		return err
	}
	onItsWay := func(n ledger.Notice) bool { return n.State == ledger.Pending || n.State == ledger.Sending }
	stuck, err := y.store.Stuck(ctx, y.Plan.ID, y.to)
	for until := time.Now().Add(y.Still); err == nil && slices.ContainsFunc(stuck, onItsWay) && time.Now().Before(until); {
		if !pause(ctx, time.Second) {
			return ctx.Err()
		}
		stuck, err = y.store.Stuck(ctx, y.Plan.ID, y.to)
	}
	if err != nil {
		return err
	}
	c := comparison{}
	for _, s := range missing {
		c.add(Alarm, said{s.Task, s.ID, ""}, s.At, "no trace of it")
	}
	for _, n := range stuck {
		c.add(Alarm, saidOf(n), n.SpeakAt, string(n.State)+" "+n.Error)
	}
	result.Differences = append(result.Differences, c.diffs...)
	return nil
}
