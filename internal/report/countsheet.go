package report

import (
	"duban/internal/words"
)

// counts is the sheet 统计: all, by light, by kind, by unit.
func (s pages) counts() sheet {
	sh := s.headed("counts")
	c := s.table.Counts
	sh.lines = append(sh.lines, s.t("counts_note", words.Data{"Floor": c.RankFloor}))
	all := block{heading: s.t("by_all"), columns: s.tallyColumns("", "scope"), rows: [][]cell{s.tally(text(""), text(s.t("all")), c.Tally)}}

	units := block{heading: s.t("by_unit"), columns: append(s.tallyColumns("rank", "lead"), s.columns(column{heading: "inherited", most: 13}, column{heading: "passed", most: 13})...)}
	for _, u := range c.ByUnit {
		rank := center(s.t("no_rate"))
		if u.Rank > 0 {
			rank = number(u.Rank)
		}
		units.rows = append(units.rows, append(s.tally(rank, text(u.Unit), u.Tally), number(u.Inherited), number(u.Passed)))
	}
	kinds := block{heading: s.t("by_kind"), columns: s.tallyColumns("", "kind")}
	for _, k := range c.ByKind {
		kinds.rows = append(kinds.rows, s.tally(text(""), text(s.t("kind_"+k.Kind)), k.Tally))
	}
	sh.blocks = []block{all, s.lights(), kinds, units}
	return sh
}

func (s pages) lights() block {
	b := block{heading: s.t("by_light"), columns: []column{{}, {heading: s.t("col_light"), most: 24}, {heading: s.t("col_total"), most: 10}, {heading: s.t("col_share"), most: 10}}}
	for _, l := range s.table.Counts.ByLight {
		share := l.Share
		b.rows = append(b.rows, []cell{text(""), s.lightCell(Row{Light: l.Light}), number(l.Count),
			s.rateCell(&share)})
	}
	return b
}

// tallyColumns are the two given columns and those of every tally.
func (s pages) tallyColumns(first, second string) []column {
	spec := []column{{heading: first, most: 6}, {heading: second, most: 34}}
	for _, name := range []string{"total", "done", "on_time", "done_late", "open", "overdue", "struck", "rate", "red", "yellow", "blue", "green", "talks", "cancelled", "carried"} {
		if name != "carried" || s.table.Counts.Carried > 0 {
			spec = append(spec, column{heading: name, most: 13})
		}
	}
	return s.columns(spec...)
}

func (s pages) tally(first, second cell, t Tally) []cell {
	rate := s.rateCell(t.OnTimeRate)
	late := number(t.DoneLate)
	over := number(t.Overdue)
	for _, c := range []*cell{&late, &over} {
		if *c.number > 0 {
			c.look = asLate
		}
	}
	cells := []cell{first, second, number(t.Total), number(t.Done), number(t.OnTime), late, number(t.Open), over, number(t.Struck), rate,
		number(t.Red), number(t.Yellow), number(t.Blue), number(t.Green), number(t.Talks), number(t.Cancelled)}
	if s.table.Counts.Carried > 0 { // tasks of the plan were carried into the next
		cells = append(cells, number(t.Carried))
	}
	return cells
}

// rateCell is the cell of a share of 1, shown as Rate writes it.
func (s Speaker) rateCell(r *float64) cell {
	c := cell{text: s.Rate(r), look: asRate}
	if r != nil {
		n := shown(*r)
		c.number, c.format = &n, "0.0%"
	}
	return c
}
