package activities

import (
	"context"

	"duban/internal/act"
	"duban/internal/ledger"
)

// startProposed starts the workflows of the proposals that a person or a rule
// made and nobody has decided: whoever wrote one may have died before it was
// started. What runs already is not started again. A proposal of a ladder is
// started with its stage.
func (a *Activities) startProposed(ctx context.Context, l ledger.Launched, talks []ledger.Talk) error {
	for _, t := range talks {
		if t.State != ledger.TalkProposed || t.Origin == act.OriginStage {
			continue
		}
		if err := a.Starter.StartTalk(ctx, l, t); err != nil {
			return err
		}
	}
	return nil
}
