package terminal

import "duban/internal/people"

func (sc *Screen) Contact(c people.Contact) string {
	if c == (people.Contact{}) {
		return sc.W.T("office.nobody")
	}
	return c.Name + " <" + c.Email + ">"
}
