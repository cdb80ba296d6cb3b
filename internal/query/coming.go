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

// Ahead is how many days ahead Coming tells what will be said.
const Ahead = 28

// mostAhead is how many of them it names; the rest is counted.
const mostAhead = 300

// Coming is what a plan says next if nobody acts, and how many messages each seat gets.
type Coming struct {
	Plan  report.Head       `json:"plan"`
	AsOf  calendar.Day      `json:"as_of"`
	Ahead []report.StageRow `json:"ahead"` // from now on to the end of the 28th day, by time
	N     int               `json:"n"`     // of them all, those that Ahead does not name too
	Loads report.Loads      `json:"loads"` // from AsOf on foretold: what is said when nobody acts
	At    time.Time         `json:"at"`    // when it was worked out, wall clock
}

// Coming is what is said next in a plan, for those who may see all of it. Every task of
// it is looked at: of a big plan it may be some minutes old, as At says. See ErrWorking.
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
	said := map[people.Recipient]bool{} // today's message has gone already
	for _, s := range sent {
		if calendar.DayOf(s.SpeakAt.In(zone)) == t.AsOf {
			said[s.Recipient] = true
		}
	}
	var foretold []plan.Foretold
	keys := map[string]string{} // as the ledger calls a task, by what the plan calls it now
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
	for _, d := range waiting { // decided, and said with a page to come
		if !calendar.DayOf(d.SpeakAt.In(zone)).Before(t.AsOf) {
			sent = append(sent, ledger.Load{Recipient: d.Recipient, SpeakAt: d.SpeakAt, N: 1})
		}
	}
	cal, err := r.calendar(ctx)
	if err != nil {
		return o, err
	}
	book, err := ledger.BookOf(l, cal)
	if err != nil {
		return o, err
	}
	slices.SortStableFunc(foretold, func(x, y plan.Foretold) int { return x.At.Compare(y.At) })
	for _, m := range report.Foreloads(book, &l.Plan, foretold, sent) {
		if calendar.DayOf(m.SpeakAt.In(zone)) != t.AsOf || !said[m.Recipient] {
			sent = append(sent, m)
		}
	}
	o.Loads = report.LoadsOf(sent, zone, l.Plan.Directory.Name)
	return o, nil
}
