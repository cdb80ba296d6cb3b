package engine

import (
	"cmp"
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

// OfficeError is the error for a person who is not of the office, or other unit, that may
// do something.
type OfficeError struct {
	Offices []string // names of the units that may; none when no plan names the unit Of
	Of      string   // ID of the unit whose seat or task was to be changed; "" when it was none of a unit
	Water   bool     // readings of sections were to be brought in
}

func (e *OfficeError) Error() string { return fmt.Sprintf("engine: only %v may do this", e.Offices) }

// ContactError is the error for a contact who cannot be seated: the name or the email
// address is missing or malformed, or an entry of Beside is, or Pace, which is set then,
// is none that a person can have (plan.OwnPaces).
type ContactError struct{ Pace string }

func (e *ContactError) Error() string { return "engine: this is no contact" }

// seatable is nil for a contact who can be seated, and for the empty contact, which
// empties the seat; otherwise *ContactError.
func seatable(c people.Contact) error {
	at, err := mail.ParseAddress(c.Email)
	_, bad := people.ReadBeside(c.Beside)
	switch {
	case c == people.Contact{}:
	case bad > 0, c.Name == "" || err != nil || at.Address != c.Email:
		return &ContactError{}
	case c.Pace != "" && c.Pace != ledger.UsualPace && !slices.Contains(plan.OwnPaces, plan.Pace(c.Pace)):
		return &ContactError{Pace: c.Pace}
	}
	return nil
}

// SetContact is the function SetContact with the engine's ledger and the time now.
func (e *Engine) SetContact(ctx context.Context, seat people.Recipient, c people.Contact, by act.Actor) (before people.Contact, err error) {
	return SetContact(ctx, e.ledger, e.now(), seat, c, by)
}

// SetContact seats somebody in a unit, for every plan and from the next message on, and
// gives who sat there before. Only the office of a plan that names the unit may; where
// the office has set ledger.OfficeUnitContacts to ledger.ContactsByUnit, the unit may
// change its own seats too. Anybody else gets *OfficeError; a contact who cannot be seated
// gives *ContactError. now is the wall clock. No engine has to run.
func SetContact(ctx context.Context, store *ledger.Store, now time.Time, seat people.Recipient, c people.Contact, by act.Actor) (before people.Contact, err error) {
	if err := seatable(c); err != nil {
		return before, err
	}
	own, err := ownSeat(ctx, store, seat, by)
	if err != nil {
		return before, err
	}
	dirs, err := directories(ctx, store)
	if err != nil {
		return before, err
	}
	if err := sees(dirs, seat.Unit, by, own); err != nil {
		return before, err
	}
	return store.SetContact(ctx, seat, c, by.Account, ledger.When{Real: now, Plan: now})
}

// SetDirectory makes all changes of c to the office's directory, or none, for every plan
// and from the next message on, and gives how many things it has changed: see
// ledger.Store.SetDirectory. For each unit changed, only the office of a plan that names
// it may: *OfficeError otherwise; *ContactError for a contact or name that cannot be.
func (e *Engine) SetDirectory(ctx context.Context, c ledger.DirectoryChange, by act.Actor) (done int, err error) {
	dirs, err := directories(ctx, e.ledger)
	if err != nil {
		return 0, err
	}
	for _, n := range c.Names {
		if err := sees(dirs, n.Unit, by, false); err != nil {
			return 0, err
		}
		if n.Now.Name == "" {
			return 0, &ContactError{}
		}
	}
	for _, x := range c.Seats {
		if err := cmp.Or(seatable(x.Now), sees(dirs, x.Seat.Unit, by, false)); err != nil {
			return 0, err
		}
	}
	now := e.now()
	return e.ledger.SetDirectory(ctx, c, by.Account, ledger.When{Real: now, Plan: now})
}

// directories are the directories of all plans in the ledger.
func directories(ctx context.Context, store *ledger.Store) (all []people.Directory, err error) {
	plans, err := store.PlanIDs(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range plans {
		l, err := store.Plan(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, l.Plan.Directory)
	}
	return all, nil
}

// sees is nil when by may change who sits in a unit: a person of the office of a plan that
// names the unit, or with own set a person of the unit itself, unless the unit is that
// plan's leadership. Otherwise it is *OfficeError.
func sees(dirs []people.Directory, unit string, by act.Actor, own bool) error {
	refused := &OfficeError{Of: unit}
	for _, dir := range dirs {
		if _, named := dir.Unit(unit); !named {
			continue
		}
		if by.Unit == dir.Office || own && unit != dir.Leadership {
			return nil
		}
		if name := dir.Name(dir.Office); !slices.Contains(refused.Offices, name) {
			refused.Offices = append(refused.Offices, name)
		}
	}
	return refused
}

// ownSeat tells whether a seat is in the person's own unit, is neither an office's nor a
// leader's seat, and the office has let units change their own contacts
// (ledger.OfficeUnitContacts).
func ownSeat(ctx context.Context, store *ledger.Store, seat people.Recipient, by act.Actor) (bool, error) {
	if by.Account == "" || by.Unit != seat.Unit || seat.Role == people.Office || seat.Role == people.Leader {
		return false, nil
	}
	decided, err := store.Office(ctx)
	return decided[ledger.OfficeUnitContacts] == ledger.ContactsByUnit, err
}

// SetCharge sets who answers for a task within the unit that leads it 责任领导、责任人, from
// now on, where was is what the caller saw there. Only that unit and the plan's office may:
// *OfficeError otherwise. See ledger.Store.SetCharge.
func (e *Engine) SetCharge(ctx context.Context, was, now people.Charge, by act.Actor) error {
	l, err := e.ledger.Plan(ctx, now.Plan)
	if err != nil {
		return err
	}
	t, err := e.ledger.Task(ctx, now.Plan, now.Task)
	if err != nil {
		return err
	}
	dir := l.Plan.Directory
	if by.Account == "" || by.Unit != dir.Office && by.Unit != t.Lead {
		return &OfficeError{Offices: []string{dir.Name(dir.Office), dir.Name(t.Lead)}, Of: t.Lead}
	}
	at := e.now()
	return e.ledger.SetCharge(ctx, t.Lead, was, now, by.Account, ledger.When{Real: at, Plan: at})
}
