package notice

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"duban/internal/letter"
	"duban/internal/plan"
)

// page is a message as sentences, before it is text or HTML.
type page struct {
	Lang, Office, Heading, Plan, When         string
	Salute, Opening, Closing, Contact, Footer string
	Totals, Rest                              string // may be empty
	Where, Link                               string // what the portal is for, and its address; may be empty
	Total                                     int
	Summary                                   []chip
	Units                                     []unitCount
	Groups                                    []group
	Labels                                    labels
}

type labels struct{ Summary, Units, Next, Due, Colon string }

// chip is a class and how many tasks are in it.
type chip struct {
	Name string
	N    int
	Tone tone
}

// unitCount is one unit's share of a digest that speaks of several.
type unitCount struct {
	Name  string
	N     int
	Chips []chip
}

type group struct {
	Ordinal, Name, Count, Ask, Next string
	Tone                            tone
	Rows                            []row
}

type row struct {
	No           int
	Title        string
	Light        lamp
	Badges, Meta []string
	Due, Left    string // Left: the distance in one piece
	Days         string // the distance in two pieces, for a narrow column
	Workdays     string
	Late         bool
	Notes        []string
	Lines        []line
	Next         string
}

// line is one fact of a matter; Label may be empty.
type line struct{ Label, Text string }

// lamp is a light's word and the colour of its dot, which may have none; never
// the colour alone.
type lamp struct {
	Word   string
	Colour template.CSS
}

// tone is the colours of a group's heading: ink, and the paper behind it.
type tone struct{ Ink, Paper template.CSS }

var (
	crimson = tone{"#a8071a", "#fff1f0"}
	amber   = tone{"#8a5200", "#fff8e6"}
	navy    = tone{"#1d4f91", "#eef4fb"}
)

var tones = map[class]tone{
	talkOpened: crimson, talkProposed: crimson, stepMissed: crimson, ownMissed: amber, escalated: crimson, warned: crimson,
	urged: crimson, matterMissed: crimson, stepAhead: amber, ownAhead: navy, matterAsked: amber, overdue: crimson, dueToday: amber, ahead: navy, news: navy,
}

// tone is that of the heap's class; crimson for news that asks for something at once.
func (k heap) tone() tone {
	if name, told := strings.CutPrefix(k.matter, "told_"); told {
		if t, _ := tiding(name); t.grave {
			return crimson
		}
	}
	return tones[k.class]
}

var lampColours = map[plan.Light]template.CSS{
	plan.Green: "#2e8b3d", plan.Blue: "#1668dc", plan.Yellow: "#e0a100", plan.Red: "#cf1322",
}

func (p page) rows() int {
	n := 0
	for _, g := range p.Groups {
		n += len(g.Rows)
	}
	return n
}

// countUnits adds the entries of the class called name to the units' shares.
func (p *page) countUnits(entries []entry, name string) {
	for _, e := range entries {
		lead := clean(e.Lead)
		if lead == "" && e.matter() != "" {
			continue
		}
		i := slices.IndexFunc(p.Units, func(u unitCount) bool { return u.Name == lead })
		if i < 0 {
			i = len(p.Units)
			p.Units = append(p.Units, unitCount{Name: lead})
		}
		u := &p.Units[i]
		u.N++
		if k := len(u.Chips); k == 0 || u.Chips[k-1].Name != name {
			u.Chips = append(u.Chips, chip{name, 0, e.heap().tone()})
		}
		u.Chips[len(u.Chips)-1].N++
	}
	slices.SortStableFunc(p.Units, func(a, b unitCount) int { return b.N - a.N })
}

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// render fills in the text and the HTML of m: its pages one after the other.
func render(m letter.Letter, pages []page) (letter.Letter, error) {
	var html bytes.Buffer
	if err := pageTemplate.Execute(&html, pages); err != nil {
		return letter.Letter{}, fmt.Errorf("message %s: %w", m.ID, err)
	}
	m.HTML = html.String()
	texts := make([]string, len(pages))
	for i, p := range pages {
		texts[i] = p.text()
	}
	m.Text = strings.Join(texts, "\n"+strings.Repeat("=", columns)+"\n\n")
	return m, nil
}
