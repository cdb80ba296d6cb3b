package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"duban/internal/people"
)

// Units, and who sits in them, are the office's: they are kept once, in the table units,
// and every plan takes them from there. A plan's document keeps what its own papers
// say, so that a later paper which says the same changes nothing; see people.Revise.

// ContactSet is the kind of the event by which the office seats somebody.
const ContactSet = "office.contact"

// ErrOtherUnit: a plan gives the ID of a unit of the ledger to another one. The
// *OtherUnitError names both.
var ErrOtherUnit = errors.New("the ID belongs to another unit")

// OtherUnitError says that a plan gives the ID of the unit named Have to a unit named Want.
type OtherUnitError struct{ ID, Have, Want string }

func (e *OtherUnitError) Error() string {
	return fmt.Sprintf("unit %s is %s, not %s", e.ID, e.Have, e.Want)
}

func (e *OtherUnitError) Unwrap() error { return ErrOtherUnit }

// Units are the office's directory: all units of all plans, by ID.
func (s *Store) Units(ctx context.Context) ([]people.Unit, error) {
	units, err := s.units(ctx)
	return inOrderOfID(units), err
}

func (s *Store) units(ctx context.Context) (map[string]people.Unit, error) {
	return unitsIn(func(dest any, query string, args ...any) error { return s.all(ctx, dest, query, args...) })
}

func inOrderOfID(units map[string]people.Unit) []people.Unit {
	all := make([]people.Unit, 0, len(units))
	for _, id := range slices.Sorted(maps.Keys(units)) {
		all = append(all, units[id])
	}
	return all
}

func unitsIn(all reading) (map[string]people.Unit, error) {
	var docs []string
	if err := all(&docs, `SELECT doc FROM units`); err != nil {
		return nil, err
	}
	units := make(map[string]people.Unit, len(docs))
	for _, doc := range docs {
		var u people.Unit
		if err := json.Unmarshal([]byte(doc), &u); err != nil {
			return nil, fmt.Errorf("ledger: unit: %w", err)
		}
		units[u.ID] = u
	}
	return units, nil
}

// Stated are a plan's units as its own papers say them: the directory may have changed them
// since.
func (s *Store) Stated(ctx context.Context, planID string) ([]people.Unit, error) {
	var doc string
	if err := s.one(ctx, &doc, `SELECT doc FROM plans WHERE id = ?`, planID); err != nil {
		return nil, fmt.Errorf("plan %s: %w", planID, err)
	}
	p, err := planOf(planID, doc)
	return p.Directory.Units, err
}

// revise brings the directory to what a plan's papers say now; stated is what they
// said before. A unit that has another name in the directory is *OtherUnitError,
// unless the papers are those that rename it.
func (t *tx) revise(stated, now []people.Unit) error {
	units, err := unitsIn(t.all)
	if err != nil {
		return err
	}
	if err := clash(units, stated, now); err != nil {
		return err
	}
	for _, next := range people.ReviseAll(inOrderOfID(units), stated, now) {
		if have, known := units[next.ID]; known && reflect.DeepEqual(have, next) {
			continue
		}
		if err := t.putUnit(next); err != nil {
			return err
		}
	}
	return nil
}

// clash is an *OtherUnitError when papers that did not name a unit before call
// another one by its ID.
func clash(units map[string]people.Unit, stated, now []people.Unit) error {
	for _, u := range now {
		have, known := units[u.ID]
		named := slices.ContainsFunc(stated, func(s people.Unit) bool { return s.ID == u.ID })
		if known && !named && people.Fold(have.Name) != people.Fold(u.Name) {
			return &OtherUnitError{u.ID, have.Name, u.Name}
		}
	}
	return nil
}

// Fits tells whether a plan's units can be put into the directory: the error is an
// *OtherUnitError. stated are its units as its papers said them before.
func (s *Store) Fits(ctx context.Context, stated, now []people.Unit) error {
	units, err := s.units(ctx)
	if err != nil {
		return err
	}
	return clash(units, stated, now)
}

func (t *tx) putUnit(u people.Unit) error {
	doc, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("ledger: unit %s: %w", u.ID, err)
	}
	return t.make("units", `INSERT INTO units (id, version, doc) VALUES (?, (SELECT COALESCE(MAX(version), 0) + 1 FROM units), ?)
		ON CONFLICT (id) DO UPDATE SET version = excluded.version, doc = excluded.doc`, u.ID, string(doc))
}

// UsualPace is the Contact.Pace that takes a person's own choice back.
const UsualPace = "usual"

// SetContact seats somebody in a unit of the directory, for every plan, as event
// office.contact by actor, and gives who sat there before; an empty contact leaves
// the seat empty. The same again changes nothing. ErrNotFound without such a unit.
func (s *Store) SetContact(ctx context.Context, r people.Recipient, c people.Contact, actor string, when When) (before people.Contact, err error) {
	if c != (people.Contact{}) {
		c.Role = r.Role
	}
	return write(ctx, s, func(t *tx) (people.Contact, error) {
		units, err := unitsIn(t.all)
		if err != nil {
			return people.Contact{}, err
		}
		return t.seat(units, r, c, actor, when)
	})
}

// seat is SetContact within a transaction; units are those in force, and are brought up to
// date.
func (t *tx) seat(units map[string]people.Unit, r people.Recipient, c people.Contact, actor string, when When) (before people.Contact, err error) {
	u, ok := units[r.Unit]
	if !ok {
		return before, fmt.Errorf("unit %s: %w", r.Unit, ErrNotFound)
	}
	before, _ = u.Seat(r.Role)
	if c.Pace == "" && c.Email == before.Email { // the same person, whose choice is kept
		c.Pace = before.Pace
	}
	if c.Pace == UsualPace {
		c.Pace = ""
	}
	if before == c {
		return before, nil
	}
	units[r.Unit] = u.WithSeat(r.Role, c)
	if err := t.putUnit(units[r.Unit]); err != nil {
		return before, err
	}
	e := Event{Key: fmt.Sprintf("office/contact/%s/%d", r, t.head.Seq+1), Kind: ContactSet, Actor: actor}
	data := map[string]any{"seat": r, "name": c.Name, "email": c.Email, "was_name": before.Name, "was_email": before.Email}
	for name, is := range map[string][2]string{"pace": {c.Pace, before.Pace}, "post": {c.Post, before.Post}, "phone": {c.Phone, before.Phone}, "beside": {c.Beside, before.Beside}} {
		if is[0] != is[1] {
			data[name] = is[0]
		}
	}
	return before, t.append(e, when, data)
}

// taking is a plan's directory with its units as they are in force.
func taking(d people.Directory, inForce map[string]people.Unit) people.Directory {
	d.Units = people.Taken(d.Units, inForce)
	return d
}

// directory is who sits where, as last read.
type directory struct {
	version int
	people.Persons
}

// together are all seats of the person who sits on r: those of the same address, of
// whatever unit.
func (s *Store) together(ctx context.Context, r people.Recipient) ([]people.Recipient, error) {
	var version int
	if err := s.one(ctx, &version, `SELECT COALESCE(MAX(version), 0) FROM units`); err != nil {
		return nil, err
	}
	s.mu.Lock()
	d := s.directory
	s.mu.Unlock()
	if d == nil || d.version != version {
		units, err := s.Units(ctx)
		if err != nil {
			return nil, err
		}
		d = &directory{version, people.PersonsOf(units)}
		s.mu.Lock()
		s.directory = d
		s.mu.Unlock()
	}
	return d.Seats(r), nil
}
