package query

import (
	"context"
	"slices"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
)

// DutyFilter chooses duties; empty fields choose all.
type DutyFilter struct {
	Plan        string
	Skip, Limit int // 0: all
}

// DutyLine is one duty and its occurrences.
type DutyLine struct {
	Plan     string           `json:"plan"`
	ID       string           `json:"id"`
	Title    string           `json:"title"`
	Lead     string           `json:"lead"` // unit name
	LeadID   string           `json:"lead_id"`
	Phase    act.State        `json:"phase"` // open, suspended, closed (ended)
	Recurs   *plan.Recurrence `json:"recurrence"`
	Opened   int              `json:"opened"`   // occurrences that were opened so far
	Open     int              `json:"open"`     // occurrences that are open
	Overdue  int              `json:"overdue"`  // occurrences that are overdue: see act.Measure
	Upcoming *report.Upcoming `json:"upcoming"` // the next one to be opened; null without one
}

// DutyPage is a part of the list of duties.
type DutyPage = Page[DutyLine]

// Duties are the duties that the viewer may see, of every plan that concerns the viewer or
// of the one in f, in the order of the document.
func (r *Reader) Duties(ctx context.Context, v Viewer, f DutyFilter) (page DutyPage, err error) {
	in, err := r.as(v)
	if err != nil {
		return page, err
	}
	chosen := TaskFilter{Plan: f.Plan, Kinds: []string{string(plan.Duty)}, Skip: f.Skip, Limit: f.Limit}
	sources, only, err := in.taskSources(ctx, chosen)
	if err != nil {
		return page, err
	}
	lines, total, err := tasksOf(ctx, sources, chosen)
	if err != nil {
		return page, err
	}
	page = DutyPage{Lines: make([]DutyLine, len(lines)), Total: total, For: only}
	for _, s := range sources {
		duties, err := s.duties(ctx, lines)
		if err != nil {
			return page, err
		}
		for i, l := range lines {
			if l.Plan != s.plan.Plan.ID {
				continue
			}
			d := duties[l.ID]
			page.Lines[i] = DutyLine{Plan: l.Plan, ID: l.ID, Title: l.Title, Lead: l.Lead, LeadID: l.LeadID, Phase: l.Phase,
				Recurs: d.Recurrence, Opened: d.Opened, Open: d.Open, Overdue: d.Overdue, Upcoming: d.Upcoming}
		}
	}
	return page, nil
}

// duties are the plan's duties among some lines, by ID.
func (s *taskSource) duties(ctx context.Context, lines []TaskLine) (map[string]report.Duty, error) {
	var ids []string
	for _, l := range lines {
		if l.Plan == s.plan.Plan.ID {
			ids = append(ids, l.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	tasks, err := s.store.Tasks(ctx, ledger.TaskFilter{Plan: s.plan.Plan.ID, IDs: ids})
	if err != nil {
		return nil, err
	}
	occurrences, err := s.store.Occurrences(ctx, s.plan.Plan.ID, ids)
	if err != nil {
		return nil, err
	}
	all := map[string]report.Duty{}
	for _, d := range report.Duties(s.plan.Launched, tasks, occurrences, s.plan.today, s.plan.cal) {
		all[d.ID] = d
	}
	return all, nil
}
