package activities

import (
	"context"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"duban/internal/ledger"
	"duban/internal/wire"
)

// SpeakMorning is Speak for all digests of a morning, at the same time.
func (a *Activities) SpeakMorning(ctx context.Context, in wire.MorningInput) (wire.SpeakResult, error) {
	l, o, slow, err := a.begins(ctx, planOf(in), in.At, office.slow)
	if err != nil || slow != "" {
		return unsent(slow), err
	}
	left, why, err := a.morning(ctx, o, l, in)
	return wire.SpeakResult{Left: len(left), Why: why}, err
}

// DeliverMorning is Deliver for all digests of a morning, at the same time. Each digest
// that is not delivered gets a Digest workflow, which tries again: an address that cannot
// be reached delays no other recipient.
func (a *Activities) DeliverMorning(ctx context.Context, in wire.MorningInput) (wire.SpeakResult, error) {
	ctx, cancel := beating(ctx)
	defer cancel()
	l, o, unserved, err := a.begins(ctx, planOf(in), in.At, office.unserved)
	if err != nil || unserved != "" {
		return unsent(unserved), err
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

// atOnce is how many digests of a morning are gathered and composed at the same time. More
// would not be faster: the ledger's writes share a transaction (see ledger.write).
const atOnce = 24

// morning sends the digests of a morning whose instant has come, and gives those of
// which a message was not sent, with the last reason.
func (a *Activities) morning(ctx context.Context, o office, l ledger.Launched, in wire.MorningInput) (left []ledger.Digest, why string, err error) {
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
			failed := o.unserved() // a channel may have gone since the message before
			if err := context.Cause(beginning); err != nil {
				failed = err.Error()
			}
			if failed == "" {
				done, err := a.deliver(ctx, l, o, d.Key)
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
	_ = group.Wait() // the goroutines return no errors: failures are in left
	return left, why, nil
}
