package terminal

import (
	"fmt"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/bulletin"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

// WaterImported is what an import of monthly data comes to. As JSON it is what
// `water import -o json` prints.
type WaterImported struct {
	Plan     string                 `json:"plan"`
	Readings int                    `json:"readings"` // that the files hold
	New      int                    `json:"new"`
	More     int                    `json:"more"` // completed
	Changes  []ledger.ReadingChange `json:"-"`
	Corrects []WaterCorrection      `json:"corrects"`
	Aside    []string               `json:"aside"`
	Warnings []string               `json:"warnings"`
	Applied  bool                   `json:"applied"`
}

// WaterCorrection is one value that the ledger had otherwise.
type WaterCorrection struct {
	Section string     `json:"section"`
	Month   string     `json:"month"`
	Span    water.Span `json:"span"`
	Field   string     `json:"field"`
	Old     string     `json:"old"`
	New     string     `json:"new"`
	Source  string     `json:"source"`
}

// Bulletins shows the faults and warnings of files, and gives all their readings: those of
// the last, since each file was read with the readings of those before it.
func (sc *Screen) Bulletins(read []bulletin.Bulletin) (all []water.Reading, im WaterImported) {
	im = WaterImported{Aside: []string{}, Warnings: []string{}}
	for _, b := range read {
		for _, f := range b.Faults {
			im.Warnings = append(im.Warnings, b.File+" "+f.Text(sc.W))
		}
		for _, u := range b.Unread {
			im.Warnings = append(im.Warnings, u.Text(sc.W))
		}
		im.Aside = append(im.Aside, b.Aside...)
		all = b.Readings
	}
	sc.Lines(sc.Err, im.Warnings)
	return all, im
}

// Come counts the changes that readings make in a plan: new readings, completed ones, and,
// by section, the values that correct the ledger's.
func (im *WaterImported) Come(p plan.Plan, readings int, changes []ledger.ReadingChange) {
	im.Plan, im.Readings, im.Changes, im.Corrects = p.ID, readings, changes, []WaterCorrection{}
	for _, c := range changes {
		switch {
		case c.Version == 1:
			im.New++
		case len(c.Corrected) == 0:
			im.More++
		}
		s, _ := p.Measured().Section(c.Reading.Section)
		for _, f := range c.Corrected {
			im.Corrects = append(im.Corrects, WaterCorrection{s.Name, c.Reading.Month.String(), c.Reading.Span, f.Field, f.Old, f.New, c.Reading.Sources[f.Field]})
		}
	}
}

// WaterImport shows what an import came to.
func (sc *Screen) WaterImport(im WaterImported) {
	say := report.Speak(sc.W)
	if len(im.Corrects) > 0 {
		t := sc.WordedTable("water", map[string]int{"source": 40}, "section", "of", "field", "old", "new", "source")
		for _, c := range im.Corrects {
			t.AppendRow(table.Row{c.Section, c.Month + say.Span(c.Span), say.Field(c.Field), say.Datum(c.Field, c.Old), say.Datum(c.Field, c.New), c.Source})
		}
		t.Render()
	}
	for _, text := range im.Aside {
		fmt.Fprintln(sc.Out, sc.W.T("water.aside", words.Data{"Text": text}))
	}
	key := "water.imported"
	if !im.Applied {
		key = "water.would"
	}
	fmt.Fprintln(sc.Out, sc.W.T(key, words.Data{"Readings": im.Readings, "New": im.New, "More": im.More, "Corrected": len(im.Corrects), "Same": im.Readings - len(im.Changes)}))
}

func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// WaterMonth shows a month's table.
func (sc *Screen) WaterMonth(m query.WaterMonth) {
	if m.Month == (water.Month{}) {
		fmt.Fprintln(sc.Out, sc.W.T("water.nothing_yet"))
		return
	}
	say := report.Speak(sc.W)
	fmt.Fprintln(sc.Out, sc.W.T("water.table_title", words.Data{"Year": m.Month.Year, "Month": m.Month.Month}))
	columns := []string{"section", "county", "river", "level", "target", "month", "month_over", "month_met", "last_year", "year", "year_met", "year_ago", "note"}
	t := sc.WordedTable("water", map[string]int{"month_over": 30, "note": 30}, columns...)
	for _, r := range m.Rows {
		cells, row := say.WaterRow(m.People, r), table.Row{}
		for _, c := range columns {
			row = append(row, cells[c])
		}
		t.AppendRow(row)
	}
	t.Render()
	fmt.Fprintln(sc.Out, sc.W.T("water.of_month")+say.WaterSum(m.Sum))
	fmt.Fprintln(sc.Out, sc.W.T("water.of_year")+say.WaterSum(m.Year))
	for _, r := range m.Rivers {
		if r.Name != "" && r.Month.Known > 0 {
			fmt.Fprintln(sc.Out, sc.W.T("water.river", words.Data{"River": r.Name, "Grade": say.Grade(r.Month.River.Grade), "Sum": say.WaterSum(r.Month)}))
		}
	}
}

// WaterSection shows a section over time with all that came in of it.
func (sc *Screen) WaterSection(w query.WaterSection) {
	say := report.Speak(sc.W)
	fmt.Fprintln(sc.Out, sc.W.T("water.section_title", words.Data{"Section": w.Section.Name, "County": w.People.Name(w.Section.County), "Level": sc.W.T("water.level_" + w.Section.Level)}))
	t := sc.WordedTable("water", map[string]int{"month_over": 30, "source": 44}, "of", "target", "month", "month_over", "month_met", "year", "inflow", "source")
	for _, p := range w.Months {
		cells := say.WaterRow(w.People, p.Row)
		var sources []string
		for _, v := range p.Versions {
			for _, from := range v.Reading.Sources {
				if text := v.At.Format("2006-01-02") + " " + v.Actor + " " + from; !slices.Contains(sources, text) {
					sources = append(sources, text)
				}
			}
		}
		slices.Sort(sources)
		source := ""
		if len(sources) > 0 {
			source = sources[len(sources)-1]
			if len(sources) > 1 {
				source += sc.W.T("water.and_more", words.Data{"N": len(sources) - 1})
			}
		}
		t.AppendRow(table.Row{p.Month.String(), cells["target"], cells["month"], cells["month_over"], cells["month_met"], cells["year"], dash(p.Row.Inflow.String()), source})
		for _, v := range p.Versions {
			for _, c := range v.Corrected {
				t.AppendRow(table.Row{"", "", say.Corrected(c, v.Reading.Span, v.Reason, v.Actor)})
			}
		}
	}
	t.Render()
}
