package query

import (
	"context"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
)

// DutyLine is one duty and how its occurrences stand. Case is its case file, by which
// its rule is worded.
type DutyLine struct {
	Plan     string           `json:"plan"`
	ID       string           `json:"id"`
	Title    string           `json:"title"`
	Lead     string           `json:"lead"` // unit name
	LeadID   string           `json:"lead_id"`
	Phase    act.State        `json:"phase"` // open, suspended, closed (ended)
	Recurs   *plan.Recurrence `json:"recurrence"`
	Opened   int              `json:"opened"`   // occurrences so far
	Open     int              `json:"open"`     // of them not closed yet
	Overdue  int              `json:"overdue"`  // of those, past their due dates
	Upcoming *report.Upcoming `json:"upcoming"` // the next one to be opened; null without one

	Case report.Case `json:"-"`
}

// DutyPage is the list of duties.
type DutyPage struct {
	Lines []DutyLine
	For   string // name of the unit to whose duties the list is narrowed; "" when it is not
}

// Duties are those of every plan that the viewer knows, or of one, as far as the
// viewer may see them, in the order of the document.
func (r *Reader) Duties(ctx context.Context, v Viewer, planID string) (page DutyPage, err error) {
	in, err := r.as(v)
	if err != nil {
		return page, err
	}
	plans, err := r.planIDs(ctx, planID)
	if err != nil {
		return page, err
	}
	page.Lines = []DutyLine{}
	for _, id := range plans {
		l, _, err := r.frame(ctx, id)
		if err != nil {
			return page, err
		}
		if !v.knows(l.Plan.Directory) {
			continue
		}
		if v.named() {
			page.For = l.Plan.Directory.Name(v.by.Unit)
		}
		duties, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: id, Kind: plan.Duty})
		if err != nil {
			return page, err
		}
		for _, t := range duties {
			if !v.sees(t) {
				continue
			}
			c, err := in.caseOf(ctx, t)
			if err != nil {
				return page, err
			}
			page.Lines = append(page.Lines, dutyLineOf(c))
		}
	}
	return page, nil
}

func dutyLineOf(c report.Case) DutyLine {
	l := DutyLine{Plan: c.Plan.ID, ID: c.Task.ID, Title: c.Task.Title, Lead: c.Task.Lead, LeadID: c.Task.LeadID, Phase: c.Task.Phase,
		Recurs: c.Facts.Recurrence, Opened: len(c.Occurrences), Upcoming: c.Upcoming, Case: c}
	for _, o := range c.Occurrences {
		if o.State == ledger.TaskOpen {
			l.Open++
		}
		if o.Overdue {
			l.Overdue++
		}
	}
	return l
}
