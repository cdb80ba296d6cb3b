package picture

import (
	"html/template"
	"strconv"
)

// River is a schematic of rivers: each a line of its sections from upstream to downstream.
type River struct {
	Words
	Corner string // heading of the rivers
	Rows   []RiverRow
}

// RiverRow is one river.
type RiverRow struct {
	Name  string
	Marks []RiverMark
}

// RiverMark is a section. Class is 0 to 6 as water.Class has it; Word is said in its box,
// such as Ⅲ or 断流; Beside is under it, such as its target.
type RiverMark struct {
	Name, Href, Word, Beside string
	Class                    int
	Missed                   bool // its target
	Flows                    bool // the section is the next downstream of the one before it
	Label                    string
}

const (
	riverLeft  = 96
	riverStep  = 132
	riverBox   = 96
	riverTall  = 92
	riverBreak = 7 // sections a line; a longer river goes on in the next
)

// lines are a river's marks, so many a line.
func (r RiverRow) lines() (lines [][]RiverMark) {
	for all := r.Marks; len(all) > 0; {
		n := min(riverBreak, len(all))
		lines, all = append(lines, all[:n]), all[n:]
	}
	return lines
}

// SVG draws the rivers. Sections that follow each other downstream are connected; others are
// only side by side.
func (r River) SVG() template.HTML {
	high, wide := 0, 1
	for _, row := range r.Rows {
		for _, line := range row.lines() {
			high++
			wide = max(wide, len(line))
		}
	}
	var p paper
	p.begin(r.Words, "river", riverLeft+wide*riverStep, max(high, 1)*riverTall, "group")
	y := 0
	for _, row := range r.Rows {
		for n, line := range row.lines() {
			if n == 0 {
				p.put(`<text class="name" x="0" y="%d">%s</text>`, y+34, esc(short(row.Name, 7)))
			}
			for i, m := range line {
				x := riverLeft + i*riverStep
				if m.Flows {
					from := x - riverStep + riverBox
					if i == 0 {
						from = x - 24
					}
					p.put(`<path class="flow" d="M%d %dH%d"/><path class="flow tip" d="M%d %dl-7 -4v8z"/>`, from, y+30, x-7, x, y+30)
				}
				p.section(m, x, y)
			}
			y += riverTall
		}
	}
	return p.end()
}

// section draws one section's box.
func (p *paper) section(m RiverMark, x, y int) {
	p.link(m.Href, m.Label, func() {
		class := "water c" + strconv.Itoa(m.Class)
		if m.Missed {
			class += " missed"
		}
		p.put(`<rect class="%s" x="%d" y="%d" width="%d" height="26" rx="4"/>`, class, x, y+17, riverBox)
		p.put(`<text class="word" x="%d" y="%d" text-anchor="middle">%s</text>`, x+riverBox/2, y+35, esc(short(m.Word, 7)))
		p.put(`<text class="section" x="%d" y="%d" text-anchor="middle">%s</text>`, x+riverBox/2, y+11, esc(short(m.Name, 9)))
	})
	p.put(`<text class="beside" x="%d" y="%d" text-anchor="middle">%s</text>`, x+riverBox/2, y+59, esc(short(m.Beside, 11)))
}

// Table is what the schematic shows, in words.
func (r River) Table() template.HTML {
	var p paper
	p.put(`<table class="rows"><caption>%s</caption><tbody>`, esc(r.Title))
	for _, row := range r.Rows {
		p.put(`<tr><th scope="row">%s</th><td><ul class="said">`, esc(row.Name))
		for _, m := range row.Marks {
			p.put(`<li>%s</li>`, cell(m.Label, m.Href))
		}
		p.put(`</ul></td></tr>`)
	}
	p.put(`</tbody></table>`)
	return template.HTML(p.String())
}

// Curve is a section's classes month by month, beside its target.
type Curve struct {
	Words
	Classes [6]string // Ⅰ to 劣Ⅴ
	Points  []CurvePoint
	Target  string // heading of the target
	Month   string // heading of the months
	Class   string // heading of the classes
}

// CurvePoint is one month. Class and Target are 1 to 6, 0 for none; Word is said of it.
type CurvePoint struct {
	Month, Word   string
	Class, Target int
	Missed        bool
}

const (
	curveLeft = 46
	curveStep = 52
	curveLine = 26
	curveTop  = 14
)

// SVG draws the classes: the better above.
func (c Curve) SVG() template.HTML {
	width, foot := curveLeft+max(len(c.Points), 3)*curveStep+20, curveTop+5*curveLine
	var p paper
	p.begin(c.Words, "curve", width, foot+44, "group")
	at := func(class int) int { return curveTop + (class-1)*curveLine }
	for i, name := range c.Classes {
		p.put(`<path class="rule" d="M%d %d.5H%d"/><text class="count" x="0" y="%d">%s</text>`, curveLeft-6, at(i+1), width, at(i+1)+4, esc(name))
	}
	for i, m := range c.Points {
		x := curveLeft + i*curveStep + curveStep/2
		if m.Target > 0 {
			p.put(`<path class="target" d="M%d %dH%d"/>`, x-curveStep/2, at(m.Target)+12, x+curveStep/2)
		}
		if i > 0 && m.Class > 0 && c.Points[i-1].Class > 0 {
			p.put(`<path class="line" d="M%d %dL%d %d"/>`, x-curveStep, at(c.Points[i-1].Class), x, at(m.Class))
		}
		class := "water c" + strconv.Itoa(m.Class)
		if m.Missed {
			class += " missed"
		}
		if m.Class > 0 {
			p.put(`<g><title>%s</title><circle class="%s" cx="%d" cy="%d" r="6"/></g>`, esc(m.Word), class, x, at(m.Class))
		} else {
			p.put(`<g><title>%s</title><path class="rule" d="M%d %dv8"/></g>`, esc(m.Word), x, foot+2)
		}
		p.put(`<text class="month" x="%d" y="%d" text-anchor="middle">%s</text>`, x, foot+34, esc(m.Month))
	}
	return p.end()
}

// Table is what the curve shows.
func (c Curve) Table() template.HTML {
	var p paper
	p.put(`<table class="rows"><caption>%s</caption><thead><tr><th scope="col">%s</th><th scope="col">%s</th><th scope="col">%s</th></tr></thead><tbody>`, esc(c.Title), esc(c.Month), esc(c.Class), esc(c.Target))
	for _, m := range c.Points {
		target := ""
		if m.Target > 0 && m.Target <= 6 {
			target = c.Classes[m.Target-1]
		}
		p.put(`<tr><th scope="row">%s</th><td data-label="%s">%s</td><td data-label="%s">%s</td></tr>`, esc(m.Month), esc(c.Class), esc(m.Word), esc(c.Target), esc(target))
	}
	p.put(`</tbody></table>`)
	return template.HTML(p.String())
}
