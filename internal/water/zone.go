package water

import "slices"

// Zone is a functional zone of waters 水环境功能区: a reach of a river that has a use and a target
// of its own, and is judged by the sections in it.
type Zone struct {
	ID       string   `json:"id"` // the same in every year
	No       int      `json:"no,omitempty"`
	Name     string   `json:"name"`           // 丹河赵庄源头水保护区
	Kind     string   `json:"kind,omitempty"` // its use, as the office writes it: 饮用水源区
	Basin    string   `json:"basin,omitempty"`
	River    string   `json:"river,omitempty"`
	County   string   `json:"county,omitempty"` // unit ID
	Sections []string `json:"sections"`         // IDs
	Target   Class    `json:"target,omitempty"` // NoClass: each of its sections has its own
	Note     string   `json:"note,omitempty"`
}

// ZoneRow is a zone's line of a month's table. Of and Known are how many sections it has, and
// of how many of them a class is known in the month.
type ZoneRow struct {
	Zone     Zone   `json:"zone"`
	Of       int    `json:"of"`
	Known    int    `json:"known"`
	Month    Result `json:"month"`
	LastYear Result `json:"last_year"` // the same month a year before
	Year     Result `json:"year"`      // the year so far
}

// ZoneTable is every functional zone of a register in a month, in its order. A zone's sections
// are judged against the zone's target, those of a zone without one each against its own. Of
// several sections the means of their concentrations are judged where all of a known class have
// all of their items and are of one kind of water; otherwise the zone has the worst of their
// classes, misses its target where one of them does, and reaches it where all of them do.
func ZoneTable(r *Register, readings []Reading, month Month) (rows []ZoneRow) {
	if r == nil {
		return nil
	}
	by := bySlot(readings)
	for _, z := range r.Zones {
		row := ZoneRow{Zone: z, Of: len(z.Sections)}
		of := func(month Month, span Span) (all []zoned) {
			for _, id := range z.Sections {
				s, ok := r.Section(id)
				if !ok {
					continue
				}
				if z.Target != NoClass {
					s.Targets = []YearlyTarget{{Year: month.Year, Class: z.Target}}
				}
				all = append(all, zoned{s, resultOf(s, month, by, span)})
			}
			return all
		}
		for _, s := range of(month, OfMonth) {
			if s.Class != NoClass {
				row.Known++
			}
		}
		row.Month, row.LastYear, row.Year = z.joined(of(month, OfMonth), month.Year), z.joined(of(month.Add(-12), OfMonth), month.Year-1), z.joined(of(month, OfYear), month.Year)
		rows = append(rows, row)
	}
	return rows
}

// zoned is what a section of a zone reached.
type zoned struct {
	section Section
	Result
}

// joined is what a zone reached with what its sections reached in a month of a year.
func (z Zone) joined(all []zoned, year int) (is Result) {
	if len(all) == 1 {
		return all[0].Result
	}
	var known []zoned
	states := map[State]bool{}
	is.None = true
	for _, s := range all {
		states[s.State], is.None = true, is.None && s.None
		if s.Class != NoClass {
			known = append(known, s)
		}
	}
	if len(known) == 0 {
		if len(states) == 1 && !is.None {
			is.State = all[0].State
		}
		return is
	}
	if items, values, ok := means(known, year); ok && z.Target != NoClass {
		body, mean := known[0].section.Body, Mean(values...)
		is.Class = Judge(body, items, mean).Class
		is.Judged, is.Values, is.Over = is.Class, mean, Exceeds(body, items, mean, Target{Class: z.Target})
		if is.Outcome = Met; len(is.Over) > 0 {
			is.Outcome = Missed
		}
		return is
	}
	met := true
	for _, s := range known {
		is.Class, met = max(is.Class, s.Class), met && s.Outcome == Met
		is.Over = worst(is.Over, s.Over)
		if s.Outcome == Missed {
			is.Outcome = Missed
		}
	}
	if is.Outcome != Missed && met {
		is.Outcome = Met
	}
	slices.SortStableFunc(is.Over, further)
	return is
}

// means are the values of sections, and all items that one of them is judged by in a year; ok is
// false where they are not of one kind of water, or one of them lacks an item.
func means(known []zoned, year int) (items []Item, all []Values, ok bool) {
	for _, s := range known {
		if len(s.Values) == 0 || len(s.Missing) > 0 || s.section.Body != known[0].section.Body {
			return nil, nil, false
		}
		for _, i := range s.section.Judged(year) {
			if !slices.Contains(items, i) {
				items = append(items, i)
			}
		}
		all = append(all, s.Values)
	}
	return items, all, true
}

// worst puts the items of another section over their limits beside those of a zone: of an item
// that both have the larger multiple stays.
func worst(have, more []Over) []Over {
	have = slices.Clone(have)
	for _, o := range more {
		i := slices.IndexFunc(have, func(h Over) bool { return h.Item == o.Item })
		switch {
		case i < 0:
			have = append(have, o)
		case have[i].Times == nil || o.Times != nil && o.Times.GreaterThan(*have[i].Times):
			have[i] = o
		}
	}
	return have
}

// ZonesOf counts zones of each name, in the order in which the names come first; name gives a
// zone's basin, or its kind.
func ZonesOf(rows []ZoneRow, name func(Zone) string) (all []ZoneSum) {
	for _, r := range rows {
		if !slices.ContainsFunc(all, func(s ZoneSum) bool { return s.Name == name(r.Zone) }) {
			all = append(all, ZoneSum{Name: name(r.Zone)})
		}
	}
	for i := range all {
		var of []Row
		for _, r := range rows {
			if name(r.Zone) == all[i].Name {
				of = append(of, Row{Month: r.Month, Year: r.Year})
			}
		}
		all[i].Month, all[i].Year = SumOf(of, OfMonth), SumOf(of, OfYear)
	}
	return all
}

// ZoneSum is how the zones of one basin, or of one kind, stand in the month and in the year so
// far.
type ZoneSum struct {
	Name  string `json:"name"` // "" where the register does not say it
	Month Sum    `json:"month"`
	Year  Sum    `json:"year"`
}
