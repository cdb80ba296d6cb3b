package activities

import (
	"context"
	"errors"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/wire"
)

// DecideStage records the next stage of a task and the notices it sends, and makes
// sure that each recipient's digest of that morning, and the talk it opens, are
// started. It gives the course from then on. Where the ledger has another next
// stage, because an act or a holiday notice has come meanwhile, nothing is decided.
func (a *Activities) DecideStage(ctx context.Context, in wire.StageInput) (act.Course, error) {
	l, book, err := a.plan(ctx, in.Plan)
	if err != nil {
		return act.Course{}, translate(err)
	}
	row, err := a.level(ctx, l, in.Task, in.Course.Case)
	if err != nil {
		return act.Course{}, translate(err)
	}
	c, stage := book.Course(ledger.CaseOf(row)), *in.Course.Next
	d := ledger.Decision{Plan: in.Plan, Task: in.Task, Revision: in.Course.Revision, Version: row.Version, Stage: stage, From: &l.Plan, OpensTalk: stage.Kind == plan.Talk}
	if d.Channels, err = a.channels(ctx, stage); err != nil {
		return act.Course{}, err
	}
	switch {
	case isNext(c.Next, stage):
		c, d.Stage = book.Decide(c) // the workflow's has no words
		d.Place = Placer(book, in.Task, c.Policy, book.Limit(c.Case, d.Stage))
		d.Facts, d.Revision = c.Case, c.Revision
		if d.OpensTalk {
			if d.TalkNumber, err = nextTalk(ctx, a.Ledger, a.Starter, in.Plan, in.Task, stage.At); err != nil {
				return act.Course{}, translate(err)
			}
			row.Facts = c.Case
			called := ledger.TalkCaseOf(&l.Plan, row, ledger.Talk{Task: row.ID, Lead: c.Lead, What: plan.ProposeTalk, State: ledger.TalkPending, Origin: act.OriginStage})
			d.Called = &called
		}
	case !c.Speaks(stage): // when it is said already, a try before this one may have stopped half way
		return c.Keys(), nil
	}
	digests, talk, err := a.Ledger.DecideStage(ctx, d, a.when(l.Clock))
	if errors.Is(err, ledger.ErrBehind) {
		return a.course(ctx, book, in.Plan, in.Task)
	}
	if err != nil {
		return act.Course{}, translate(err)
	}
	if talk != nil {
		if err := a.Starter.StartTalk(ctx, l, *talk); err != nil {
			return act.Course{}, err
		}
	}
	return c.Keys(), a.startDigests(ctx, l, digests)
}

// Placer puts the words of stages into messages by the rhythm of a policy. limit is the
// day by which what they are about is to be done.
func Placer(book act.Book, thing, policy string, limit calendar.Day) ledger.Placing {
	return func(s plan.Stage, r people.Recipient, heard []plan.Heard) plan.Placed {
		w := act.WordTo(thing, s, r, limit)
		w.Own = book.OwnPace(r)
		return book.Place(book.Policies[policy], w, heard)
	}
}

// isNext tells that a stage is the one that comes next.
func isNext(next *plan.Stage, s plan.Stage) bool {
	return next != nil && next.ID == s.ID && next.At.Equal(s.At)
}

// startDigests starts the workflows of digests, one for each morning, and notes
// which are started, also when a later one cannot be: each try gets further on a
// slow machine.
func (a *Activities) startDigests(ctx context.Context, l ledger.Launched, digests []ledger.Digest) (err error) {
	var keys []string
	started := map[string]bool{}
	for _, d := range digests {
		if d.Morning == "" || !started[d.Morning] {
			if err = a.Starter.StartDigest(ctx, d, l.Clock); err != nil {
				break
			}
			started[d.Morning] = true
			keys = append(keys, d.Key)
		}
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
