package activities

import (
	"context"
	"errors"
	"time"

	"duban/internal/act"
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
	// What it was taken from, with it as the first of the ladder; one of the two.
	Course     *act.Course     `json:"course,omitempty"`
	TalkCourse *act.TalkCourse `json:"talk_course,omitempty"`
}

// StageResult is empty when the stage was decided, or was void. Otherwise the
// ledger has acts that the course did not rest on, the stage was not decided, and
// this is the course to go on from.
type StageResult struct {
	Course     *act.Course     `json:"course,omitempty"`
	TalkCourse *act.TalkCourse `json:"talk_course,omitempty"`
}

// DecideStage records a stage and the notices it sends, and makes sure that
// each recipient's digest of that morning, and the talk it opens, are started.
func (a *Activities) DecideStage(ctx context.Context, in StageInput) (StageResult, error) {
	l, err := a.launched(ctx, in.Plan)
	if err != nil {
		return StageResult{}, translate(err)
	}
	d := ledger.Decision{
		Plan: in.Plan, Task: in.Task, Talk: in.Talk, Revision: in.Revision, Stage: in.Stage,
		Channels:  map[people.Recipient][]string{},
		OpensTalk: in.Talk == "" && in.Stage.Kind == plan.Talk,
		Course:    in.Course, TalkCourse: in.TalkCourse,
	}
	o, err := a.office(ctx)
	if err != nil {
		return StageResult{}, err
	}
	for _, r := range in.Stage.To {
		d.Channels[r] = o.to(r)
	}
	digests, talk, err := a.Ledger.DecideStage(ctx, d, a.when(l.Clock))
	switch {
	case errors.Is(err, ledger.ErrBehind) && in.Talk == "":
		c, err := a.course(ctx, l, in.Task)
		return StageResult{Course: &c}, err
	case errors.Is(err, ledger.ErrBehind):
		c, err := a.talkCourse(ctx, l, in.Talk)
		return StageResult{TalkCourse: &c}, err
	case err != nil:
		return StageResult{}, translate(err)
	}
	if talk != nil {
		if err := a.Starter.StartTalk(ctx, l, *talk); err != nil {
			return StageResult{}, err
		}
	}
	return StageResult{}, a.startDigests(ctx, l, digests)
}

// startDigests starts the workflows of digests and notes which are started, also
// when a later one cannot be: each try gets further on a slow machine.
func (a *Activities) startDigests(ctx context.Context, l ledger.Launched, digests []ledger.Digest) (err error) {
	var keys []string
	for _, d := range digests {
		if err = a.Starter.StartDigest(ctx, d, l.Clock); err != nil {
			break
		}
		keys = append(keys, d.Key)
	}
	if len(keys) == 0 {
		return err
	}
	note, cancel := context.WithTimeout(context.WithoutCancel(ctx), noting)
	defer cancel()
	return errors.Join(err, a.Ledger.MarkStarted(note, keys))
}

// noting is how long a note of what has been done may take after its activity's
// own time is over.
const noting = 5 * time.Second
