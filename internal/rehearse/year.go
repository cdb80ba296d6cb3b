package rehearse

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
)

// year is a rehearsal that is running.
type year struct {
	*rehearsal
	store *ledger.Store
	proc  *process
	clock calendar.Clock
	kills int
	took  time.Duration
}

// patience is how long the engine may make no progress at all, after the last
// plan day, before the rehearsal stops waiting and compares what there is. It
// is longer than any activity's timeout.
const patience = 90 * time.Second

// run lets the year pass and waits for the last word.
func (y *year) run(ctx context.Context) error {
	random := rand.New(rand.NewPCG(y.Seed, 9))
	nextKill := y.clock.Epoch.Add(y.killGap(random))
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	lastProgress, lastCount := time.Now(), -1
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		now := time.Now()
		plan := y.clock.Plan(now)
		if y.Kill && now.After(nextKill) && plan.Before(y.to) {
			if err := y.crash(ctx, random); err != nil {
				return err
			}
			nextKill = time.Now().Add(y.killGap(random))
			continue
		}
		said, decided, err := y.count(ctx)
		if err != nil {
			return fmt.Errorf("rehearse: read the ledger: %w", err)
		}
		y.watch(Progress{Now: plan, Stages: decided, Kills: y.kills})
		if count := said + len(decided); count != lastCount {
			lastProgress, lastCount = now, count
		}
		if plan.Before(y.to) {
			continue
		}
		if said >= recipients(y.foretold) || now.Sub(lastProgress) > patience {
			y.took = time.Since(y.clock.Epoch)
			return nil
		}
	}
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

// count is how many notices of the period have been said, and the stages
// decided so far.
func (y *year) count(ctx context.Context) (said int, decided []ledger.Stage, err error) {
	stages, err := y.store.Stages(ctx, y.Plan.ID, "")
	if err != nil {
		return 0, nil, err
	}
	for _, s := range stages {
		if s.State == ledger.Decided && s.At.Before(y.to) {
			decided = append(decided, s)
		}
	}
	notices, err := y.store.Notices(ctx, ledger.NoticeFilter{Plan: y.Plan.ID, States: []string{ledger.Sent}})
	if err != nil {
		return 0, nil, err
	}
	for _, n := range notices {
		if n.SpeakAt.Before(y.to) {
			said++
		}
	}
	return said, decided, nil
}
