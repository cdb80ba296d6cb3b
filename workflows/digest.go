package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"duban/activities"
)

// Digest speaks one recipient's notices of one morning in one message. The
// start delay holds it until the speaking time; its ID makes it one. What a
// channel cannot take now is tried again with growing gaps until it is delivered,
// refused for good, no longer true, or ended by a person: nothing else ends it.
func Digest(ctx workflow.Context, in DigestInput) error {
	input := activities.SpeakInput{Digest: in.Key}
	if in.Tries == 0 {
		var left activities.SpeakResult
		err := local(speaking(ctx), activities.SpeakName, input, &left)
		if err == nil && left.Left == 0 {
			return nil
		}
	}
	now := workflow.GetSignalChannel(ctx, SpeakNowSignal)
	for {
		var left activities.SpeakResult
		err := workflow.ExecuteActivity(delivering(ctx), activities.DeliverName, input).Get(ctx, &left)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && left.Left == 0 {
			return nil
		}
		if err != nil {
			left.Why = err.Error()
		}
		in.Tries++
		workflow.GetLogger(ctx).Warn("Digest not delivered yet", "digest", in.Key, "tries", in.Tries, "error", left.Why)
		workflow.SetCurrentDetails(ctx, "未送达，将再试："+left.Why)
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, DigestType, in)
		}
		if err := pause(ctx, now, gap(in.Tries)); err != nil {
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
