package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/words"
)

// actor is who acts: the account of --as, or of DUBAN_AS, from the accounts
// file.
func (a *app) actor() (act.Actor, error) {
	if a.as == "" {
		return act.Actor{}, sentenceError(a.w.T("cli.as_whom", words.Data{"File": a.cfg.Accounts}))
	}
	book, err := a.accounts()
	if err != nil {
		return act.Actor{}, err
	}
	found, ok := book.Find(a.as)
	if !ok {
		return act.Actor{}, sentenceError(a.w.T("cli.no_account", words.Data{"Account": a.as, "File": a.cfg.Accounts, "Near": strings.Join(book.Near(a.as), " / ")}))
	}
	return act.Actor{Account: found.ID, Name: found.Name, Unit: found.Unit}, nil
}

// accounts is the accounts file; its faults are said one a line.
func (a *app) accounts() (*accounts.Book, error) {
	if _, err := os.Stat(a.cfg.Accounts); errors.Is(err, fs.ErrNotExist) {
		return nil, sentenceError(a.w.T("cli.no_accounts", words.Data{"File": a.cfg.Accounts}))
	}
	book, problems := accounts.Load(a.cfg.Accounts)
	if len(problems) > 0 {
		lines := []string{a.w.T("cli.bad_accounts", words.Data{"File": a.cfg.Accounts})}
		for _, p := range problems {
			lines = append(lines, p.Text(a.w))
		}
		return nil, sentenceError(strings.Join(lines, "\n"))
	}
	return book, nil
}

// stranger is a sentence about an account whose unit a plan does not know: it can
// do nothing there. nil for all others.
func (a *app) stranger(by act.Actor, l ledger.Launched) error {
	if _, known := l.Plan.Directory.Unit(by.Unit); known {
		return nil
	}
	book, err := a.accounts()
	if err != nil {
		return err
	}
	for _, p := range book.Check(l.Plan.Directory) {
		if p.Data["Account"] == by.Account {
			return sentenceError(p.Text(a.w))
		}
	}
	return nil
}
