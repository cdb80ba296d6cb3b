package docket

import (
	"context"
	"errors"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// Unheard gives the recipients who have not yet heard what a restored act told them, each with
// the channels over which they are to hear it.
type Unheard func(ctx context.Context, told []plan.Stage) (map[people.Recipient][]string, error)

// Restore writes an act on a task that a workflow's history has and the ledger lacks, as after
// the ledger was restored from an older copy. on is the case by which the act was judged. The
// digests are those that tell of the act. fresh is false, and nothing is written, where the
// ledger has the act already, does not know the task or knows later acts on it, or where the act
// is no longer possible.
func (d Docket) Restore(ctx context.Context, l ledger.Launched, rules act.Rules, task string, a act.Act, on act.Case, unheard Unheard) (digests []ledger.Digest, fresh bool, err error) {
	if there, err := d.Ledger.Recorded(ctx, ledger.ActKey(l.Plan.ID, task, a.ID)); there || err != nil {
		return nil, false, err
	}
	row, err := d.Ledger.Task(ctx, l.Plan.ID, task)
	if err != nil {
		return nil, false, unlessGone(err)
	}
	before := on.Worded(row.Facts)
	after, told, refused := rules.Act(rules.Course(before), a)
	if refused != nil || row.State != ledger.TaskOpen {
		return nil, false, nil
	}
	acted, _, said, err := d.acted(ctx, l, rules, row, before, after.Case, told, a)
	if err != nil {
		return nil, false, err
	}
	if acted.Channels, err = unheard(ctx, said); err != nil {
		return nil, false, err
	}
	if _, digests, err = d.Ledger.Act(ctx, acted, d.when(l.Clock)); err != nil {
		return nil, false, unlessGone(err)
	}
	return digests, true, nil
}

// RestoreOnTalk is Restore of a talk.
func (d Docket) RestoreOnTalk(ctx context.Context, l ledger.Launched, rules act.Rules, id string, a act.Act, on act.TalkCase, unheard Unheard) (digests []ledger.Digest, fresh bool, err error) {
	if there, err := d.Ledger.Recorded(ctx, ledger.ActKey(l.Plan.ID, id, a.ID)); there || err != nil {
		return nil, false, err
	}
	talk, err := d.Ledger.Talk(ctx, l.Plan.ID, id)
	if err != nil {
		return nil, false, unlessGone(err)
	}
	if talk.Facts != nil {
		on = on.Worded(*talk.Facts)
	}
	after, told, refused := rules.ActOnTalk(rules.TalkCourse(on), a)
	if refused != nil || !talk.GoesOn() {
		return nil, false, nil
	}
	acted := ledger.ActedOnTalk{Plan: l.Plan.ID, Talk: id, Act: a, Version: talk.Version, Facts: after.TalkCase, Told: told, From: &l.Plan}
	if acted.Channels, err = unheard(ctx, told); err != nil {
		return nil, false, err
	}
	if _, digests, err = d.Ledger.ActOnTalk(ctx, acted, d.when(l.Clock)); err != nil {
		return nil, false, unlessGone(err)
	}
	return digests, true, nil
}

// unlessGone drops the errors of things that the ledger does not have, or of which it knows
// later acts: what is missing is left to a person, and where the ledger knows later acts its own
// course applies.
func unlessGone(err error) error {
	if errors.Is(err, ledger.ErrNotFound) || errors.Is(err, ledger.ErrBehind) {
		return nil
	}
	return err
}
