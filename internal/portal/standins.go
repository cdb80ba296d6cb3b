package portal

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/query"
	"duban/internal/signin"
	"duban/internal/words"
)

// mostStanding is how many lines of somebody who is away are shown on a stand-in's own list.
const mostStanding = 10

// standIn makes the visit act for whoever is away where the browser has awayCookie. When
// the stand-in has ended, the page says so and the cookie is taken away.
func (v *visit) standIn(list *accounts.List) error {
	chosen := v.cookie(v.r, awayCookie)
	if chosen == "" {
		return nil
	}
	all, err := v.SignIn.ActsFor(v.ctx(), v.who.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(n signin.ActingFor) bool { return n.Account == chosen && !n.Second })
	away, known := list.Find(chosen)
	if i < 0 || !known {
		v.setCookie(v.w, awayCookie, "")
		v.note = cmp.Or(v.note, v.say.T("portal.standing_over"))
		return nil
	}
	v.who.stand(v.official(), away, all[i])
	return nil
}

// stand makes a person act for another, who is away: with the unit and the seat of that
// account, and both names.
func (p *person) stand(w *words.Words, away accounts.Account, n signin.ActingFor) {
	p.away = n
	p.Account.Name, p.Account.Unit, p.Account.Seat = p.self.StandingFor(away, w), away.Unit, away.Seat
}

// standingFor is the actor of the acts that whoever is signed in does for another.
func (v *visit) standingFor(away accounts.Account, n signin.ActingFor) act.Actor {
	p := person{Account: v.who.self, self: v.who.self}
	p.stand(v.official(), away, n)
	return p.actor()
}

// official is the catalogue for words that the ledger keeps: in the office's language,
// whatever the reader's is.
func (v *visit) official() *words.Words { return v.words(cmp.Or(v.Lang, "zh")) }

// zone is the time zone of the first plan that whoever is signed in has to do with; this
// machine's without one.
func (v *visit) zone() *time.Location { return cmp.Or(v.who.seats.Zone, time.Local) }

// lastDay is the last day before an instant at which something ends, in zone: 2026-11-29.
func (v *visit) lastDay(until time.Time) string {
	return calendar.DayOf(until.Add(-time.Second).In(v.zone())).String()
}

// standingRow is somebody who is away and for whom the viewer acts, or may act now.
type standingRow struct {
	Account, Name, Until string
	Here                 bool // the viewer acts for them on this page
	Second               bool // a second factor is needed first
	Lines                []owed
	Total, More          int // how many lines wait for them; how many of those are not shown
}

// standings are those for whom the viewer may act now, each with what waits for them
// where lines are asked for.
func (v *visit) standings(lines bool) (rows []standingRow, err error) {
	all, err := v.SignIn.ActsFor(v.ctx(), v.who.ID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	list, err := v.Accounts()
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		away, known := list.Find(n.Account)
		if !known {
			continue
		}
		row := standingRow{Account: away.ID, Name: away.Name, Until: v.lastDay(n.Until), Here: n.Account == v.who.away.Account, Second: n.Second}
		if lines && !n.Second {
			page, err := v.Reader.Obligations(v.ctx(), query.As(v.standingFor(away, n)), query.ObligationFilter{Limit: mostStanding})
			if err != nil {
				return nil, err
			}
			for _, o := range page.Lines {
				row.Lines = append(row.Lines, v.owed(o))
			}
			row.Total, row.More = page.Total, page.Total-len(page.Lines)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// awayPart is who stands in for an account, and the form that names another.
type awayPart struct {
	Action      string
	Of          string // name of whose absence it is
	Rows        []awayRow
	Choices     []Option
	From, Until string
	Wrong       string
}

type awayRow struct{ ID, Name, From, Until string }

// awayOf is the awayPart of an account, filled in with what was typed.
func (v *visit) awayOf(of accounts.Account, action, wrong string) (part awayPart, err error) {
	list, err := v.Accounts()
	if err != nil {
		return part, err
	}
	part = awayPart{Action: action, Of: of.Name, From: v.form.Get("from"), Until: v.form.Get("until"), Wrong: wrong}
	if part.From == "" {
		part.From = calendar.DayOf(v.Now().In(v.zone())).String()
	}
	all, err := v.SignIn.StandIns(v.ctx(), of.ID)
	if err != nil {
		return part, err
	}
	for _, n := range all {
		if other, known := list.Find(n.Other); known && n.Account == of.ID {
			part.Rows = append(part.Rows, awayRow{n.ID, other.Name, calendar.DayOf(n.From.In(v.zone())).String(), v.lastDay(n.Until)})
		}
	}
	may, err := v.couldStandIn(list, of)
	for _, a := range may {
		part.Choices = append(part.Choices, Option{a.ID, a.Name, a.ID == v.form.Get("other")})
	}
	return part, err
}

// couldStandIn are the accounts that may act for an account: those of its own unit, and,
// where a leader names a stand-in for themselves, those of the offices of the leader's
// plans. A leader's stand-in who names one for their own account has the accounts of their
// own unit alone.
func (v *visit) couldStandIn(list *accounts.List, of accounts.Account) (may []accounts.Account, err error) {
	units := []string{of.Unit}
	if v.who.self.ID == of.ID && v.who.away.Account == "" && v.who.is(Leader) {
		known, err := v.Reader.Contacts(v.ctx(), v.asks())
		if err != nil {
			return nil, err
		}
		for _, u := range known {
			if u.Kind == people.OfficeUnit {
				units = append(units, u.ID)
			}
		}
	}
	for _, a := range list.All {
		if a.ID != of.ID && slices.Contains(units, a.Unit) {
			may = append(may, a)
		}
	}
	return may, nil
}

// nameStandIn names a stand-in for an account as a form says, or ends one. wrong is a
// sentence about what was wrong in the form; "" when it is done.
func (v *visit) nameStandIn(of accounts.Account) (wrong string, err error) {
	by := v.who.ID
	if id := v.form.Get("end"); id != "" {
		_, err := v.SignIn.EndStandIn(v.ctx(), of.ID, id, by)
		return "", err
	}
	list, err := v.Accounts()
	if err != nil {
		return "", err
	}
	may, err := v.couldStandIn(list, of)
	if err != nil {
		return "", err
	}
	other := v.form.Get("other")
	if !slices.ContainsFunc(may, func(a accounts.Account) bool { return a.ID == other }) {
		return v.say.T("portal.standin_whom"), nil
	}
	from, err := calendar.ParseDay(v.form.Get("from"))
	if err != nil {
		return v.say.T("portal.standin_days"), nil
	}
	until, err := calendar.ParseDay(v.form.Get("until"))
	if err != nil {
		return v.say.T("portal.standin_days"), nil
	}
	_, err = v.SignIn.NameStandIn(v.ctx(), of.ID, other, from.At(0, 0, v.zone()), until.End(v.zone()), by)
	if sentence, ok := signin.Sentence(v.say, err); ok {
		return sentence, nil
	}
	return "", err
}

// myStandIns names a stand-in for whoever is signed in, or ends one.
func (v *visit) myStandIns() error {
	wrong, err := v.nameStandIn(v.who.self)
	switch {
	case err != nil:
		return err
	case wrong != "":
		return v.showMe(http.StatusUnprocessableEntity, mine{Away: awayPart{Wrong: wrong}})
	}
	return v.to("/me")
}

// stand has the browser act for somebody who is away from now on, or for whoever is signed
// in again.
func (v *visit) stand() error {
	next := v.own(v.form.Get("next"))
	whom := v.form.Get("for")
	if whom == "" {
		v.setCookie(v.w, awayCookie, "")
		return v.to(next)
	}
	all, err := v.SignIn.ActsFor(v.ctx(), v.who.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(n signin.ActingFor) bool { return n.Account == whom })
	switch {
	case i < 0:
		v.refuse(http.StatusForbidden, "portal.standing_not")
		return nil
	case all[i].Second:
		v.refuse(http.StatusForbidden, "portal.standing_second")
		return nil
	}
	v.setCookie(v.w, awayCookie, whom)
	return v.to(next)
}

// accountPage is an account of a unit as its office sees it.
type accountPage struct {
	Account  accounts.Account
	UnitName string
	Sessions []sessionRow
	Away     awayPart
	Holder   *holderPart // nil where accounts cannot be changed here
}

// accountAsked is the account of the address, one of those that the viewer manages; false
// when the request has been answered.
func (v *visit) accountAsked() (row accountRow, ok bool, err error) {
	rows, err := v.accountsOf()
	if err != nil {
		return row, false, err
	}
	i := slices.IndexFunc(rows, func(r accountRow) bool { return r.ID == v.r.PathValue("account") })
	if i < 0 || !rows[i].Ours {
		v.refuse(http.StatusForbidden, "portal.not_your_account")
		return row, false, nil
	}
	return rows[i], true, nil
}

func (v *visit) account() error {
	row, ok, err := v.accountAsked()
	if !ok {
		return err
	}
	return v.showAccount(http.StatusOK, row, "", "")
}

// showAccount shows an account; wrong is what was wrong in the form of a stand-in, holder
// what was wrong in the form that gives the account to somebody, "" for nothing.
func (v *visit) showAccount(status int, row accountRow, wrong, holder string) (err error) {
	out := accountPage{Account: row.Account, UnitName: row.UnitName}
	if out.Holder, err = v.holderOf(row.Account, "/accounts/"+row.ID, holder); err != nil {
		return err
	}
	all, err := v.SignIn.Sessions(v.ctx(), row.ID)
	if err != nil {
		return err
	}
	for _, s := range all {
		out.Sessions = append(out.Sessions, sessionRow{s, false, v.clock(s.Begun), v.clock(s.Seen)})
	}
	if out.Away, err = v.awayOf(row.Account, "/accounts/"+row.ID, wrong); err != nil {
		return err
	}
	return v.showUnder(status, "account", row.Name, out)
}

// manageAccount ends a session of a unit's account, or names who acts for it.
func (v *visit) manageAccount() error {
	row, ok, err := v.accountAsked()
	if !ok {
		return err
	}
	if id := v.form.Get("session"); id != "" {
		if _, err := v.SignIn.End(v.ctx(), row.ID, id, v.who.ID); err != nil {
			return err
		}
		return v.to("/accounts/" + row.ID)
	}
	if v.form.Has("was") {
		return v.giveAccount(row)
	}
	wrong, err := v.nameStandIn(row.Account)
	switch {
	case errors.Is(err, ErrLookOnly):
		v.refuse(http.StatusForbidden, "portal.look_only")
		return nil
	case err != nil:
		return err
	case wrong != "":
		return v.showAccount(http.StatusUnprocessableEntity, row, wrong, "")
	}
	return v.to("/accounts/" + row.ID)
}

// giveAccount gives an account to somebody else or takes it away, and then ends its
// sessions, so that whoever had it is signed out.
func (v *visit) giveAccount(row accountRow) error {
	var was, now accounts.Account
	if err := json.Unmarshal([]byte(v.form.Get("was")), &was); err != nil || was.ID != row.ID {
		v.refuse(http.StatusBadRequest, "portal.bad_form")
		return nil
	}
	gone := v.form.Has("remove")
	if gone && v.form.Get("sure") == "" {
		return v.showAccount(http.StatusUnprocessableEntity, row, "", v.say.T("portal.account_sure"))
	}
	if !gone {
		now = typedAccount(v.form)
		now.ID = row.ID
	}
	wrong, status, err := v.setAccount(was, now)
	switch {
	case err != nil:
		return err
	case wrong != "":
		return v.showAccount(status, row, "", wrong)
	}
	if gone || now.Unit != was.Unit {
		if err := v.SignIn.EndAll(v.ctx(), row.ID, "", v.who.ID); err != nil {
			return err
		}
	}
	return v.to("/accounts")
}
