package query

import (
	"context"
	"fmt"
	"io"
	"slices"

	"duban/internal/compensation"
	"duban/internal/people"
	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

// Compensation is what counties are charged and earn for a month's water quality by one of a
// plan's tables of compensation, and the balance of the year so far.
type Compensation struct {
	Plan       string                   `json:"plan"`
	Title      string                   `json:"title"`
	Tables     []string                 `json:"tables"`  // titles of all tables
	Chosen     int                      `json:"chosen"`  // index of Table among them
	Table      compensation.Table       `json:"table"`   // one that is an example is applied from January of the plan's year
	Trial      bool                     `json:"trial"`   // the table is an example: nobody is charged
	Month      water.Month              `json:"month"`   // the zero month: there are no readings yet
	Settled    bool                     `json:"settled"` // readings that come later do not change the month any more
	Months     []water.Month            `json:"months"`
	Statements []compensation.Statement `json:"statements"`
	Balances   []compensation.Balance   `json:"balances"` // of the year up to the month
	People     people.Directory         `json:"-"`
	Register   *water.Register          `json:"-"`
}

// Write writes the statements and the year's balance as an Excel workbook in the language of
// in.
func (c Compensation) Write(to io.Writer, in *words.Words) error {
	return report.Speak(in).WriteCompensation(to, c.People, report.CompensationSheet{Register: c.Register, Table: c.Table, Trial: c.Trial, Month: c.Month, Statements: c.Statements, Balances: c.Balances})
}

// Compensation is a month's compensation; the zero month means the last one with readings.
// chosen is the index of the table; below zero it is the table in force in the month, or
// else the first. Whoever oversees the plan sees all counties, a unit only itself.
// ErrNoSections: no plan has such a table; *WhichPlanError.
func (r *Reader) Compensation(ctx context.Context, v Viewer, planID string, month water.Month, chosen int) (c Compensation, err error) {
	in, err := r.as(v)
	if err != nil {
		return c, err
	}
	l, err := in.waterPlan(ctx, planID)
	if err != nil {
		return c, err
	}
	tables := l.Plan.Compensation
	if len(tables) == 0 || chosen >= len(tables) {
		return c, ErrNoSections
	}
	versions, err := r.store.ReadingsCame(ctx, l.Plan.Directory.Office)
	if err != nil {
		return c, err
	}
	var known []water.Reading
	for _, one := range versions {
		known = append(known, one.Reading)
	}
	c = Compensation{Plan: l.Plan.ID, Title: l.Plan.Title, Months: monthsOf(l.Plan.Water, known), Month: month, People: l.Plan.Directory, Register: l.Plan.Water}
	if c.Month == (water.Month{}) && len(c.Months) > 0 {
		c.Month = c.Months[0]
	}
	for _, t := range tables {
		c.Tables = append(c.Tables, t.Title)
	}
	if c.Chosen = chosen; chosen < 0 {
		c.Chosen = max(0, slices.IndexFunc(tables, func(t compensation.Table) bool { return t.In(c.Month) }))
	}
	c.Table = tables[c.Chosen]
	if c.Trial = !c.Table.InForce(); c.Trial {
		c.Table.From = water.Month{Year: l.Plan.Year, Month: 1}
	}
	if c.Month == (water.Month{}) {
		return c, nil
	}
	now, zone := l.Clock.Plan(r.Now()), l.Plan.Location()
	c.Settled = !now.Before(c.Table.SettledAt(c.Month, zone))
	today, err := r.today(ctx, l)
	if err != nil {
		return c, err
	}
	// A month is settled at the beginning of a day, and what comes in is an event: on one day the
	// same ledger has the same statements.
	year, err := remembered(ctx, r, fmt.Sprintf("compensation of %s %d %s", l.Plan.ID, c.Chosen, c.Month), today, func(context.Context) ([][]compensation.Statement, error) {
		var came []compensation.Came
		for _, one := range versions {
			came = append(came, compensation.Came{At: one.At, Reading: one.Reading})
		}
		var months [][]compensation.Statement
		for m := (water.Month{Year: c.Month.Year, Month: 1}); !c.Month.Before(m); m = m.Add(1) {
			months = append(months, c.Table.Statements(l.Plan.Water, came, m, now, zone))
		}
		return months, nil
	})
	if err != nil {
		return c, err
	}
	var all []compensation.Statement
	for _, month := range year {
		c.Statements = []compensation.Statement{}
		for _, s := range month {
			if v.oversees(l.Plan.Directory) || s.County == v.by.Unit {
				c.Statements = append(c.Statements, s)
			}
		}
		all = append(all, c.Statements...)
	}
	c.Balances = compensation.Balances(c.Month.Year, all)
	return c, nil
}
