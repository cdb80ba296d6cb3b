package intake

import (
	"context"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A table with printed lines is read by them: pdftocairo draws the page as SVG,
// and what is thin and straight there is a line of the table.

// ruleLine is a straight line: at is the y of a horizontal one, the x of a vertical one.
type ruleLine struct{ at, from, to float64 }

const (
	mostRules = 4000 // lines of one page
	near      = 2.5  // points: two lines so close are one
)

var (
	svgPath   = regexp.MustCompile(`<path[^>]*? d="([^"]*)"(?:[^>]*?transform="matrix\(([^)]*)\)")?`)
	svgNumber = regexp.MustCompile(`-?\d+(?:\.\d+)?`)
)

// pageRules are the lines of the PDF's pages from the first-th on, as SVG page
// by page; none where the program is missing or the drawing too big.
func pageRules(ctx context.Context, s Source, first int) []string {
	svg, err := poppler(ctx, s, "pdftocairo", "-svg", "-f", strconv.Itoa(first))
	if err != nil {
		return nil
	}
	if pages := strings.Split(svg, "<page>"); len(pages) > 1 {
		return pages[1:]
	}
	return []string{svg}
}

// rulesOf are the horizontal and the vertical lines of a page drawn as SVG.
func rulesOf(svg string) (lying, standing []ruleLine) {
	if i := strings.LastIndex(svg, "</defs>"); i >= 0 {
		svg = svg[i:]
	}
	for _, m := range svgPath.FindAllStringSubmatch(svg, mostRules) {
		if strings.Contains(m[1], "C") {
			continue
		}
		move := numbers(m[2])
		for _, sub := range strings.Split(m[1], "M") {
			p := numbers(sub)
			if len(p) < 4 {
				continue
			}
			x1, y1, x2, y2 := box(p, move)
			w, h := x2-x1, y2-y1
			switch {
			case h <= near && w > 8:
				lying = append(lying, ruleLine{(y1 + y2) / 2, x1, x2})
			case w <= near && h > 8:
				standing = append(standing, ruleLine{(x1 + x2) / 2, y1, y2})
			case w > 8 && h > 8 && strings.Contains(m[0], "fill:none"):
				lying = append(lying, ruleLine{y1, x1, x2}, ruleLine{y2, x1, x2})
				standing = append(standing, ruleLine{x1, y1, y2}, ruleLine{x2, y1, y2})
			}
		}
	}
	return lying, standing
}

func numbers(s string) []float64 {
	var out []float64
	for _, t := range svgNumber.FindAllString(s, 64) {
		f, err := strconv.ParseFloat(t, 64)
		if err != nil {
			return nil
		}
		out = append(out, f)
	}
	return out
}

// box is the rectangle around points after a matrix.
func box(p, m []float64) (x1, y1, x2, y2 float64) {
	x1, y1, x2, y2 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i := 0; i+1 < len(p); i += 2 {
		x, y := p[i], p[i+1]
		if len(m) == 6 {
			x, y = m[0]*x+m[2]*y+m[4], m[1]*x+m[3]*y+m[5]
		}
		x1, y1, x2, y2 = min(x1, x), min(y1, y), max(x2, x), max(y2, y)
	}
	return x1, y1, x2, y2
}

// ruledTable is a table of a page by its lines.
type ruledTable struct {
	ys, xs             []float64
	lying, standing    []ruleLine
	top, bottom        float64
	leftMost, rightEnd float64
}

// ruledTables finds the tables that lines make: at least three rows of lines
// and four columns of them.
func ruledTables(lying, standing []ruleLine) []ruledTable {
	ys := clustered(lying)
	var out []ruledTable
	for i := 0; i+1 < len(ys); {
		j := i
		for j+1 < len(ys) && spans(standing, (ys[j]+ys[j+1])/2) >= 2 {
			j++
		}
		if j-i >= 2 {
			t := ruledTable{ys: ys[i : j+1], lying: lying, top: ys[i], bottom: ys[j]}
			for _, v := range standing {
				if v.from < t.bottom-near && v.to > t.top+near {
					t.standing = append(t.standing, v)
				}
			}
			t.xs = clustered(t.standing)
			if len(t.xs) >= 4 && len(t.xs) < 30 && len(t.ys) < 300 {
				t.leftMost, t.rightEnd = t.xs[0], t.xs[len(t.xs)-1]
				out = append(out, t)
			}
		}
		i = j + 1
	}
	return out
}

func clustered(lines []ruleLine) []float64 {
	var at []float64
	for _, l := range lines {
		at = append(at, l.at)
	}
	slices.Sort(at)
	var out []float64
	for _, v := range at {
		if n := len(out); n == 0 || v-out[n-1] > near {
			out = append(out, v)
		}
	}
	return out
}

// spans counts the vertical lines that cross the height y.
func spans(standing []ruleLine, y float64) int {
	n := 0
	for _, v := range standing {
		if v.from <= y && v.to >= y {
			n++
		}
	}
	return n
}

func ruled(lines []ruleLine, at, across float64) bool {
	return slices.ContainsFunc(lines, func(l ruleLine) bool {
		return math.Abs(l.at-at) <= near && l.from <= across && l.to >= across
	})
}

func (t ruledTable) holds(w pdfWord) bool {
	x, y := (w.left+w.right)/2, w.middle()
	return y > t.top && y < t.bottom && x > t.leftMost && x < t.rightEnd
}

// rows are the table's rows, cells merged downwards repeated in every row.
func (t ruledTable) rows(words []pdfWord, em float64) [][]string {
	nr, nc := len(t.ys)-1, len(t.xs)-1
	owner := make([]int, nr*nc) // cell → the cell whose text it shows
	for r := range nr {
		for c := range nc {
			i := r*nc + c
			owner[i] = i
			midX, midY := (t.xs[c]+t.xs[c+1])/2, (t.ys[r]+t.ys[r+1])/2
			switch {
			case c > 0 && !ruled(t.standing, t.xs[c], midY):
				owner[i] = owner[i-1]
			case r > 0 && !ruled(t.lying, t.ys[r], midX):
				owner[i] = owner[i-nc]
			}
		}
	}
	inside := map[int][]pdfWord{}
	for _, w := range words {
		c := slices.IndexFunc(t.xs[1:], func(x float64) bool { return (w.left+w.right)/2 < x })
		r := slices.IndexFunc(t.ys[1:], func(y float64) bool { return w.middle() < y })
		if c >= 0 && r >= 0 {
			inside[owner[r*nc+c]] = append(inside[owner[r*nc+c]], w)
		}
	}
	out := make([][]string, nr)
	for r := range nr {
		out[r] = make([]string, nc)
		for c := range nc {
			i := r*nc + c
			if c > 0 && owner[i] == owner[i-1] { // merged across: said once
				continue
			}
			end := c + 1
			for end < nc && owner[r*nc+end] == owner[i] {
				end++
			}
			out[r][c] = cellWords(inside[owner[i]], em, t.xs[end]-t.xs[c])
		}
	}
	return out
}

// cellWords is the text of a cell so wide; lines are joined, but whole names
// one below the other stay apart when the upper one's line is not full.
func cellWords(words []pdfWord, em, wide float64) string {
	text, full := "", false
	for _, l := range pdfLines(words, em) {
		part := ""
		for i, w := range l {
			if i > 0 && w.left-l[i-1].right > 0.2*em {
				part += " "
			}
			part += w.text
		}
		if text != "" && !full && looksUnit(lastOf(fold(text))) && looksUnit(part) && !strings.ContainsAny(part, "、，,") {
			text += " "
		}
		text += part
		full = l[len(l)-1].right-l[0].left > wide-1.8*em
	}
	return strings.ReplaceAll(text, "\t", " ")
}

// drawRuled writes a page with its ruled tables as lines of cells with tabs.
func drawRuled(words []pdfWord, tables []ruledTable) string {
	em := emOf(words)
	var b strings.Builder
	rest := words
	for _, t := range tables {
		var above, in, below []pdfWord
		for _, w := range rest {
			switch {
			case t.holds(w):
				in = append(in, w)
			case w.middle() < t.top:
				above = append(above, w)
			default:
				below = append(below, w)
			}
		}
		if len(above) > 0 {
			b.WriteString(drawPage(above))
		}
		for _, cells := range t.rows(in, em) {
			if strings.TrimSpace(strings.Join(cells, "")) != "" {
				b.WriteString(strings.Join(cells, "\t") + "\n")
			}
		}
		rest = below
	}
	if len(rest) > 0 {
		b.WriteString(drawPage(rest))
	}
	return b.String()
}
