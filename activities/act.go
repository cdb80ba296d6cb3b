package activities

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/internal/words"
)

// RecordAct works out what an act changes, of the task and of its talks, writes it
// into the ledger as one event and sends what it says at once. An act refused here
// (an unknown unit, an unknown policy) is an error of type ErrTypeRefused.
func (a *Activities) RecordAct(ctx context.Context, in wire.ActInput) (wire.ActResult, error) {
	l, book, err := a.plan(ctx, in.Plan)
	if err != nil {
		return wire.ActResult{}, translate(err)
	}
	row, err := a.level(ctx, l, in.Task, in.Course.Case)
	if err != nil {
		return wire.ActResult{}, translate(err)
	}
	before := book.Course(ledger.CaseOf(row))
	again := before.Done(in.Act.ID)
	if before.Place() != in.Course.Place() && !again {
		return wire.ActResult{Course: before.Keys(), Behind: true}, nil
	}
	if !again {
		if r := a.Accounts.Credible(l.Clock, in.Act, in.Heard); r != nil {
			return wire.ActResult{}, wire.Refused(r)
		}
	}
	after, told, refused := book.Act(before, in.Act)
	if refused != nil {
		return wire.ActResult{}, wire.Refused(refused)
	}
	talks, err := a.Ledger.TalksAbout(ctx, in.Plan, in.Task)
	if err != nil {
		return wire.ActResult{}, translate(err)
	}
	acted := ledger.Acted{Plan: in.Plan, Task: in.Task, Act: in.Act, Version: row.Version, Facts: after.Case, Told: told, From: &l.Plan,
		Place: Placer(book, in.Task, after.Policy, calendar.Day{})}
	all := told
	for _, k := range talks {
		course, told, ok := book.AffectedBy(book.TalkCourse(ledger.TalkCaseOf(&l.Plan, row, k)), in.Task, before.Case, after.Case, in.Act)
		if ok {
			acted.Talks = append(acted.Talks, ledger.ActedTalk{Talk: k.ID, Version: k.Version, Facts: course.TalkCase, Told: told})
			all = append(all, told...)
		}
	}
	if acted.Channels, err = a.channels(ctx, all...); err != nil {
		return wire.ActResult{}, err
	}
	facts, digests, err := a.Ledger.Act(ctx, acted, a.when(l.Clock))
	if errors.Is(err, ledger.ErrBehind) {
		course, err := a.course(ctx, book, in.Plan, in.Task)
		return wire.ActResult{Course: course, Behind: true}, err
	}
	if errors.Is(err, ledger.ErrTaken) {
		return wire.ActResult{}, wire.Refused(act.Taken(in.Act))
	}
	if err != nil {
		return wire.ActResult{}, translate(err)
	}
	for _, k := range talks {
		revived := !k.GoesOn() && slices.ContainsFunc(acted.Talks, func(t ledger.ActedTalk) bool { return t.Talk == k.ID })
		// Of an act that was recorded by an earlier try nobody knows which talks it
		// revived, nor whether their workflows were started.
		if revived = revived || again && k.GoesOn(); revived && in.Act.Kind != act.Reinstate {
			if err := a.Starter.ReviveTalk(ctx, in.Plan, k.ID); err != nil {
				return wire.ActResult{}, err
			}
		}
		if k.GoesOn() {
			if err := a.Starter.LookTalk(ctx, in.Plan, k.ID); err != nil {
				return wire.ActResult{}, err
			}
		}
	}
	return wire.ActResult{Course: book.Course(facts).Keys()}, a.startDigests(ctx, l, digests)
}

// RecordOfMany is RecordAct for an act that one order does on many things.
func (a *Activities) RecordOfMany(ctx context.Context, in wire.ActInput) (wire.RecordedOfMany, error) {
	result, err := a.RecordAct(ctx, in)
	return wire.RecordedOfMany{Asked: in, Result: result}, err
}

// Reinstate records that what was cancelled goes on. Its workflow has ended, so that
// nothing runs that could be asked; whoever calls it starts one. heard is when the
// act came in, zero of what the engine does by itself.
func Reinstate(ctx context.Context, store *ledger.Store, start Starter, accounts *Accounts, now func() time.Time, planID, task string, a act.Act, heard time.Time) (*act.Refusal, error) {
	w := &Activities{Ledger: store, Starter: start, Accounts: accounts, Words: words.New(""), Now: now}
	for {
		l, err := store.Plan(ctx, planID)
		if err != nil {
			return nil, err
		}
		if !l.Ended.IsZero() {
			return act.PlanEnded(calendar.DayOf(l.Ended.In(l.Plan.Location()))), nil
		}
		course, err := w.Course(ctx, wire.LookInput{Plan: planID, Thing: task})
		if err != nil {
			return nil, err
		}
		got, err := w.RecordAct(ctx, wire.ActInput{Plan: planID, Task: task, Act: a, Course: course, Heard: heard})
		var app *temporal.ApplicationError
		if errors.As(err, &app) && app.Type() == wire.ErrTypeRefused {
			var r act.Refusal
			return &r, app.Details(&r)
		}
		if err != nil || !got.Behind {
			return nil, err
		}
	}
}

// Course is the course of a task, an occurrence or a duty as the ledger has it, by
// the policies and the calendar in force. As all that workflows are given, it is of
// keys: see act.Case.Keys.
func (a *Activities) Course(ctx context.Context, in wire.LookInput) (act.Course, error) {
	_, book, err := a.plan(ctx, in.Plan)
	if err != nil {
		return act.Course{}, translate(err)
	}
	return a.course(ctx, book, in.Plan, in.Thing)
}

func (a *Activities) course(ctx context.Context, book act.Book, planID, task string) (act.Course, error) {
	row, err := a.Ledger.Task(ctx, planID, task)
	if err != nil {
		return act.Course{}, translate(err)
	}
	return book.Course(ledger.CaseOf(row)).Keys(), nil
}

// level is a task's row. Where the ledger lacks acts that the workflow knows, as
// after it was restored from an old copy, it gets them back from the histories, and
// catches up with what is not there either.
func (a *Activities) level(ctx context.Context, l ledger.Launched, task string, known act.Case) (ledger.Task, error) {
	row, err := a.Ledger.Task(ctx, l.Plan.ID, task)
	if err != nil || !row.Facts.Place().Before(known.Place()) {
		return row, err
	}
	if err := a.Starter.Recover(ctx, l.Plan.ID, task); err != nil {
		return row, err
	}
	return a.Ledger.CatchUp(ctx, l.Plan.ID, task, known, a.when(l.Clock))
}

// channels are those over which everybody hears whom the stages name.
func (a *Activities) channels(ctx context.Context, stages ...plan.Stage) (map[people.Recipient][]string, error) {
	o, err := a.office(ctx)
	if err != nil {
		return nil, err
	}
	all := map[people.Recipient][]string{}
	for _, s := range stages {
		for _, r := range s.To {
			all[r] = o.channels
		}
	}
	return all, nil
}

// plan is a launched plan and the book that works out its courses by the calendar
// in force.
func (a *Activities) plan(ctx context.Context, id string) (ledger.Launched, act.Book, error) {
	l, err := a.launched(ctx, id)
	if err != nil {
		return l, act.Book{}, err
	}
	book, err := BookOf(ctx, a.Ledger, l)
	return l, book, err
}

// BookOf works out courses of a launched plan by the calendar in force.
func BookOf(ctx context.Context, store *ledger.Store, l ledger.Launched) (act.Book, error) {
	years, err := store.Calendar(ctx)
	if err != nil {
		return act.Book{}, err
	}
	return ledger.BookOf(l, calendar.New(years...))
}
