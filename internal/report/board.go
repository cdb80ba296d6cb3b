package report

import (
	"cmp"
	"slices"

	"duban/internal/act"
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

// chased tells whether a row is among those that Count tallies: a dated task that shows a
// light and was neither cancelled nor carried into another plan.
func chased(r Row) bool {
	return r.Kind == plan.Dated && !r.Due.IsZero() && r.State != ledger.TaskCancelled && r.State != ledger.TaskCarried && r.Light != ""
}

// BoardOf gives the board of the rows, grouped by group. With months the groups are months
// and are sorted; otherwise they are in the order of the rows.
func BoardOf(rows []Row, group func(Row) string, months bool) Board {
	b := newBoarder(months)
	for _, r := range rows {
		if chased(r) {
			b.add(group(r), BoardUnit{r.LeadID, r.Lead}, r.Light, 1)
		}
	}
	return b.board()
}

// boarder gathers a board. Units and groups are in the order in which add first names them.
type boarder struct {
	Board
	months   bool
	unit, at map[string]bool // the units and groups that the board has
	n        map[field]int
}

type field struct {
	group, unit string
	light       plan.Light
}

func newBoarder(months bool) *boarder {
	return &boarder{Board{Units: []BoardUnit{}, Groups: []string{}, Fields: [][][]BoardLine{}}, months, map[string]bool{}, map[string]bool{}, map[field]int{}}
}

func (b *boarder) add(group string, unit BoardUnit, light plan.Light, n int) {
	if !b.unit[unit.ID] {
		b.unit[unit.ID] = true
		b.Units = append(b.Units, unit)
	}
	if !b.at[group] {
		b.at[group] = true
		b.Groups = append(b.Groups, group)
	}
	b.n[field{group, unit.ID, light}] += n
}

func (b *boarder) board() Board {
	if b.months {
		slices.Sort(b.Groups)
	}
	for _, g := range b.Groups {
		row := make([][]BoardLine, len(b.Units))
		for i, u := range b.Units {
			row[i] = []BoardLine{}
			for _, light := range Gravity {
				if k := b.n[field{g, u.ID, light}]; k > 0 {
					row[i] = append(row[i], BoardLine{light, k})
				}
			}
		}
		b.Fields = append(b.Fields, row)
	}
	return b.Board
}

// Changed is a line whose light has changed. Was is "" for a line that was not in the plan
// before, or not counted; Is is "" for one that is in the plan or counted no more.
type Changed struct {
	Key    string     `json:"-"` // of the ledger
	Task   string     `json:"task"`
	Title  string     `json:"title"`
	Lead   string     `json:"lead"`
	LeadID string     `json:"lead_id"`
	Was    plan.Light `json:"was"`
	Is     plan.Light `json:"is"`
}

// Change is what has changed in a plan since the end of a day.
type Change struct {
	Since  calendar.Day `json:"since"`
	Before Tally        `json:"before"`
	Now    Tally        `json:"now"`
	Lines  []Changed    `json:"lines"`  // the gravest now first, in the order of the document
	Ranks  []RankMoved  `json:"ranks"`  // in the order of Counts.ByUnit
	Talks  []TalkRow    `json:"talks"`  // talks and circulars that were proposed or opened since
	Called int          `json:"called"` // how many of Talks are talks; the rest are circulars
	Head   int64        `json:"-"`      // sequence number of the ledger's last event when the plan was compared
}

// RankMoved is a unit's rank then and now; 0: it had, or has, none.
type RankMoved struct {
	UnitID string `json:"unit_id"`
	Was    int    `json:"was"`
	Is     int    `json:"is"`
}

// Snapshot is a plan on a day: its counts, and the light of each line.
type Snapshot struct {
	AsOf   calendar.Day
	Counts Counts
	Lights map[string]plan.Light // of the lines that Counts tallies, by Row.Key
	Talks  []TalkRow
	// Names gives the lines with these Row.Keys, with their titles and units and without
	// lights, in the order of the document.
	Names func(keys []string) ([]Changed, error)
}

// SnapshotOf is the snapshot of a plan from its table.
func SnapshotOf(t Table) Snapshot {
	s := Snapshot{AsOf: t.AsOf, Counts: t.Counts, Lights: map[string]plan.Light{}, Talks: t.Talks}
	for _, r := range t.Tasks {
		if chased(r) {
			s.Lights[r.Key] = r.Light
		}
	}
	s.Names = func(keys []string) (all []Changed, err error) {
		wanted := map[string]bool{}
		for _, k := range keys {
			wanted[k] = true
		}
		for _, r := range t.Tasks {
			if wanted[r.Key] {
				all = append(all, Changed{Key: r.Key, Task: r.ID, Title: r.Title, Lead: r.Lead, LeadID: r.LeadID})
			}
		}
		return all, nil
	}
	return s
}

// StoodAt is the snapshot of a plan, without Names, from its tasks and talks: what was said about
// them, and what would be, is not needed.
func StoodAt(l ledger.Launched, tasks []ledger.Task, talks []ledger.Talk, today calendar.Day, cal *calendar.Calendar) Snapshot {
	b := newBinder(l, today, cal)
	t := Table{AsOf: today, Tasks: b.rows(tasks, nil, talks), Talks: b.talkRows(tasks, talks)}
	t.Counts = Count(t.Tasks, l.RankFloor)
	s := SnapshotOf(t)
	s.Names = nil // it would keep the table in memory
	return s
}

// ChangeOf compares two snapshots of one plan, then of an earlier day than now. The error
// is that of now.Names.
func ChangeOf(then, now Snapshot) (Change, error) {
	c := Change{Since: then.AsOf, Before: then.Counts.Tally, Now: now.Counts.Tally, Lines: []Changed{}, Ranks: []RankMoved{}, Talks: []TalkRow{}}
	var keys []string
	for key, light := range now.Lights {
		if then.Lights[key] != light {
			keys = append(keys, key)
		}
	}
	for key := range then.Lights {
		if _, still := now.Lights[key]; !still {
			keys = append(keys, key)
		}
	}
	if len(keys) > 0 {
		lines, err := now.Names(keys)
		if err != nil {
			return c, err
		}
		for _, l := range lines {
			l.Was, l.Is = then.Lights[l.Key], now.Lights[l.Key]
			c.Lines = append(c.Lines, l)
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
	before := map[string]act.TalkState{}
	for _, k := range then.Talks {
		before[k.Key] = k.State
	}
	for _, k := range now.Talks {
		old, known := before[k.Key]
		if k.State == act.TalkPending || k.State == act.TalkJoined || known && old != act.TalkPending {
			continue
		}
		c.Talks = append(c.Talks, k)
		if k.What != plan.ProposeCircular {
			c.Called++
		}
	}
	return c, nil
}
