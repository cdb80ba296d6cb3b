package planfile

import (
	"strings"

	"duban/internal/people"
)

// near is up to three of the names that look like what was typed, joined for
// reading; "" when none does.
func (b *book) near(typed string, names []string) string {
	if b.hints++; b.hints > nearMisses {
		return ""
	}
	return strings.Join(people.Near(typed, names), " / ")
}
