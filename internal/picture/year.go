package picture

import (
	"html/template"
	"strconv"

	"duban/internal/calendar"
)

// Year is a plan's year: a line for each ladder, from the day it was given to its limit,
// with a mark for each word that was or will be said.
type Year struct {
	Words
	From, Until calendar.Day // the first and the last day shown
	Today       calendar.Day // drawn when it is one of the days shown
	TodayWord   string
	Rests       func(calendar.Day) bool // rest days are shaded
	Months      []string                // names of the twelve months, January first
	Ladders     []Ladder
	Columns     [4]string // headings of the table: task, given, limit, what is said
}

// Ladder is one task's line.
type Ladder struct {
	Name, Href  string
	Light       string       // class; "" without one
	Given, Due  calendar.Day // what lies outside the year is cut off
	GivenWord   string       // as people read it
	DueWord     string
	Marks       []Mark // by day
	Description string // read out for the line
}

// Mark is one word of a ladder.
type Mark struct {
	Day   calendar.Day
	Kind  string // class: remind, due, urge, warn, talk, told, done
	Said  bool   // it has been said; hollow otherwise
	Label string // 6月15日 预警
}

const (
	yearLeft = 210
	yearTop  = 22
	yearLine = 18 // a ladder
)

// wide is the width of a day: what is shown fits a screen.
func (y Year) wide() int {
	if y.days() > 300 {
		return 2
	}
	return 3
}

// x is where a day begins, kept inside the picture.
func (y Year) x(d calendar.Day) int {
	n := d.Sub(y.From)
	return yearLeft + y.wide()*min(max(n, 0), y.days())
}

func (y Year) days() int { return y.Until.Sub(y.From) + 1 }

func (y Year) shows(d calendar.Day) bool {
	return !d.IsZero() && !d.Before(y.From) && !d.After(y.Until)
}

// SVG draws the year.
func (y Year) SVG() template.HTML {
	width, height := yearLeft+y.wide()*y.days()+1, yearTop+len(y.Ladders)*yearLine+4
	var p paper
	p.begin(y.Words, "year", width, height, "group")
	y.rests(&p, height)
	for d := y.From; !d.After(y.Until); d = d.AddDays(1) {
		if d.Date != 1 && d != y.From {
			continue
		}
		p.put(`<path class="rule" d="M%d.5 0V%d"/>`, y.x(d), height)
		if d.Date <= 15 {
			p.put(`<text class="month" x="%d" y="14">%s</text>`, y.x(d)+4, esc(y.Months[d.Month-1]))
		}
	}
	for i, l := range y.Ladders {
		y.ladder(&p, l, yearTop+i*yearLine)
	}
	if y.shows(y.Today) {
		p.put(`<g class="today"><title>%s</title><path d="M%d.5 0V%d"/></g>`, esc(y.TodayWord), y.x(y.Today), height)
	}
	return p.end()
}

// rests shades every stretch of rest days.
func (y Year) rests(p *paper, height int) {
	if y.Rests == nil {
		return
	}
	var from calendar.Day
	for d := y.From; ; d = d.AddDays(1) {
		rests := !d.After(y.Until) && y.Rests(d)
		switch {
		case rests && from.IsZero():
			from = d
		case !rests && !from.IsZero():
			p.put(`<rect class="rest" x="%d" y="%d" width="%d" height="%d"/>`, y.x(from), yearTop-4, y.wide()*d.Sub(from), height)
			from = calendar.Day{}
		}
		if d.After(y.Until) {
			return
		}
	}
}

func (y Year) ladder(p *paper, l Ladder, top int) {
	middle := top + yearLine/2
	p.link(l.Href, l.Description, func() {
		p.shape(l.Light, 0, middle-5)
		p.put(`<text class="name" x="16" y="%d">%s</text>`, middle+4, esc(short(l.Name, 14)))
		if !l.Due.IsZero() && !l.Given.After(y.Until) && !l.Due.Before(y.From) {
			p.put(`<path class="line %s" d="M%d %d.5H%d"/>`, l.Light, y.x(l.Given), middle, y.x(l.Due)+y.wide())
		}
		for _, m := range l.Marks {
			if y.shows(m.Day) {
				class := m.Kind
				if m.Said {
					class += " said"
				}
				p.put(`<g class="said-mark %s"><title>%s</title>%s</g>`, class, esc(m.Label), markShape(m.Kind, y.x(m.Day)+1, middle))
			}
		}
	})
}

// markShape is the SVG path of a word's mark, centred at x and y: each kind has a shape of
// its own, a circle for reminders and news.
func markShape(kind string, x, y int) string {
	at := strconv.Itoa(x) + " " + strconv.Itoa(y)
	switch kind {
	case "due":
		return `<path d="M` + at + `m0-7v14"/>`
	case "urge":
		return `<path d="M` + at + `m0-4 4 7h-8z"/>`
	case "warn":
		return `<path d="M` + at + `m0-5 5 5-5 5-5-5z"/>`
	case "talk":
		return `<path d="M` + at + `m-4-4h8v8h-8z"/>`
	case "done":
		return `<path d="M` + at + `m-4 0 3 4 6-8"/>`
	}
	return `<path d="M` + at + `m0-3a3 3 0 1 0 .01 0z"/>`
}

// Table is what the year shows.
func (y Year) Table() template.HTML {
	var p paper
	p.put(`<table class="rows"><caption>%s</caption><thead><tr>`, esc(y.Title))
	for _, c := range y.Columns {
		p.put(`<th scope="col">%s</th>`, esc(c))
	}
	p.put(`</tr></thead><tbody>`)
	for _, l := range y.Ladders {
		p.put(`<tr><th scope="row">%s%s</th><td data-label="%s">%s</td><td data-label="%s">%s</td><td data-label="%s">`, Shape(l.Light), cell(l.Name, l.Href),
			esc(y.Columns[1]), esc(l.GivenWord), esc(y.Columns[2]), esc(l.DueWord), esc(y.Columns[3]))
		if len(l.Marks) > 0 {
			p.put(`<ul class="said">`)
			for _, m := range l.Marks {
				p.put(`<li>%s</li>`, esc(m.Label))
			}
			p.put(`</ul>`)
		}
		p.put(`</td></tr>`)
	}
	p.put(`</tbody></table>`)
	return template.HTML(p.String())
}
