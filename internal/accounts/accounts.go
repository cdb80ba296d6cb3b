// Package accounts says who people are when they act: which account is whose,
// and for which unit it acts. What an account may do follows from its unit. It
// reads one YAML file and knows no passwords.
package accounts

import (
	"slices"
	"strings"

	"duban/internal/people"
	"duban/internal/words"
)

// Account is one person's or one desk's name for the engine 账号.
type Account struct {
	ID   string      `json:"id"`             // ASCII, unique; stands in the ledger for ever
	Name string      `json:"name"`           // as shown to people: 市水务局联络员
	Unit string      `json:"unit"`           // ID of the unit it acts for; the office and the leadership are units too
	Seat people.Role `json:"seat,omitempty"` // shown, decides nothing
}

// StandingFor is what people are told of who acts for another that is away 代理.
func (a Account) StandingFor(away Account, w *words.Words) string {
	return w.T("act.stands_for", words.Data{"Name": a.Name, "Away": away.Name})
}

// Book is the accounts of one file. The zero Book knows nobody.
type Book struct {
	All  []Account // in the order of the file
	file string
	at   map[string]place // account ID → its unit's place
}

type place struct {
	line, column int
	field        string
}

// Find is the account of an ID.
func (b *Book) Find(id string) (Account, bool) {
	i := slices.IndexFunc(b.All, func(a Account) bool { return a.ID == id })
	if i < 0 {
		return Account{}, false
	}
	return b.All[i], true
}

// Near is up to three account IDs that look like what was typed, the likeliest
// first.
func (b *Book) Near(id string) []string {
	var ids []string
	for _, a := range b.All {
		ids = append(ids, a.ID)
	}
	return people.Near(id, ids)
}

// Of is the accounts that act for a unit, in the order of the file.
func (b *Book) Of(unit string) []Account {
	var all []Account
	for _, a := range b.All {
		if a.Unit == unit {
			all = append(all, a)
		}
	}
	return all
}

// Check is the accounts whose unit the plan does not know: they can do nothing
// in it. Problems are in the order of the file.
func (b *Book) Check(dir people.Directory) []Problem {
	var ids []string
	for _, u := range dir.Units {
		ids = append(ids, u.ID)
	}
	var all []Problem
	for _, a := range b.All {
		if _, known := dir.Unit(a.Unit); known {
			continue
		}
		at := b.at[a.ID]
		all = append(all, Problem{File: b.file, Line: at.line, Column: at.column, Field: at.field, Key: "accounts.unknown_unit",
			Data: words.Data{"Value": a.Unit, "Account": a.ID, "Near": strings.Join(people.Near(a.Unit, ids), " / ")}})
	}
	return all
}
