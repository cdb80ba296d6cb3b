// Package accounts says who people are when they act: which account is whose,
// and for which unit it acts. What an account may do follows from its unit. It
// reads one YAML file and knows no passwords.
package accounts

import (
	"slices"

	"duban/internal/people"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// Account is one person's or one desk's name for the engine 账号.
type Account struct {
	ID   string      `json:"id"`             // ASCII, unique; is written in the ledger for ever
	Name string      `json:"name"`           // as shown to people: 市水务局联络员
	Unit string      `json:"unit"`           // ID of the unit it acts for; the office and the leadership are units too
	Seat people.Role `json:"seat,omitempty"` // shown, decides nothing
}

// StandingFor is what people are told of who acts for another that is away 代理.
func (a Account) StandingFor(away Account, w *words.Words) string {
	return w.T("act.stands_for", words.Data{"Name": a.Name, "Away": away.Name})
}

// List is the accounts of one file. The zero List knows nobody.
type List struct {
	All  []Account // in the order of the file
	file string
	at   map[string]strictyaml.Value // account ID → its unit as written
}

// Find is the account of an ID.
func (b *List) Find(id string) (Account, bool) {
	i := slices.IndexFunc(b.All, func(a Account) bool { return a.ID == id })
	if i < 0 {
		return Account{}, false
	}
	return b.All[i], true
}

// Near is up to three account IDs that look like what was typed, the likeliest
// first.
func (b *List) Near(id string) []string {
	var ids []string
	for _, a := range b.All {
		ids = append(ids, a.ID)
	}
	return people.Near(id, ids)
}

// Of is the accounts that act for a unit, in the order of the file.
func (b *List) Of(unit string) []Account {
	var all []Account
	for _, a := range b.All {
		if a.Unit == unit {
			all = append(all, a)
		}
	}
	return all
}
