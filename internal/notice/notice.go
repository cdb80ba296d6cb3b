// Package notice words what is said to people: digests, alarms, refusals. It composes
// letters from plain facts; nothing here reads a clock, a database or a setting, or
// knows what carries a letter.
package notice

import (
	"strings"

	"duban/internal/letter"
)

// visible, clean and short are letter.Visible, letter.OneLine and letter.Short.
func visible(s string) string      { return letter.Visible(s) }
func clean(s string) string        { return letter.OneLine(s) }
func short(s string, n int) string { return letter.Short(s, n) }

// within is a text that is put in quotation marks: its own ones become the inner
// ones, where they are in pairs.
func within(s string) string {
	if strings.Count(s, "“") != strings.Count(s, "”") {
		return s
	}
	return strings.NewReplacer("“", "‘", "”", "’").Replace(s)
}
