package portal

import (
	"errors"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/query"
	"duban/internal/words"
)

// contactPath is the address of the form that names who is in a seat.
func contactPath(seat people.Recipient) string {
	return "/contacts/" + url.PathEscape(seat.Unit) + "/" + string(seat.Role)
}

type contactsPage struct {
	Units  []unitRow
	Find   string
	Office bool // the viewer is of an office and may change all of the directory
}

type unitRow struct {
	ID, Name string
	Called   string // its other names
	Edit     string // address of the form that renames the unit; "" for whoever may not
	Seats    []seatRow
}

// seatRow is a seat of a unit and who sits there.
type seatRow struct {
	Role, Name, Email, Phone, Beside, Edit string
}

// contacts is the directory: who sits where, for every plan.
func (v *visit) contacts() error {
	units, err := v.Reader.Contacts(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	own, err := v.ownContacts()
	if err != nil {
		return err
	}
	out := contactsPage{Find: v.r.URL.Query().Get("find"), Office: v.who.is(Office)}
	for _, u := range units {
		row := unitRow{ID: u.ID, Name: u.Name, Called: strings.Join(u.Aliases, v.say.T("report.comma"))}
		if v.who.is(Office) {
			row.Edit = "/contacts/" + url.PathEscape(u.ID)
		}
		found := out.Find == "" || strings.Contains(u.Name, out.Find)
		for _, role := range people.Roles {
			c, seated := u.Seat(role)
			if !seated && !usual(u, role) {
				continue
			}
			s := seatRow{Role: v.say.T("term." + string(role)), Name: strings.TrimSpace(c.Name + " " + c.Post), Email: c.Email, Phone: c.Phone, Beside: c.Beside}
			if v.who.is(Office) || own && u.ID == v.who.Account.Unit && usual(u, role) {
				s.Edit = contactPath(people.Recipient{Unit: u.ID, Role: role})
			}
			found = found || strings.Contains(c.Name, out.Find) || strings.Contains(c.Email, out.Find) || strings.Contains(c.Beside, out.Find)
			row.Seats = append(row.Seats, s)
		}
		if found {
			out.Units = append(out.Units, row)
		}
	}
	return v.show("contacts", v.say.T("portal.title_contacts"), out)
}

// usual tells that a unit of this kind has a seat, even if nobody is in it: a unit's own
// three, or the one of an office or a leadership.
func usual(u people.Unit, role people.Role) bool {
	switch u.Kind {
	case people.OfficeUnit:
		return role == people.Office
	case people.LeadershipUnit:
		return role == people.Leader
	}
	return role != people.Office && role != people.Leader
}

// seating is the form that names who is in a seat.
type seating struct {
	Unit, Seat, Action    string
	Name, Email           string
	Post, Phone, Beside   string
	Was                   string // who was in the seat when the form was drawn
	WrongName, WrongEmail string
	WrongBeside           string
}

// ownContacts tells that units themselves name who is in their seats: the office's
// decision ledger.OfficeUnitContacts.
func (v *visit) ownContacts() (bool, error) {
	decided, err := v.Reader.Decided(v.ctx(), v.asks())
	return decided[ledger.OfficeUnitContacts] == ledger.ContactsByUnit, err
}

// seatAsked is the seat of the address, and who is in it. A unit gets its own seats alone,
// and only where units name who is in them (ownContacts): else query.ErrNotWhole.
func (v *visit) seatAsked() (seat people.Recipient, unit people.Unit, c people.Contact, err error) {
	seat = people.Recipient{Unit: v.r.PathValue("unit"), Role: people.Role(v.r.PathValue("seat"))}
	if !v.who.is(Office) {
		own, err := v.ownContacts()
		if err != nil {
			return seat, unit, c, err
		}
		if !own || seat.Unit != v.who.Account.Unit || v.who.is(Leader) {
			return seat, unit, c, query.ErrNotWhole
		}
	}
	units, err := v.Reader.Contacts(v.ctx(), v.asks())
	if err != nil {
		return seat, unit, c, err
	}
	i := slices.IndexFunc(units, func(u people.Unit) bool { return u.ID == seat.Unit })
	if i < 0 || !slices.Contains(people.Roles, seat.Role) {
		return seat, unit, c, ledger.ErrNotFound
	}
	c, _ = units[i].Seat(seat.Role)
	return seat, units[i], c, nil
}

func (v *visit) contactForm() error {
	seat, unit, c, err := v.seatAsked()
	if err != nil {
		return err
	}
	s := seating{Unit: unit.Name, Seat: v.say.T("term." + string(seat.Role)), Action: contactPath(seat), Name: c.Name, Email: c.Email, Post: c.Post, Phone: c.Phone, Beside: c.Beside, Was: contactText(c)}
	if v.typed != nil {
		s.Name, s.Email, s.Post, s.Phone = v.typed.Get("name"), v.typed.Get("email"), v.typed.Get("post"), v.typed.Get("phone")
		s.Beside, s.Was = v.typed.Get("beside"), v.typed.Get("was")
		if _, bad := people.ReadBeside(s.Beside); bad > 0 {
			s.WrongBeside = v.say.T("form.dir_bad_beside", words.Data{"Line": bad})
		}
		if (s.Name == "") != (s.Email == "") || s.Email != "" && !goodEmail(s.Email) {
			if strings.TrimSpace(s.Name) == "" {
				s.WrongName = v.say.T("portal.needed", words.Data{"Field": v.say.T("office.col_contact")})
			}
			if !goodEmail(strings.TrimSpace(s.Email)) {
				s.WrongEmail = v.say.T("portal.bad_email")
			}
		}
	}
	return v.show("contact", v.say.T("portal.title_contact", words.Data{"Unit": s.Unit, "Seat": s.Seat}), s)
}

func goodEmail(text string) bool {
	at, err := mail.ParseAddress(text)
	return err == nil && at.Address == text && len(text) <= 200
}

// setContact names who is in a seat, or nobody when both fields are empty. Where somebody
// else has filled the seat since the form was drawn, the form is drawn again with that
// first.
func (v *visit) setContact() error {
	seat, unit, now, err := v.seatAsked()
	if err != nil {
		return err
	}
	c := people.Contact{Name: strings.TrimSpace(v.form.Get("name")), Email: strings.TrimSpace(v.form.Get("email"))}
	if c != (people.Contact{}) {
		c.Post, c.Phone = strings.TrimSpace(v.form.Get("post")), strings.TrimSpace(v.form.Get("phone"))
	}
	others, bad := people.ReadBeside(v.form.Get("beside"))
	if c != (people.Contact{}) {
		c.Beside = people.Besides(others)
	}
	switch {
	case c == people.Contact{}:
	case bad > 0, len([]rune(c.Post)) > 50, len([]rune(c.Phone)) > 50, c.Name == "" || len([]rune(c.Name)) > 100 || !goodEmail(c.Email):
		v.drawAgain(http.StatusUnprocessableEntity, v.say.T("portal.form_wrong"))
		return nil
	}
	if is := contactText(now); is != strings.ReplaceAll(v.form.Get("was"), "\r\n", "\n") && is != contactText(c) {
		v.form.Set("was", is)
		v.drawAgain(http.StatusConflict, v.say.T("portal.contact_changed", words.Data{"Now": strings.Join(strings.Fields(is), " ")}))
		return nil
	}
	_, err = v.Acts.SetContact(v.ctx(), seat, c, v.who.actor())
	var only *engine.OfficeError
	switch {
	case errors.As(err, &only):
		v.refuseText(http.StatusForbidden, v.say.T("message.only_office", words.Data{"Office": strings.Join(only.Offices, v.say.T("cli.list_comma"))}))
		return nil
	case errors.Is(err, ErrLookOnly):
		v.drawAgain(http.StatusForbidden, v.say.T("portal.look_only"))
		return nil
	case err != nil:
		return err
	}
	return v.to("/contacts?seated=" + url.QueryEscape(unit.ID))
}
