package picture

import (
	"html/template"
	"strconv"
)

// Board is the light board: units across, months or clauses down, and in each field how
// many lines show which light.
type Board struct {
	Words
	Corner string // what the rows are, such as 月份
	Across []Head
	Down   []Head
	Fields [][]Field // by Down, then by Across; both complete
}

// Head names a column or a row. Href leads to its lines.
type Head struct{ Name, Href string }

// Field is what one unit has in one month: lights that occur, the gravest first.
type Field []Count

// Count is how many lines show a light, and where exactly those are to be seen.
type Count struct {
	Light string // a class
	Word  string // 红灯
	N     int
	Label string // whole: 高平市人民政府，6月，红灯2项
	Href  string
}

const (
	boardLeft  = 150 // space for the names of rows
	boardUnit  = 44  // a column
	boardLine  = 15  // a count in a field
	boardGlyph = 13  // a character of an upright name
	headMost   = 14  // characters of a column's name
)

// SVG draws the board.
func (b Board) SVG() template.HTML {
	top := 0
	for _, h := range b.Across {
		top = max(top, len([]rune(short(h.Name, headMost))))
	}
	top = top*boardGlyph + 16
	heights, height := make([]int, len(b.Down)), top
	for i := range b.Down {
		most := 1
		for _, f := range b.Fields[i] {
			most = max(most, len(f))
		}
		heights[i] = most*boardLine + 6
		height += heights[i]
	}
	width := boardLeft + len(b.Across)*boardUnit + 1
	var p paper
	p.begin(b.Words, "board", width, height+1, "group")
	for i, h := range b.Across {
		x := boardLeft + i*boardUnit + boardUnit/2
		p.link(h.Href, h.Name, func() { p.put(`<text class="upright" x="%d" y="6">%s</text>`, x, esc(short(h.Name, headMost))) })
	}
	y := top
	for i, h := range b.Down {
		p.put(`<path class="rule" d="M0 %d.5H%d"/>`, y, width)
		p.link(h.Href, h.Name, func() { p.put(`<text class="name" x="0" y="%d">%s</text>`, y+boardLine, esc(short(h.Name, 11))) })
		for j, f := range b.Fields[i] {
			p.field(f, boardLeft+j*boardUnit, y, heights[i])
		}
		y += heights[i]
	}
	p.put(`<path class="rule" d="M0 %d.5H%d"/>`, y, width)
	return p.end()
}

// field draws the counts of a field under each other, on the ground of its gravest.
func (p *paper) field(f Field, x, y, height int) {
	if len(f) == 0 {
		return
	}
	p.put(`<rect class="ground %s" x="%d" y="%d" width="%d" height="%d"/>`, f[0].Light, x+1, y+1, boardUnit-2, height-1)
	for i, c := range f {
		at := y + 3 + i*boardLine
		p.link(c.Href, c.Label, func() {
			p.put(`<rect class="press" x="%d" y="%d" width="%d" height="%d"/>`, x+1, at, boardUnit-2, boardLine)
			p.shape(c.Light, x+6, at+3)
			p.put(`<text class="count" x="%d" y="%d">%d</text>`, x+21, at+12, c.N)
		})
	}
}

// Table is what the board shows, with the same links.
func (b Board) Table() template.HTML {
	var p paper
	p.put(`<table class="rows"><caption>%s</caption><thead><tr><th scope="col">%s</th>`, esc(b.Title), esc(b.Corner))
	for _, h := range b.Across {
		p.put(`<th scope="col">%s</th>`, cell(h.Name, h.Href))
	}
	p.put(`</tr></thead><tbody>`)
	for i, h := range b.Down {
		p.put(`<tr><th scope="row">%s</th>`, cell(h.Name, h.Href))
		for j, f := range b.Fields[i] {
			if len(f) == 0 {
				p.put(`<td class="none" data-label="%s"></td>`, esc(b.Across[j].Name))
				continue
			}
			p.put(`<td data-label="%s">`, esc(b.Across[j].Name))
			for _, c := range f {
				p.put(`<span class="light light-%s">%s%s</span> `, c.Light, Shape(c.Light), cell(c.Word+" "+strconv.Itoa(c.N), c.Href))
			}
			p.put(`</td>`)
		}
		p.put(`</tr>`)
	}
	p.put(`</tbody></table>`)
	return template.HTML(p.String())
}
