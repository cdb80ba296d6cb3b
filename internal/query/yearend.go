package query

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/ledger"
	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

// YearEnd is the report of a plan's year.
type YearEnd struct{ report.YearEnd }

// Write writes the report as an Excel workbook in the language of in.
func (y YearEnd) Write(to io.Writer, in *words.Words) error {
	return report.WriteYearEnd(to, y.YearEnd, in)
}

// YearEnd is the report of a plan's year, for those who may see all of the plan: ErrNotWhole.
// For a big plan it may be somewhat old, as its Chain says. See remembered and ErrWorking.
func (r *Reader) YearEnd(ctx context.Context, v Viewer, planID string) (y YearEnd, err error) {
	in, err := r.as(v)
	if err != nil {
		return y, err
	}
	f, err := in.framedWhole(ctx, planID)
	if err != nil {
		return y, err
	}
	if y, err = remembered(ctx, r, "year's end "+planID, f.today, func(ctx context.Context) (YearEnd, error) { return r.yearEnd(ctx, Operator(), planID) }); err != nil {
		return y, err
	}
	wrote, err := r.store.YearReport(ctx, planID) // what somebody has just written is read at once
	if err != nil {
		return y, err
	}
	y.Wrote, y.To = wrote.Reporting, []report.YearTo{}
	for _, to := range f.Plan.Report {
		one := report.YearTo{Addressee: to, Sent: wrote.SentTo(to.Name)}
		if one.Sent == nil {
			one.DaysLeft = to.By.Sub(f.today)
		}
		y.To = append(y.To, one)
	}
	return y, nil
}

// yearEnd works the report out, without what the office wrote and to whom it went.
func (r *Reader) yearEnd(ctx context.Context, v Viewer, planID string) (y YearEnd, err error) {
	seq, hash, err := r.store.Head(ctx)
	if err != nil {
		return y, err
	}
	in, err := r.as(v)
	if err != nil {
		return y, err
	}
	book, err := in.bookOf(ctx, planID, false)
	if err != nil {
		return y, err
	}
	l, err := in.whole(ctx, planID)
	if err != nil {
		return y, err
	}
	y.YearEnd = report.YearEnd{Plan: book.Plan, Year: l.Plan.Year, AsOf: book.AsOf, Chain: report.HeadOf(ledger.Proof{Seq: seq, Hash: hash}),
		Counts: book.Counts.Tally, Floor: book.Counts.RankFloor, Units: book.Counts.ByUnit, People: l.Plan.Directory}
	y.Clauses, y.Projects, y.Opened = report.Clauses(book, &l.Plan)
	if err := r.yearWater(ctx, v, &y, planID); err != nil {
		return y, err
	}
	switch a, err := r.Assess(ctx, v, planID, assessment.Period(fmt.Sprintf("%04d", l.Plan.Year))); {
	case err == nil:
		y.Scores = &report.YearScores{Sheet: a.Sheet, Status: a.Status, Example: a.Example}
	case !errors.Is(err, ErrNoRules):
		return y, err
	}
	y.Proof, err = r.proofs(ctx, planID, book.Tasks)
	return y, err
}

// yearWater reads what the sections reached in the plan's year, by the months with data, and
// what the tables of compensation in force came to.
func (r *Reader) yearWater(ctx context.Context, v Viewer, y *YearEnd, planID string) error {
	known, err := r.WaterMonth(ctx, v, planID, water.Month{})
	if errors.Is(err, ErrNoSections) {
		return nil
	}
	if err != nil {
		return err
	}
	months := slices.DeleteFunc(slices.Clone(known.Months), func(m water.Month) bool { return m.Year != y.Year }) // the last first
	y.Water = &report.YearWater{Rows: []report.YearSection{}}
	if len(months) == 0 {
		return nil
	}
	measured, missed := map[string]int{}, map[string]int{}
	for i, m := range months {
		of, err := r.WaterMonth(ctx, v, planID, m)
		if err != nil {
			return err
		}
		for _, row := range of.Rows {
			if row.Month.Class != water.NoClass {
				measured[row.Section.ID]++
			}
			if row.Month.Outcome == water.Missed {
				missed[row.Section.ID]++
			}
			if i == 0 {
				y.Water.Rows = append(y.Water.Rows, report.YearSection{Row: row})
			}
		}
		if i == 0 {
			y.Water.Month, y.Water.Sum = m, of.Year
		}
	}
	for i := range y.Water.Rows {
		one := &y.Water.Rows[i]
		one.Measured, one.Missed = measured[one.Section.ID], missed[one.Section.ID]
	}
	for i := range known.Tables {
		c, err := r.Compensation(ctx, v, planID, months[0], i)
		if err != nil {
			return err
		}
		if !c.Trial {
			y.Money = append(y.Money, report.YearMoney{Table: c.Table, Month: c.Month, Settled: c.Settled, Balances: c.Balances})
		}
	}
	return nil
}

// proofs are the evidence that acts on a plan have brought, in the order of the chain.
func (r *Reader) proofs(ctx context.Context, planID string, rows []report.Row) ([]report.YearProof, error) {
	var kinds []string
	for _, row := range act.All {
		if kind := ledger.ActKind(row.Kind); (row.Takes(act.FieldFile) || row.Takes(act.FieldURL)) && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	events, err := r.store.Events(ctx, ledger.EventFilter{Plan: planID, Kinds: kinds})
	if err != nil {
		return nil, err
	}
	of := map[string]report.Row{}
	for _, row := range rows {
		of[row.Key] = row
	}
	all := []report.YearProof{}
	for _, e := range events {
		var d struct {
			Act act.Act `json:"act"`
		}
		if json.Unmarshal(e.Data, &d) != nil {
			continue // the event is not of an act
		}
		row := of[e.Task]
		for _, evidence := range d.Act.Evidence {
			all = append(all, report.YearProof{Seq: e.Seq, On: d.Act.On, By: d.Act.By.Name, Act: d.Act.Kind, Task: row.ID, Key: e.Task, Title: row.Title, Evidence: evidence})
		}
	}
	return all, nil
}
