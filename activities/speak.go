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
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/wire"
)

// Limits of sending.
const (
	// underWay is how long a message may be under way before it is broken off.
	underWay = 12 * time.Minute
	// afterwards is the longest time by which the answer to a message's last byte is waited
	// for after that: see smtp.Patience.
	afterwards = 10 * time.Second
	// recordedIn is how long a write of the ledger about a message may take. It has a
	// context of its own: a message whose fate is known must not become doubtful because
	// the worker stops or the activity's time is over.
	recordedIn = 15 * time.Second
)

// within is how long a message may be under way.
func (a *Activities) within() time.Duration { return cmp.Or(a.Within, underWay) }

// beginning is a context that ends when no further message may be begun, because it and
// its receipt might not be done before the activity's deadline. With quick, for channels
// that answer at once, it ends only with ctx.
func (a *Activities) beginning(ctx context.Context, quick bool) (context.Context, context.CancelFunc) {
	ends, limited := ctx.Deadline()
	if !limited || quick {
		return context.WithCancel(ctx)
	}
	return context.WithDeadlineCause(ctx, ends.Add(-a.within()-afterwards-2*recordedIn), errors.New("no time for it is left in this try"))
}

// Speak waits for a digest's speaking time, which is at most seconds away, gathers the
// notices that are still true then and sends them, if all channels of the office are
// quick. Otherwise, and when a message was not sent, SpeakResult.Left is positive: the
// rest is for Deliver.
func (a *Activities) Speak(ctx context.Context, in wire.SpeakInput) (wire.SpeakResult, error) {
	return a.speak(ctx, in.Digest, office.slow)
}

// Deliver is Speak over any channel: a mail server may take minutes for one message. It
// sends heartbeats, so that Temporal soon knows of a machine that died, and breaks off
// messages that have not left when its worker is told to stop.
func (a *Activities) Deliver(ctx context.Context, in wire.SpeakInput) (wire.SpeakResult, error) {
	ctx, cancel := beating(ctx)
	defer cancel()
	return a.speak(ctx, in.Digest, office.unserved)
}

// speak sends a digest when its instant has come, unless unfit says why this worker is not
// to: then no intent is recorded, and another worker may send the message.
func (a *Activities) speak(ctx context.Context, digest string, unfit func(office) string) (wire.SpeakResult, error) {
	planID, _, _ := strings.Cut(digest, "|")
	at, err := ledger.SpeakingTime(digest)
	if err != nil {
		return wire.SpeakResult{}, err
	}
	l, o, why, err := a.begins(ctx, planID, at, unfit)
	if err != nil || why != "" {
		return unsent(why), err
	}
	return a.deliver(ctx, l, o, digest)
}

// unsent is the result of a try that was not begun; why is "" when an error says it.
func unsent(why string) wire.SpeakResult {
	if why == "" {
		return wire.SpeakResult{}
	}
	return wire.SpeakResult{Left: 1, Why: why}
}

// begins waits until the plan clock has reached an instant. It gives the plan and what the
// office has decided by then: the office may have chosen other channels during the wait.
// why is what unfit says before or after it, "" when messages can be sent.
func (a *Activities) begins(ctx context.Context, planID string, at time.Time, unfit func(office) string) (l ledger.Launched, o office, why string, err error) {
	if o, err = a.office(ctx); err != nil {
		return l, o, "", err
	}
	if why = unfit(o); why != "" {
		return l, o, why, nil
	}
	if l, err = a.launched(ctx, planID); err != nil {
		return l, o, "", translate(err)
	}
	if err := a.until(ctx, l, at); err != nil {
		return l, o, "", err
	}
	if o, err = a.office(ctx); err != nil {
		return l, o, "", err
	}
	return l, o, unfit(o), nil
}

// beating is a context in which an activity sends heartbeats, and which ends when the
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

// deliver gathers what is still true of a digest whose instant has come, and sends it.
func (a *Activities) deliver(ctx context.Context, l ledger.Launched, o office, digest string) (wire.SpeakResult, error) {
	if chases(digest) {
		if _, owed, err := a.chase(ctx, l, digest); err != nil || !owed {
			if err == nil {
				err = a.Ledger.Unsay(ctx, digest, a.when(l.Clock))
			}
			return wire.SpeakResult{}, translate(err)
		}
	}
	if docket.RemindsOfAssessment(digest) {
		if holds, err := a.docket().ReminderHolds(ctx, l.Plan.ID, digest); err != nil || !holds {
			if err == nil {
				err = a.Ledger.Unsay(ctx, digest, a.when(l.Clock))
			}
			return wire.SpeakResult{}, translate(err)
		}
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

// until waits until the plan clock has reached an instant.
func (a *Activities) until(ctx context.Context, l ledger.Launched, at time.Time) error {
	select {
	case <-time.After(l.Clock.Until(at, a.Now())):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// again tells whether a message that may have arrived is sent once more. Over a channel
// on which a second copy is worse than none (channel.TwiceIsWorse), only a message with a
// grave notice is: see plan.Policy.Grave.
func (o office) again(l ledger.Launched, name string, items []ledger.Item) bool {
	c, ok := o.carrier(name)
	if !ok || c.Twice() != channel.TwiceIsWorse {
		return ok
	}
	return slices.ContainsFunc(items, func(it ledger.Item) bool {
		return it.Notice.Plan != l.Plan.ID || l.Plan.Policies[it.Task.Policy].Grave(it.Notice.Kind)
	})
}

// send sends one message and records its fate. why is the reason to try again, "" when
// there is nothing to try again; the error is the ledger's.
func (a *Activities) send(ctx context.Context, l ledger.Launched, o office, m ledger.Message) (why string, err error) {
	outcome := ledger.Outcome{Message: m.ID, Attempt: m.Attempt}
	by, ok := o.carrier(m.Channel)
	if !ok {
		return "no channel for " + m.Channel, nil // the message has not left; its intent remains
	}
	if by.Name() != m.Channel {
		outcome.Via = by.Name()
	}
	// Over a channel on which a reader cannot tell a copy from a new message, the letter says that it may be one.
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
		return err.Error(), nil // the message has not left
	}
	defer a.leave(by)
	if g, gated := by.(channel.Gated); gated && !g.Ready() { // the channel may have closed during the wait for a place
		return unreached(by.Name()), nil // the message has not left
	}
	sending, cancel := context.WithTimeoutCause(ctx, a.within(), errors.New("the server took too long"))
	defer cancel()
	err = by.Send(sending, mail, func(ctx context.Context, missed []channel.Missed) error {
		outcome.Missed = nil
		for _, c := range missed {
			outcome.Missed = append(outcome.Missed, ledger.MissedCopy{Name: c.To.Name, Email: c.To.Email, Error: c.Error})
		}
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
		if len(outcome.Missed) > 0 {
			log.Warn("Copies of a message not taken", "copies", len(outcome.Missed), "error", outcome.Missed[0].Error)
		}
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

// place waits until one more message may be under way over a channel, see
// Activities.Sending. The error is the end of ctx, or of the time in which a message may
// begin.
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

// receipt records an outcome in the ledger, also when ctx has ended.
func (a *Activities) receipt(ctx context.Context, l ledger.Launched, o ledger.Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordedIn)
	defer cancel()
	return a.Ledger.Receipt(ctx, o, a.when(l.Clock))
}
