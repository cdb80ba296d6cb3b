package query

import (
	"context"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/whatif"
)

// Ended tells whether a plan was ended, and which of its tasks and talks go on.
type Ended struct {
	Plan      string   `json:"plan"`
	Ended     bool     `json:"ended"`
	Undecided []GoesOn `json:"undecided"` // open tasks, occurrences and duties
	Talks     []string `json:"talks"`     // talks about tasks that are over
}

// GoesOn is a task that keeps its plan from being ended.
type GoesOn struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Lead    string       `json:"lead"`
	Due     calendar.Day `json:"due"`
	State   act.State    `json:"state"`
	Late    int          `json:"workdays_late"`
	Talks   []string     `json:"talks"`     // talks about the task that go on
	MayBeIn string       `json:"may_be_in"` // PLAN/TASK of another plan that seems to be the same work; "" without one
}

// ManyUndecided tells whether more than most tasks of a plan go on, for those who may see all of it:
// ErrNotWhole. It asks for less than Undecided.
func (r *Reader) ManyUndecided(ctx context.Context, v Viewer, planID string, most int) (bool, error) {
	in, err := r.as(v)
	if err != nil {
		return false, err
	}
	if _, err := in.framedWhole(ctx, planID); err != nil {
		return false, err
	}
	return r.store.GoOn(ctx, planID, most)
}

// Undecided gives the tasks and talks of a plan that go on, for those who may see all of it:
// ErrNotWhole.
func (r *Reader) Undecided(ctx context.Context, v Viewer, planID string) (Ended, ledger.Launched, error) {
	p, err := r.PlanRecord(ctx, v, planID)
	if err != nil {
		return Ended{}, ledger.Launched{}, err
	}
	out := Ended{Plan: p.Plan.ID, Undecided: []GoesOn{}, Talks: []string{}}
	u, err := whatif.New(r.store, r.Now).Undecided(ctx, p.Plan.ID)
	if err != nil {
		return out, p.Launched, err
	}
	rules, err := act.NewRules(&p.Plan, p.Calendar)
	if err != nil {
		return out, p.Launched, err
	}
	for _, t := range u.Tasks {
		c := ledger.CaseOf(t)
		one := GoesOn{ID: t.Shown(), Title: t.Title, Lead: p.Plan.Directory.Name(t.Lead), Due: t.Due, State: c.State, Talks: []string{}}
		if m := rules.Measure(c, p.Today); m.Overdue {
			one.Late = m.Late
		}
		for _, k := range p.Talks {
			if k.About(t.ID) && k.GoesOn() {
				one.Talks = append(one.Talks, t.ShownTalk(k.ID))
			}
		}
		if twin, ok := u.Likely[t.ID]; ok {
			one.MayBeIn = twin.Plan + "/" + twin.Task.Shown()
		}
		out.Undecided = append(out.Undecided, one)
	}
	for _, k := range u.Talks {
		out.Talks = append(out.Talks, k.ID)
	}
	return out, p.Launched, nil
}
