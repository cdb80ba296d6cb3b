package ledger

import (
	"context"
	"fmt"
	"slices"

	"duban/internal/people"
)

// UnitSet is the kind of the event by which the office gives a unit another name or other
// aliases.
const UnitSet = "office.unit"

// Called is how a unit is called: its name and its aliases.
type Called struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
}

// CalledNow is how a unit is called now.
func CalledNow(u people.Unit) Called { return Called{u.Name, u.Aliases} }

// Same tells that both say the same.
func (c Called) Same(o Called) bool { return c.Name == o.Name && slices.Equal(c.Aliases, o.Aliases) }

func (c Called) all() []string { return append([]string{c.Name}, c.Aliases...) }

// Seating puts somebody on a seat, or leaves it empty; Calling gives a unit another name and
// aliases. Was is what whoever asks for the change saw before: where the ledger has
// something else by now, the change is a *MeanwhileError.
type (
	Seating struct {
		Seat     people.Recipient
		Was, Now people.Contact
	}
	Calling struct {
		Unit     string // ID
		Was, Now Called
	}
)

// DirectoryChange is a change of seats and names of the office's directory, all at once.
type DirectoryChange struct {
	Seats []Seating
	Names []Calling
}

// MeanwhileError: somebody else has changed the seat since whoever asks looked. The Role of
// Seat is "" where the unit's name and aliases were changed, or who answers for a task there.
type MeanwhileError struct{ Seat people.Recipient }

func (e *MeanwhileError) Error() string { return e.Seat.String() + " has changed meanwhile" }

// TakenError: the unit Other has Name, as its name or an alias, which Unit was to get.
type TakenError struct{ Name, Unit, Other string }

func (e *TakenError) Error() string {
	return fmt.Sprintf("unit %s cannot be called %s: unit %s is", e.Unit, e.Name, e.Other)
}

// SetDirectory does all of a change or nothing, with an event for each seat or unit that it
// changes, and gives how many. A seat or unit that is already as asked is left as it is: the
// same change asked for twice does no more. *MeanwhileError, *TakenError; ErrNotFound
// without such a unit.
func (s *Store) SetDirectory(ctx context.Context, c DirectoryChange, actor string, when When) (done int, err error) {
	return write(ctx, s, func(t *tx) (done int, err error) {
		units, err := unitsIn(t.all)
		if err != nil {
			return 0, err
		}
		for _, n := range c.Names {
			changed, err := t.call(units, n, actor, when)
			if err != nil {
				return 0, err
			}
			done += changed
		}
		for _, x := range c.Seats {
			is, _ := units[x.Seat.Unit].Seat(x.Seat.Role)
			now, was := x.In(is)
			switch {
			case is == now:
				continue
			case units[x.Seat.Unit].ID != "" && is != was:
				return 0, &MeanwhileError{x.Seat}
			}
			if _, err := t.seat(units, x.Seat, now, actor, when); err != nil {
				return 0, err
			}
			done++
		}
		return done, nil
	})
}

// In gives x.Now and x.Was with the fields that whoever asks does not fill in: the seat's
// role, and the pace of is, who sits there now, for a contact with the same e-mail address.
func (x Seating) In(is people.Contact) (now, was people.Contact) {
	now, was = x.Now, x.Was
	for _, c := range []*people.Contact{&now, &was} {
		if c.Role, c.Pace = "", ""; *c == (people.Contact{}) {
			continue
		}
		if c.Role = x.Seat.Role; c.Email == is.Email {
			c.Pace = is.Pace
		}
	}
	return now, was
}

// call gives a unit another name and aliases; changed is 1, or 0 where it has them already.
func (t *tx) call(units map[string]people.Unit, n Calling, actor string, when When) (changed int, err error) {
	u, ok := units[n.Unit]
	switch {
	case !ok:
		return 0, fmt.Errorf("unit %s: %w", n.Unit, ErrNotFound)
	case CalledNow(u).Same(n.Now):
		return 0, nil
	case !CalledNow(u).Same(n.Was):
		return 0, &MeanwhileError{people.Recipient{Unit: n.Unit}}
	}
	for _, other := range inOrderOfID(units) {
		for _, has := range CalledNow(other).all() {
			for _, name := range n.Now.all() {
				if other.ID != n.Unit && people.Fold(has) == people.Fold(name) {
					return 0, &TakenError{name, n.Unit, other.ID}
				}
			}
		}
	}
	u.Name, u.Aliases = n.Now.Name, n.Now.Aliases
	units[n.Unit] = u
	if err := t.putUnit(u); err != nil {
		return 0, err
	}
	e := Event{Key: fmt.Sprintf("office/unit/%s/%d", n.Unit, t.head.Seq+1), Kind: UnitSet, Actor: actor}
	return 1, t.append(e, when, map[string]any{"unit": n.Unit, "name": n.Now.Name, "aliases": n.Now.Aliases, "was_name": n.Was.Name, "was_aliases": n.Was.Aliases})
}

// ChargeSet is the kind of the event by which a unit or its office says who answers for a task.
const ChargeSet = "office.charge"

// SetCharge sets who answers within a unit for a task; was is whom whoever asks for the
// change saw before. The same again changes nothing. *MeanwhileError where the ledger has
// neither was nor now; ErrNotFound without such a unit.
func (s *Store) SetCharge(ctx context.Context, unit string, was, now people.Charge, actor string, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		units, err := unitsIn(t.all)
		if err != nil {
			return none, err
		}
		u, ok := units[unit]
		switch is := u.Charge(now.Plan, now.Task); {
		case !ok:
			return none, fmt.Errorf("unit %s: %w", unit, ErrNotFound)
		case is == now:
			return none, nil
		case is != was:
			return none, &MeanwhileError{people.Recipient{Unit: unit}}
		}
		if err := t.putUnit(u.WithCharge(now)); err != nil {
			return none, err
		}
		e := Event{Key: fmt.Sprintf("office/charge/%s/%d", unit, t.head.Seq+1), Kind: ChargeSet, Actor: actor}
		return none, t.append(e, when, map[string]any{"unit": unit, "of": now.Plan + "/" + now.Task, "leader": now.Leader, "person": now.Person, "phone": now.Phone,
			"was_leader": was.Leader, "was_person": was.Person, "was_phone": was.Phone})
	})
	return err
}
