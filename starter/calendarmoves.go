package main

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// movedStage is one stage of an open task that another calendar moves. The
// instants have the plan's offset.
type movedStage struct {
	Plan  string `json:"plan"`
	Title string `json:"title"` // of the task
	plan.Move
}

// movedStages are the stages still to come, of every open task of every plan,
// that speak at another instant under the calendar cal. paper is the reason.
func (a *app) movedStages(ctx context.Context, store *ledger.Store, cal *calendar.Calendar, paper string) ([]movedStage, error) {
	plans, err := store.Plans(ctx)
	if err != nil {
		return nil, err
	}
	out := []movedStage{}
	for _, p := range plans {
		l, err := store.Plan(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		moved, err := a.movedOf(ctx, store, l, cal, paper)
		if err != nil {
			return nil, err
		}
		out = append(out, moved...)
	}
	return out, nil
}

func (a *app) movedOf(ctx context.Context, store *ledger.Store, l ledger.Launched, cal *calendar.Calendar, paper string) ([]movedStage, error) {
	book, err := act.NewBook(&l.Plan, cal)
	if err != nil {
		return nil, err
	}
	tasks, err := store.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID, State: ledger.TaskOpen, Kind: plan.Dated})
	if err != nil {
		return nil, err
	}
	stages, err := store.Stages(ctx, l.Plan.ID, "")
	if err != nil {
		return nil, err
	}
	talks, err := store.Talks(ctx, l.Plan.ID, "")
	if err != nil {
		return nil, err
	}
	of := map[string][]ledger.Stage{}
	for _, s := range stages {
		of[s.Task+"\x00"+s.Talk] = append(of[s.Task+"\x00"+s.Talk], s)
	}
	relaid := relay{book, l, l.Clock.Plan(a.now()), paper}
	var out []movedStage
	for _, t := range tasks {
		rest, anew := relaid.task(t, of[t.ID+"\x00"])
		moves := plan.Moves(t.ID, "", rest, anew)
		for _, talk := range talks {
			if talk.Task == t.ID {
				rest, anew := relaid.talk(t, talk, of[t.ID+"\x00"+talk.ID])
				moves = append(moves, plan.Moves(t.ID, talk.ID, rest, anew)...)
			}
		}
		for _, m := range moves {
			m.From, m.To = m.From.In(book.Zone), m.To.In(book.Zone)
			out = append(out, movedStage{Plan: l.Plan.ID, Title: t.Title, Move: m})
		}
	}
	slices.SortStableFunc(out, func(a, b movedStage) int { return cmp.Or(a.From.Compare(b.From), strings.Compare(a.Task, b.Task)) })
	return out, nil
}

// relay works out where the stages of what runs would be under a calendar: what
// the engine's own act, recalendar, would make of each task and talk.
type relay struct {
	book  act.Book // with the new calendar
	l     ledger.Launched
	now   time.Time // plan clock
	paper string
}

// task gives the stages still to come as the ledger has them, and as they would
// be. What was spoken under the ladder in force stays as it is.
func (r relay) task(t ledger.Task, rows []ledger.Stage) (rest, anew []plan.Stage) {
	course := act.Course{Case: ledger.CaseOf(&r.l.Plan, t)}
	for _, s := range rows {
		switch {
		case s.State == ledger.Expected:
			course.Ladder = append(course.Ladder, s.Stage)
		case s.State == ledger.Held:
			course.Held = append(course.Held, s.Stage)
		case s.State == ledger.Decided && s.Revision == t.Revision:
			course.Case = course.Case.Said(s.Stage)
		}
	}
	rest = append(slices.Clone(course.Ladder), course.Held...)
	after, _, refused := r.book.Act(course, act.Act{
		ID: "calendar", Kind: act.Recalendar, By: act.Actor{Account: ledger.Engine}, Reason: cmp.Or(r.paper, "calendar"),
		At: r.now.UTC(), On: calendar.DayOf(r.now.In(r.book.Zone)),
	})
	if refused != nil {
		return rest, nil
	}
	return rest, append(slices.Clone(after.Ladder), after.Held...)
}

// talk is the same of a talk under way, by the steps taken so far.
func (r relay) talk(t ledger.Task, talk ledger.Talk, rows []ledger.Stage) (rest, anew []plan.Stage) {
	for _, s := range rows {
		if s.State == ledger.Expected || s.State == ledger.Held {
			rest = append(rest, s.Stage)
		}
	}
	if len(rest) == 0 {
		return nil, nil
	}
	opened := calendar.DayOf(talk.OpensAt.In(r.book.Zone))
	return rest, r.book.TalkLadder(r.book.Policies[t.Policy], talk.Lead, opened, talk.Taken)
}
