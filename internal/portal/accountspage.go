package portal

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"duban/internal/accounts"
	"duban/internal/signin"
	"duban/internal/words"
)

// accountRow is an account as its office sees it.
type accountRow struct {
	accounts.Account
	UnitName string
	Can      bool // it has a password
	Sessions int
	Ours     bool // the viewer may make its link and end its sessions
}

type accountsPage struct {
	pager
	Find       string
	Rows       []accountRow
	Link, Name string // an invitation that was just made
	Until      string
	New        *holderPart // nil where no account can be made here
}

// accountsOf are the accounts that the viewer sees: those of the units that the viewer's
// plans name. An office makes the invitations of units (accountRow.Ours); those of leaders
// and of offices are made by whoever runs the machine, since such accounts approve talks
// and rule plans.
func (v *visit) accountsOf() (rows []accountRow, err error) {
	list, err := v.Accounts()
	if err != nil {
		return nil, err
	}
	units, err := v.Reader.Contacts(v.ctx(), v.asks())
	if err != nil {
		return nil, err
	}
	can, err := v.SignIn.Can(v.ctx())
	if err != nil {
		return nil, err
	}
	all, err := v.SignIn.Sessions(v.ctx(), "")
	if err != nil {
		return nil, err
	}
	ruling, err := v.ruling()
	if err != nil {
		return nil, err
	}
	for _, a := range list.All {
		row := accountRow{Account: a, Can: can[a.ID], Ours: !ruling[a.Unit]}
		for _, u := range units {
			if u.ID == a.Unit {
				row.UnitName = u.Name
			}
		}
		if row.UnitName == "" {
			continue
		}
		for _, s := range all {
			if s.Account == a.ID {
				row.Sessions++
			}
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b accountRow) int { return cmp.Compare(a.UnitName, b.UnitName) })
	return rows, nil
}

// ruling are the units that are the office or the leadership of some plan.
func (v *visit) ruling() (map[string]bool, error) {
	return v.Reader.Ruling(v.ctx(), v.asks())
}

func (v *visit) accounts() error {
	rows, err := v.accountsOf()
	if err != nil {
		return err
	}
	return v.showAccounts(http.StatusOK, accountsPage{Rows: rows}, "")
}

// showAccounts shows a page of the accounts, of those in which the text that is looked for is
// found, with the form of a new one; wrong is what was wrong with what was typed into the form,
// "" for nothing.
func (v *visit) showAccounts(status int, p accountsPage, wrong string) (err error) {
	p.Find = strings.TrimSpace(v.r.URL.Query().Get("find"))
	found := slices.DeleteFunc(slices.Clone(p.Rows), func(r accountRow) bool {
		return !slices.ContainsFunc([]string{r.UnitName, r.ID, r.Name}, func(s string) bool { return strings.Contains(s, p.Find) })
	})
	skip := min(v.skip(), len(found))
	p.Rows = found[skip:min(skip+pageOf, len(found))]
	p.pager = v.pager(skip, len(p.Rows), len(found))
	if p.New, err = v.holderOf(accounts.Account{}, "/accounts", wrong); err != nil {
		return err
	}
	return v.showUnder(status, "accounts", v.say.T("portal.title_accounts"), p)
}

// manage makes the link with which an account chooses its password, or ends its sessions.
func (v *visit) manage() error {
	rows, err := v.accountsOf()
	if err != nil {
		return err
	}
	if v.form.Has("new") {
		return v.newAccount(rows)
	}
	invite, end := v.form.Get("invite"), v.form.Get("end")
	i := slices.IndexFunc(rows, func(r accountRow) bool { return r.ID == cmp.Or(invite, end) })
	if i < 0 || !rows[i].Ours {
		v.refuse(http.StatusForbidden, "portal.not_your_account")
		return nil
	}
	if end != "" {
		if err := v.SignIn.EndAll(v.ctx(), end, "", v.who.ID); err != nil {
			return err
		}
		return v.to("/accounts")
	}
	secret, ends, err := v.SignIn.Invite(v.ctx(), invite, v.who.ID)
	switch {
	case errors.Is(err, signin.ErrUnknown), errors.Is(err, ErrLookOnly):
		v.refuse(http.StatusForbidden, "portal.not_your_account")
		return nil
	case err != nil:
		return err
	}
	v.note = v.say.T("portal.invitation_made", words.Data{"Name": rows[i].Name})
	return v.showAccounts(http.StatusOK, accountsPage{Rows: rows, Link: v.base() + "/invitation/" + secret, Name: rows[i].Name, Until: v.clock(ends)}, "")
}

// newAccount makes an account for a unit and leads to its page, on which the invitation is
// made.
func (v *visit) newAccount(rows []accountRow) error {
	a := typedAccount(v.form)
	wrong, status, err := v.setAccount(accounts.Account{}, a)
	switch {
	case err != nil:
		return err
	case wrong != "":
		return v.showAccounts(status, accountsPage{Rows: rows}, wrong)
	}
	return v.to("/accounts/" + a.ID)
}

// base is the address that links begin with.
func (v *visit) base() string {
	if v.URL != "" {
		return strings.TrimSuffix(v.URL, "/")
	}
	if v.r.TLS != nil {
		return "https://" + v.r.Host
	}
	return "http://" + v.r.Host
}
