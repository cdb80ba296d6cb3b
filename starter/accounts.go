package main

import (
	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/words"
)

// actor is who acts: the account of --as, or of DUBAN_AS, from the accounts
// file.
func (a *app) actor() (act.Actor, error) {
	if a.as == "" {
		return act.Actor{}, a.w.Err("cli.as_whom", words.Data{"File": a.cfg.Accounts})
	}
	found, err := a.account(a.as)
	return act.Actor{Account: found.ID, Name: found.Name, Unit: found.Unit}, err
}

// account is an account of the file.
func (a *app) account(id string) (accounts.Account, error) {
	book, err := accounts.Open(a.w, a.cfg.Accounts)
	if err != nil {
		return accounts.Account{}, err
	}
	return book.Named(a.w, id)
}

// stranger is a sentence about an account whose unit a plan does not know: it can
// do nothing there. nil for all others.
func (a *app) stranger(by act.Actor, l ledger.Launched) error {
	book, err := accounts.Open(a.w, a.cfg.Accounts)
	if err != nil {
		return err
	}
	return book.Stranger(a.w, by.Account, l.Plan.Directory)
}
