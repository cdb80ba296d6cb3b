package activities

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"

	"duban/internal/channel"
	"duban/internal/ledger"
	"duban/internal/wire"
)

// Limits of sending. A message is broken off when it has been under way for the
// first; the answer to its last byte is waited for a little longer (smtp.Patience
// says how long), at most the second. The third is for what the ledger is told of it,
// under a context of its own: neither a stop nor a limit of the activity may make a
// doubt of what is known.
const (
	underWay   = 12 * time.Minute
	afterwards = 10 * time.Second
	recordedIn = 15 * time.Second
)

// within is how long a message may be under way.
func (a *Activities) within() time.Duration { return cmp.Or(a.Within, underWay) }

// beginning is a context in which messages may begin. It ends when one that begins
// might not come to its end, receipt and all, before the activity has to. Over a
// channel that answers at once all can begin.
func (a *Activities) beginning(ctx context.Context, quick bool) (context.Context, context.CancelFunc) {
	ends, limited := ctx.Deadline()
	if !limited || quick {
		return context.WithCancel(ctx)
	}
	return context.WithDeadlineCause(ctx, ends.Add(-a.within()-afterwards-2*recordedIn), errors.New("no time for it is left in this try"))
}

// Speak waits for a digest's speaking time, which is seconds away at most,
// gathers what is still true then and sends it over channels that answer at once
// and on which a second copy is the first. What goes over any other channel, and
// what failed, is left to Deliver.
func (a *Activities) Speak(ctx context.Context, in wire.SpeakInput) (wire.SpeakResult, error) {
	o, err := a.office(ctx)
	if err != nil {
		return wire.SpeakResult{}, err
	}
	if !o.quick() {
		return wire.SpeakResult{Left: 1}, nil
	}
	return a.deliver(ctx, o, in.Digest)
}

// Deliver is Speak over any channel: a mail server may take minutes over one
// message. It tells that it is alive, so that a machine that died is soon known,
// and leaves what has not left when its worker is told to stop.
func (a *Activities) Deliver(ctx context.Context, in wire.SpeakInput) (wire.SpeakResult, error) {
	ctx, cancel := beating(ctx)
	defer cancel()
	o, err := a.office(ctx)
	if err != nil {
		return wire.SpeakResult{}, err
	}
	if why := o.unserved(); why != "" {
		return wire.SpeakResult{Left: 1, Why: why}, nil // no try, no intent: another worker's
	}
	return a.deliver(ctx, o, in.Digest)
}

// beating is a context of an activity that tells that it is alive, and ends when the
// worker is told to stop.
func beating(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		beat := time.NewTicker(5 * time.Second)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
				activity.RecordHeartbeat(ctx)
			case <-activity.GetWorkerStopChannel(ctx):
				cancel(errors.New("the worker stops"))
				return
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

func (a *Activities) deliver(ctx context.Context, o office, digest string) (wire.SpeakResult, error) {
	planID, _, _ := strings.Cut(digest, "|")
	l, err := a.launched(ctx, planID)
	if err != nil {
		return wire.SpeakResult{}, translate(err)
	}
	at, err := ledger.SpeakingTime(digest)
	if err != nil {
		return wire.SpeakResult{}, err
	}
	if err := a.until(ctx, l, at); err != nil {
		return wire.SpeakResult{}, err
	}
	parted, err := a.Ledger.Part(ctx, digest, a.when(l.Clock))
	if err != nil {
		return wire.SpeakResult{}, translate(err)
	}
	if err := a.docket().StartDigests(ctx, l, parted); err != nil {
		return wire.SpeakResult{}, err
	}
	messages, err := a.Ledger.Gather(ctx, digest, a.when(l.Clock), func(channel string, items []ledger.Item) bool { return o.again(l, channel, items) })
	if err != nil {
		return wire.SpeakResult{}, translate(err)
	}
	var result wire.SpeakResult
	for _, m := range messages {
		why, err := a.send(ctx, l, o, m)
		if err != nil {
			return wire.SpeakResult{}, err
		}
		if why != "" {
			result.Left++
			result.Why = why
		}
	}
	return result, nil
}

// until waits until plan time has reached an instant.
func (a *Activities) until(ctx context.Context, l ledger.Launched, at time.Time) error {
	select {
	case <-time.After(l.Clock.Until(at, a.Now())):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// again tells whether a message that may have arrived is sent once more. Where
// twice is worse than never, it is when it says something grave: see plan.Policy.
func (o office) again(l ledger.Launched, name string, items []ledger.Item) bool {
	c, ok := o.carrier(name)
	if !ok || c.Twice() != channel.TwiceIsWorse {
		return ok
	}
	return slices.ContainsFunc(items, func(it ledger.Item) bool {
		return it.Notice.Plan != l.Plan.ID || l.Plan.Policies[it.Task.Policy].Grave(it.Notice.Kind)
	})
}

// send delivers one message and records what became of it. why says what is to be
// tried again for; the error is the ledger's.
func (a *Activities) send(ctx context.Context, l ledger.Launched, o office, m ledger.Message) (why string, err error) {
	outcome := ledger.Outcome{Message: m.ID, Attempt: m.Attempt}
	by, ok := o.carrier(m.Channel)
	if !ok {
		return "no channel for " + m.Channel, nil // its intent stands: it has not left
	}
	if by.Name() != m.Channel {
		outcome.Via = by.Name()
	}
	// A reader who cannot tell a copy from a new message is told.
	mail, err := a.worded(ctx, l, o, m, m.Doubts > 0 && by.Twice() == channel.TwiceIsWorse)
	if errors.Is(err, errWording) {
		a.Log.Error("Message cannot be worded", "message", m.ID, "error", err)
		outcome.Fate, outcome.Error = ledger.Refused, err.Error()
		return "", a.receipt(ctx, l, outcome)
	}
	if err != nil {
		return "", err
	}
	if err := a.place(ctx, by); err != nil {
		return err.Error(), nil // it has not left
	}
	defer a.leave(by)
	if g, gated := by.(channel.Gated); gated && !g.Ready() { // since it began to wait for its place
		return unreached(by.Name()), nil // it has not left
	}
	sending, cancel := context.WithTimeoutCause(ctx, a.within(), errors.New("the server took too long"))
	defer cancel()
	err = by.Send(sending, mail, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, recordedIn)
		defer cancel()
		return a.Ledger.Leaving(ctx, m.ID, m.Attempt, a.when(l.Clock))
	})
	log := a.Log.With("message", m.ID, "digest", m.Digest.Key, "channel", by.Name(), "attempt", m.Attempt)
	if err != nil {
		outcome.Error = err.Error()
	}
	switch {
	case err == nil:
		outcome.Fate = ledger.Delivered
	case errors.Is(err, ledger.ErrOvertaken):
		log.Warn("Message left to another try", "error", err)
		return outcome.Error, nil
	case errors.Is(err, channel.ErrUnknown):
		outcome.Fate, outcome.Again = ledger.Doubtful, o.again(l, m.Channel, m.Items)
		log.Warn("Message left and no answer came back", "error", err)
	case errors.Is(err, channel.ErrRejected):
		outcome.Fate = ledger.Refused
		log.Error("Message refused", "error", err)
	default:
		outcome.Fate = ledger.PutOff
		log.Warn("Message not delivered, to be tried again", "error", err)
	}
	if err := a.receipt(ctx, l, outcome); err != nil {
		return "", err
	}
	if outcome.Fate == ledger.PutOff || outcome.Again {
		return outcome.Error, nil
	}
	return "", nil
}

// place waits until one more message may be under way over a channel.
func (a *Activities) place(ctx context.Context, c channel.Channel) error {
	if a.Sending == nil || c.Twice() == channel.TwiceIsOne {
		return nil
	}
	ctx, cancel := a.beginning(ctx, false)
	defer cancel()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case a.Sending <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (a *Activities) leave(c channel.Channel) {
	if a.Sending != nil && c.Twice() != channel.TwiceIsOne {
		<-a.Sending
	}
}

// receipt writes an outcome down, also when ctx has ended.
func (a *Activities) receipt(ctx context.Context, l ledger.Launched, o ledger.Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordedIn)
	defer cancel()
	return a.Ledger.Receipt(ctx, o, a.when(l.Clock))
}
