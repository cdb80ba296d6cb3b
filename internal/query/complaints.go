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

// OneComplaint is a complaint with those that have joined it, and for those who see all with those that
// are open (All), of which what is not like it has no more than was taken in; and with who complained
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
	slices.Reverse(all)
	c, handled, err := r.complaintsOf(ctx, v, l, all)
	if err != nil {
		return c, err
	}
	in, err := r.as(v)
	if err != nil {
		return c, err
	}
	c.measured(complaint.Measures(handled, in.instant(l)), v)
	return c, nil
}

// measured sets how units did: all, or the viewer's own unit.
func (c *Complaints) measured(all []complaint.Measure, v Viewer) {
	if c.Measures = all; c.Own {
		c.Measures = slices.DeleteFunc(slices.Clone(all), func(m complaint.Measure) bool { return m.Unit != v.by.Unit })
	}
	c.Sums = complaint.Sum(c.Measures)
}

// complaintsOf are the lines of those of some complaints that the viewer may see, in their order,
// and how each that was sorted was handled.
func (r *Reader) complaintsOf(ctx context.Context, v Viewer, l ledger.Launched, all []ledger.Complained) (c Complaints, handled []complaint.Handled, err error) {
	answers, err := r.store.LastActs(ctx, l.Plan.ID, act.Complete, complaintTasks(all))
	if err != nil {
		return c, nil, err
	}
	in, err := r.as(v)
	if err != nil {
		return c, nil, err
	}
	now := in.instant(l)
	c = Complaints{Plan: l.Plan.ID, Title: l.Plan.Title, Rules: *l.Plan.Complaints, Own: !v.oversees(l.Plan.Directory), People: l.Plan.Directory, Zone: l.Plan.Location()}
	for _, one := range all {
		line, h := lineOf(one.Complaint, answers, now, c.Zone)
		if len(one.Sorted) > 0 && one.State != act.ComplaintJoined {
			handled = append(handled, h)
		}
		if !c.Own || concerns(line, v.by.Unit) {
			c.Lines = append(c.Lines, line)
		}
	}
	return c, handled, nil
}

// ComplaintPage are complaints of one state (""  for all), the last first, as Complaints has them,
// and how many there are of it. How units did may be somewhat old: see remembered and ErrWorking.
func (r *Reader) ComplaintPage(ctx context.Context, v Viewer, planID string, state act.State, skip, limit int) (c Complaints, total int, err error) {
	l, err := r.ComplaintsPlan(ctx, v, planID)
	if err != nil {
		return c, 0, err
	}
	f := ledger.ComplaintFilter{Skip: skip, Limit: limit}
	if state != "" {
		f.States = []act.State{state}
	}
	if !v.oversees(l.Plan.Directory) {
		numbers, err := r.ownComplaints(ctx, v, l, state)
		if err != nil {
			return c, 0, err
		}
		f, total = ledger.ComplaintFilter{Numbers: numbers[min(skip, len(numbers)):min(skip+limit, len(numbers))]}, len(numbers)
	}
	all, chosen, err := r.store.SomeComplaints(ctx, l, f)
	if err != nil {
		return c, 0, err
	}
	if f.Limit > 0 {
		total = chosen
	}
	if c, _, err = r.complaintsOf(ctx, v, l, all); err != nil {
		return c, 0, err
	}
	in, err := r.as(v)
	if err != nil {
		return c, 0, err
	}
	today, err := in.today(ctx, l)
	if err != nil {
		return c, 0, err
	}
	measures, err := remembered(ctx, r, "complaints "+l.Plan.ID, today, func(ctx context.Context) ([]complaint.Measure, error) {
		whole, err := r.Complaints(ctx, Operator(), l.Plan.ID)
		return whole.Measures, err
	})
	c.measured(measures, v)
	return c, total, err
}

// ownComplaints are the numbers of the complaints of a state ("" for all) that are or were the viewer's
// unit's, the last first. What no page shows is not read whole: see concerns.
func (r *Reader) ownComplaints(ctx context.Context, v Viewer, l ledger.Launched, state act.State) ([]int, error) {
	mine, joined, err := r.store.ComplaintsOf(ctx, l.Plan.ID, v.by.Unit)
	if err != nil || len(mine) == 0 && len(joined) == 0 {
		return []int{}, err
	}
	numbers := []int{}
	for n, is := range mine {
		if state == "" || is == state {
			numbers = append(numbers, n)
		}
	}
	if len(joined) > 0 && (state == "" || state == act.ComplaintJoined) { // theirs where the task of what they joined is
		some, _, err := r.store.SomeComplaints(ctx, l, ledger.ComplaintFilter{Numbers: joined})
		if err != nil {
			return nil, err
		}
		for _, c := range some {
			if line, _ := lineOf(c.Complaint, nil, time.Time{}, l.Plan.Location()); concerns(line, v.by.Unit) {
				numbers = append(numbers, c.Number)
			}
		}
	}
	slices.SortFunc(numbers, func(a, b int) int { return b - a })
	return numbers, nil
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
	l, err := r.ComplaintsPlan(ctx, v, planID)
	if errors.Is(err, ErrNoComplaints) {
		err = ErrNotYours
	}
	if err != nil {
		return o, err
	}
	all, _, err := r.store.SomeComplaints(ctx, l, ledger.ComplaintFilter{Numbers: []int{number}})
	if err == nil && len(all) == 0 {
		err = ErrNotYours
	}
	if err != nil {
		return o, err
	}
	open, err := r.store.OpenComplaints(ctx, l.Plan.ID)
	if err != nil {
		return o, err
	}
	open = slices.DeleteFunc(open, func(c ledger.Complained) bool { return c.Number == number })
	like, others := []int{}, []ledger.Complained{} // that may be about the same, which are judged, and that are not
	for _, c := range open {
		if c.About().Like(all[0].About(), l.Plan.Complaints.Window) {
			like = append(like, c.Number)
		} else {
			others = append(others, c)
		}
	}
	for _, f := range []ledger.ComplaintFilter{{Numbers: like}, {Into: number}} { // and that have joined it
		more, _, err := r.store.SomeComplaints(ctx, l, f)
		if err != nil {
			return o, err
		}
		all = append(all, slices.DeleteFunc(more, func(c ledger.Complained) bool { return c.Number == number })...)
	}
	for _, c := range all[1:] {
		if c.Into == number {
			all[0].Joined = append(all[0].Joined, c.Number)
		}
	}
	slices.SortFunc(all, func(a, b ledger.Complained) int { return b.Number - a.Number })
	of, _, err := r.complaintsOf(ctx, v, l, all)
	if err != nil {
		return o, err
	}
	i := slices.IndexFunc(of.Lines, func(l ComplaintLine) bool { return l.Number == number })
	if i < 0 {
		return o, ErrNotYours
	}
	o = OneComplaint{ComplaintLine: of.Lines[i], Plan: of.Plan, In: l}
	for _, l := range of.Lines {
		switch {
		case l.State == act.ComplaintJoined && l.Into == number:
			o.Joins = append(o.Joins, l)
		case (l.State == act.ComplaintNew || l.State == act.ComplaintSorted) && l.About().Like(o.About(), of.Rules.Window):
			o.Like = append(o.Like, l)
		}
	}
	if !of.Own {
		for _, c := range others {
			of.Lines = append(of.Lines, ComplaintLine{Complaint: c.Complaint})
		}
		slices.SortFunc(of.Lines, func(a, b ComplaintLine) int { return b.Number - a.Number })
	}
	o.All = of
	o.Knows = v.by.Unit != "" && (v.by.Unit == of.People.Office || of.Rules.Contact && v.by.Unit == o.Unit && o.State != act.Closed)
	if o.Knows {
		o.Caller, err = r.store.Caller(ctx, of.Plan, number)
	}
	return o, err
}

// ComplaintsWaiting are how many complaints wait for the office to sort them, and to call back or
// close them. It is of the plans whose office the viewer is; of other viewers it is none.
func (r *Reader) ComplaintsWaiting(ctx context.Context, v Viewer) (plan string, fresh, answered int, err error) {
	l, err := r.ComplaintsPlan(ctx, v, "")
	var which *WhichPlanError
	if errors.Is(err, ErrNoComplaints) || errors.As(err, &which) || err == nil && v.by.Unit != l.Plan.Directory.Office {
		return "", 0, 0, nil
	}
	if err != nil {
		return "", 0, 0, err
	}
	open, _, err := r.store.SomeComplaints(ctx, l, ledger.ComplaintFilter{States: []act.State{act.ComplaintNew, act.ComplaintSorted}})
	if err != nil {
		return "", 0, 0, err
	}
	for _, c := range open {
		switch {
		case c.State == act.ComplaintNew, c.Task != nil && c.Task.Return != nil:
			fresh++
		case c.Answered():
			answered++
		}
	}
	return l.Plan.ID, fresh, answered, nil
}
