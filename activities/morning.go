package activities

import (
	"context"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"duban/internal/ledger"
	"duban/internal/wire"
)

// SpeakMorning is Speak of all digests of a morning, side by side.
func (a *Activities) SpeakMorning(ctx context.Context, in wire.MorningInput) (wire.SpeakResult, error) {
	o, err := a.office(ctx)
	if err != nil {
		return wire.SpeakResult{}, err
	}
	if !o.quick() {
		return wire.SpeakResult{Left: 1}, nil
	}
	l, err := a.launched(ctx, planOf(in))
	if err != nil {
		return wire.SpeakResult{}, translate(err)
	}
	left, why, err := a.morning(ctx, o, l, in)
	return wire.SpeakResult{Left: len(left), Why: why}, err
}

// DeliverMorning is Deliver of all digests of a morning, side by side. What is not
// delivered gets a workflow of its own, that tries again: one dead address holds up
// nobody else.
func (a *Activities) DeliverMorning(ctx context.Context, in wire.MorningInput) (wire.SpeakResult, error) {
	ctx, cancel := beating(ctx)
	defer cancel()
	o, err := a.office(ctx)
	if err != nil {
		return wire.SpeakResult{}, err
	}
	if why := o.unserved(); why != "" {
		return wire.SpeakResult{Left: 1, Why: why}, nil
	}
	l, err := a.launched(ctx, planOf(in))
	if err != nil {
		return wire.SpeakResult{}, translate(err)
	}
	left, why, err := a.morning(ctx, o, l, in)
	if err != nil {
		return wire.SpeakResult{}, err
	}
	result := wire.SpeakResult{Why: why}
	for _, d := range left {
		if err := a.Starter.SpeakApart(ctx, l, d); err != nil {
			result.Left++
			result.Why = err.Error()
		}
	}
	return result, nil
}

// planOf is the plan of a morning, by its key.
func planOf(in wire.MorningInput) string {
	id, _, _ := strings.Cut(in.Morning, "|")
	return id
}

// atOnce is how many digests of a morning are gathered and worded at once: more
// than the writes that share a transaction help nobody.
const atOnce = 24

// morning speaks the digests of a morning when its time has come, and gives those
// of which something is left.
func (a *Activities) morning(ctx context.Context, o office, l ledger.Launched, in wire.MorningInput) (left []ledger.Digest, why string, err error) {
	if err := a.until(ctx, l, in.At); err != nil {
		return nil, "", err
	}
	digests, err := a.Ledger.CloseMorning(ctx, in.Morning, a.when(l.Clock))
	if err != nil {
		return nil, "", translate(err)
	}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(atOnce)
	beginning, cancel := a.beginning(ctx, o.quick())
	defer cancel()
	for _, d := range digests {
		group.Go(func() error {
			failed := o.unserved() // since another message of the morning
			if err := context.Cause(beginning); err != nil {
				failed = err.Error()
			}
			if failed == "" {
				done, err := a.deliver(ctx, o, d.Key)
				switch {
				case err != nil:
					failed = err.Error()
				case done.Left == 0:
					return nil
				default:
					failed = done.Why
				}
			}
			mu.Lock()
			defer mu.Unlock()
			left, why = append(left, d), failed
			return nil
		})
	}
	_ = group.Wait() // what failed is left
	return left, why, nil
}
