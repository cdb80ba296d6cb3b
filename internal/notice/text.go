package notice

import (
	"fmt"
	"strings"

	"duban/internal/words"
)

// columns of the text part; a CJK character takes two.
const columns = 78

// text is the page for a plain reader: a terminal, an old mail program.
func (p page) text() string {
	var b strings.Builder
	wrap(&b, "", "", p.Heading)
	wrap(&b, "", "", p.Plan)
	wrap(&b, "", "", p.When)
	b.WriteString("\n")
	wrap(&b, "", "", p.Salute)
	b.WriteString("\n")
	wrap(&b, "    ", "", p.Opening)
	if p.Totals != "" {
		wrap(&b, "    ", "", p.Totals)
	}
	b.WriteString("\n")
	p.textSummary(&b)
	for _, g := range p.Groups {
		g.text(&b, p.Labels)
	}
	if p.Rest != "" {
		b.WriteString("\n")
		wrap(&b, "", "", p.Rest)
	}
	b.WriteString("\n" + strings.Repeat("-", columns) + "\n")
	wrap(&b, "", "", p.Closing)
	if p.Link != "" {
		wrap(&b, "", "", p.Where+p.Labels.Colon)
		b.WriteString(p.Link + "\n") // whole, so that it can be followed
	}
	if p.Contact != "" {
		wrap(&b, "", "", p.Contact)
	}
	b.WriteString("\n")
	right(&b, p.Office)
	right(&b, p.When)
	b.WriteString("\n")
	wrap(&b, "", "", p.Footer)
	return b.String()
}

func (p page) textSummary(b *strings.Builder) {
	wrap(b, p.Labels.Summary+p.Labels.Colon, "      ", chips(p.Summary))
	if len(p.Units) == 0 {
		return
	}
	b.WriteString(strings.TrimRight(p.Labels.Units+p.Labels.Colon, " ") + "\n")
	for _, u := range p.Units {
		wrap(b, "  "+pad(u.Name, 28)+fmt.Sprintf("%4d  ", u.N), strings.Repeat(" ", 36), chips(u.Chips))
	}
}

func chips(cs []chip) string {
	parts := make([]string, len(cs))
	for i, c := range cs {
		parts[i] = fmt.Sprintf("%s %d", c.Name, c.N)
	}
	return strings.Join(parts, " · ")
}

func (g group) text(b *strings.Builder, l labels) {
	b.WriteString("\n")
	wrap(b, "", "    ", g.Ordinal+g.Name+g.Count)
	if g.Ask != "" {
		wrap(b, "    ", "    ", g.Ask)
	}
	if g.Next != "" {
		wrap(b, "    "+l.Next+l.Colon, "        ", g.Next)
	}
	for _, r := range g.Rows {
		r.text(b, l)
	}
}

func (r row) text(b *strings.Builder, l labels) {
	const in = "      "
	title := r.Title
	if r.Light.Word != "" {
		title += " [" + r.Light.Word + "]"
	}
	for _, badge := range r.Badges {
		title += " [" + badge + "]"
	}
	b.WriteString("\n")
	wrap(b, fmt.Sprintf("%4d. ", r.No), in, title)
	facts := r.Left
	if r.Due != "" {
		facts = strings.Trim(l.Due+" "+r.Due+" · "+r.Left, " ·")
	}
	if facts != "" {
		wrap(b, in, in, facts)
	}
	if len(r.Meta) > 0 {
		wrap(b, in, in, strings.Join(r.Meta, " · "))
	}
	for _, note := range r.Notes {
		wrap(b, in, in, note)
	}
	for _, f := range r.Lines {
		if f.Label != "" {
			f.Label += l.Colon
		}
		wrap(b, in, in+"  ", f.Label+f.Text)
	}
	if r.Next != "" {
		wrap(b, in+l.Next+l.Colon, in+"  ", r.Next)
	}
}

// right sets s at the right margin.
func right(b *strings.Builder, s string) {
	fmt.Fprintf(b, "%s%s\n", strings.Repeat(" ", max(0, columns-cells(s))), s)
}

// pad fills s with spaces to n columns.
func pad(s string, n int) string { return s + strings.Repeat(" ", max(1, n-cells(s))) }

// ruler measures columns of text as a plain reader in China shows it: characters of
// ambiguous width (Unicode UAX #11) take two.
var ruler = words.Ruler{Ambiguous: 2}

func cells(s string) int { return ruler.Cells(s) }

// wrap writes s after the text first, and further lines after the text rest. A word that
// cannot be broken, such as an address, stays whole.
func wrap(b *strings.Builder, first, rest, s string) {
	before := first
	for _, line := range ruler.Fold(s, columns-cells(first), columns-cells(rest), true) {
		b.WriteString(strings.TrimRight(before+line, " ") + "\n")
		before = rest
	}
}
