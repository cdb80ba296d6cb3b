package query

import (
	"context"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
)

// AssessmentDue is what waits for a viewer about an assessment whose preliminary sheet is out.
type AssessmentDue struct {
	Plan   string            `json:"plan"`
	Title  string            `json:"title"` // of the plan
	Period assessment.Period `json:"period"`
	// For is object (a unit may object up to and with Until), settle (N objections wait for a
	// decision) or issue (nobody may object any more, and no objection waits).
	For   string       `json:"for"`
	Until calendar.Day `json:"until"`
	N     int          `json:"n,omitempty"`
}

// AssessmentsDue is what waits about assessments, by plan and period: for a unit that a sheet
// names, that it may still object; for the office and the leadership, objections to decide;
// for the office, a result to issue.
func (r *Reader) AssessmentsDue(ctx context.Context, v Viewer) (due []AssessmentDue, err error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	sent, err := r.store.SentAssessments(ctx) // mostly none, and then nothing else is read
	if err != nil {
		return nil, err
	}
	for _, a := range sent {
		l, _, err := in.frame(ctx, a.Plan)
		if err != nil {
			return nil, err
		}
		if l.Plan.Assessment == nil || !v.knows(l.Plan.Directory) {
			continue
		}
		today, err := in.today(ctx, l)
		if err != nil {
			return nil, err
		}
		a.Office, a.Leadership = l.Plan.Directory.Office, l.Plan.Directory.Leadership
		if what, n := waitsFor(a.Assessing, v.by, today); what != "" {
			due = append(due, AssessmentDue{a.Plan, l.Plan.Title, a.Period, what, a.Until, n})
		}
	}
	return due, nil
}

// waitsFor is what of an assessment waits for somebody on a day; "" when nothing does.
func waitsFor(a act.Assessing, by act.Actor, today calendar.Day) (what string, n int) {
	if a.State != act.SheetSent {
		return "", 0
	}
	open, own := 0, false
	for _, o := range a.Objections {
		if o.Decided == nil {
			open, own = open+1, own || o.Unit == by.Unit
		}
	}
	switch {
	case open > 0 && a.MayDo(by, act.Settle):
		return "settle", open
	case open == 0 && today.After(a.Until) && a.MayDo(by, act.IssueSheet):
		return "issue", 0
	case !today.After(a.Until) && !own && a.MayDo(by, act.Object):
		return "object", 0
	}
	return "", 0
}
