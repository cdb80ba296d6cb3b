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
	Rows       []accountRow
	Link, Name string // an invitation that was just made
	Until      string
}

// accountsOf are the accounts that the viewer sees: those of the units that their plans
// name. An office makes the links of units; those of leaders and of offices are made by
// whoever runs the machine, for with them talks are approved and plans are ruled.
func (v *visit) accountsOf() (rows []accountRow, err error) {
	book, err := v.Accounts()
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
	for _, a := range book.All {
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
	return v.show("accounts", v.say.T("portal.title_accounts"), accountsPage{Rows: rows})
}

// manage makes the link with which an account chooses its password, or ends its sessions.
func (v *visit) manage() error {
	rows, err := v.accountsOf()
	if err != nil {
		return err
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
	return v.show("accounts", v.say.T("portal.title_accounts"), accountsPage{Rows: rows, Link: v.base() + "/invitation/" + secret, Name: rows[i].Name, Until: v.clock(ends)})
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
