package report

import (
	"math"
	"strings"

	"golang.org/x/text/width"
)

// wide is how many half-width characters a text takes: 2 for a Chinese one.
func wide(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// widths are the widths of a sheet's columns: what the widest cell needs and
// two more, at most what the column allows.
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

// lines is how many lines a text takes at a width: an estimate that errs on
// the side of more.
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
// words, or anywhere among Chinese characters, but not before a mark that
// closes. There is always one line at least.
func Fold(s string, w int) []string {
	var out []string
	line := []rune{}
	for _, r := range s {
		line = append(line, r)
		for wide(string(line)) > w && len(line) > 1 { // what is carried over may be too wide again
			cut := breakAt(line)
			out = append(out, strings.TrimRight(string(line[:cut]), " "))
			line = append([]rune{}, line[cut:]...)
			for len(line) > 0 && line[0] == ' ' {
				line = line[1:]
			}
		}
	}
	if len(line) > 0 || len(out) == 0 {
		out = append(out, string(line))
	}
	return out
}

// closing marks never begin a line, opening ones never end one.
const (
	closing = "，。；：、）》”’〕】！？,.;:)]!?"
	opening = "（《“‘〔【(["
)

// breakAt is the last place where a line may end so that its last character
// begins the next; the whole but one when there is none.
func breakAt(line []rune) int {
	for i := len(line) - 1; i > 0; i-- {
		before, after := line[i-1], line[i]
		if strings.ContainsRune(closing, after) || strings.ContainsRune(opening, before) {
			continue
		}
		if before == ' ' || after == ' ' || wide(string(before)) == 2 || wide(string(after)) == 2 {
			return i
		}
	}
	return len(line) - 1
}
