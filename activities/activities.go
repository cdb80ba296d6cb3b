// Package activities has the Temporal activities, by which workflows write the ledger,
// start other workflows and send messages. The struct Activities holds what they need;
// every activity may run twice and changes nothing the second time.
//
// Their names on the wire are in names.go.
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

// Starter starts workflows; to start one that runs or has run is no error.
type Starter interface {
	docket.Starter
	// SpeakApart starts a workflow of its own for a digest that its morning could not deliver.
	SpeakApart(ctx context.Context, l ledger.Launched, d ledger.Digest) error
	// ReconcileDaily starts again the workflows of the plan that must run by the ledger and that
	// Temporal has lost, and counts them.
	ReconcileDaily(ctx context.Context, planID string) (mended int, err error)
}

// Activities holds what the activities need. All fields but Accounts are required.
type Activities struct {
	Ledger   *ledger.Store
	Starter  Starter
	Channels channel.Set
	Words    *words.Words
	Accounts *docket.Accounts // nil: who acts and which units have accounts is not checked
	Now      func() time.Time // the wall clock
	Log      *slog.Logger
	URL      string // the portal's address, for the links in messages; "": no links
	// Sending limits how many messages may be under way at once over channels that are
	// not known to take a second copy for the first, such as mail: its capacity is the
	// number. nil: no limit.
	Sending chan struct{}
	// Within is how long one message may be under way until it is broken off; zero:
	// twelve minutes, which is more than the ten that RFC 5321 (4.5.3.2.6) gives a server
	// for its last answer. An activity begins no message that could last longer than the
	// activity itself.
	Within time.Duration
}

// docket is the docket over this worker's ledger, starter, accounts and channels.
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

// ladderer computes the ladders of a launched plan by the calendar in force.
func (a *Activities) ladderer(ctx context.Context, l ledger.Launched) (plan.Ladderer, error) {
	years, err := a.Ledger.Calendar(ctx)
	if err != nil {
		return plan.Ladderer{}, err
	}
	return plan.NewLadderer(&l.Plan, calendar.New(years...))
}

// launched is the plan with this ID as the ledger has it.
func (a *Activities) launched(ctx context.Context, id string) (ledger.Launched, error) {
	l, err := a.Ledger.Plan(ctx, id)
	if err != nil {
		return l, fmt.Errorf("plan %s: %w", id, err)
	}
	return l, nil
}
