package report

import (
	"cmp"
	"slices"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Board is the light board 亮灯板 of a plan: its units across, groups of its lines down,
// and in each field how many lines show which light. Its numbers are those of Count.
type Board struct {
	Units  []BoardUnit     `json:"units"`  // that lead any line, in the order of the document
	Groups []string        `json:"groups"` // months 2021-06, in order; or clauses, in the order of the document
	Fields [][][]BoardLine `json:"fields"` // by group, then by unit: the lights that occur, the gravest first
}

// BoardUnit is a unit of the board.
type BoardUnit struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// BoardLine is how many lines of a field show a light.
type BoardLine struct {
	Light plan.Light `json:"light"`
	N     int        `json:"n"`
}

// MonthOf is the group of a row by its due date.
func MonthOf(r Row) string { return r.Due.String()[:7] }

// ClauseOf is the group of a row by its place in the document.
func ClauseOf(r Row) string { return r.Clause }

// chased tells that a row is among those that Count tallies: it shows a light.
func chased(r Row) bool {
	return r.Kind == plan.Dated && !r.Due.IsZero() && r.State != ledger.Cancelled && r.State != ledger.Carried && r.Light != ""
}

// BoardOf groups rows. months tells that groups are months, and stand in their order.
func BoardOf(rows []Row, group func(Row) string, months bool) Board {
	b := Board{Units: []BoardUnit{}, Groups: []string{}, Fields: [][][]BoardLine{}}
	unit, at := map[string]int{}, map[string]int{}
	type field struct {
		group, unit string
		light       plan.Light
	}
	n := map[field]int{}
	for _, r := range rows {
		if !chased(r) {
			continue
		}
		g := group(r)
		if _, ok := unit[r.LeadID]; !ok {
			unit[r.LeadID] = len(b.Units)
			b.Units = append(b.Units, BoardUnit{r.LeadID, r.Lead})
		}
		if _, ok := at[g]; !ok {
			at[g] = len(b.Groups)
			b.Groups = append(b.Groups, g)
		}
		n[field{g, r.LeadID, r.Light}]++
	}
	if months {
		slices.Sort(b.Groups)
	}
	for _, g := range b.Groups {
		row := make([][]BoardLine, len(b.Units))
		for i, u := range b.Units {
			row[i] = []BoardLine{}
			for _, light := range Gravity {
				if k := n[field{g, u.ID, light}]; k > 0 {
					row[i] = append(row[i], BoardLine{light, k})
				}
			}
		}
		b.Fields = append(b.Fields, row)
	}
	return b
}

// Changed is a line whose light is another than it was. Was is "" of a line that was not
// there, Is of one that is there no more or counts no more.
type Changed struct {
	Task   string     `json:"task"`
	Title  string     `json:"title"`
	Lead   string     `json:"lead"`
	LeadID string     `json:"lead_id"`
	Was    plan.Light `json:"was"`
	Is     plan.Light `json:"is"`
}

// Change is what has become otherwise in a plan since the end of a day.
type Change struct {
	Since  calendar.Day `json:"since"`
	Before Tally        `json:"before"`
	Now    Tally        `json:"now"`
	Lines  []Changed    `json:"lines"`  // the gravest now first, in the order of the document
	Ranks  []RankMoved  `json:"ranks"`  // in the order of Counts.ByUnit
	Talks  []TalkRow    `json:"talks"`  // that were proposed or opened since
	Called int          `json:"called"` // of them talks; the rest are circulars
}

// RankMoved is a unit's rank then and now; 0 is without one.
type RankMoved struct {
	UnitID string `json:"unit_id"`
	Was    int    `json:"was"`
	Is     int    `json:"is"`
}

// ChangeOf compares a plan's table with what it was.
func ChangeOf(then, now Table) Change {
	c := Change{Since: then.AsOf, Before: then.Counts.Tally, Now: now.Counts.Tally, Lines: []Changed{}, Ranks: []RankMoved{}, Talks: []TalkRow{}}
	light := func(r Row) plan.Light {
		if !chased(r) {
			return ""
		}
		return r.Light
	}
	was := map[string]Row{}
	for _, r := range then.Tasks {
		was[r.Key] = r
	}
	for _, r := range now.Tasks {
		old := was[r.Key]
		delete(was, r.Key)
		if light(old) != light(r) {
			c.Lines = append(c.Lines, Changed{r.ID, r.Title, r.Lead, r.LeadID, light(old), light(r)})
		}
	}
	for _, r := range then.Tasks {
		if _, gone := was[r.Key]; gone && light(r) != "" {
			c.Lines = append(c.Lines, Changed{r.ID, r.Title, r.Lead, r.LeadID, light(r), ""})
		}
	}
	slices.SortStableFunc(c.Lines, func(a, b Changed) int { return cmp.Compare(gravity(Row{Light: a.Is}), gravity(Row{Light: b.Is})) })
	ranks := map[string]int{}
	for _, u := range then.Counts.ByUnit {
		ranks[u.UnitID] = u.Rank
	}
	for _, u := range now.Counts.ByUnit {
		c.Ranks = append(c.Ranks, RankMoved{u.UnitID, ranks[u.UnitID], u.Rank})
	}
	before := map[string]string{}
	for _, k := range then.Talks {
		before[k.Key] = k.State
	}
	for _, k := range now.Talks {
		old, known := before[k.Key]
		if k.State == ledger.TalkPending || known && old != ledger.TalkPending {
			continue
		}
		c.Talks = append(c.Talks, k)
		if k.What != plan.ProposeCircular {
			c.Called++
		}
	}
	return c
}
