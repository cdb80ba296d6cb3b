package report

import (
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/compensation"
	"duban/internal/complaint"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/water"
)

// YearEnd is the report of a plan's year 年终报告 to the government and upward, as of a day.
// Every figure is read where the page that it is of reads it.
type YearEnd struct {
	Plan  Head         `json:"plan"`
	Year  int          `json:"year"`
	AsOf  calendar.Day `json:"as_of"`
	Chain string       `json:"chain"` // the ledger's head when it was read: NUMBER:HASH
	// To are those to whom the plan says that the report goes, the earliest date first.
	To       []YearTo     `json:"to"`
	Counts   Tally        `json:"counts"`          // of the whole plan, as in its book
	Water    *YearWater   `json:"water,omitempty"` // nil: the plan has no sections
	Clauses  []YearClause `json:"clauses"`
	Projects YearClause   `json:"projects"`
	Opened   YearClause   `json:"opened"`     // tasks that are in no clause: opened in the course of the year
	Floor    int          `json:"rank_floor"` // units with fewer lines than so many have no rank
	Units    []UnitTally  `json:"units"`
	Money    []YearMoney  `json:"money"`            // by table in force
	Tables   int          `json:"-"`                // number of the plan's tables of compensation, examples too
	Scores   *YearScores  `json:"scores,omitempty"` // nil: the plan has no rules of assessment
	// Complaints and Incidents are nil where the plan has no rules of complaints, or no registry
	// for incidents, or one that is an example and by which nothing has happened.
	Complaints *YearComplaints  `json:"complaints,omitempty"`
	Incidents  *YearIncidents   `json:"incidents,omitempty"`
	Wrote      act.Reporting    `json:"wrote"` // what the office wrote, and to whom it has handed the report in
	Proof      []YearProof      `json:"proof"` // index of evidence, in the order of the chain
	People     people.Directory `json:"-"`
}

// YearTo is one to whom the report goes, and what is known of its going there.
type YearTo struct {
	plan.Addressee
	Sent *act.SentReport `json:"sent,omitempty"` // the last time; nil: it is not handed in yet
	// DaysLeft are calendar days to the date, negative after it; 0 once it is handed in.
	DaysLeft int `json:"days_left"`
}

// YearWater is what the sections reached in the year.
type YearWater struct {
	Month water.Month   `json:"month"` // the last one of the year with data: its year so far is the year's result
	Rows  []YearSection `json:"rows"`
	Sum   water.Sum     `json:"sum"` // of the year so far
}

// YearSection is a section's year.
type YearSection struct {
	water.Row
	Measured int `json:"measured"` // months with a class
	Missed   int `json:"missed"`   // months in which the target was missed
}

// YearClause is a clause of the document, or another group of tasks, with what became of them.
type YearClause struct {
	Place string     `json:"place"` // 三（二）4
	Title string     `json:"title"`
	Tally Tally      `json:"tally"` // of its lines, without those that are counted elsewhere
	Lines []YearLine `json:"lines"`
}

// YearLine is a task, or a duty with its occurrences.
type YearLine struct {
	Row
	Occurs Tally  `json:"occurs,omitzero"` // of a duty
	Late   int    `json:"late"`            // working days, of the unit that leads it now; of a duty the most of any occurrence
	Talked int    `json:"talked"`          // warning talks about it: see Called.Counts
	Told   int    `json:"told"`            // circulars about it
	See    string `json:"see,omitempty"`   // where the line is counted, when not here: 附件2第14行
}

// YearMoney is what a table of compensation in force came to.
type YearMoney struct {
	Table    compensation.Table     `json:"table"`
	Month    water.Month            `json:"month"` // up to which
	Settled  bool                   `json:"settled"`
	Balances []compensation.Balance `json:"balances"`
}

// YearScores are the units' scores of the year: issued, sent, or tried.
type YearScores struct {
	Sheet   assessment.Sheet `json:"sheet"`
	Status  act.Assessing    `json:"status"`
	Example bool             `json:"example,omitempty"`
}

// YearComplaints are the complaints 12345 诉求 of the year, in numbers alone: nothing here tells
// who complained, of what, or in which words.
type YearComplaints struct {
	Taken    int                 `json:"taken"`    // taken in during the year
	Waiting  int                 `json:"waiting"`  // of these, not sorted to a unit yet
	Joined   int                 `json:"joined"`   // of these, joined to another one about the same
	Measures []complaint.Measure `json:"measures"` // by month of the dispatch and unit, of the months of the year
	Sums     []complaint.Measure `json:"sums"`     // by unit
}

// YearIncidents are the incidents 应急事件 found in the year, the first one first. One that was
// withdrawn was none, and is left out.
type YearIncidents struct {
	Rows []YearIncident `json:"rows"`
	Zone *time.Location `json:"-"` // of the plan
}

// YearIncident is an incident, what was ordered, and what came of it.
type YearIncident struct {
	ID      string            `json:"id"`
	Title   string            `json:"title"`
	State   act.State         `json:"state"`
	Section string            `json:"section"` // name
	Body    water.Body        `json:"-"`
	Item    water.Item        `json:"item,omitempty"`
	Found   time.Time         `json:"found"`
	Orders  []YearOrder       `json:"orders"`
	Effects []act.WaterEffect `json:"effects"` // values before water flowed and after it had ended
	Looked  int               `json:"looked"`  // outlets that were to be looked at
	Causes  []string          `json:"causes"`  // names of the outlets that were the cause
	Ended   time.Time         `json:"ended,omitzero"`
	Finding string            `json:"finding,omitempty"` // what the office found at the end
}

// YearOrder is an order to replenish, and what of it was carried out.
type YearOrder struct {
	Order  string    `json:"order"`
	Supply string    `json:"supply"`
	Unit   string    `json:"unit"`           // ID of who carries it out
	Begun  time.Time `json:"begun,omitzero"` // zero: no water has flowed
	Ended  time.Time `json:"ended,omitzero"` // zero: it still flows, or has not begun
	Volume string    `json:"volume"`         // m³ until now
	Late   bool      `json:"late,omitempty"` // a limit by the hour was, or is, not kept
}

// YearProof is one piece of evidence: a file by its hash, or an address.
type YearProof struct {
	Seq   int64        `json:"seq"` // number of the event that brought it
	On    calendar.Day `json:"on"`
	By    string       `json:"by"`
	Act   act.Kind     `json:"act"`
	Task  string       `json:"task"` // as the plan calls it; "" when it is about the whole plan
	Key   string       `json:"-"`    // the task's ID in the ledger
	Title string       `json:"title"`
	act.Evidence
}

// Clauses groups a plan's book for its report: by clause, the key projects of the annex, and
// what was opened in the course of the year. Standing lines of sections are in no group. Each
// chased line is counted in exactly one group, so that the groups' tallies add up to the
// book's but for Talks, of which one may be about tasks of several.
func Clauses(t Table, p *plan.Plan) (clauses []YearClause, projects, opened YearClause) {
	g := yearGroups{plan: p, planned: map[string]plan.Task{}, duties: map[string]plan.Task{}, lines: map[string]int{}, rows: map[string][]Row{}, at: map[string]int{}}
	for _, k := range p.Tasks {
		g.planned[k.ID] = k
		if k.Kind == plan.Duty {
			g.duties[k.Shown()] = k
		}
	}
	for _, c := range p.Clauses {
		g.clauses = append(g.clauses, YearClause{Title: c.Title})
	}
	for _, r := range t.Tasks {
		g.add(r)
	}
	g.mentions(t.Tasks)
	for i, c := range g.clauses {
		if len(c.Lines) > 0 {
			c.Tally = Count(g.rows[clauseKey(i)], 0).Tally
			clauses = append(clauses, c)
		}
	}
	g.projects.Tally, g.opened.Tally = Count(g.rows["projects"], 0).Tally, Count(g.rows["opened"], 0).Tally
	return clauses, g.projects, g.opened
}

type yearGroups struct {
	plan             *plan.Plan
	planned          map[string]plan.Task // by the ledger's ID
	clauses          []YearClause
	projects, opened YearClause
	duties           map[string]plan.Task // of the plan, by the shown ID
	lines            map[string]int       // index of a duty's line in its group, by the shown ID
	rows             map[string][]Row     // by group
	at               map[string]int       // index of a clause by its place
}

func clauseKey(i int) string { return "clause " + itoa(i) }

// group finds the group of a row: its key and where its lines are.
func (g *yearGroups) group(r Row) (key string, of *YearClause) {
	k, ok := g.planned[r.Key]
	if r.Duty != "" {
		k, ok = g.duties[r.Duty]
	}
	if ok && k.Project > 0 {
		return "projects", &g.projects
	}
	if i := g.clause(k.Clause, k.Source); ok && i >= 0 {
		return clauseKey(i), &g.clauses[i]
	}
	return "opened", &g.opened
}

// clause is the index of the clause at a place of the document, -1 without one. The plan's
// clauses have no places of their own: a clause is known by the sentence of a task in it.
func (g *yearGroups) clause(place, sentence string) int {
	if i, known := g.at[place]; known {
		return i
	}
	i := -1
	if sentence != "" {
		i = slices.IndexFunc(g.plan.Clauses, func(c plan.Clause) bool { return strings.Contains(c.Text, sentence) })
	}
	if i < 0 {
		return i
	}
	g.at[place] = i
	if g.clauses[i].Place == "" {
		g.clauses[i].Place = place
	}
	return i
}

func (g *yearGroups) add(r Row) {
	if r.Kind == plan.Standing && slices.ContainsFunc(g.plan.Sections, func(s plan.Section) bool { return s.ID == r.Key }) {
		return
	}
	key, of := g.group(r)
	g.rows[key] = append(g.rows[key], r)
	line := YearLine{Row: r, Late: lateOf(r)}
	line.talks(r)
	if r.Kind == plan.Duty {
		g.lines[r.ID] = len(of.Lines)
	}
	if r.Duty == "" {
		of.Lines = append(of.Lines, line)
		return
	}
	at, known := g.lines[r.Duty]
	if !known {
		of.Lines = append(of.Lines, line) // an occurrence whose duty is not in the book
		return
	}
	d := &of.Lines[at]
	d.Occurs.add(r)
	d.Occurs.sum(0)
	d.Late = max(d.Late, line.Late)
	d.talks(r)
}

// mentions adds, to clauses that name work which is counted elsewhere, a line that says where.
func (g *yearGroups) mentions(rows []Row) {
	for _, r := range rows {
		for _, m := range g.planned[r.Key].Also {
			i := g.clause(m.Clause, m.Source)
			if i < 0 {
				continue
			}
			line := YearLine{Row: r, Late: lateOf(r), See: r.Clause}
			line.talks(r)
			g.clauses[i].Lines = append(g.clauses[i].Lines, line)
		}
	}
}

func (l *YearLine) talks(r Row) {
	for _, k := range r.Talks {
		switch {
		case k.Counts():
			l.Talked++
		case k.What == plan.ProposeCircular && k.Number > 0:
			l.Told++
		}
	}
}

// lateOf is how many working days late a line was done, or is by now.
func lateOf(r Row) int {
	switch {
	case r.Light == plan.DoneLate:
		return r.WorkdaysLate
	case r.Light == plan.Red && r.WorkdaysLeft != nil:
		return max(0, -*r.WorkdaysLeft)
	}
	return 0
}
