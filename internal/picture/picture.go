// Package picture draws figures as SVG on the server, each with the table that it
// shows: the light board, the year with its ladders, bars. The package is pure: words, days
// and addresses come in plain structs. The SVG is escaped and has neither styles nor
// scripts; the page's style sheet gives its classes their looks.
package picture

import (
	"fmt"
	"html/template"
	"strings"
)

// Classes of lights, in the order of their gravity. Each has a shape of its own too, so
// that no colour is needed to tell them apart.
const (
	Red      = "red"
	Yellow   = "yellow"
	Blue     = "blue"
	Green    = "green"
	DoneLate = "done_late"
	Done     = "done"
)

// shapes are the lights' shapes in a square of 10 units; hollow ones are drawn by their
// outline.
var shapes = map[string]string{
	Red:      "M5 0 10 5 5 10 0 5z",
	Yellow:   "M1 1h8v8h-8z",
	Blue:     "M5 .8a4.2 4.2 0 0 0 0 8.4z",
	Green:    "M5 .8a4.2 4.2 0 1 0 .01 0z",
	DoneLate: "M1.5 1.5h7v7h-7z",
	Done:     "M5 1.3a3.7 3.7 0 1 0 .01 0z",
}

// Shape is a light as a small picture beside its word.
func Shape(light string) template.HTML {
	d, ok := shapes[light]
	if !ok {
		return ""
	}
	return template.HTML(`<svg class="mark ` + light + `" viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" focusable="false"><path d="` + d + `"/></svg>`)
}

// Words are what is said of a picture as a whole.
type Words struct {
	ID    string // unique in its page; of letters, digits and hyphens
	Title string
	Desc  string // what the picture shows, read out by a screen reader
}

// paper is an SVG being drawn.
type paper struct{ strings.Builder }

// esc is text for elements and for attributes in double quotes.
func esc(s string) string { return template.HTMLEscapeString(s) }

func (p *paper) put(format string, args ...any) { fmt.Fprintf(p, format, args...) }

// begin opens the picture. Its texts are read out in place of its parts.
func (p *paper) begin(w Words, class string, width, height int, role string) {
	p.put(`<svg class="%s" role="%s" viewBox="0 0 %d %d" width="%d" height="%d" aria-labelledby="%s-t %s-d"><title id="%s-t">%s</title><desc id="%s-d">%s</desc>`,
		class, role, width, height, width, height, w.ID, w.ID, w.ID, esc(w.Title), w.ID, esc(w.Desc))
}

func (p *paper) end() template.HTML {
	p.put(`</svg>`)
	return template.HTML(p.String())
}

// shape draws a light's shape with its upper left corner at a place.
func (p *paper) shape(light string, x, y int) {
	if d := shapes[light]; d != "" {
		p.put(`<path class="mark %s" transform="translate(%d %d)" d="%s"/>`, light, x, y, d)
	}
}

// link draws a link around what do draws; without an address, no link.
func (p *paper) link(href, label string, do func()) {
	if href == "" {
		p.put(`<g><title>%s</title>`, esc(label))
		do()
		p.put(`</g>`)
		return
	}
	p.put(`<a href="%s"><title>%s</title>`, esc(href), esc(label))
	do()
	p.put(`</a>`)
}

// short is a text of at most n characters.
func short(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// cell is a table's cell: text, or a link.
func cell(text, href string) string {
	if href == "" {
		return esc(text)
	}
	return `<a href="` + esc(href) + `">` + esc(text) + `</a>`
}
