package docket

import (
	"context"
	"errors"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Decide records the next stage of a task, which the course on asks for, and the notices
// it sends, and makes sure that each recipient's digest of that morning, and the talk it
// opens, are started. It gives the course from then on. Where the ledger has another next
// stage, because an act or a holiday notice has come meanwhile, nothing is decided.
func (d Docket) Decide(ctx context.Context, planID, task string, on act.Course) (act.Course, error) {
	l, book, err := d.Plan(ctx, planID)
	if err != nil {
		return act.Course{}, err
	}
	row, err := d.level(ctx, l, task, on.Case)
	if err != nil {
		return act.Course{}, err
	}
	c, stage := book.Course(ledger.CaseOf(row)), *on.Next
	word := ledger.Decision{Plan: planID, Task: task, Revision: on.Revision, Version: row.Version, Stage: stage, From: &l.Plan, OpensTalk: stage.Kind == plan.Talk}
	if word.Channels, err = d.toAll(ctx, stage); err != nil {
		return act.Course{}, err
	}
	switch {
	case isNext(c.Next, stage):
		c, word.Stage = book.Decide(c) // the workflow's has no words
		word.Place = placing(book, task, c.Policy, book.Limit(c.Case, word.Stage))
		word.Facts, word.Revision = c.Case, c.Revision
		if word.OpensTalk {
			if word.TalkNumber, err = d.nextTalk(ctx, planID, row, stage.At); err != nil {
				return act.Course{}, err
			}
			row.Facts = c.Case
			called := ledger.TalkCaseOf(&l.Plan, row, ledger.Talk{Task: row.ID, Lead: c.Lead, What: plan.ProposeTalk, State: act.TalkPending, Origin: act.Origin{Kind: act.OriginStage}})
			word.Called = &called
		}
	case !c.Speaks(stage): // when it is said already, a try before this one may have stopped half way
		return c.Keys(), nil
	}
	digests, talk, err := d.Ledger.DecideStage(ctx, word, d.when(l.Clock))
	if errors.Is(err, ledger.ErrBehind) {
		return d.course(ctx, book, planID, task)
	}
	if err != nil {
		return act.Course{}, err
	}
	if talk != nil {
		if err := d.Starter.StartTalk(ctx, l, *talk); err != nil {
			return act.Course{}, err
		}
	}
	return c.Keys(), d.StartDigests(ctx, l, digests)
}

// DecideOfTalk is Decide of a talk.
func (d Docket) DecideOfTalk(ctx context.Context, planID, id string, on act.TalkCourse) (act.TalkCourse, error) {
	l, book, talk, task, err := d.talk(ctx, planID, id)
	if err != nil {
		return act.TalkCourse{}, err
	}
	if talk, err = d.levelTalk(ctx, l, talk, on.TalkCase); err != nil {
		return act.TalkCourse{}, err
	}
	c, stage := book.TalkCourse(ledger.TalkCaseOf(&l.Plan, task, talk)), *on.Next
	word := ledger.Decision{Plan: planID, Task: talk.Task, Talk: id, Revision: on.Revision, Version: talk.Version, Stage: stage, From: &l.Plan}
	if word.Channels, err = d.toAll(ctx, stage); err != nil {
		return act.TalkCourse{}, err
	}
	switch {
	case isNext(c.Next, stage):
		c, word.Stage = book.DecideOfTalk(c)
		word.Place = placing(book, id, c.Policy, book.TalkLimit(c.TalkCase, word.Stage))
		word.TalkFacts = c.TalkCase
	case !c.Speaks(stage):
		return c.Keys(), nil
	}
	digests, _, err := d.Ledger.DecideStage(ctx, word, d.when(l.Clock))
	if errors.Is(err, ledger.ErrBehind) {
		return d.TalkCourse(ctx, planID, id)
	}
	if err != nil {
		return act.TalkCourse{}, err
	}
	return c.Keys(), d.StartDigests(ctx, l, digests)
}

// isNext tells that a stage is the one that comes next.
func isNext(next *plan.Stage, s plan.Stage) bool {
	return next != nil && next.ID == s.ID && next.At.Equal(s.At)
}
