package query

import (
	"context"
	"time"

	"duban/internal/calendar"
	"duban/internal/report"
)

// Overview is a plan on one page: its counts, and its light board.
type Overview struct {
	Plan    report.Head   `json:"plan"`
	AsOf    calendar.Day  `json:"as_of"`
	Counts  report.Counts `json:"counts"`
	Months  report.Board  `json:"months"`
	Clauses report.Board  `json:"clauses"`
	At      time.Time     `json:"at"` // when it was computed, wall clock
	Head    int64         `json:"-"`  // sequence number of the ledger's last event then
}

// Overview is a plan on one page, for those who may see all of it: ErrNotWhole. For a big
// plan it may be somewhat old, as At says. See remembered and ErrWorking.
func (r *Reader) Overview(ctx context.Context, v Viewer, planID string) (Overview, error) {
	in, err := r.as(v)
	if err != nil {
		return Overview{}, err
	}
	f, err := in.framedWhole(ctx, planID)
	if err != nil {
		return Overview{}, err
	}
	return remembered(ctx, r, "overview "+planID, f.today, func(ctx context.Context) (Overview, error) { return in.overview(ctx, planID) })
}

// framedWhole is framed for a viewer who may see all of the plan: ErrNotWhole.
func (r reading) framedWhole(ctx context.Context, planID string) (*framed, error) {
	f, err := r.framed(ctx, planID)
	if err == nil && !r.who.oversees(f.Plan.Directory) {
		return nil, ErrNotWhole
	}
	return f, err
}

// overview computes the overview from the outlooks that the ledger keeps where they are
// there, and else from all tasks.
func (r reading) overview(ctx context.Context, planID string) (o Overview, err error) {
	o.At = r.Now()
	if o.Head, _, err = r.store.Head(ctx); err != nil {
		return o, err
	}
	f, err := r.framedWhole(ctx, planID)
	if err != nil {
		return o, err
	}
	if f.basis != "" {
		sums, ok, err := r.store.Sum(ctx, &f.Launched, f.basis, f.cal, f.today)
		if err != nil {
			return o, err
		}
		if ok {
			o.Plan, o.AsOf = f.head(), f.today
			o.Counts, o.Months, o.Clauses = report.SumUp(sums, f.RankFloor, f.Plan.Directory.Name)
			return o, nil
		}
	}
	t, err := r.bookOf(ctx, planID, false)
	if err != nil {
		return o, err
	}
	o.Plan, o.AsOf, o.Counts = t.Plan, t.AsOf, t.Counts
	o.Months, o.Clauses = report.BoardOf(t.Tasks, report.MonthOf, true), report.BoardOf(t.Tasks, report.ClauseOf, false)
	return o, nil
}

// Head is the sequence number of the ledger's last event. A caller who has an older one may
// have read what has changed since.
func (r *Reader) Head(ctx context.Context, v Viewer) (int64, error) {
	if _, err := r.as(v); err != nil {
		return 0, err
	}
	head, _, err := r.store.Head(ctx)
	return head, err
}

// LastWorkday is the last working day before a plan's today: a leader has not yet seen what
// has changed since its end. It is for the viewers whom the plan concerns.
func (r *Reader) LastWorkday(ctx context.Context, v Viewer, planID string) (last, today calendar.Day, err error) {
	in, err := r.as(v)
	if err != nil {
		return last, today, err
	}
	f, err := in.framed(ctx, planID)
	if err != nil {
		return last, today, err
	}
	if !v.knows(f.Plan.Directory) {
		return last, today, ErrNotWhole
	}
	return f.cal.OnOrBefore(f.today.AddDays(-1)), f.today, nil
}
