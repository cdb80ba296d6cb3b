package activities

import (
	"context"

	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// StageInput is one stage to decide, of a task or, when Talk is set, of a talk.
type StageInput struct {
	Plan     string     `json:"plan"`
	Task     string     `json:"task"`
	Talk     string     `json:"talk,omitempty"`
	Revision int        `json:"revision"`
	Stage    plan.Stage `json:"stage"`
}

// DecideStage records a stage and the notices it sends, and makes sure that
// each recipient's digest of that morning, and the talk it opens, are started.
func (a *Activities) DecideStage(ctx context.Context, in StageInput) error {
	l, err := a.launched(ctx, in.Plan)
	if err != nil {
		return translate(err)
	}
	d := ledger.Decision{
		Plan: in.Plan, Task: in.Task, Talk: in.Talk, Revision: in.Revision, Stage: in.Stage,
		Channels:  map[people.Recipient][]string{},
		OpensTalk: in.Talk == "" && in.Stage.Kind == plan.Talk,
	}
	o, err := a.office(ctx)
	if err != nil {
		return err
	}
	for _, r := range in.Stage.To {
		d.Channels[r] = o.to(r)
	}
	digests, talk, err := a.Ledger.DecideStage(ctx, d, a.when(l.Clock))
	if err != nil {
		return translate(err)
	}
	if talk != nil {
		if err := a.Starter.StartTalk(ctx, l, *talk); err != nil {
			return err
		}
	}
	return a.startDigests(ctx, l, digests)
}

func (a *Activities) startDigests(ctx context.Context, l ledger.Launched, digests []ledger.Digest) error {
	if len(digests) == 0 {
		return nil
	}
	keys := make([]string, 0, len(digests))
	for _, d := range digests {
		if err := a.Starter.StartDigest(ctx, d, l.Clock); err != nil {
			return err
		}
		keys = append(keys, d.Key)
	}
	return a.Ledger.MarkStarted(ctx, keys)
}
