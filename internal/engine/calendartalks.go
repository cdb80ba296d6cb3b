package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

type talkTurn struct{ before, after act.TalkCourse }

// recalendaredTalks are the open and proposed talks whose stages a calendar moves.
func (e *Engine) recalendaredTalks(ctx context.Context, l ledger.Launched, is *calendar.Calendar) (map[string]talkTurn, error) {
	book, err := act.NewBook(&l.Plan, is)
	if err != nil {
		return nil, err
	}
	a := act.Act{ID: "what-if", Kind: act.Recalendar, By: act.EngineActor, Reason: "what if"}
	if err := e.stamp(&l, &a); err != nil {
		return nil, err
	}
	courses, err := e.ledger.TalkCourses(ctx, l, a.At)
	if err != nil {
		return nil, err
	}
	moved := map[string]talkTurn{}
	for id, before := range courses {
		after, _, refused := book.ActOnTalk(before, a)
		if refused != nil {
			return nil, fmt.Errorf("talk %s: %w", id, refused)
		}
		if !before.SaysAs(after) {
			moved[id] = talkTurn{before, after}
		}
	}
	return moved, nil
}

// talkMoves are the stages of a plan's talks that a calendar would move, by talk
// and stage.
func (e *Engine) talkMoves(ctx context.Context, l ledger.Launched, cal *calendar.Calendar) (all []plan.Move, err error) {
	moved, err := e.recalendaredTalks(ctx, l, cal)
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(moved)) {
		m := moved[id]
		all = append(all, plan.Moves(m.before.Task, id, m.before.Ladder, m.after.Ladder)...)
	}
	return all, nil
}

// recalendarTalks does the act on every talk that the calendar in force moves, and
// counts them.
func (e *Engine) recalendarTalks(ctx context.Context, l ledger.Launched, is *calendar.Calendar, a act.Act) (int, error) {
	moved, err := e.recalendaredTalks(ctx, l, is)
	if err != nil {
		return 0, err
	}
	talks := slices.Sorted(maps.Keys(moved))
	return e.each(ctx, len(talks), func(ctx context.Context, i int) (bool, error) {
		return e.onceOnTalk(ctx, l.Plan.ID, talks[i], a)
	})
}

// onceOnTalk does an act on a talk that goes on, unless it was done before.
func (e *Engine) onceOnTalk(ctx context.Context, planID, talk string, a act.Act) (done bool, err error) {
	if there, err := e.ledger.Recorded(ctx, ledger.ActKey(planID, talk, a.ID)); there || err != nil {
		return false, err
	}
	if k, err := e.ledger.Talk(ctx, planID, talk); err != nil || !k.GoesOn() {
		return false, err
	}
	err = e.ActOnTalk(ctx, planID, talk, a)
	var refused *RefusedError
	if errors.As(err, &refused) {
		if k, err := e.ledger.Talk(ctx, planID, talk); err != nil || !k.GoesOn() {
			return false, err // it has ended meanwhile
		}
	}
	return err == nil, err
}
