package query

import (
	"context"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/report"
)

// Since is what has changed in a plan since the end of a day, such as that of the last
// meeting, for those who may see all of it. ErrNotWhole; ErrAhead: the day has not passed;
// ErrWorking: the ledger of that day is still being rebuilt.
func (r *Reader) Since(ctx context.Context, v Viewer, planID string, day calendar.Day) (report.Change, error) {
	return r.since(ctx, v, planID, day, r.Patience)
}

// SinceAtOnce is Since for a page that can do without: where Options.Patience has an end, it
// gives ErrWorking as soon as the change is not there already, and has it worked out for whoever
// asks next.
func (r *Reader) SinceAtOnce(ctx context.Context, v Viewer, planID string, day calendar.Day) (report.Change, error) {
	return r.since(ctx, v, planID, day, min(soon, r.Patience))
}

func (r *Reader) since(ctx context.Context, v Viewer, planID string, day calendar.Day, patience time.Duration) (report.Change, error) {
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
	return rememberedFor(ctx, r, patience, "since "+planID+" "+day.String(), f.today, func(ctx context.Context) (report.Change, error) {
		head, _, err := r.store.Head(ctx)
		if err != nil {
			return report.Change{}, err
		}
		was, done, err := r.past(ctx, v, day, 0, true)
		if err != nil {
			return report.Change{}, err
		}
		defer done()
		then, err := was.snapshotOf(ctx, v, planID, day)
		if err != nil {
			return report.Change{}, err
		}
		now, err := in.snapshot(ctx, planID)
		if err != nil {
			return report.Change{}, err
		}
		c, err := report.ChangeOf(then, now)
		c.Head = head
		return c, err
	})
}

// snapshotOf is the snapshot of a plan in the ledger of a past day, which r reads, without Names:
// the snapshot of the present names the lines. It is computed once and kept with that ledger; it
// is empty for a day before the plan's launch.
func (r *Reader) snapshotOf(ctx context.Context, v Viewer, planID string, day calendar.Day) (report.Snapshot, error) {
	m := r.memory.of("stood " + planID)
	m.mu.Lock()
	defer m.mu.Unlock()
	if kept, ok := m.value.(report.Snapshot); ok {
		return kept, nil
	}
	in := reading{r.base, v}
	l, err := in.whole(ctx, planID)
	if absent(err) {
		return report.Snapshot{AsOf: day}, nil
	}
	if err != nil {
		return report.Snapshot{}, err
	}
	tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	if err != nil {
		return report.Snapshot{}, err
	}
	talks, err := r.store.Talks(ctx, planID, "")
	if err != nil {
		return report.Snapshot{}, err
	}
	today, err := r.today(ctx, l)
	if err != nil {
		return report.Snapshot{}, err
	}
	cal, err := r.calendar(ctx)
	if err != nil {
		return report.Snapshot{}, err
	}
	s := report.StoodAt(l, tasks, talks, today, cal)
	m.value = s
	return s, nil
}

// snapshot is the snapshot of a plan now, from the outlooks that the ledger keeps where they
// are there.
func (r reading) snapshot(ctx context.Context, planID string) (s report.Snapshot, err error) {
	f, err := r.framedWhole(ctx, planID)
	if err != nil {
		return s, err
	}
	if f.basis != "" {
		s, ok, err := r.snapshotByLists(ctx, f)
		if ok || err != nil {
			return s, err
		}
	}
	t, err := r.bookOf(ctx, planID, false)
	return report.SnapshotOf(t), err
}

func (r reading) snapshotByLists(ctx context.Context, f *framed) (s report.Snapshot, ok bool, err error) {
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

// tasksOf are the tasks of these talks.
func (r reading) tasksOf(ctx context.Context, planID string, talks []ledger.Talk) ([]ledger.Task, error) {
	ids := []string{}
	for _, k := range talks {
		ids = append(ids, k.Task)
	}
	return r.store.Tasks(ctx, ledger.TaskFilter{Plan: planID, IDs: ids})
}

// named are the tasks of these keys with their IDs and titles, in the order of the document.
func (r reading) named(ctx context.Context, f *framed, keys []string) (all []report.Changed, err error) {
	tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: f.Plan.ID, IDs: keys})
	for _, t := range tasks {
		all = append(all, report.Changed{Key: t.ID, Task: t.Shown(), Title: t.Title, Lead: f.Plan.Directory.Name(t.Lead), LeadID: t.Lead})
	}
	return all, err
}
