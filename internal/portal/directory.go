package portal

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"duban/internal/accounts"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/words"
)

// directoryLine is something that a brought file would change.
type directoryLine struct{ What, Was, Now string }

type directoryPage struct {
	Lines  []directoryLine
	Change string // form.Directory as JSON, for the form that makes the change
	Faults []string
	Done   int  // how many changes were made before Faults
	Files  bool // accounts can be changed here
}

// directoryForm is the page from which the office's directory is taken as an Excel file, and
// to which it is brought back.
func (v *visit) directoryForm() error { return v.showDirectory(http.StatusOK, directoryPage{}) }

func (v *visit) showDirectory(status int, p directoryPage) error {
	p.Files = v.Rewrite != nil
	return v.showUnder(status, "directory", v.say.T("portal.title_directory"), p)
}

// ourAccounts are the accounts that the viewer may change: those of units that are no
// plan's office or leadership; nil where accounts cannot be changed here.
func (v *visit) ourAccounts() ([]accounts.Account, error) {
	if v.Rewrite == nil {
		return nil, nil
	}
	rows, err := v.accountsOf()
	ours := []accounts.Account{}
	for _, r := range rows {
		if r.Ours {
			ours = append(ours, r.Account)
		}
	}
	return ours, err
}

func (v *visit) directorySheet() error {
	units, err := v.Reader.Contacts(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	book, err := v.ourAccounts()
	if err != nil {
		return err
	}
	raw, err := form.WriteDirectory(units, book, v.say)
	if err != nil {
		return err
	}
	return v.sendXLSX(v.say.T("portal.directory_file", words.Data{"Day": v.clock(v.Now())[:10]})+".xlsx", raw)
}

// bringDirectory shows what a filled-in file changes before anything is done, or does what
// was shown.
func (v *visit) bringDirectory() error {
	if text := v.form.Get("change"); text != "" {
		return v.setDirectory(text)
	}
	if len(v.papers) != 1 || len(v.papers[0].Body) == 0 {
		v.note = v.say.T("portal.progress_one_file")
		return v.showDirectory(http.StatusUnprocessableEntity, directoryPage{})
	}
	units, err := v.Reader.Contacts(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	book, err := v.ourAccounts()
	if err != nil {
		return err
	}
	d, faults, err := form.ReadDirectory(bytes.Clone(v.papers[0].Body), units, book)
	var fault *form.Fault
	switch {
	case errors.As(err, &fault):
		v.note = fault.Text(v.say, "")
		return v.showDirectory(http.StatusUnprocessableEntity, directoryPage{})
	case err != nil:
		return err
	case len(faults) > 0:
		p := directoryPage{}
		for _, f := range faults {
			p.Faults = append(p.Faults, f.Text(v.say))
		}
		return v.showDirectory(http.StatusUnprocessableEntity, p)
	case d.Empty():
		v.note = v.say.T("portal.directory_same", words.Data{"N": d.Rows})
		return v.showDirectory(http.StatusOK, directoryPage{})
	}
	wrong, err := v.foreign(d.Accounts, units)
	if err != nil {
		return err
	}
	if wrong != "" {
		return v.showDirectory(http.StatusUnprocessableEntity, directoryPage{Faults: []string{wrong}})
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return v.showDirectory(http.StatusOK, directoryPage{Lines: v.directoryLines(d, units), Change: string(raw)})
}

// foreign is a sentence about the first change of an account that is not the viewer's to
// make; "" for none.
func (v *visit) foreign(all []accounts.Change, units []people.Unit) (wrong string, err error) {
	if len(all) == 0 {
		return "", nil
	}
	if v.Rewrite == nil {
		return v.say.T("portal.accounts_elsewhere"), nil
	}
	ruling, err := v.ruling()
	if err != nil {
		return "", err
	}
	book, err := v.Accounts()
	if err != nil {
		return "", err
	}
	known := people.Directory{Units: units}
	for _, c := range all {
		for _, a := range []accounts.Account{c.Was, c.Now} {
			if a == (accounts.Account{}) {
				continue
			}
			if _, ours := known.Unit(a.Unit); !ours || ruling[a.Unit] {
				return v.say.T("portal.account_foreign", words.Data{"Account": a.ID}), nil
			}
		}
		if is, taken := book.Find(c.Now.ID); taken && c.Was == (accounts.Account{}) && is != c.Now {
			return v.say.T("portal.account_taken", words.Data{"Account": c.Now.ID}), nil
		}
	}
	return "", nil
}

// directoryLines are the lines in which a page shows a change of the directory.
func (v *visit) directoryLines(d form.Directory, units []people.Unit) (lines []directoryLine) {
	dir := people.Directory{Units: units}
	nobody := func(text string) string {
		if text = strings.TrimSpace(text); text == "" {
			return v.say.T("portal.nobody")
		}
		return text
	}
	for _, n := range d.Names {
		called := func(c ledger.Called) string {
			return strings.Join(append([]string{c.Name}, c.Aliases...), v.say.T("report.comma"))
		}
		lines = append(lines, directoryLine{v.say.T("portal.directory_unit"), called(n.Was), called(n.Now)})
	}
	for _, x := range d.Seats {
		lines = append(lines, directoryLine{v.speak().Seat(dir.Name(x.Seat.Unit), x.Seat.Role), nobody(contactText(x.Was)), nobody(contactText(x.Now))})
	}
	for _, c := range d.Accounts {
		said := func(a accounts.Account) string {
			if a == (accounts.Account{}) {
				return v.say.T("portal.account_none")
			}
			seat := ""
			if a.Seat != "" {
				seat = v.say.T("term." + string(a.Seat))
			}
			return strings.Join(strings.Fields(a.Name+" "+dir.Name(a.Unit)+" "+seat), " ")
		}
		id := c.Now.ID
		if id == "" {
			id = c.Was.ID
		}
		lines = append(lines, directoryLine{v.say.T("portal.account") + " " + id, said(c.Was), said(c.Now)})
	}
	return lines
}

// contactText is a contact on lines.
func contactText(c people.Contact) string {
	var lines []string
	for _, line := range []string{strings.TrimSpace(c.Name + " " + c.Post), strings.TrimSpace(c.Email + " " + c.Phone), c.Beside} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// setDirectory makes the change that was shown: what the ledger holds all at once, then
// the accounts. What the directory has already is not changed, so that the same form
// changes nothing more when it is sent twice.
func (v *visit) setDirectory(text string) error {
	var d form.Directory
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		v.refuse(http.StatusBadRequest, "portal.bad_form")
		return nil
	}
	units, err := v.Reader.Contacts(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	wrong, err := v.foreign(d.Accounts, units)
	if err != nil {
		return err
	}
	if wrong != "" {
		return v.showDirectory(http.StatusForbidden, directoryPage{Faults: []string{wrong}})
	}
	done, err := v.Acts.SetDirectory(v.ctx(), d.DirectoryChange, v.who.actor())
	more := 0
	if err == nil && len(d.Accounts) > 0 {
		d.DirectoryChange = ledger.DirectoryChange{} // made
		more, err = v.rewrite(d.Accounts)
	}
	if wrong, status := v.notSet(err, units); wrong != "" {
		return v.showDirectory(status, directoryPage{Faults: []string{wrong}, Done: done, Lines: v.directoryLines(d, units), Change: text})
	}
	if err != nil {
		return err
	}
	v.note = v.say.T("portal.directory_done", words.Data{"N": done + more})
	return v.showDirectory(http.StatusOK, directoryPage{})
}

// rewrite changes accounts and says so in the log.
func (v *visit) rewrite(all []accounts.Change) (done int, err error) {
	done, err = v.Rewrite(all)
	for _, c := range all {
		if err == nil && done > 0 {
			v.Log.Info("An account was changed", "account", c.Was.ID, "is", c.Now.ID, "unit", c.Now.Unit, "by", v.who.ID)
		}
	}
	return done, err
}

// notSet is the sentence and the status for a person whose change of the directory or of
// accounts was not made; "" where err is none of the errors of such a change.
func (v *visit) notSet(err error, units []people.Unit) (wrong string, status int) {
	var only *engine.OfficeError
	var meanwhile *ledger.MeanwhileError
	var taken *ledger.TakenError
	var other *accounts.MeanwhileError
	var unwritten *accounts.WriteError
	var contact *engine.ContactError
	dir := people.Directory{Units: units}
	switch {
	case errors.As(err, &only):
		return v.say.T("message.only_office", words.Data{"Office": strings.Join(only.Offices, v.say.T("cli.list_comma"))}), http.StatusForbidden
	case errors.Is(err, ErrLookOnly):
		return v.say.T("portal.look_only"), http.StatusForbidden
	case errors.As(err, &meanwhile):
		what := dir.Name(meanwhile.Seat.Unit)
		if meanwhile.Seat.Role != "" {
			what = v.speak().Seat(what, meanwhile.Seat.Role)
		}
		return v.say.T("portal.directory_meanwhile", words.Data{"What": what}), http.StatusConflict
	case errors.As(err, &other):
		return v.say.T("portal.directory_meanwhile", words.Data{"What": v.say.T("portal.account") + " " + other.Account}), http.StatusConflict
	case errors.As(err, &taken):
		return v.say.T("portal.name_taken", words.Data{"Name": taken.Name, "Unit": dir.Name(taken.Other)}), http.StatusConflict
	case errors.As(err, &contact):
		return v.say.T("portal.form_wrong"), http.StatusUnprocessableEntity
	case errors.As(err, &unwritten):
		v.Log.Error("The file of accounts could not be written", "account", v.who.ID, "error", unwritten.Err)
		return v.say.T("portal.accounts_unwritten"), http.StatusServiceUnavailable
	}
	return "", 0
}

// calling is the form that renames a unit.
type calling struct {
	ID, Action, WrongName string
	Name, Aliases         string
	WasName, WasAliases   string
}

// unitAsked is the unit of the address; it is of a plan whose office the viewer's unit is.
func (v *visit) unitAsked() (u people.Unit, err error) {
	units, err := v.Reader.Contacts(v.ctx(), v.asks())
	i := slices.IndexFunc(units, func(u people.Unit) bool { return u.ID == v.r.PathValue("unit") })
	if err == nil && i < 0 {
		err = ledger.ErrNotFound
	}
	if err != nil {
		return u, err
	}
	return units[i], nil
}

func (v *visit) unitForm() error {
	u, err := v.unitAsked()
	if err != nil {
		return err
	}
	aliases := strings.Join(u.Aliases, "、")
	c := calling{ID: u.ID, Action: "/contacts/" + url.PathEscape(u.ID), Name: u.Name, Aliases: aliases, WasName: u.Name, WasAliases: aliases}
	if v.typed != nil {
		c.Name, c.Aliases, c.WasName, c.WasAliases = v.typed.Get("name"), v.typed.Get("aliases"), v.typed.Get("was_name"), v.typed.Get("was_aliases")
		if strings.TrimSpace(c.Name) == "" {
			c.WrongName = v.say.T("portal.needed", words.Data{"Field": v.say.T("form.dir_unit")})
		}
	}
	return v.show("unit", v.say.T("portal.title_unit", words.Data{"Unit": u.Name}), c)
}

// callUnit renames a unit in every plan.
func (v *visit) callUnit() error {
	u, err := v.unitAsked()
	if err != nil {
		return err
	}
	called := func(name, aliases string) ledger.Called {
		return ledger.Called{Name: strings.TrimSpace(name), Aliases: form.Names(aliases)}
	}
	now := called(v.form.Get("name"), v.form.Get("aliases"))
	if now.Name == "" || len([]rune(now.Name)) > 100 || len([]rune(v.form.Get("aliases"))) > 1000 {
		v.drawAgain(http.StatusUnprocessableEntity, v.say.T("portal.form_wrong"))
		return nil
	}
	_, err = v.Acts.SetDirectory(v.ctx(), ledger.DirectoryChange{Names: []ledger.Calling{{Unit: u.ID, Was: called(v.form.Get("was_name"), v.form.Get("was_aliases")), Now: now}}}, v.who.actor())
	units, unread := v.Reader.Contacts(v.ctx(), v.asks())
	if unread != nil {
		return unread
	}
	if wrong, status := v.notSet(err, units); wrong != "" {
		if errors.As(err, new(*ledger.MeanwhileError)) { // the form is drawn again with the name in force: sent once more, it replaces that
			v.form.Set("was_name", u.Name)
			v.form.Set("was_aliases", strings.Join(u.Aliases, "、"))
		}
		v.drawAgain(status, wrong)
		return nil
	}
	if err != nil {
		return err
	}
	return v.to("/contacts?seated=" + url.QueryEscape(u.ID))
}

// holderPart is the form in which an account is given to somebody, or a new one is made.
type holderPart struct {
	Action   string
	ID, Name string
	Units    []Option
	Seats    []Option
	Was      string // the account as the form saw it; "" for a new one
	New      bool
	Wrong    string
}

// holderOf is the holderPart of an account, filled in with what was typed; nil where
// accounts cannot be changed here.
func (v *visit) holderOf(a accounts.Account, action, wrong string) (h *holderPart, err error) {
	if v.Rewrite == nil {
		return nil, nil
	}
	units, err := v.Reader.Contacts(v.ctx(), v.asks())
	if err != nil {
		return nil, err
	}
	ruling, err := v.ruling()
	if err != nil {
		return nil, err
	}
	h = &holderPart{Action: action, ID: a.ID, Name: a.Name, New: a.ID == "", Wrong: wrong}
	if !h.New {
		raw, err := json.Marshal(a)
		if err != nil {
			return nil, err
		}
		h.Was = string(raw)
	}
	if wrong != "" {
		a = typedAccount(v.form)
		h.ID, h.Name, h.Was = a.ID, a.Name, v.form.Get("was")
	}
	for _, u := range units {
		if !ruling[u.ID] {
			h.Units = append(h.Units, Option{u.ID, u.Name, u.ID == a.Unit})
		}
	}
	for _, role := range []people.Role{people.Liaison, people.Deputy, people.Head} {
		h.Seats = append(h.Seats, Option{string(role), v.say.T("term." + string(role)), role == a.Seat})
	}
	return h, nil
}

func typedAccount(f url.Values) accounts.Account {
	return accounts.Account{ID: strings.TrimSpace(f.Get("account")), Name: strings.TrimSpace(f.Get("name")), Unit: f.Get("unit"), Seat: people.Role(f.Get("seat"))}
}

// setAccount gives an account to somebody, makes a new one (was is zero) or takes one away
// (now is zero). wrong is a sentence about why that cannot be done, with its status; ""
// when it is done.
func (v *visit) setAccount(was, now accounts.Account) (wrong string, status int, err error) {
	units, err := v.Reader.Contacts(v.ctx(), v.asks())
	if err != nil {
		return "", 0, err
	}
	all := []accounts.Change{{Was: was, Now: now}}
	if gone := now == (accounts.Account{}); !gone {
		known := now.Seat == "" || slices.Contains([]people.Role{people.Liaison, people.Deputy, people.Head}, now.Seat)
		switch {
		case !accounts.GoodID(now.ID):
			return v.say.T("form.dir_bad_account", words.Data{"Account": now.ID}), http.StatusUnprocessableEntity, nil
		case now.Name == "" || len([]rune(now.Name)) > 100 || !known:
			return v.say.T("portal.needed", words.Data{"Field": v.say.T("form.dir_holder")}), http.StatusUnprocessableEntity, nil
		}
	}
	if wrong, err = v.foreign(all, units); err != nil || wrong != "" {
		return wrong, http.StatusForbidden, err
	}
	_, err = v.rewrite(all)
	if wrong, status = v.notSet(err, units); wrong != "" {
		return wrong, status, nil
	}
	return "", 0, err
}
