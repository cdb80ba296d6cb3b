package query

import (
	"context"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/report"
)

// Since is what has become otherwise in a plan since the end of a day, for those who may
// see all of it: since the last meeting. ErrAhead: the day is not past. See ErrWorking:
// that day of a big ledger is rebuilt once.
func (r *Reader) Since(ctx context.Context, v Viewer, planID string, day calendar.Day) (report.Change, error) {
	in, err := r.as(v)
	if err != nil {
		return report.Change{}, err
	}
	f, err := in.framedWhole(ctx, planID)
	if err != nil {
		return report.Change{}, err
	}
	if !day.Before(f.today) {
		return report.Change{}, ErrAhead
	}
	return remembered(ctx, r, "since "+planID+" "+day.String(), f.today, func(ctx context.Context) (report.Change, error) {
		head, _, err := r.store.Head(ctx)
		if err != nil {
			return report.Change{}, err
		}
		was, done, err := r.past(ctx, v, day, 0)
		if err != nil {
			return report.Change{}, err
		}
		defer done()
		then, err := was.stood(ctx, v, planID, day)
		if err != nil {
			return report.Change{}, err
		}
		now, err := in.stands(ctx, planID)
		if err != nil {
			return report.Change{}, err
		}
		c, err := report.ChangeOf(then, now)
		c.Head = head
		return c, err
	})
}

// stood is how a plan stood in the ledger of a past day, worked out once as long as that
// is kept; nothing before its launch.
func (r *Reader) stood(ctx context.Context, v Viewer, planID string, day calendar.Day) (report.Standing, error) {
	m := r.memory.of("stood " + planID)
	m.mu.Lock()
	defer m.mu.Unlock()
	if stood, ok := m.value.(report.Standing); ok {
		return stood, nil
	}
	t, err := reading{r.base, v}.bookOf(ctx, planID, false)
	if absent(err) {
		return report.Standing{AsOf: day}, nil
	}
	if err != nil {
		return report.Standing{}, err
	}
	stood := report.StandingOf(t)
	stood.Names = nil // how they are called now is asked: this is kept, and the table is large
	m.value = stood
	return stood, nil
}

// stands is how a plan stands now, by what the ledger keeps where it can.
func (r reading) stands(ctx context.Context, planID string) (s report.Standing, err error) {
	f, err := r.framedWhole(ctx, planID)
	if err != nil {
		return s, err
	}
	if f.basis != "" {
		s, ok, err := r.standsByLists(ctx, f)
		if ok || err != nil {
			return s, err
		}
	}
	t, err := r.bookOf(ctx, planID, false)
	return report.StandingOf(t), err
}

func (r reading) standsByLists(ctx context.Context, f *framed) (s report.Standing, ok bool, err error) {
	sums, ok, err := r.store.Sum(ctx, &f.Launched, f.basis, f.cal, f.today)
	if !ok || err != nil {
		return s, false, err
	}
	s.AsOf = f.today
	s.Counts, _, _ = report.SumUp(sums, f.RankFloor, f.Plan.Directory.Name)
	if s.Lights, ok, err = r.store.Lights(ctx, &f.Launched, f.basis, f.cal, f.today); !ok || err != nil {
		return s, false, err
	}
	talks, err := r.store.Talks(ctx, f.Plan.ID, "")
	if err != nil {
		return s, false, err
	}
	of, err := r.tasksOf(ctx, f.Plan.ID, talks)
	if err != nil {
		return s, false, err
	}
	s.Talks = report.TalkRows(f.Launched, of, talks, f.today, f.cal)
	s.Names = func(keys []string) ([]report.Changed, error) { return r.named(ctx, f, keys) }
	return s, true, nil
}

// tasksOf are the tasks that talks hang on.
func (r reading) tasksOf(ctx context.Context, planID string, talks []ledger.Talk) ([]ledger.Task, error) {
	ids := []string{}
	for _, k := range talks {
		ids = append(ids, k.Task)
	}
	return r.store.Tasks(ctx, ledger.TaskFilter{Plan: planID, IDs: ids})
}

// named are tasks with what they are called, in the order of the document.
func (r reading) named(ctx context.Context, f *framed, keys []string) (all []report.Changed, err error) {
	tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: f.Plan.ID, IDs: keys})
	for _, t := range tasks {
		all = append(all, report.Changed{Key: t.ID, Task: t.Shown(), Title: t.Title, Lead: f.Plan.Directory.Name(t.Lead), LeadID: t.Lead})
	}
	return all, err
}
