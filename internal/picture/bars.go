package picture

import (
	"html/template"
	"strconv"
)

// Bars are rows of small bars on one scale, such as the messages each seat gets by week.
type Bars struct {
	Words
	Corner string // heading of the names
	Total  string // heading of the sums
	Spans  []Span // of the bars, in order
	Rows   []Row
}

// Span is the time of one bar, such as a week. Group is the name under which the table sums
// bars, such as a month; Short is that name in the picture.
type Span struct{ Name, Group, Short string }

// Row is one seat with a value for each span.
type Row struct {
	Name, Href string
	Values     []int
	Unit       string // said after a value: 件
}

const (
	barsLeft = 210
	barWide  = 11
	barHigh  = 28
	barsTop  = 20
)

func (b Bars) most() (most int) {
	for _, r := range b.Rows {
		for _, v := range r.Values {
			most = max(most, v)
		}
	}
	return max(most, 1)
}

// SVG draws the bars. A value above 0 is always drawn as a visible bar.
func (b Bars) SVG() template.HTML {
	width, height := barsLeft+len(b.Spans)*barWide+40, barsTop+len(b.Rows)*(barHigh+8)
	var p paper
	p.begin(b.Words, "bars", width, height, "group")
	group := ""
	for i, s := range b.Spans {
		if s.Group != group {
			group = s.Group
			p.put(`<path class="rule" d="M%d.5 0V%d"/><text class="month" x="%d" y="13">%s</text>`, barsLeft+i*barWide-1, height, barsLeft+i*barWide+2, esc(s.Short))
		}
	}
	most := b.most()
	for i, r := range b.Rows {
		bottom, sum := barsTop+i*(barHigh+8)+barHigh, 0
		for _, v := range r.Values {
			sum += v
		}
		p.link(r.Href, r.Name+" "+b.Total+" "+strconv.Itoa(sum)+r.Unit, func() { p.put(`<text class="name" x="0" y="%d">%s</text>`, bottom-8, esc(short(r.Name, 15))) })
		for j, v := range r.Values {
			if v == 0 {
				continue
			}
			high := max(v*(barHigh-2)/most, 2)
			p.put(`<g><title>%s %d%s</title><rect class="bar" x="%d" y="%d" width="%d" height="%d"/></g>`, esc(b.Spans[j].Name), v, esc(r.Unit), barsLeft+j*barWide, bottom-high, barWide-2, high)
		}
		p.put(`<path class="rule" d="M%d %d.5H%d"/><text class="count" x="%d" y="%d">%d</text>`, barsLeft, bottom, width-36, width-32, bottom, sum)
	}
	return p.end()
}

// Table is the picture as a table: the sums of each group, with the names of its spans.
func (b Bars) Table() template.HTML {
	var groups []string
	for _, s := range b.Spans {
		if n := len(groups); n == 0 || groups[n-1] != s.Group {
			groups = append(groups, s.Group)
		}
	}
	var p paper
	p.put(`<table class="rows"><caption>%s</caption><thead><tr><th scope="col">%s</th><th scope="col">%s</th>`, esc(b.Title), esc(b.Corner), esc(b.Total))
	for _, g := range groups {
		p.put(`<th scope="col">%s</th>`, esc(g))
	}
	p.put(`</tr></thead><tbody>`)
	for _, r := range b.Rows {
		all, of := 0, map[string]int{}
		for i, v := range r.Values {
			all += v
			of[b.Spans[i].Group] += v
		}
		p.put(`<tr><th scope="row">%s</th><td data-label="%s">%d</td>`, cell(r.Name, r.Href), esc(b.Total), all)
		for _, g := range groups {
			if of[g] == 0 {
				p.put(`<td class="none" data-label="%s"></td>`, esc(g))
				continue
			}
			p.put(`<td data-label="%s">%d<ul class="said">`, esc(g), of[g])
			for i, v := range r.Values {
				if v > 0 && b.Spans[i].Group == g {
					p.put(`<li>%s %d%s</li>`, esc(b.Spans[i].Name), v, esc(r.Unit))
				}
			}
			p.put(`</ul></td>`)
		}
		p.put(`</tr>`)
	}
	p.put(`</tbody></table>`)
	return template.HTML(p.String())
}
