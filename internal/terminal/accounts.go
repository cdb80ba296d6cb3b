package terminal

import (
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/ledger"
)

// TokenRow is a line of `account tokens -o json`: fields are only added.
type TokenRow struct {
	ID      string    `json:"id"`
	Account string    `json:"account"`
	Kind    string    `json:"kind"`
	Scope   string    `json:"scope"`
	Unit    string    `json:"unit,omitempty"`
	Name    string    `json:"name"`
	MadeAt  time.Time `json:"made_at"`
	UsedAt  time.Time `json:"used_at,omitzero"`
	EndsAt  time.Time `json:"ends_at,omitzero"`
}

// TokenRows are tokens as a listing has them; their secrets are not kept.
func TokenRows(all []ledger.Token) []TokenRow {
	rows := []TokenRow{}
	for _, n := range all {
		rows = append(rows, TokenRow{n.ID, n.Account, n.Kind, n.Scope, n.Unit, n.Name, n.MadeAt.UTC(), n.SeenAt.Time.UTC(), n.EndsAt.Time.UTC()})
	}
	return rows
}

// Tokens shows the tokens of accounts.
func (sc *Screen) Tokens(rows []TokenRow) {
	if len(rows) == 0 {
		sc.W.Say(sc.Out, "token.none")
		return
	}
	t := sc.WordedTable("token", map[string]int{"name": 24}, "id", "account", "scope", "used", "ends", "name")
	for _, r := range rows {
		scope := sc.W.T("token.scope_" + r.Scope)
		if r.Unit != "" {
			scope += " " + r.Unit
		}
		t.AppendRow(table.Row{r.ID, r.Account, scope, local(r.UsedAt), local(r.EndsAt), r.Name})
	}
	t.Render()
}

// SignIns shows who signed in, and what was done about accounts.
func (sc *Screen) SignIns(all []ledger.SignInEntry) {
	if len(all) == 0 {
		sc.W.Say(sc.Out, "token.no_log")
		return
	}
	t := sc.WordedTable("token", map[string]int{"detail": 30}, "at", "account", "what", "address", "by", "detail")
	for _, e := range all {
		t.AppendRow(table.Row{local(e.At), e.Account, sc.W.T("token.what_" + e.What), e.Address, e.By, e.Detail})
	}
	t.Render()
}

// local is an instant in this machine's zone; "" of none.
func local(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Local().Format("2006-01-02 15:04")
}
