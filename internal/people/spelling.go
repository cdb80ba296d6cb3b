package people

import (
	"cmp"
	"slices"
	"strings"
)

const (
	nearest        = 3  // suggestions shown
	longestCompare = 40 // characters of a name that are compared
)

// Near is up to three of the names that look like what was typed, the likeliest
// first.
func Near(typed string, names []string) []string {
	if typed == "" {
		return nil
	}
	type guess struct {
		name string
		far  int // changes in a thousand characters
	}
	var guesses []guess
	want := short(typed)
	for _, name := range names {
		have := short(name)
		far := distance(want, have)
		longer := max(len(want), len(have))
		inside := strings.Contains(string(have), string(want)) || strings.Contains(string(want), string(have))
		if longer > 0 && (2*far <= longer || inside && len(want) > 1 && len(have) > 1) {
			guesses = append(guesses, guess{name, far * 1000 / longer})
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(a.far, b.far) })
	var found []string
	for _, g := range guesses {
		if len(found) < nearest && !slices.Contains(found, g.name) {
			found = append(found, g.name)
		}
	}
	return found
}

func short(s string) []rune {
	r := []rune(strings.ToLower(Fold(s)))
	return r[:min(len(r), longestCompare)]
}

// distance is how many characters must be put in, left out or replaced to make
// one text the other (Levenshtein).
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
