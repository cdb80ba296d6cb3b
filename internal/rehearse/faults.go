package rehearse

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"go.temporal.io/sdk/client"

	"duban/activities"
	"duban/internal/ledger"
)

// Site is where a rehearsal is held: what works there, and what may go wrong.
type Site interface {
	// Start brings up what works and waits until it answers.
	Start(ctx context.Context) error
	// Ledger is the ledger's address, and Dial a client of the Temporal server,
	// which may go and come back.
	Ledger() string
	Dial() (client.Client, error)
	// Gone is ErrEngineDead when what works has ended by itself.
	Gone() error
	// Spent is the processor time that what works has used, 0 when that is not known.
	Spent() time.Duration
	Faults() []Fault
	// Received are the words, by the keys of their notices, that came out: in how
	// many messages each. nil when nobody counted.
	Received(sent map[string][]string) map[string]int
	Stop() error
}

// Fault is one thing that may go wrong. Hit lets it happen, holds it and undoes it,
// also when ctx ends.
type Fault struct {
	Name string
	Hit  func(ctx context.Context, hold time.Duration, random *rand.Rand) error
}

// Suffered counts how often a fault happened.
type Suffered struct {
	Fault string `json:"fault"`
	Times int    `json:"times"`
}

// named are the faults of a site that are wanted, in that order.
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

// trouble lets the faults happen in turn until the last day, each round in an
// order of its own. The same seed gives the same orders and gaps. The first round
// comes to its end also where the faults took so long that the last day is there.
func (y *year) trouble(ctx context.Context) error {
	random := rand.New(rand.NewPCG(y.Seed, 9))
	ends := y.clock.Real(y.clock.End)
	y.hits = map[string]int{}
	pause(ctx, time.Until(y.clock.Epoch))
	for first := true; len(y.faults) > 0; first = false {
		for _, i := range random.Perm(len(y.faults)) {
			gap := y.Gap/2 + time.Duration(random.Int64N(int64(y.Gap)))
			if !pause(ctx, gap) || !first && !time.Now().Before(ends) {
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

// suffered counts the faults so far.
func (y *year) suffered() (n int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, times := range y.hits {
		n += times
	}
	return n
}

// arrived counts what the faults did: words that did not arrive, words that came
// in two messages, and what the next audit would cry about.
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

// silent adds to the result what the daily audit of a plan would find: stages that were due and left no
// trace, and messages that are stuck.
func (y *year) silent(ctx context.Context, result *Result) error {
	missing, err := activities.Missing(ctx, y.store, y.Plan.ID, y.to)
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
