package report

import (
	"github.com/xuri/excelize/v2"

	"duban/internal/plan"
)

// press writes one sheet's rows. After the first error, which is in err, it writes no more.
type press struct {
	*binding
	layout
	sw    *excelize.StreamWriter
	sheet sheet
	row   int
	err   error
}

// Heights in points.
const (
	titleHeight = 30
	lineHeight  = 14.5
)

func (p *press) all() {
	p.across(p.sheet.title, styleKey{role: titleRole}, titleHeight)
	for _, line := range p.sheet.lines {
		width := 0.0
		for _, w := range p.widths[:p.printed] {
			width += w
		}
		p.across(line, styleKey{role: lineRole}, float64(lines(line, width))*lineHeight+5)
	}
	for i, b := range p.sheet.blocks {
		if b.heading != "" {
			if i > 0 {
				p.row++
			}
			p.across(b.heading, styleKey{role: headingRole}, 22)
		}
		p.block(b)
	}
}

// across writes one text over all printed columns.
func (p *press) across(text string, key styleKey, height float64) {
	p.row++
	p.set([]any{excelize.Cell{StyleID: p.style(key), Value: text}}, height)
	if p.err == nil && p.printed > 1 {
		p.err = p.sw.MergeCell(name(1, p.row), name(p.printed, p.row))
	}
}

func (p *press) block(b block) {
	var head []any
	var words []cell
	for _, c := range b.columns {
		if c.heading == "" {
			head = append(head, nil)
		} else {
			head = append(head, excelize.Cell{StyleID: p.style(styleKey{role: headerRole}), Value: c.heading})
		}
		words = append(words, cell{text: c.heading})
	}
	p.row++
	p.set(head, height(words, p.widths, lineHeight)+4)
	for _, row := range b.rows {
		values := make([]any, len(row))
		for i, c := range row {
			if b.columns[i].heading == "" {
				continue
			}
			values[i] = excelize.Cell{StyleID: p.style(styleKey{look: c.look, light: c.light, format: c.format}), Value: c.value()}
		}
		p.row++
		p.set(values, height(row, p.widths, lineHeight))
	}
	if len(b.rows) == 0 {
		p.across(p.sheet.empty, styleKey{role: lineRole}, 20)
	}
}

func (c cell) value() any {
	if c.number != nil {
		return *c.number
	}
	return c.text
}

func (p *press) set(values []any, height float64) {
	if p.err == nil {
		p.err = p.sw.SetRow(name(1, p.row), values, excelize.RowOpts{Height: height})
	}
}

// Fonts by name, as offices have them; where one is missing the program takes
// its own.
const (
	bodyFont  = "宋体"
	headFont  = "黑体"
	titleFont = "方正小标宋简体"
)

// role is the part of a sheet that a cell belongs to.
type role int

const (
	bodyRole role = iota
	titleRole
	lineRole
	headingRole
	headerRole
)

type styleKey struct {
	role   role
	look   look
	light  plan.Light
	format string
}

// paint is a light's background and text colour, as RRGGBB. Done late is neither green nor
// grey, so that it does not look like done.
type paint struct{ ground, ink string }

var paints = map[plan.Light]paint{
	plan.Red:      {"C00000", "FFFFFF"},
	plan.Yellow:   {"FFD966", "5F4B00"},
	plan.Blue:     {"9DC3E6", "1F3864"},
	plan.Green:    {"A9D08E", "1E4620"},
	plan.Done:     {"EDEDED", "404040"},
	plan.DoneLate: {"F4B183", "7B2C00"},
}

const lateInk = "C00000"

func (b *binding) style(key styleKey) int {
	if id, ok := b.styles[key]; ok {
		return id
	}
	id, err := b.f.NewStyle(draw(key))
	if err != nil {
		panic(err) // excelize refuses no style of this file: a test writes them all
	}
	b.styles[key] = id
	return id
}

func draw(key styleKey) *excelize.Style {
	s := &excelize.Style{
		Font:      &excelize.Font{Family: bodyFont, Size: 10},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
	}
	switch key.role {
	case titleRole:
		s.Font = &excelize.Font{Family: titleFont, Size: 18}
		s.Alignment.Horizontal = "center"
	case lineRole:
		s.Font.Color = "404040"
	case headingRole:
		s.Font = &excelize.Font{Family: headFont, Size: 12}
	case headerRole:
		s.Font = &excelize.Font{Family: headFont, Size: 10, Bold: true}
		s.Alignment.Horizontal = "center"
		s.Fill = fill("DDE3EC")
		s.Border = frame()
	default:
		s.Border = frame()
		drawBody(s, key)
	}
	return s
}

func drawBody(s *excelize.Style, key styleKey) {
	if key.format != "" {
		s.CustomNumFmt = &key.format
	}
	if key.look != asText {
		s.Alignment.Horizontal = "center"
	}
	switch key.look {
	case asLate:
		s.Font.Color, s.Font.Bold = lateInk, true
	case asLight:
		if p, ok := paints[key.light]; ok {
			s.Fill, s.Font.Color, s.Font.Bold = fill(p.ground), p.ink, true
		}
	}
}

func fill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

func frame() []excelize.Border {
	var all []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		all = append(all, excelize.Border{Type: side, Color: "A6A6A6", Style: 1})
	}
	return all
}
