package intake

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Narrow columns are so close that pdftotext -layout parts them by one space,
// or by none, and draws lines of one row apart. Where a page has the head of a
// table, it and the pages after it are drawn again from the places of words.

// pdfWord is a word with its place on the page, in points.
type pdfWord struct {
	left, right, top, bottom float64
	text                     string
}

func (w pdfWord) middle() float64 { return (w.top + w.bottom) / 2 }

// redrawn is the text of a PDF with its pages of tables drawn again; the text
// itself when it has none, or when pdftotext cannot tell the places.
func redrawn(ctx context.Context, s Source, text string) string {
	pages := strings.Split(text, "\f")
	first := slices.IndexFunc(pages, hasTableHead)
	if first < 0 {
		return text
	}
	tsv, err := poppler(ctx, s, "pdftotext", "-tsv", "-enc", "UTF-8", "-eol", "unix")
	if err != nil {
		return text
	}
	drawings := pageRules(ctx, s, first+1)
	for i, words := range pdfWords(tsv, len(pages)) {
		if i < first || len(words) == 0 {
			continue
		}
		if i-first < len(drawings) && inColumns(words) {
			if tables := ruledTables(rulesOf(drawings[i-first])); len(tables) > 0 {
				pages[i] = drawRuled(words, tables)
				continue
			}
		}
		pages[i] = drawPage(words)
	}
	return strings.Join(pages, "\f")
}

// inColumns tells a page that may hold a table: many of its lines are of several
// words. It spares prose the look at its lines.
func inColumns(words []pdfWord) bool {
	lines := pdfLines(words, emOf(words))
	several := 0
	for _, l := range lines {
		if len(l) >= 2 {
			several++
		}
	}
	return several*5 >= len(lines) && several >= 2
}

func hasTableHead(page string) bool {
	for _, l := range strings.Split(page, "\n") {
		if len(l) < 600 && knownHeads(strings.Fields(l)) >= 3 {
			return true
		}
	}
	return false
}

func knownHeads(cells []string) int {
	n := 0
	for _, c := range cells {
		if columnOf(c) != colOther {
			n++
		}
	}
	return n
}

// pdfWords reads pdftotext -tsv: the words of every page.
func pdfWords(tsv string, pages int) [][]pdfWord {
	out := make([][]pdfWord, pages)
	for _, l := range strings.Split(tsv, "\n") {
		f := strings.SplitN(l, "\t", 12)
		if len(f) < 12 || f[0] != "5" {
			continue
		}
		page, err := strconv.Atoi(f[1])
		left, err1 := strconv.ParseFloat(f[6], 64)
		top, err2 := strconv.ParseFloat(f[7], 64)
		wide, err3 := strconv.ParseFloat(f[8], 64)
		high, err4 := strconv.ParseFloat(f[9], 64)
		if err4 != nil || err != nil || err1 != nil || err2 != nil || err3 != nil || page < 1 || page > pages || strings.TrimSpace(f[11]) == "" {
			continue
		}
		out[page-1] = append(out[page-1], pdfWord{left, left + wide, top, top + high, strings.TrimSpace(f[11])})
	}
	return out
}

// drawPage writes the words of a page as lines of a fixed pitch.
func drawPage(words []pdfWord) string {
	em := emOf(words)
	lines := pdfLines(words, em)
	gatherHead(lines, em)
	var b strings.Builder
	var last float64
	step := pitch(lines)
	for _, l := range lines {
		if len(l) == 0 {
			continue
		}
		if b.Len() > 0 && l[0].top-last > 1.8*step {
			b.WriteByte('\n')
		}
		last = l[0].top
		col := 0
		for i, w := range l {
			at := int(math.Round(w.left / em * 2))
			gap := at - col
			if i > 0 {
				switch d := w.left - l[i-1].right; {
				case d < 0.2*em:
					gap = 0
				case d < 0.4*em:
					gap = 1
				default:
					gap = max(2, gap)
				}
			}
			gap = min(max(gap, 0), 400)
			b.WriteString(strings.Repeat(" ", gap) + w.text)
			col += gap + width(w.text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// emOf is the usual width of a Chinese character on the page.
func emOf(words []pdfWord) float64 {
	var ems []float64
	for _, w := range words {
		if n := width(w.text); n >= 4 && n == 2*utf8.RuneCountInString(w.text) {
			ems = append(ems, (w.right-w.left)/float64(n)*2)
		}
	}
	if len(ems) == 0 {
		return 12
	}
	slices.Sort(ems)
	return min(max(ems[len(ems)/2], 4), 60)
}

func pdfLines(words []pdfWord, em float64) [][]pdfWord {
	words = slices.Clone(words)
	slices.SortStableFunc(words, func(a, b pdfWord) int { return int(math.Round((a.top - b.top) * 100)) })
	var out [][]pdfWord
	for _, w := range words {
		if n := len(out); n > 0 && w.top-out[n-1][0].top < 0.4*em {
			out[n-1] = append(out[n-1], w)
			continue
		}
		out = append(out, []pdfWord{w})
	}
	for _, l := range out {
		slices.SortStableFunc(l, func(a, b pdfWord) int { return int(math.Round((a.left - b.left) * 100)) })
	}
	return out
}

func pitch(lines [][]pdfWord) float64 {
	var steps []float64
	for i := 1; i < len(lines); i++ {
		if len(lines[i]) > 0 && len(lines[i-1]) > 0 {
			steps = append(steps, lines[i][0].top-lines[i-1][0].top)
		}
	}
	if len(steps) == 0 {
		return 1e9
	}
	slices.Sort(steps)
	return steps[len(steps)*3/4]
}

// gatherHead puts a table's heading on one line where narrow columns broke it:
// 序 above 号, 完成 above 时限.
func gatherHead(lines [][]pdfWord, em float64) {
	for h := range lines {
		if knownHeads(wordTexts(lines[h])) < 3 {
			continue
		}
		var loose []pdfWord
		for _, i := range []int{h - 2, h - 1, h + 1, h + 2} {
			if i < 0 || i >= len(lines) || len(lines[i]) == 0 || math.Abs(lines[i][0].top-lines[h][0].top) > 2.2*em {
				continue
			}
			kept := lines[i][:0:0]
			for _, w := range lines[i] {
				if utf8.RuneCountInString(w.text) > 6 || isRowNumber(w.text) || !headPart(lines[h], &loose, w) {
					kept = append(kept, w)
				}
			}
			lines[i] = kept
		}
		lines[h] = append(lines[h], loose...)
		slices.SortStableFunc(lines[h], func(a, b pdfWord) int { return int(math.Round((a.left - b.left) * 100)) })
	}
}

// headPart adds a word above or below the heading to the column it belongs to.
func headPart(head []pdfWord, loose *[]pdfWord, w pdfWord) bool {
	for i, x := range head {
		if min(x.right, w.right)-max(x.left, w.left) <= 0 {
			continue
		}
		joined := x.text + w.text
		if w.top < x.top {
			joined = w.text + x.text
		}
		if columnOf(joined) == colOther || columnOf(x.text) != colOther && columnOf(joined) != columnOf(x.text) {
			return false
		}
		head[i].text = joined
		return true
	}
	for i, x := range *loose {
		if min(x.right, w.right)-max(x.left, w.left) > 0 {
			(*loose)[i].text += w.text
			return true
		}
	}
	if !strings.ContainsAny(w.text, "序编完责牵配备时单任") {
		return false
	}
	*loose = append(*loose, w)
	return true
}

func wordTexts(ws []pdfWord) []string {
	out := make([]string, len(ws))
	for i, w := range ws {
		out[i] = w.text
	}
	return out
}
