package main

import (
	"context"
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/report"
)

// view is one plan as lists look at it: without its tasks where the ledger keeps
// the rest apart, on the plan's own day.
type view struct {
	ledger.Launched
	basis string // of the outlooks kept; "" without them
	today calendar.Day
	cal   *calendar.Calendar
}

func (a *app) view(ctx context.Context, store *ledger.Store, id string) (*view, error) {
	v := &view{}
	var err error
	if v.Launched, v.basis, err = framed(ctx, store, id); err != nil {
		return nil, err
	}
	if v.today, err = a.today(ctx, store, v.Launched); err != nil {
		return nil, err
	}
	v.cal, err = a.calendarOf(ctx, store)
	return v, err
}

// framed is a launched plan without its tasks where the ledger keeps the rest apart,
// with the basis of the outlooks kept; otherwise whole, without a basis.
func framed(ctx context.Context, store *ledger.Store, id string) (l ledger.Launched, basis string, err error) {
	l, basis, ok, err := store.Frame(ctx, id)
	if err != nil || ok {
		return l, basis, err
	}
	l, err = store.Plan(ctx, id)
	return l, "", err
}

// list is the first lines of a list, all when most is 0; ok is false when the
// ledger cannot choose them.
func (v *view) list(ctx context.Context, store *ledger.Store, f ledger.ListFilter, most int) (ledger.Page, bool, error) {
	if v.basis == "" {
		return ledger.Page{}, false, nil
	}
	return store.List(ctx, &v.Launched, v.basis, v.cal, v.today, f, 0, most)
}

// count tallies the plan; ok is false when the ledger cannot.
func (v *view) count(ctx context.Context, store *ledger.Store) (ledger.Tally, bool, error) {
	if v.basis == "" {
		return ledger.Tally{}, false, nil
	}
	return store.Count(ctx, &v.Launched, v.basis, v.cal, v.today)
}

func (v *view) rows(p ledger.Page) []report.Row {
	return report.Rows(v.Launched, p.Tasks, p.Stages, p.Talks, v.today, v.cal)
}

// talks are the plan's talks in a state, in all when it is "", the earliest opened first.
func (v *view) talks(ctx context.Context, store *ledger.Store, state string) ([]report.TalkRow, error) {
	talks, err := store.TalksIn(ctx, v.Plan.ID, state)
	if err != nil || len(talks) == 0 {
		return nil, err
	}
	var ids []string
	for _, k := range talks {
		ids = append(ids, k.Task)
	}
	tasks, err := store.Tasks(ctx, ledger.TaskFilter{Plan: v.Plan.ID, IDs: slices.Compact(ids)})
	return report.TalkRows(v.Launched, tasks, talks, v.today, v.cal), err
}

func (v *view) head() report.Head {
	return report.Head{ID: v.Plan.ID, Title: v.Plan.Title, Number: v.Plan.Number, Issuer: v.Plan.Issuer, Issued: v.Plan.Issued, Launched: v.At.In(zoneOf(&v.Plan)).Truncate(time.Second)}
}
