package workflows

import (
	"go.temporal.io/sdk/workflow"

	"duban/activities"
)

// Digest speaks one recipient's notices of one morning in one message. The
// start delay holds it until the speaking time; its ID makes it one. A channel
// that stays dead for a day is given up: recorded, seen, and nobody waits.
func Digest(ctx workflow.Context, in DigestInput) error {
	input := activities.SpeakInput{Digest: in.Key}
	err := workflow.ExecuteLocalActivity(speaking(ctx), acts.Speak, input).Get(ctx, nil)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	workflow.GetLogger(ctx).Error("Digest not delivered", "digest", in.Key, "error", err)
	return workflow.ExecuteLocalActivity(deciding(ctx), acts.GiveUp, input).Get(ctx, nil)
}
