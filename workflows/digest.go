package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"duban/internal/wire"
)

// Digest sends one recipient's notices of one instant in one message, when there is
// no Morning for them or the Morning could not. Its workflow ID is the digest's, so
// that there is only one. A message that a channel does not take is tried again with
// growing gaps until it is delivered, refused for good, no longer true, or ended by a
// person: nothing else ends the workflow.
func Digest(ctx workflow.Context, in DigestInput) error {
	input := wire.SpeakInput{Digest: in.Key}
	if in.Tries == 0 {
		asked := askedToSpeak(ctx)
		take(asked, asked.Len())
		var left wire.SpeakResult
		err := local(speaking(ctx), wire.SpeakName, input, &left)
		if err == nil && left.Left == 0 && asked.Len() == 0 {
			return nil
		}
	}
	deliver := func(ctx workflow.Context) workflow.Future {
		return workflow.ExecuteActivity(delivering(ctx), wire.DeliverName, input)
	}
	return untilDelivered(ctx, DigestType, in.Key, &in.Tries, &in, deliver)
}

// Morning sends the digests of up to fifty recipients of one instant. It is started
// with a delay until that instant; its workflow ID is the morning's, so that there is
// only one. A digest that its channel does not take gets a Digest workflow.
func Morning(ctx workflow.Context, in MorningInput) error {
	input := wire.MorningInput{Morning: in.Key, At: in.At}
	if in.Tries == 0 {
		asked := askedToSpeak(ctx)
		take(asked, asked.Len())
		var left wire.SpeakResult
		err := workflow.ExecuteLocalActivity(speaking(ctx), wire.SpeakMorningName, input).Get(ctx, &left)
		if err == nil && left.Left == 0 && asked.Len() == 0 {
			return nil
		}
	}
	deliver := func(ctx workflow.Context) workflow.Future {
		return workflow.ExecuteActivity(delivering(ctx), wire.DeliverMorningName, input)
	}
	return untilDelivered(ctx, MorningType, in.Key, &in.Tries, &in, deliver)
}

// askedToSpeak has a signal for every time that somebody has asked for a try at once: a
// message that was refused is sent again.
func askedToSpeak(ctx workflow.Context) workflow.ReceiveChannel {
	return workflow.GetSignalChannel(ctx, SpeakNowSignal)
}

// untilDelivered calls deliver, with growing gaps, until nothing is left to deliver and
// nobody has asked for another try since the last one began: what is sent again while a
// try ends would be lost otherwise. tries points to the count within in, the workflow's
// input; when the history is long, the workflow continues with in in a new run.
func untilDelivered(ctx workflow.Context, kind, key string, tries *int, in any, deliver func(workflow.Context) workflow.Future) error {
	now := askedToSpeak(ctx)
	for {
		take(now, now.Len())
		var left wire.SpeakResult
		err := deliver(ctx).Get(ctx, &left)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && left.Left == 0 {
			if now.Len() > 0 {
				continue
			}
			return nil
		}
		if err != nil {
			left.Why = err.Error()
		}
		*tries++
		workflow.GetLogger(ctx).Warn("Not delivered yet", "key", key, "tries", *tries, "error", left.Why)
		workflow.SetCurrentDetails(ctx, "未送达，将再试："+left.Why)
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, kind, in)
		}
		if err := pause(ctx, now, gap(*tries)); err != nil {
			return err
		}
	}
}

// gap is how long to wait after the given number of tries: from a second, doubling, to
// three hours.
func gap(tries int) time.Duration {
	return min(time.Second<<min(tries-1, 20), 3*time.Hour)
}

// pause waits for d of real time, or until a signal on now says to try at once.
func pause(ctx workflow.Context, now workflow.ReceiveChannel, d time.Duration) error {
	timerCtx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	timer := workflow.NewTimerWithOptions(timerCtx, d, workflow.TimerOptions{Summary: "再次发送"})
	if err := workflow.Await(ctx, func() bool { return timer.IsReady() || now.Len() > 0 }); err != nil {
		return err
	}
	for now.ReceiveAsync(nil) {
	}
	return nil
}
