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

// contactPath is where somebody is seated.
func contactPath(seat people.Recipient) string {
	return "/contacts/" + url.PathEscape(seat.Unit) + "/" + string(seat.Role)
}

type contactsPage struct {
	Units []unitRow
	Find  string
}

type unitRow struct {
	ID, Name string
	Seats    []seatRow
}

// seatRow is a seat of a unit and who sits there.
type seatRow struct {
	Role, Name, Email, Phone, Edit string
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
	out := contactsPage{Find: v.r.URL.Query().Get("find")}
	for _, u := range units {
		row := unitRow{ID: u.ID, Name: u.Name}
		found := out.Find == "" || strings.Contains(u.Name, out.Find)
		for _, role := range people.Roles {
			c, seated := u.Seat(role)
			if !seated && !usual(u, role) {
				continue
			}
			s := seatRow{Role: v.say.T("term." + string(role)), Name: strings.TrimSpace(c.Name + " " + c.Post), Email: c.Email, Phone: c.Phone}
			if v.who.is(Office) || own && u.ID == v.who.Account.Unit && usual(u, role) {
				s.Edit = contactPath(people.Recipient{Unit: u.ID, Role: role})
			}
			found = found || strings.Contains(c.Name, out.Find) || strings.Contains(c.Email, out.Find)
			row.Seats = append(row.Seats, s)
		}
		if found {
			out.Units = append(out.Units, row)
		}
	}
	return v.show("contacts", v.say.T("portal.title_contacts"), out)
}

// usual tells which seats a unit has, be they empty: its own three, or the one of an
// office or a leadership.
func usual(u people.Unit, role people.Role) bool {
	switch u.Kind {
	case people.OfficeUnit:
		return role == people.Office
	case people.LeadershipUnit:
		return role == people.Leader
	}
	return role != people.Office && role != people.Leader
}

// seating is what the form shows in which a seat is given to somebody.
type seating struct {
	Unit, Seat, Action    string
	Name, Email           string
	Post, Phone           string
	WasName, WasEmail     string // who sat there when the form was drawn
	WrongName, WrongEmail string
}

// ownContacts tells that units say themselves who sits in them.
func (v *visit) ownContacts() (bool, error) {
	decided, err := v.Reader.Decided(v.ctx(), v.asks())
	return decided[ledger.OfficeUnitContacts] == ledger.ContactsByUnit, err
}

// seatAsked is the seat of the address, and who sits there. A unit is asked for its own
// seats alone, where it may say who sits there: query.ErrNotWhole otherwise.
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
	s := seating{Unit: unit.Name, Seat: v.say.T("term." + string(seat.Role)), Action: contactPath(seat), Name: c.Name, Email: c.Email, Post: c.Post, Phone: c.Phone, WasName: c.Name, WasEmail: c.Email}
	if v.typed != nil {
		s.Name, s.Email, s.Post, s.Phone = v.typed.Get("name"), v.typed.Get("email"), v.typed.Get("post"), v.typed.Get("phone")
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

// setContact seats somebody, or nobody when both fields are empty. Whoever was seated
// there meanwhile by somebody else is not overwritten unseen.
func (v *visit) setContact() error {
	seat, unit, now, err := v.seatAsked()
	if err != nil {
		return err
	}
	c := people.Contact{Name: strings.TrimSpace(v.form.Get("name")), Email: strings.TrimSpace(v.form.Get("email"))}
	if c != (people.Contact{}) {
		c.Post, c.Phone = strings.TrimSpace(v.form.Get("post")), strings.TrimSpace(v.form.Get("phone"))
	}
	switch {
	case c == people.Contact{}:
	case len([]rune(c.Post)) > 50, len([]rune(c.Phone)) > 50, c.Name == "" || len([]rune(c.Name)) > 100 || !goodEmail(c.Email):
		v.drawAgain(http.StatusUnprocessableEntity, v.say.T("portal.form_wrong"))
		return nil
	}
	if (now.Name != v.form.Get("was_name") || now.Email != v.form.Get("was_email")) && (now.Name != c.Name || now.Email != c.Email) {
		v.drawAgain(http.StatusConflict, v.say.T("portal.contact_changed", words.Data{"Name": now.Name, "Email": now.Email}))
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
