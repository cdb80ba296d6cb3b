package query

import (
	"context"
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
)

// Ahead is for how many days after today Coming names the stages to come.
const Ahead = 28

// mostAhead is how many stages Coming.Ahead has at most; Coming.N counts all.
const mostAhead = 300

// Coming is which stages come next in a plan if nobody acts, and how many messages each seat
// gets.
type Coming struct {
	Plan  report.Head       `json:"plan"`
	AsOf  calendar.Day      `json:"as_of"`
	Ahead []report.StageRow `json:"ahead"` // stages from AsOf to the end of the 28th day after it, by time
	N     int               `json:"n"`     // number of all these stages, also of those that Ahead leaves out
	Loads report.Loads      `json:"loads"` // messages sent, and from AsOf on those that are foretold if nobody acts
	At    time.Time         `json:"at"`    // when it was computed, wall clock
	Head  int64             `json:"-"`     // sequence number of the ledger's last event then
}

// Coming is which stages come next in a plan, for those who may see all of it: ErrNotWhole.
// It is computed from all tasks of the plan; for a big plan it may be some minutes old, as
// At says. See ErrWorking.
func (r *Reader) Coming(ctx context.Context, v Viewer, planID string) (Coming, error) {
	in, err := r.as(v)
	if err != nil {
		return Coming{}, err
	}
	f, err := in.framedWhole(ctx, planID)
	if err != nil {
		return Coming{}, err
	}
	return remembered(ctx, r, "coming "+planID, f.today, func(ctx context.Context) (Coming, error) { return in.coming(ctx, planID) })
}

func (r reading) coming(ctx context.Context, planID string) (o Coming, err error) {
	o.At = r.Now()
	if o.Head, _, err = r.store.Head(ctx); err != nil {
		return o, err
	}
	t, err := r.bookOf(ctx, planID, false)
	if err != nil {
		return o, err
	}
	l, err := r.store.Plan(ctx, planID)
	if err != nil {
		return o, err
	}
	sent, err := r.store.Loads(ctx, planID)
	if err != nil {
		return o, err
	}
	o.Plan, o.AsOf, o.Ahead = t.Plan, t.AsOf, []report.StageRow{}
	zone, last := l.Plan.Location(), t.AsOf.AddDays(Ahead)
	said := map[people.Recipient]bool{} // seats that have got today's message already
	for _, s := range sent {
		if calendar.DayOf(s.SpeakAt.In(zone)) == t.AsOf {
			said[s.Recipient] = true
		}
	}
	var foretold []plan.Foretold
	keys := map[string]string{} // a task's ID in the ledger, by the ID that people use
	for _, row := range t.Tasks {
		keys[row.ID] = row.Key
	}
	for _, s := range t.Stages {
		day := calendar.DayOf(s.At)
		if s.State != ledger.Expected || day.Before(t.AsOf) {
			continue
		}
		foretold = append(foretold, plan.Foretold{Task: keys[s.Task], Unit: s.UnitID, Due: s.Due, Stage: plan.Stage{ID: s.Stage, Kind: s.Kind, At: s.At, To: s.To, Light: s.Light, Matter: s.Matter}})
		if !day.After(last) && s.Kind != plan.Told {
			if o.N++; len(o.Ahead) < mostAhead {
				o.Ahead = append(o.Ahead, s)
			}
		}
	}
	waiting, err := r.store.Unspoken(ctx, planID)
	if err != nil {
		return o, err
	}
	for _, d := range waiting { // digests that are decided and will be sent
		if !calendar.DayOf(d.SpeakAt.In(zone)).Before(t.AsOf) {
			sent = append(sent, ledger.Load{Recipient: d.Recipient, SpeakAt: d.SpeakAt, N: 1})
		}
	}
	cal, err := r.calendar(ctx)
	if err != nil {
		return o, err
	}
	rules, err := ledger.RulesOf(l, cal)
	if err != nil {
		return o, err
	}
	slices.SortStableFunc(foretold, func(x, y plan.Foretold) int { return x.At.Compare(y.At) })
	for _, m := range report.Foreloads(rules, &l.Plan, foretold, sent) {
		if calendar.DayOf(m.SpeakAt.In(zone)) != t.AsOf || !said[m.Recipient] {
			sent = append(sent, m)
		}
	}
	o.Loads = report.LoadsOf(sent, zone, l.Plan.Directory.Name)
	return o, nil
}
