package workflows

import (
	"strings"

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
	planID, _, _ := strings.Cut(in.Key, "|")
	p := patience{plan: planID}
	for {
		err := p.write(ctx, "give_up", acts.GiveUp, input, nil)
		if failed := p.settle(ctx, "give_up", err, never); err == nil || failed != nil {
			return failed
		}
	}
}
