package activities

import (
	"context"
	"errors"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
)

// ActInput is one act on a task, an occurrence or a duty whose course stood like this.
type ActInput struct {
	Plan   string     `json:"plan"`
	Task   string     `json:"task"`
	Act    act.Act    `json:"act"`
	Course act.Course `json:"course"`
	Heard  time.Time  `json:"heard,omitzero"` // real: when the workflow heard of it; zero: it comes from itself
}

// ActResult is the course of a task, an occurrence or a duty from now on. Behind:
// nothing was recorded, because the ledger has acts that the course asked about did
// not rest on; the act is to be judged anew by this one.
type ActResult struct {
	act.Course
	Behind bool `json:"behind,omitempty"`
}

// RecordAct works out what an act changes, writes it into the ledger as one
// event and sends what it says at once. An act refused here (an unknown unit, an
// unknown policy) is an error of type ErrTypeRefused.
func (a *Activities) RecordAct(ctx context.Context, in ActInput) (ActResult, error) {
	l, err := a.launched(ctx, in.Plan)
	if err != nil {
		return ActResult{}, translate(err)
	}
	book, err := a.book(ctx, l)
	if err != nil {
		return ActResult{}, err
	}
	row, err := a.Ledger.Task(ctx, in.Plan, in.Task)
	if err != nil {
		return ActResult{}, translate(err)
	}
	in.Course.Publish = row.Publish // an amendment may have asked for it since
	if !in.Course.Done(in.Act.ID) {
		if r := a.credible(l.Clock, in.Act, in.Heard); r != nil {
			return ActResult{}, Refused(r)
		}
	}
	after, told, refused := book.Act(in.Course, in.Act)
	if refused != nil {
		return ActResult{}, Refused(refused)
	}
	o, err := a.office(ctx)
	if err != nil {
		return ActResult{}, err
	}
	acted := ledger.Acted{Plan: in.Plan, Task: in.Task, Act: in.Act, Before: &in.Course, Course: after, Told: told, Channels: map[people.Recipient][]string{}}
	for _, s := range told {
		for _, r := range s.To {
			acted.Channels[r] = o.to(r)
		}
	}
	after, digests, err := a.Ledger.Act(ctx, acted, a.when(l.Clock))
	if errors.Is(err, ledger.ErrBehind) {
		c, err := a.course(ctx, l, in.Task)
		return ActResult{c, true}, err
	}
	if err != nil {
		return ActResult{}, translate(err)
	}
	if after.Over() {
		if err := a.endTalks(ctx, in.Plan, in.Task); err != nil {
			return ActResult{}, err
		}
	}
	return ActResult{Course: after}, a.startDigests(ctx, l, digests)
}

// course is a task's to go on from, as the ledger has it.
func (a *Activities) course(ctx context.Context, l ledger.Launched, task string) (act.Course, error) {
	book, err := a.book(ctx, l)
	if err != nil {
		return act.Course{}, err
	}
	t, err := a.Ledger.Task(ctx, l.Plan.ID, task)
	if err != nil {
		return act.Course{}, translate(err)
	}
	stages, err := a.Ledger.Stages(ctx, l.Plan.ID, task)
	if err != nil {
		return act.Course{}, err
	}
	return ledger.Resumed(&l.Plan, t, stages, book.Open), nil
}

// book works out courses of a launched plan by the calendar in force.
func (a *Activities) book(ctx context.Context, l ledger.Launched) (act.Book, error) {
	years, err := a.Ledger.Calendar(ctx)
	if err != nil {
		return act.Book{}, err
	}
	return act.NewBook(&l.Plan, calendar.New(years...))
}
