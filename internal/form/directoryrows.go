package form

import (
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"duban/internal/accounts"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/words"
)

// directoryReader is a file being read.
type directoryReader struct {
	units  []people.Unit
	held   []accounts.Account
	seen   map[string]Place // where a seat, a unit, an account was said
	made   Directory
	faults []CellFault
}

func (r *directoryReader) fault(c sheetCells, column, key string, data words.Data) {
	p := c.Place
	if k, ok := c.at[column]; ok {
		p.Column, _ = excelize.ColumnNumberToName(k + 1)
	}
	r.faults = append(r.faults, CellFault{p, "form.dir_" + key, data})
}

// once tells that the file has no earlier row about a thing; a second row is a fault.
func (r *directoryReader) once(c sheetCells, column, thing string) bool {
	before, twice := r.seen[thing]
	if twice {
		r.fault(c, column, "twice", words.Data{"Line": before.Line})
		return false
	}
	r.seen[thing] = c.Place
	return true
}

// named is the unit of a name, its ID or another name that it has.
func (r *directoryReader) named(c sheetCells, name string) (people.Unit, bool) {
	ids, collective, ok := people.Directory{Units: r.units}.Resolve(name)
	if !ok || collective || name == "" {
		var names []string
		for _, u := range r.units {
			names = append(names, u.Name)
		}
		r.fault(c, "unit", "no_unit", words.Data{"Unit": name, "Near": strings.Join(people.Near(name, names), " / ")})
		return people.Unit{}, false
	}
	u, _ := people.Directory{Units: r.units}.Unit(ids[0])
	return u, true
}

// role is the seat of a word, in whichever language.
func (r *directoryReader) role(c sheetCells) (people.Role, bool) {
	word := c.text("seat")
	var all []string
	for _, role := range people.Roles {
		for _, lang := range []string{"zh", "en"} {
			if strings.EqualFold(word, words.New(lang).T("term."+string(role))) || word == string(role) {
				return role, true
			}
		}
		all = append(all, words.New("zh").T("term."+string(role)))
	}
	r.fault(c, "seat", "no_seat", words.Data{"Seat": word, "Known": strings.Join(all, "、")})
	return "", false
}

func (r *directoryReader) seat(c sheetCells) {
	key := strings.Split(c.text("key"), "/")
	var u people.Unit
	var role people.Role
	var ok bool
	if len(key) == 3 {
		u, ok = people.Directory{Units: r.units}.Unit(key[0])
		role = people.Role(key[1])
	}
	if !ok || !slices.Contains(people.Roles, role) {
		key = nil
		if u, ok = r.named(c, c.text("unit")); !ok {
			return
		}
		if role, ok = r.role(c); !ok {
			return
		}
	}
	seat := people.Recipient{Unit: u.ID, Role: role}
	if !r.once(c, "seat", "seat "+seat.String()) {
		return
	}
	is, taken := u.Seat(role)
	if !taken && !slices.Contains(DirectoryRoles(u), role) {
		r.fault(c, "seat", "not_its_seat", words.Data{"Unit": u.Name, "Seat": c.text("seat")})
		return
	}
	now := people.Contact{Name: c.text("person"), Email: c.text("email"), Post: is.Post, Phone: c.text("phone"), Beside: is.Beside}
	if c.has("post") {
		now.Post = c.text("post")
	}
	if c.has("beside") {
		now.Beside = c.text("beside")
	}
	if len(key) == 3 && mark(seatCells(now)...) == key[2] {
		return
	}
	before := len(r.faults)
	r.contact(c, &now)
	if len(r.faults) > before {
		return
	}
	x := ledger.Seating{Seat: seat, Was: is, Now: now}
	x.Was.Role, x.Was.Pace = "", ""
	switch {
	case x.Now == x.Was:
	case len(key) == 3 && key[2] != mark(seatCells(is)...):
		r.fault(c, "person", "meanwhile", words.Data{"Now": strings.Join(strings.Fields(strings.Join(seatCells(is), " ")), " ")})
	default:
		r.made.Seats = append(r.made.Seats, x)
	}
}

// contact checks who is to sit on a seat. An empty row leaves the seat empty.
func (r *directoryReader) contact(c sheetCells, now *people.Contact) {
	if now.Name == "" && now.Email == "" {
		for _, column := range []string{"post", "phone", "beside"} {
			if c.text(column) != "" {
				r.fault(c, column, "nobody", nil)
			}
		}
		*now = people.Contact{}
		return
	}
	if now.Name == "" {
		r.fault(c, "person", "needed", nil)
	}
	if at, err := mail.ParseAddress(now.Email); err != nil || at.Address != now.Email {
		r.fault(c, "email", "bad_email", words.Data{"Email": now.Email})
	}
	for column, most := range map[string]int{"person": 100, "post": 50, "phone": 50, "email": 200} {
		if utf8.RuneCountInString(c.text(column)) > most {
			r.fault(c, column, "long", words.Data{"Most": most})
		}
	}
	others, bad := people.ReadBeside(now.Beside)
	if bad > 0 {
		r.fault(c, "beside", "bad_beside", words.Data{"Line": bad})
	}
	now.Beside = people.Besides(others)
}

func (r *directoryReader) unit(c sheetCells) {
	u, ok := people.Directory{Units: r.units}.Unit(c.text("id"))
	if !ok {
		r.fault(c, "id", "no_id", words.Data{"ID": c.text("id")})
		return
	}
	if !r.once(c, "id", "unit "+u.ID) {
		return
	}
	is := ledger.CalledNow(u)
	now := ledger.Called{Name: c.text("unit"), Aliases: is.Aliases}
	if c.has("aliases") {
		now.Aliases = Names(c.text("aliases"))
	}
	switch key := c.text("key"); {
	case key == mark(unitCells(now)...), now.Same(is):
	case now.Name == "":
		r.fault(c, "unit", "needed", nil)
	case utf8.RuneCountInString(now.Name) > 100:
		r.fault(c, "unit", "long", words.Data{"Most": 100})
	case key != "" && key != mark(unitCells(is)...):
		r.fault(c, "unit", "meanwhile", words.Data{"Now": strings.Join(unitCells(is), "、")})
	default:
		r.made.Names = append(r.made.Names, ledger.Calling{Unit: u.ID, Was: is, Now: now})
	}
}

func (r *directoryReader) account(c sheetCells) {
	id := c.text("account")
	if !accounts.GoodID(id) {
		r.fault(c, "account", "bad_account", words.Data{"Account": id})
		return
	}
	if !r.once(c, "account", "account "+id) {
		return
	}
	key := c.text("key")
	if key != "" && key == mark(c.text("holder"), c.text("unit"), c.text("seat")) {
		return
	}
	u, ok := r.named(c, c.text("unit"))
	if !ok {
		return
	}
	now := accounts.Account{ID: id, Name: c.text("holder"), Unit: u.ID}
	if c.text("seat") != "" {
		if now.Seat, ok = r.role(c); !ok {
			return
		}
	}
	var is accounts.Account
	if i := slices.IndexFunc(r.held, func(a accounts.Account) bool { return a.ID == id }); i >= 0 {
		is = r.held[i]
	}
	called := people.Directory{Units: r.units}.Name(is.Unit)
	since := key != "" && !slices.ContainsFunc([]string{"zh", "en"}, func(lang string) bool {
		return key == mark(is.Name, called, seatWord(is.Seat, words.New(lang)))
	})
	switch {
	case now == is:
	case now.Name == "":
		r.fault(c, "holder", "needed", nil)
	case utf8.RuneCountInString(now.Name) > 100:
		r.fault(c, "holder", "long", words.Data{"Most": 100})
	case since:
		r.fault(c, "account", "meanwhile", words.Data{"Now": strings.TrimSpace(is.Name + " " + is.Unit)})
	default:
		r.made.Accounts = append(r.made.Accounts, accounts.Change{Was: is, Now: now})
	}
}
