// Package activities is what workflows do to the world: write the ledger, start
// what must be started, send what must be said. One struct holds what they
// need; every activity may run twice and changes nothing the second time.
//
// What they are called on the wire is in names.go.
package activities

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"duban/internal/calendar"
	"duban/internal/channel"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
)

// Starter starts workflows; starting what runs or ran already is no error.
type Starter interface {
	// StartDigest starts what speaks a digest: its morning, or a workflow of its own.
	StartDigest(ctx context.Context, d ledger.Digest, clock calendar.Clock) error
	// SpeakApart starts a workflow of its own for a digest that its morning could not deliver.
	SpeakApart(ctx context.Context, d ledger.Digest) error
	StartTalk(ctx context.Context, l ledger.Launched, t ledger.Talk) error
	// UnusedTalk is the first number from the given one on that no talk of a task ever had in Temporal,
	// but for one that a stage called for at opensAt; zero of a talk that is proposed.
	UnusedTalk(ctx context.Context, planID, task string, from int, opensAt time.Time) (int, error)
	// ReviveTalk starts the workflow of a talk again that was void, and had ended.
	ReviveTalk(ctx context.Context, planID, talk string) error
	LookTalk(ctx context.Context, planID, talk string) error // tells a talk's workflow to look at the ledger; one that has ended is no error
	// Recover gives the ledger the acts of a task, a duty or a talk that stand in its workflow's histories and that it lacks.
	Recover(ctx context.Context, planID, thing string) error
	StartTask(ctx context.Context, l ledger.Launched, t ledger.Task) error
	// ReconcileDaily starts again what the plan's ledger says goes on and Temporal has lost; it counts them.
	ReconcileDaily(ctx context.Context, planID string) (mended int, err error)
}

// Activities holds what the activities need. All fields but Accounts are required.
type Activities struct {
	Ledger   *ledger.Store
	Starter  Starter
	Channels channel.Set
	Words    *words.Words
	Accounts *Accounts        // nil: nobody is held against an account
	Now      func() time.Time // the wall clock
	Log      *slog.Logger
	URL      string // the portal's address, of which messages give links; "" gives none
	// Sending holds a place for each message that may be under way at once to a
	// channel that takes its time; nil: as many as there are.
	Sending chan struct{}
	// Within is how long one message may be under way until it is broken off; zero:
	// twelve minutes, which hold the ten that RFC 5321 gives a server for its last
	// answer. Whatever it is, an activity begins no message that could outlast it.
	Within time.Duration
}

// when is this moment on both clocks.
func (a *Activities) when(clock calendar.Clock) ledger.When {
	now := a.Now()
	return ledger.When{Real: now, Plan: clock.Plan(now)}
}

// ladderer works out ladders of a launched plan by the calendar in force.
func (a *Activities) ladderer(ctx context.Context, l ledger.Launched) (plan.Ladderer, error) {
	years, err := a.Ledger.Calendar(ctx)
	if err != nil {
		return plan.Ladderer{}, err
	}
	return plan.NewLadderer(&l.Plan, calendar.New(years...))
}

// launched is the plan as launched.
func (a *Activities) launched(ctx context.Context, id string) (ledger.Launched, error) {
	l, err := a.Ledger.Plan(ctx, id)
	if err != nil {
		return l, fmt.Errorf("plan %s: %w", id, err)
	}
	return l, nil
}
