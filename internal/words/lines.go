package words

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Ruler measures and breaks lines in columns, of which a Chinese character takes two.
type Ruler struct {
	// Ambiguous is how many columns characters take that are narrow in the West and wide
	// in China (“ ” ·): 2 in a mail, 1 in a terminal and on paper.
	Ambiguous int
}

// Cells is how many columns a text takes.
func (r Ruler) Cells(s string) (n int) {
	for _, c := range s {
		n += r.cell(c)
	}
	return n
}

func (r Ruler) cell(c rune) int {
	switch width.LookupRune(c).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	case width.EastAsianAmbiguous:
		if c >= 0x80 {
			return r.Ambiguous
		}
	}
	return 1
}

// Fold breaks a text into lines, the first of at most first columns, the others of rest:
// at spaces and between Chinese characters, but never before a closing mark or after an
// opening one. There is always one line at least. A part that cannot be broken and is too
// long is cut; with whole, it is on a line that is too long, as an address must be.
func (r Ruler) Fold(s string, first, rest int, whole bool) (lines []string) {
	line, width := "", first
	end := func() {
		lines = append(lines, strings.TrimRight(line, " "))
		line, width = "", rest
	}
	for _, part := range r.unbroken(s) {
		if line != "" && r.Cells(line)+r.Cells(strings.TrimRight(part, " ")) > width {
			end()
		}
		line += part
		for !whole && r.Cells(strings.TrimRight(line, " ")) > width {
			fits := r.fitting(line, width)
			if fits == len(line) {
				break
			}
			left := strings.TrimLeft(line[fits:], " ")
			line = line[:fits]
			end()
			line = left
		}
	}
	end()
	return lines
}

// fitting is how many bytes of a line fit into some columns: one character at least.
func (r Ruler) fitting(line string, width int) int {
	n := 0
	for i, c := range line {
		if n += r.cell(c); n > width && i > 0 {
			return i
		}
	}
	return len(line)
}

const (
	openers = "（《“‘〔【(["
	closers = "，。；：、）》”’〕】！？,.;:)]!?·"
)

// unbroken cuts a text where a line may break; each part keeps the spaces after it.
func (r Ruler) unbroken(s string) (parts []string) {
	runes := []rune(s)
	start := 0
	for i := 1; i < len(runes); i++ {
		prev, next := runes[i-1], runes[i]
		if unicode.IsSpace(next) || strings.ContainsRune(closers, next) || strings.ContainsRune(openers, prev) {
			continue
		}
		if unicode.IsSpace(prev) || r.cell(prev) == 2 || r.cell(next) == 2 {
			parts = append(parts, string(runes[start:i]))
			start = i
		}
	}
	return append(parts, string(runes[start:]))
}
