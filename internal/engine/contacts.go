package engine

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// OfficeError: only the offices named may do it.
type OfficeError struct {
	Offices []string // names; none when no plan names the unit
	Of      string   // ID of the unit it was about; "" of what is no unit's
	Water   bool     // it was about the readings of sections
}

func (e *OfficeError) Error() string { return fmt.Sprintf("engine: only %v may do this", e.Offices) }

// ContactError: that is nobody who can be seated: a name or an address is missing, or
// Pace is none that a person can have.
type ContactError struct{ Pace string }

func (e *ContactError) Error() string { return "engine: this is no contact" }

// seatable tells that somebody can be seated, or nobody.
func seatable(c people.Contact) error {
	at, err := mail.ParseAddress(c.Email)
	switch {
	case c == people.Contact{}:
	case c.Name == "" || err != nil || at.Address != c.Email:
		return &ContactError{}
	case c.Pace != "" && c.Pace != ledger.UsualPace && !slices.Contains(plan.OwnPaces, plan.Pace(c.Pace)):
		return &ContactError{Pace: c.Pace}
	}
	return nil
}

// SetContact is the function of that name on the engine's ledger, at its present.
func (e *Engine) SetContact(ctx context.Context, seat people.Recipient, c people.Contact, by act.Actor) (before people.Contact, err error) {
	return SetContact(ctx, e.ledger, e.now(), seat, c, by)
}

// SetContact seats somebody in a unit, for every plan and from the next message on, and
// gives who sat there. Only the office of a plan that names the unit may, and the unit
// itself its own seats where the office has decided so: *OfficeError. Who cannot be seated
// is a *ContactError.
// now is the wall clock. It needs no engine: nothing has to run.
func SetContact(ctx context.Context, store *ledger.Store, now time.Time, seat people.Recipient, c people.Contact, by act.Actor) (before people.Contact, err error) {
	if err := seatable(c); err != nil {
		return before, err
	}
	plans, err := store.PlanIDs(ctx)
	if err != nil {
		return before, err
	}
	own, err := ownSeat(ctx, store, seat, by)
	if err != nil {
		return before, err
	}
	refused := &OfficeError{Of: seat.Unit}
	for _, id := range plans {
		l, err := store.Plan(ctx, id)
		if err != nil {
			return before, err
		}
		dir := l.Plan.Directory
		if _, named := dir.Unit(seat.Unit); !named {
			continue
		}
		if by.Unit == dir.Office || own && seat.Unit != dir.Leadership {
			return store.SetContact(ctx, seat, c, by.Account, ledger.When{Real: now, Plan: now})
		}
		if name := dir.Name(dir.Office); !slices.Contains(refused.Offices, name) {
			refused.Offices = append(refused.Offices, name)
		}
	}
	return before, refused
}

// ownSeat tells that a seat is of whoever's own unit, which may say who sits there.
func ownSeat(ctx context.Context, store *ledger.Store, seat people.Recipient, by act.Actor) (bool, error) {
	if by.Account == "" || by.Unit != seat.Unit || seat.Role == people.Office || seat.Role == people.Leader {
		return false, nil
	}
	decided, err := store.Office(ctx)
	return decided[ledger.OfficeUnitContacts] == ledger.ContactsByUnit, err
}
