package people

import (
	"reflect"
	"slices"
)

// Revise is a unit of the office's directory, inForce, after a plan's files have been read
// once more. stated is the unit as the files had it before, the zero Unit when they had
// none; now is the unit as they have it. A field that is the same in both leaves the
// directory as it is, also where somebody has changed it since; a field that differs is the
// directory's from now on, for every plan.
func Revise(inForce, stated, now Unit) Unit {
	out := Unit{ID: now.ID, Name: now.Name, Kind: now.Kind, Aliases: now.Aliases, Contacts: slices.Clone(inForce.Contacts), Charges: inForce.Charges}
	if now.Name == stated.Name {
		out.Name = inForce.Name
	}
	if now.Kind == stated.Kind {
		out.Kind = inForce.Kind
	}
	out.Was, out.Successor, out.Dissolved = now.Was, now.Successor, now.Dissolved
	if now.Successor == stated.Successor && now.Dissolved == stated.Dissolved {
		out.Successor, out.Dissolved = inForce.Successor, inForce.Dissolved
	}
	if stated.ID == "" {
		for _, a := range inForce.Aliases {
			if !slices.Contains(out.Aliases, a) {
				out.Aliases = append(slices.Clone(out.Aliases), a)
			}
		}
	} else if reflect.DeepEqual(now.Aliases, stated.Aliases) {
		out.Aliases = inForce.Aliases
	}
	for _, role := range Roles {
		before, had := stated.Seat(role)
		after, has := now.Seat(role)
		if before == after && had == has || !has && now.Gone() { // a unit that goes keeps its contacts, who are told of its end
			continue
		}
		if is, _ := inForce.Seat(role); has && after.Beside == before.Beside { // the files say nothing new of those beside
			after.Beside = is.Beside
		}
		out.seat(role, after, has)
	}
	return out
}

// Seat is who sits on a unit's seat; ok is false when it is empty.
func (u Unit) Seat(role Role) (c Contact, ok bool) {
	i := slices.IndexFunc(u.Contacts, func(c Contact) bool { return c.Role == role })
	if i < 0 {
		return Contact{}, false
	}
	return u.Contacts[i], true
}

// seat puts somebody on a seat, or leaves it empty.
func (u *Unit) seat(role Role, c Contact, taken bool) {
	i := slices.IndexFunc(u.Contacts, func(c Contact) bool { return c.Role == role })
	switch {
	case i >= 0 && taken:
		u.Contacts[i] = c
	case i >= 0:
		u.Contacts = slices.Delete(u.Contacts, i, i+1)
	case taken:
		u.Contacts = append(u.Contacts, c)
	}
}

// WithSeat is a unit with somebody on one seat: in place of who sat there, or nobody
// when c is empty.
func (u Unit) WithSeat(role Role, c Contact) Unit {
	u.Contacts = slices.Clone(u.Contacts)
	u.seat(role, c, c != Contact{})
	return u
}

// ReviseAll is Revise for the units of a directory: those that now names, in its
// order.
func ReviseAll(inForce, stated, now []Unit) []Unit {
	of := func(all []Unit, id string) Unit {
		i := slices.IndexFunc(all, func(u Unit) bool { return u.ID == id })
		if i < 0 {
			return Unit{}
		}
		return all[i]
	}
	out := make([]Unit, len(now))
	for i, u := range now {
		if out[i] = u; of(inForce, u.ID).ID != "" {
			out[i] = Revise(of(inForce, u.ID), of(stated, u.ID), u)
		}
	}
	return out
}

// Taken is a plan's own units as the office's directory has them, in the plan's
// order; a unit that the directory does not have stays as it is.
func Taken(own []Unit, inForce map[string]Unit) []Unit {
	out := make([]Unit, len(own))
	for i, u := range own {
		if out[i] = u; inForce[u.ID].ID != "" {
			out[i] = inForce[u.ID]
		}
	}
	return out
}

// Persons are who sits where, over all units: seats with the same address (Contact.Key) are
// one person's; a seat without an address is nobody else's.
type Persons struct {
	of    map[Recipient]string
	seats map[string][]Recipient
}

// PersonsOf are the persons of a directory.
func PersonsOf(units []Unit) Persons {
	p := Persons{map[Recipient]string{}, map[string][]Recipient{}}
	for _, u := range units {
		for _, c := range u.Contacts {
			r := Recipient{u.ID, c.Role}
			who := person(r, c)
			p.of[r] = who
			p.seats[who] = append(p.seats[who], r)
		}
	}
	return p
}

// Seats are all seats of the person who sits on r; r itself where nobody is known.
func (p Persons) Seats(r Recipient) []Recipient {
	if who, ok := p.of[r]; ok {
		return slices.Clone(p.seats[who])
	}
	return []Recipient{r}
}
