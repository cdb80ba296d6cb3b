package query

import (
	"context"
	"errors"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/complaint"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// ErrNoComplaints: no plan that the viewer knows handles complaints.
var ErrNoComplaints = errors.New("query: no plan has rules of complaints")

// Complaints are the complaints of a plan that the viewer may see, the last first. Nothing here
// tells who complained.
type Complaints struct {
	Plan     string              `json:"plan"`
	Title    string              `json:"title"` // of the plan
	Rules    complaint.Rules     `json:"rules"`
	Lines    []ComplaintLine     `json:"complaints"`
	Measures []complaint.Measure `json:"measures"`      // by month and unit: all, or the viewer's own
	Sums     []complaint.Measure `json:"sums"`          // over all months
	Own      bool                `json:"own,omitempty"` // the viewer is a unit, which sees only its own
	People   people.Directory    `json:"-"`
	Zone     *time.Location      `json:"-"`
}

// ComplaintLine is a complaint with how far it has come.
type ComplaintLine struct {
	act.Complaint
	Unit     string    `json:"unit,omitempty"`   // ID of the unit that handles it
	TaskID   string    `json:"task,omitempty"`   // that its dispatch opened, or that of what it joined
	Until    time.Time `json:"until,omitzero"`   // when it is to be answered
	Answer   string    `json:"answer,omitempty"` // of the unit, the last
	Answered time.Time `json:"answered,omitzero"`
	Returned bool      `json:"returned,omitempty"` // its unit has returned it, and nobody has decided
	Late     bool      `json:"late,omitempty"`
}

// OneComplaint is a complaint with those that may be about the same, and with who complained
// where the viewer may know it: the office, and the unit that handles it where the rules say so.
type OneComplaint struct {
	ComplaintLine
	Plan   string           `json:"plan"`
	Like   []ComplaintLine  `json:"-"`
	Joins  []ComplaintLine  `json:"-"` // that have joined it
	Knows  bool             `json:"-"` // the viewer may know who complained
	Caller complaint.Caller `json:"-"`
	All    Complaints       `json:"-"`
	In     ledger.Launched  `json:"-"`
}

// ComplaintsPlan is the plan that was named, or the only one with rules of complaints that
// concerns the viewer, without its tasks. ErrNoComplaints, *WhichPlanError.
func (r *Reader) ComplaintsPlan(ctx context.Context, v Viewer, planID string) (ledger.Launched, error) {
	in, err := r.as(v)
	if err != nil {
		return ledger.Launched{}, err
	}
	return in.planWith(ctx, planID, func(p *plan.Plan) bool { return p.Complaints != nil }, ErrNoComplaints)
}

// Complaints are the complaints of a plan: all for the office and the leadership, for a unit those
// that are or were sorted to it. ErrNoComplaints, *WhichPlanError.
func (r *Reader) Complaints(ctx context.Context, v Viewer, planID string) (c Complaints, err error) {
	l, err := r.ComplaintsPlan(ctx, v, planID)
	if err != nil {
		return c, err
	}
	all, err := r.store.JudgedComplaints(ctx, l)
	if err != nil {
		return c, err
	}
	answers, err := r.store.LastActs(ctx, l.Plan.ID, act.Complete, complaintTasks(all))
	if err != nil {
		return c, err
	}
	in, err := r.as(v)
	if err != nil {
		return c, err
	}
	now := in.instant(l)
	c = Complaints{Plan: l.Plan.ID, Title: l.Plan.Title, Rules: *l.Plan.Complaints, Own: !v.oversees(l.Plan.Directory), People: l.Plan.Directory, Zone: l.Plan.Location()}
	var handled []complaint.Handled
	for _, one := range all {
		line, h := lineOf(one.Complaint, answers, now, c.Zone)
		if len(one.Sorted) > 0 && one.State != act.ComplaintJoined {
			handled = append(handled, h)
		}
		if !c.Own || concerns(line, v.by.Unit) {
			c.Lines = append(c.Lines, line)
		}
	}
	slices.Reverse(c.Lines)
	c.Measures = complaint.Measures(handled, now)
	if c.Own {
		c.Measures = slices.DeleteFunc(c.Measures, func(m complaint.Measure) bool { return m.Unit != v.by.Unit })
	}
	c.Sums = complaint.Sum(c.Measures)
	return c, nil
}

// complaintTasks are the IDs of the tasks of complaints.
func complaintTasks(all []ledger.Complained) (tasks []string) {
	for _, c := range all {
		tasks = append(tasks, act.ComplaintTask(c.Number))
	}
	return tasks
}

// concerns tells that a complaint is, or was, a unit's.
func concerns(l ComplaintLine, unit string) bool {
	return unit != "" && (l.Unit == unit || l.Task != nil && l.Task.Names(unit) || slices.ContainsFunc(l.Sorted, func(s act.Sorted) bool { return s.Unit == unit }))
}

// lineOf is how far a complaint has come. answers are the last answers by task.
func lineOf(c act.Complaint, answers map[string]act.Act, now time.Time, zone *time.Location) (l ComplaintLine, h complaint.Handled) {
	l = ComplaintLine{Complaint: c, Until: c.Until(zone)}
	of := c.Number
	if c.State == act.ComplaintJoined {
		of = c.Into
	}
	if c.Task != nil {
		l.Unit, l.TaskID, l.Returned = c.Task.Lead, act.ComplaintTask(of), c.Task.Return != nil
	} else if n := len(c.Sorted); n > 0 {
		l.Unit = c.Sorted[n-1].Unit
	}
	if a, ok := answers[act.ComplaintTask(of)]; ok {
		l.Answer = a.Reason
		if c.Answered() || c.State == act.Closed {
			l.Answered = a.At
		}
	}
	h = complaint.Handled{Unit: l.Unit, Until: l.Until, Answered: l.Answered}
	if len(c.Sorted) > 0 {
		h.Month = c.Sorted[0].At.In(zone).Format("2006-01")
	}
	if c.Task != nil {
		h.ReturnedBy = c.Task.Returned
	}
	for _, call := range c.Calls {
		if call.Again {
			h.Again++
		}
		if call.Outcome != act.Unreached {
			h.Called, h.Satisfied = true, call.Outcome == act.Satisfied
		}
	}
	l.Late = !l.Until.IsZero() && !h.InTime() && (!h.Answered.IsZero() || now.After(l.Until)) && c.State != act.ComplaintJoined
	return l, h
}

// Complaint is one complaint of a plan. ErrNotYours where there is none that the viewer may see.
func (r *Reader) Complaint(ctx context.Context, v Viewer, planID string, number int) (o OneComplaint, err error) {
	all, err := r.Complaints(ctx, v, planID)
	if errors.Is(err, ErrNoComplaints) {
		err = ErrNotYours
	}
	if err != nil {
		return o, err
	}
	i := slices.IndexFunc(all.Lines, func(l ComplaintLine) bool { return l.Number == number })
	if i < 0 {
		return o, ErrNotYours
	}
	o = OneComplaint{ComplaintLine: all.Lines[i], Plan: all.Plan, All: all}
	if o.In, err = r.ComplaintsPlan(ctx, v, all.Plan); err != nil {
		return o, err
	}
	for _, l := range all.Lines {
		switch {
		case l.State == act.ComplaintJoined && l.Into == number:
			o.Joins = append(o.Joins, l)
		case (l.State == act.ComplaintNew || l.State == act.ComplaintSorted) && l.About().Like(o.About(), all.Rules.Window):
			o.Like = append(o.Like, l)
		}
	}
	o.Knows = v.by.Unit != "" && (v.by.Unit == all.People.Office || all.Rules.Contact && v.by.Unit == o.Unit && o.State != act.Closed)
	if o.Knows {
		o.Caller, err = r.store.Caller(ctx, all.Plan, number)
	}
	return o, err
}

// ComplaintsWaiting are how many complaints wait for the office to sort them, and to call back or
// close them. It is of the plans whose office the viewer is; of other viewers it is none.
func (r *Reader) ComplaintsWaiting(ctx context.Context, v Viewer) (plan string, fresh, answered int, err error) {
	all, err := r.Complaints(ctx, v, "")
	var which *WhichPlanError
	if errors.Is(err, ErrNoComplaints) || errors.As(err, &which) || err == nil && v.by.Unit != all.People.Office {
		return "", 0, 0, nil
	}
	for _, l := range all.Lines {
		switch {
		case l.State == act.ComplaintNew, l.State == act.ComplaintSorted && l.Returned:
			fresh++
		case l.State == act.ComplaintSorted && l.Complaint.Answered():
			answered++
		}
	}
	return all.Plan, fresh, answered, err
}
