package report

import (
	"math"
	"strings"

	"duban/internal/words"
)

// ruler measures text for terminals and paper: a character of ambiguous width takes one
// half-width character.
var ruler = words.Ruler{Ambiguous: 1}

// wide is how many half-width characters a text takes: 2 for a Chinese one.
func wide(s string) int { return ruler.Cells(s) }

// widths are the widths of a sheet's columns, in half-width characters: that of the widest
// cell and two more, at most column.most.
func (sh sheet) widths() []float64 {
	var all []float64
	for _, b := range sh.blocks {
		for i, c := range b.columns {
			for len(all) <= i {
				all = append(all, 0)
			}
			need := wide(c.heading)
			for _, row := range b.rows {
				for _, line := range strings.Split(row[i].text, "\n") {
					need = max(need, wide(line))
				}
			}
			if c.most > 0 {
				all[i] = max(all[i], math.Min(float64(need+2), c.most))
			}
		}
	}
	for i := range all {
		all[i] = max(all[i], 6)
	}
	return all
}

// height is the height in points of a row of cells that wrap at the widths.
func height(cells []cell, widths []float64, line float64) float64 {
	most := 1
	for i, c := range cells {
		most = max(most, lines(c.text, widths[i]-1.5))
	}
	return math.Min(float64(most)*line+4, 400) // Excel takes 409 at most
}

// lines estimates, rather too many than too few, how many lines a text takes at a width in
// half-width characters.
func lines(s string, w float64) int {
	n := 0
	for _, l := range strings.Split(s, "\n") {
		n += max(1, int(math.Ceil(float64(wide(l))/math.Max(w, 2))))
	}
	return n
}

// Wide is how many half-width characters a text takes: 2 for a Chinese one.
func Wide(s string) int { return wide(s) }

// Fold breaks a text into lines of at most w half-width characters: between
// words, or anywhere among Chinese characters, but not before a closing punctuation
// mark. There is at least one line.
func Fold(s string, w int) []string { return ruler.Fold(s, w, w, false) }
