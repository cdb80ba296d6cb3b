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
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
)

// Starter starts workflows; starting what runs or ran already is no error.
type Starter interface {
	docket.Starter
	// SpeakApart starts a workflow of its own for a digest that its morning could not deliver.
	SpeakApart(ctx context.Context, l ledger.Launched, d ledger.Digest) error
	// ReconcileDaily starts again what the plan's ledger says goes on and Temporal has lost; it counts them.
	ReconcileDaily(ctx context.Context, planID string) (mended int, err error)
}

// Activities holds what the activities need. All fields but Accounts are required.
type Activities struct {
	Ledger   *ledger.Store
	Starter  Starter
	Channels channel.Set
	Words    *words.Words
	Accounts *docket.Accounts // nil: nobody is held against an account
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

// docket is where things are opened and acts recorded.
func (a *Activities) docket() docket.Docket {
	d := docket.Docket{Ledger: a.Ledger, Starter: a.Starter, Accounts: a.Accounts, Now: a.Now}
	for _, c := range a.Channels {
		d.Own = append(d.Own, c.Name())
	}
	return d
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
