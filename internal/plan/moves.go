package plan

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Move is one stage still to come that another calendar, or another due date,
// puts at another instant.
type Move struct {
	Task  string    `json:"task"`
	Talk  string    `json:"talk,omitempty"` // ID of the talk whose step it belongs to
	Stage string    `json:"stage"`
	Kind  StageKind `json:"kind"`
	From  time.Time `json:"from"` // UTC
	To    time.Time `json:"to"`   // UTC
}

// Moves compares the rest of a running ladder with the same ladder worked out
// anew, stage by stage: a stage that is not in rest has been said already and does
// not move. A stage that was merged into a graver one of its day is compared by its
// own ID, with the instant at which the new ladder says it. Stages that the new ladder
// does not know are left out. The moves are sorted by From, then by stage.
func Moves(task, talk string, rest, anew []Stage) []Move {
	said := map[string]time.Time{}
	for _, s := range anew {
		for _, id := range append([]string{s.ID}, s.Merged...) {
			said[id] = s.At
		}
	}
	kinds := kindsOf(rest, anew)
	var moves []Move
	for _, s := range rest {
		for _, id := range append([]string{s.ID}, s.Merged...) {
			if to, known := said[id]; known && !to.Equal(s.At) {
				moves = append(moves, Move{Task: task, Talk: talk, Stage: id, Kind: kinds[id], From: s.At.UTC(), To: to.UTC()})
			}
		}
	}
	slices.SortStableFunc(moves, func(a, b Move) int { return cmp.Or(a.From.Compare(b.From), strings.Compare(a.Stage, b.Stage)) })
	return moves
}

// kindsOf is the kind of each stage by its ID; for one that is in no ladder by itself,
// the kind of the stage it was merged into.
func kindsOf(ladders ...[]Stage) map[string]StageKind {
	kinds := map[string]StageKind{}
	for _, ladder := range ladders {
		for _, s := range ladder {
			kinds[s.ID] = s.Kind
		}
	}
	for _, ladder := range ladders {
		for _, s := range ladder {
			for _, id := range s.Merged {
				if _, known := kinds[id]; !known {
					kinds[id] = s.Kind
				}
			}
		}
	}
	return kinds
}
