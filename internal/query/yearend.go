package query

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/complaint"
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
		Counts: book.Counts.Tally, Floor: book.Counts.RankFloor, Units: book.Counts.ByUnit, Tables: len(l.Plan.Compensation), People: l.Plan.Directory}
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
	if err := r.yearComplaints(ctx, v, &y, planID); err != nil {
		return y, err
	}
	if err := r.yearIncidents(ctx, v, &y, planID); err != nil {
		return y, err
	}
	y.Proof, err = r.proofs(ctx, planID, book.Tasks)
	return y, err
}

// yearComplaints reads how the complaints of the plan's year were handled, in numbers.
func (r *Reader) yearComplaints(ctx context.Context, v Viewer, y *YearEnd, planID string) error {
	all, err := r.Complaints(ctx, v, planID)
	if errors.Is(err, ErrNoComplaints) || err == nil && all.Rules.Example && len(all.Lines) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	c := &report.YearComplaints{Measures: []complaint.Measure{}}
	for _, l := range all.Lines {
		if l.Complaint.On.Year != y.Year {
			continue
		}
		c.Taken++
		switch l.State {
		case act.ComplaintNew:
			c.Waiting++
		case act.ComplaintJoined:
			c.Joined++
		}
	}
	for _, m := range all.Measures {
		if strings.HasPrefix(m.Month, fmt.Sprintf("%04d-", y.Year)) {
			c.Measures = append(c.Measures, m)
		}
	}
	c.Sums = append([]complaint.Measure{}, complaint.Sum(c.Measures)...)
	y.Complaints = c
	return nil
}

// yearIncidents reads the incidents found in the plan's year, each as its own page has it.
func (r *Reader) yearIncidents(ctx context.Context, v Viewer, y *YearEnd, planID string) error {
	all, err := r.Incidents(ctx, v, planID)
	if errors.Is(err, ErrNoIncidents) || err == nil && all.Example && len(all.Rows) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	y.Incidents = &report.YearIncidents{Rows: []report.YearIncident{}, Zone: all.Zone}
	for _, row := range slices.Backward(all.Rows) { // the last one is first there
		if row.State == act.Withdrawn || row.Found.In(all.Zone).Year() != y.Year {
			continue
		}
		i, err := r.Incident(ctx, v, planID, row.ID)
		if err != nil {
			return err
		}
		y.Incidents.Rows = append(y.Incidents.Rows, incidentOfYear(i))
	}
	return nil
}

func incidentOfYear(i Incident) report.YearIncident {
	section, _ := i.Record.Sections.Section(i.Record.Section)
	one := report.YearIncident{ID: i.Record.ID, Title: i.Record.Title, State: i.Record.State, Section: i.Section, Body: section.Body, Item: i.Record.Item, Found: i.Record.Found,
		Orders: []report.YearOrder{}, Effects: append([]act.WaterEffect{}, i.Effects...), Looked: len(i.Looks), Causes: []string{}}
	for _, o := range i.Orders {
		order := report.YearOrder{Order: o.Order, Supply: o.Note.Said.Supply, Unit: o.Note.Lead, Ended: o.Supply.Ended, Volume: o.Volume}
		if len(o.Supply.Flows) > 0 {
			order.Begun = o.Supply.Flows[0].At
		}
		for _, l := range o.Limits {
			order.Late = order.Late || l.Late > 0
		}
		one.Orders = append(one.Orders, order)
	}
	if over := i.Record.Over; over != nil {
		one.Ended, one.Finding = over.At, over.Words
	}
	for _, l := range i.Looks {
		if l.Cause {
			one.Causes = append(one.Causes, l.Name)
		}
	}
	return one
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
