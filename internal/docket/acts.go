package docket

import (
	"context"
	"errors"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
)

// Course is the course of a task, an occurrence or a duty as the ledger has it, by
// the policies and the calendar in force. As all that workflows are given, it is of
// keys: see act.Case.Keys.
func (d Docket) Course(ctx context.Context, planID, task string) (act.Course, error) {
	_, book, err := d.Plan(ctx, planID)
	if err != nil {
		return act.Course{}, err
	}
	return d.course(ctx, book, planID, task)
}

func (d Docket) course(ctx context.Context, book act.Book, planID, task string) (act.Course, error) {
	row, err := d.Ledger.Task(ctx, planID, task)
	if err != nil {
		return act.Course{}, err
	}
	return book.Course(ledger.CaseOf(row)).Keys(), nil
}

// Act works out what an act changes, of a task, an occurrence or a duty and of its
// talks, writes it into the ledger as one event and sends what it says at once. on is the
// course that the act was asked on. heard is when it came in, on the real clock: zero of
// what the engine does by itself. It gives the course from then on. behind: nothing was
// recorded, because the ledger has acts that on did not rest on; the act is to be judged
// anew by the course given.
func (d Docket) Act(ctx context.Context, planID, task string, a act.Act, on act.Course, heard time.Time) (course act.Course, behind bool, err error) {
	l, book, err := d.Plan(ctx, planID)
	if err != nil {
		return act.Course{}, false, err
	}
	row, err := d.level(ctx, l, task, on.Case)
	if err != nil {
		return act.Course{}, false, err
	}
	before := book.Course(ledger.CaseOf(row))
	again := before.Done(a.ID)
	if before.Place() != on.Place() && !again {
		return before.Keys(), true, nil
	}
	if !again {
		if r := d.Accounts.Credible(l, a, heard); r != nil {
			return act.Course{}, false, r
		}
	}
	after, told, refused := book.Act(before, a)
	if refused != nil {
		return act.Course{}, false, refused
	}
	talks, err := d.Ledger.TalksAbout(ctx, planID, task)
	if err != nil {
		return act.Course{}, false, err
	}
	acted := ledger.Acted{Plan: planID, Task: task, Act: a, Version: row.Version, Facts: after.Case, Told: told, From: &l.Plan,
		Place: placing(book, task, after.Policy, calendar.Day{})}
	all := told
	for _, k := range talks {
		course, told, ok := book.AffectedBy(book.TalkCourse(ledger.TalkCaseOf(&l.Plan, row, k)), task, before.Case, after.Case, a)
		if ok {
			acted.Talks = append(acted.Talks, ledger.ActedTalk{Talk: k.ID, Version: k.Version, Facts: course.TalkCase, Told: told})
			all = append(all, told...)
		}
	}
	if acted.Channels, err = d.toAll(ctx, all...); err != nil {
		return act.Course{}, false, err
	}
	facts, digests, err := d.Ledger.Act(ctx, acted, d.when(l.Clock))
	switch {
	case errors.Is(err, ledger.ErrBehind):
		course, err := d.course(ctx, book, planID, task)
		return course, true, err
	case errors.Is(err, ledger.ErrTaken):
		return act.Course{}, false, act.Taken(a)
	case err != nil:
		return act.Course{}, false, err
	}
	for _, k := range talks {
		revived := !k.GoesOn() && slices.ContainsFunc(acted.Talks, func(t ledger.ActedTalk) bool { return t.Talk == k.ID })
		// Of an act that was recorded by an earlier try nobody knows which talks it
		// revived, nor whether their workflows were started.
		if revived = revived || again && k.GoesOn(); revived && a.Kind != act.Reinstate {
			if err := d.Starter.ReviveTalk(ctx, planID, k.ID); err != nil {
				return act.Course{}, false, err
			}
		}
		if k.GoesOn() {
			if err := d.Starter.LookTalk(ctx, planID, k.ID); err != nil {
				return act.Course{}, false, err
			}
		}
	}
	return book.Course(facts).Keys(), false, d.StartDigests(ctx, l, digests)
}

// Reinstate records that what was cancelled goes on. Its workflow has ended, so that
// nothing runs that could be asked; whoever calls it starts one. heard is as in Act.
func (d Docket) Reinstate(ctx context.Context, planID, task string, a act.Act, heard time.Time) error {
	for {
		l, err := d.Ledger.Plan(ctx, planID)
		if err != nil {
			return err
		}
		if !l.Ended.IsZero() {
			return act.PlanEnded(calendar.DayOf(l.Ended.In(l.Plan.Location())))
		}
		course, err := d.Course(ctx, planID, task)
		if err != nil {
			return err
		}
		if _, behind, err := d.Act(ctx, planID, task, a, course, heard); err != nil || !behind {
			return err
		}
	}
}

// level is a task's row. Where the ledger lacks acts that the workflow knows, as
// after it was restored from an old copy, it gets them back from the histories, and
// catches up with what is not there either.
func (d Docket) level(ctx context.Context, l ledger.Launched, task string, known act.Case) (ledger.Task, error) {
	row, err := d.Ledger.Task(ctx, l.Plan.ID, task)
	if err != nil || !row.Facts.Place().Before(known.Place()) {
		return row, err
	}
	if err := d.Starter.Recover(ctx, l.Plan.ID, task); err != nil {
		return row, err
	}
	return d.Ledger.CatchUp(ctx, l.Plan.ID, task, known, d.when(l.Clock))
}
