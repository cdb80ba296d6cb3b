package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"duban/internal/wire"
)

// Digest speaks one recipient's notices of one instant in one message, when no
// Morning does or could. Its ID makes it one. What a channel cannot take now is
// tried again with growing gaps until it is delivered, refused for good, no longer
// true, or ended by a person: nothing else ends it.
func Digest(ctx workflow.Context, in DigestInput) error {
	input := wire.SpeakInput{Digest: in.Key}
	if in.Tries == 0 {
		var left wire.SpeakResult
		err := local(speaking(ctx), wire.SpeakName, input, &left)
		if err == nil && left.Left == 0 {
			return nil
		}
	}
	deliver := func(ctx workflow.Context) workflow.Future {
		return workflow.ExecuteActivity(delivering(ctx), wire.DeliverName, input)
	}
	return untilDelivered(ctx, DigestType, in.Key, &in.Tries, &in, deliver)
}

// Morning speaks the digests of up to fifty recipients of one instant. The start
// delay holds it until then; its ID makes it one. What a recipient's channel does
// not take goes on in a Digest of its own.
func Morning(ctx workflow.Context, in MorningInput) error {
	input := wire.MorningInput{Morning: in.Key, At: in.At}
	if in.Tries == 0 {
		var left wire.SpeakResult
		err := workflow.ExecuteLocalActivity(speaking(ctx), wire.SpeakMorningName, input).Get(ctx, &left)
		if err == nil && left.Left == 0 {
			return nil
		}
	}
	deliver := func(ctx workflow.Context) workflow.Future {
		return workflow.ExecuteActivity(delivering(ctx), wire.DeliverMorningName, input)
	}
	return untilDelivered(ctx, MorningType, in.Key, &in.Tries, &in, deliver)
}

// untilDelivered tries to deliver with growing gaps until nothing is left. tries is
// in's, the workflow's input, with which a long history goes on in a new run.
func untilDelivered(ctx workflow.Context, kind, key string, tries *int, in any, deliver func(workflow.Context) workflow.Future) error {
	now := workflow.GetSignalChannel(ctx, SpeakNowSignal)
	for {
		var left wire.SpeakResult
		err := deliver(ctx).Get(ctx, &left)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && left.Left == 0 {
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

// gap is how long to wait after so many tries: from a second to three hours.
func gap(tries int) time.Duration {
	return min(time.Second<<min(tries-1, 20), 3*time.Hour)
}

// pause waits for d, or until it is told to go on.
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
