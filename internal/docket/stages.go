package docket

import (
	"context"
	"errors"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Decide records the next stage of a task, which the course on asks for, and its notices. It
// makes sure that the digest of that morning is started for each recipient, and so is the talk
// that the stage opens. It gives the course from then on. Where another stage is next in the
// ledger, because an act or a holiday notice came meanwhile, nothing is decided.
func (d Docket) Decide(ctx context.Context, planID, task string, on act.Course) (act.Course, error) {
	l, rules, err := d.Plan(ctx, planID)
	if err != nil {
		return act.Course{}, err
	}
	row, err := d.level(ctx, l, task, on.Case)
	if err != nil {
		return act.Course{}, err
	}
	c, stage := rules.Course(ledger.CaseOf(row)), *on.Next
	word := ledger.Decision{Plan: planID, Task: task, Version: row.Version, Stage: stage, From: &l.Plan, OpensTalk: stage.Kind == plan.Talk}
	if word.Channels, err = d.toAll(ctx, stage); err != nil {
		return act.Course{}, err
	}
	switch {
	case isNext(c.Next, stage):
		c, word.Stage = rules.Decide(c) // the stage of the workflow has no words: see act.Course.Keys
		word.Place = placing(rules, task, c.Policy, rules.Limit(c.Case, word.Stage))
		word.Facts, word.Revision = c.Case, c.Revision
		if word.OpensTalk {
			if word.TalkNumber, err = d.nextTalk(ctx, planID, row, stage.At); err != nil {
				return act.Course{}, err
			}
			row.Facts = c.Case
			called := ledger.TalkCaseOf(&l.Plan, row, ledger.Talk{Task: row.ID, Lead: c.Lead, What: plan.ProposeTalk, State: act.TalkPending, Origin: act.Origin{Kind: act.OriginStage}})
			word.Called = &called
		}
	case !c.Speaks(stage): // there is nothing to decide; a stage that is decided already goes on below, because an earlier try may have stopped before its digests were started
		return c.Keys(), nil
	default:
		word.Revision = rules.Say(on.Case, stage).Revision // under which it was decided
	}
	digests, talk, err := d.Ledger.DecideStage(ctx, word, d.when(l.Clock))
	if errors.Is(err, ledger.ErrBehind) {
		return d.course(ctx, rules, planID, task)
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
	l, rules, talk, task, err := d.talk(ctx, planID, id)
	if err != nil {
		return act.TalkCourse{}, err
	}
	if talk, err = d.levelTalk(ctx, l, talk, on.TalkCase); err != nil {
		return act.TalkCourse{}, err
	}
	c, stage := rules.TalkCourse(ledger.TalkCaseOf(&l.Plan, task, talk)), *on.Next
	word := ledger.Decision{Plan: planID, Task: talk.Task, Talk: id, Version: talk.Version, Stage: stage, From: &l.Plan}
	if word.Channels, err = d.toAll(ctx, stage); err != nil {
		return act.TalkCourse{}, err
	}
	switch {
	case isNext(c.Next, stage):
		c, word.Stage = rules.DecideOfTalk(c)
		word.Place = placing(rules, id, c.Policy, rules.TalkLimit(c.TalkCase, word.Stage))
		word.TalkFacts, word.Revision = c.TalkCase, c.Revision
	case !c.Speaks(stage):
		return c.Keys(), nil
	default:
		word.Revision = rules.SayOfTalk(on.TalkCase, stage).Revision
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
