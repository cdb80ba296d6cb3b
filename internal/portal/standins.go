package portal

import (
	"cmp"
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

// mostStanding is how many lines of somebody else's are shown among one's own.
const mostStanding = 10

// standIn makes the visit one for whoever is away, where its browser was told to. What
// has ended is told, and forgotten.
func (v *visit) standIn(book *accounts.Book) error {
	chosen := v.cookie(v.r, awayCookie)
	if chosen == "" {
		return nil
	}
	all, err := v.SignIn.ActsFor(v.ctx(), v.who.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(n signin.Standing) bool { return n.Account == chosen && !n.Second })
	away, known := book.Find(chosen)
	if i < 0 || !known {
		v.setCookie(v.w, awayCookie, "")
		v.note = cmp.Or(v.note, v.say.T("portal.standing_over"))
		return nil
	}
	v.who.stand(v.official(), away, all[i])
	return nil
}

// stand makes a person act for another.
func (p *person) stand(w *words.Words, away accounts.Account, n signin.Standing) {
	p.away = n
	p.Account.Name, p.Account.Unit, p.Account.Seat = p.self.StandingFor(away, w), away.Unit, away.Seat
}

// standingFor is whoever is signed in as they act for another.
func (v *visit) standingFor(away accounts.Account, n signin.Standing) act.Actor {
	p := person{Account: v.who.self, self: v.who.self}
	p.stand(v.official(), away, n)
	return p.actor()
}

// official is what goes into the ledger in words: the office's language, whoever reads.
func (v *visit) official() *words.Words { return v.words(cmp.Or(v.Lang, "zh")) }

// zone is that of the first plan that whoever is signed in has to do with.
func (v *visit) zone() *time.Location { return cmp.Or(v.who.seats.Zone, time.Local) }

// lastDay is the last day of what ends at an instant.
func (v *visit) lastDay(until time.Time) string {
	return calendar.DayOf(until.Add(-time.Second).In(v.zone())).String()
}

// standingRow is somebody for whom one acts, or may now.
type standingRow struct {
	Account, Name, Until string
	Here                 bool // this page is already theirs
	Second               bool // a second factor is needed first
	Lines                []owed
	Total, More          int // that wait, and that are not shown
}

// standings are those for whom the viewer may act now, each with what waits for them
// where lines are asked for.
func (v *visit) standings(lines bool) (rows []standingRow, err error) {
	all, err := v.SignIn.ActsFor(v.ctx(), v.who.ID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	book, err := v.Accounts()
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		away, known := book.Find(n.Account)
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

// awayOf is that of an account, filled in with what was typed.
func (v *visit) awayOf(of accounts.Account, action, wrong string) (part awayPart, err error) {
	book, err := v.Accounts()
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
		if other, known := book.Find(n.Other); known && n.Account == of.ID {
			part.Rows = append(part.Rows, awayRow{n.ID, other.Name, calendar.DayOf(n.From.In(v.zone())).String(), v.lastDay(n.Until)})
		}
	}
	may, err := v.couldStandIn(book, of)
	for _, a := range may {
		part.Choices = append(part.Choices, Option{a.ID, a.Name, a.ID == v.form.Get("other")})
	}
	return part, err
}

// couldStandIn are the accounts that may act for one: those of its own unit, and for
// the leadership those of the offices that it knows. Whoever stands in for a leader is
// none by that for themselves.
func (v *visit) couldStandIn(book *accounts.Book, of accounts.Account) (may []accounts.Account, err error) {
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
	for _, a := range book.All {
		if a.ID != of.ID && slices.Contains(units, a.Unit) {
			may = append(may, a)
		}
	}
	return may, nil
}

// nameStandIn names a stand-in for an account as a form says, or ends one. wrong is what
// was wrong with it; "" when it is done.
func (v *visit) nameStandIn(of accounts.Account) (wrong string, err error) {
	by := v.who.ID
	if id := v.form.Get("end"); id != "" {
		_, err := v.SignIn.EndStandIn(v.ctx(), of.ID, id, by)
		return "", err
	}
	book, err := v.Accounts()
	if err != nil {
		return "", err
	}
	may, err := v.couldStandIn(book, of)
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

// myStandIns names who acts for whoever is signed in, or ends that.
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

// stand has the browser act for somebody who is away, or for its person again.
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
	i := slices.IndexFunc(all, func(n signin.Standing) bool { return n.Account == whom })
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
}

// accountAsked is the account of the address, which is the viewer's to see to; false
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
	return v.showAccount(http.StatusOK, row, "")
}

func (v *visit) showAccount(status int, row accountRow, wrong string) error {
	out := accountPage{Account: row.Account, UnitName: row.UnitName}
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
	wrong, err := v.nameStandIn(row.Account)
	switch {
	case errors.Is(err, ErrLookOnly):
		v.refuse(http.StatusForbidden, "portal.look_only")
		return nil
	case err != nil:
		return err
	case wrong != "":
		return v.showAccount(http.StatusUnprocessableEntity, row, wrong)
	}
	return v.to("/accounts/" + row.ID)
}
