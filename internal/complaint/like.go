package complaint

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"duban/internal/calendar"
)

// About is what a complaint is about, and when it was taken in.
type About struct {
	Number  int
	Matter  string
	Place   string
	Section string // ID in the plan's register; "" where nobody said which
	On      calendar.Day
}

// shortest is how many letters a place has at least that is looked for in another place's text:
// shorter ones, such as 河边, are in too many.
const shortest = 4

// Like tells that two complaints may be one: of the same matter, at the same section or place,
// and taken in within so many days of each other. A place is the same as another one that
// contains it.
func (a About) Like(b About, window int) bool {
	if a.Number == b.Number || a.Matter != b.Matter || abs(a.On.Sub(b.On)) > window {
		return false
	}
	if a.Section != "" && a.Section == b.Section {
		return true
	}
	p, q := plain(a.Place), plain(b.Place)
	if p == "" || q == "" {
		return false
	}
	if len([]rune(p)) > len([]rune(q)) {
		p, q = q, p
	}
	return p == q || len([]rune(p)) >= shortest && strings.Contains(q, p)
}

func abs(n int) int { return max(n, -n) }

// plain is a place without spaces and marks, in one width.
func plain(place string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(place))
}
