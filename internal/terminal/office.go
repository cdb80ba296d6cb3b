package terminal

import (
	"cmp"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/query"
)

// Contact is who sits somewhere, or that nobody does.
func (sc *Screen) Contact(c people.Contact) string {
	if c == (people.Contact{}) {
		return sc.W.T("office.nobody")
	}
	return c.Name + " <" + c.Email + ">"
}

// Decided shows what the office has decided, by setting.
func (sc *Screen) Decided(decided map[string]string) {
	t := sc.WordedTable("office", nil, "name", "value", "about")
	for _, name := range ledger.OfficeSettings {
		t.AppendRow(table.Row{name, cmp.Or(decided[name], sc.W.T("office.undecided")), sc.W.T("office.about_" + name)})
	}
	t.Render()
}

// Contacts shows who sits where.
func (sc *Screen) Contacts(seats []query.ContactRow) {
	t := sc.WordedTable("office", nil, "unit", "seat", "contact", "email")
	for _, s := range seats {
		t.AppendRow(table.Row{s.Unit + " " + s.UnitID, sc.W.T("term." + string(s.Role)), strings.TrimSpace(s.Name + " " + s.Post), strings.TrimSpace(s.Email + "\n" + s.Phone + "\n" + s.Beside)})
	}
	t.Render()
}
