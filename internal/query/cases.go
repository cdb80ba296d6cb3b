package query

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
)

// Case is the case file of a task, an occurrence, a duty or a standing line. With an empty
// planID it is looked for in all plans; one that the viewer may see comes first.
// ErrNotYours; *TaskError when no plan has it; *WhichPlanError when several have.
func (r *Reader) Case(ctx context.Context, v Viewer, planID, task string) (report.Case, error) {
	in, err := r.as(v)
	if err != nil {
		return report.Case{}, err
	}
	t, err := in.findTask(ctx, planID, task)
	if err != nil {
		return report.Case{}, err
	}
	if !v.sees(t) {
		return report.Case{}, ErrNotYours
	}
	return in.caseOf(ctx, t)
}

func (b base) task(ctx context.Context, planID, id string) (ledger.Task, error) {
	return once(ctx, b.store, "task "+planID+" "+id, func() (ledger.Task, error) { return b.store.Task(ctx, planID, id) })
}

// caseOf is the case file of a task, without the talks that the viewer may not see.
func (r reading) caseOf(ctx context.Context, t ledger.Task) (report.Case, error) {
	f, err := r.framed(ctx, t.Plan)
	if err != nil {
		return report.Case{}, err
	}
	all, err := r.records(ctx, t)
	if err != nil {
		return report.Case{}, err
	}
	return r.filed(ctx, f, all)
}

// briefCaseOf is caseOf of a task's talks and the events about it alone.
func (r reading) briefCaseOf(ctx context.Context, t ledger.Task) (report.Case, error) {
	f, err := r.framed(ctx, t.Plan)
	if err != nil {
		return report.Case{}, err
	}
	all := report.Records{Task: t, Called: map[string]ledger.Labels{}}
	if err := r.gather(ctx, t, &all); err != nil {
		return report.Case{}, err
	}
	if all.Called[t.Plan], err = r.labels(ctx, t.Plan); err != nil {
		return report.Case{}, err
	}
	return r.filed(ctx, f, all)
}

// filed is the case file that records make, without the talks that the viewer may not see.
func (r reading) filed(ctx context.Context, f *framed, all report.Records) (report.Case, error) {
	if err := r.saidOf(ctx, f, append([]ledger.Task{all.Task}, all.Occurrences...)); err != nil {
		return report.Case{}, err
	}
	all = all.WithoutTalks(func(k ledger.Talk) bool { return r.who.seesTalk(f.Plan.Directory, k) })
	return report.CaseFile(f.Launched, all, f.today, f.cal), nil
}

// saidOf adds to a plan's frame what its document says of these tasks; where the ledger
// cannot give that alone, it reads the whole plan.
func (b base) saidOf(ctx context.Context, f *framed, tasks []ledger.Task) error {
	ok, err := b.store.Documents(ctx, &f.Launched, f.basis, f.cal, tasks)
	if err == nil && !ok {
		f.Launched, err = b.store.Plan(ctx, f.Plan.ID)
	}
	return err
}

// findTask is the task of an ID, in the named plan or, with "", in any. When the viewer may
// see none of the tasks with this ID, it gives one of them, and the caller must refuse.
func (r reading) findTask(ctx context.Context, planID, id string) (ledger.Task, error) {
	plans, err := r.planIDs(ctx, planID)
	if err != nil {
		return ledger.Task{}, err
	}
	var found []ledger.Task
	for _, p := range plans {
		if planID != "" {
			if _, _, err := r.frame(ctx, p); err != nil {
				return ledger.Task{}, err
			}
		}
		t, err := r.store.TaskCalled(ctx, p, id)
		switch {
		case err == nil:
			found = append(found, t)
		case !absent(err):
			return ledger.Task{}, err
		}
	}
	if ours := slices.DeleteFunc(slices.Clone(found), func(t ledger.Task) bool { return !r.who.sees(t) }); len(ours) > 0 {
		found = ours
	} else if len(found) > 0 {
		return found[0], nil // the viewer may see none of them, and need not choose
	}
	switch len(found) {
	case 0:
		if other, err := r.asTyped(ctx, plans, id); err != nil || other != id {
			if err != nil {
				return ledger.Task{}, err
			}
			return r.findTask(ctx, planID, other)
		}
		return ledger.Task{}, r.noTask(ctx, plans, id)
	case 1:
		return found[0], nil
	}
	which := &WhichPlanError{Thing: id}
	for _, t := range found {
		which.Plans = append(which.Plans, Choice{t.Plan, t.Title})
	}
	return ledger.Task{}, which
}

// asTyped is the ID of a task that the viewer may see and that differs from id only in the
// case or width of letters or in spaces around it; id when there is none.
func (r reading) asTyped(ctx context.Context, plans []string, id string) (string, error) {
	typed := strings.TrimSpace(norm.NFKC.String(id))
	for _, p := range plans {
		tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: p})
		if err != nil {
			return id, err
		}
		for _, t := range tasks {
			for _, called := range []string{t.Shown(), t.ID} {
				if strings.EqualFold(called, typed) && r.who.sees(t) {
					return called, nil
				}
			}
		}
	}
	return id, nil
}

// nearTasks is how many tasks a TaskError suggests.
const nearTasks = 5

// noTask is the *TaskError for an ID, with tasks that may be meant: those with a similar ID,
// then those with the text in their titles.
func (r reading) noTask(ctx context.Context, plans []string, typed string) error {
	missing := &TaskError{Task: typed, Several: len(plans) > 1}
	for _, p := range plans {
		l, _, err := r.frame(ctx, p)
		if err != nil {
			return err
		}
		tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: p})
		if err != nil {
			return err
		}
		tasks = slices.DeleteFunc(tasks, func(t ledger.Task) bool { return !r.who.sees(t) })
		byID := map[string]ledger.Task{}
		var ids []string
		for _, t := range tasks {
			byID[t.Shown()] = t
			ids = append(ids, t.Shown())
		}
		near := people.Near(typed, ids)
		for _, t := range tasks {
			if t.Duty == "" && strings.Contains(t.Title, typed) && !slices.Contains(near, t.Shown()) {
				near = append(near, t.Shown())
			}
		}
		for _, id := range near {
			missing.Near = append(missing.Near, NearTask{p, id, byID[id].Title, l.Plan.Directory.Name(byID[id].Lead)})
		}
	}
	missing.Near = missing.Near[:min(len(missing.Near), nearTasks)]
	return missing
}

// records are all that the ledger holds about one task; for a duty, also about its
// occurrences.
func (b base) records(ctx context.Context, t ledger.Task) (r report.Records, err error) {
	r.Task = t
	of := []ledger.Task{t}
	if t.Kind == plan.Duty {
		if r.Occurrences, err = b.store.Tasks(ctx, ledger.TaskFilter{Plan: t.Plan, Duty: t.ID}); err != nil {
			return r, err
		}
		of = append([]ledger.Task{t}, r.Occurrences...)
	}
	if t.Duty == "" {
		first, err := once(ctx, b.store, "first event "+t.Plan, func() ([]ledger.Event, error) {
			return b.store.Events(ctx, ledger.EventFilter{Plan: t.Plan, Limit: 1})
		})
		if err != nil {
			return r, err
		}
		r.Events = slices.Clone(first)
	}
	for _, o := range of {
		if err := b.gather(ctx, o, &r); err != nil {
			return r, err
		}
	}
	if t.Kind != plan.Duty {
		if err := b.messagesOf(ctx, t, &r); err != nil {
			return r, err
		}
	}
	r.Called = map[string]ledger.Labels{}
	plans := []string{t.Plan}
	for _, other := range []*act.Elsewhere{t.Facts.From, t.Facts.Into} {
		if other != nil {
			plans = append(plans, other.Plan)
		}
	}
	for _, id := range plans {
		if r.Called[id], err = b.labels(ctx, id); err != nil {
			return r, err
		}
	}
	waits, err := once(ctx, b.store, "waits "+t.Plan, func() ([]ledger.Wait, error) { return b.store.Waits(ctx, t.Plan) })
	r.Stuck = slices.DeleteFunc(slices.Clone(waits), func(w ledger.Wait) bool {
		thing, _, _ := strings.Cut(w.Thing, "#") // the ID of a talk is that of its task, # and a number
		return w.LeftOver(b.Now()) || !slices.ContainsFunc(of, func(o ledger.Task) bool { return o.ID == thing })
	})
	slices.SortFunc(r.Events, func(a, b ledger.Event) int { return int(a.Seq - b.Seq) })
	return r, err
}

func (b base) labels(ctx context.Context, planID string) (ledger.Labels, error) {
	return once(ctx, b.store, "labels "+planID, func() (ledger.Labels, error) { return b.store.Labels(ctx, planID) })
}

// gather adds a task's stages, its talks with the tasks that these are about, and its events.
func (b base) gather(ctx context.Context, t ledger.Task, r *report.Records) error {
	stages, err := once(ctx, b.store, "stages "+t.Plan+" "+t.ID, func() ([]ledger.Stage, error) { return b.store.Stages(ctx, t.Plan, t.ID) })
	if err != nil {
		return err
	}
	talks, err := b.talksAbout(ctx, t.Plan, t.ID)
	if err != nil {
		return err
	}
	for _, k := range talks {
		if k.Host == "" || slices.ContainsFunc(talks, func(o ledger.Talk) bool { return o.ID == k.Host }) {
			continue
		}
		host, err := b.store.Talk(ctx, k.Plan, k.Host)
		if err != nil {
			return err
		}
		talks = append(talks, host)
	}
	for _, k := range talks {
		if k.Facts == nil {
			continue
		}
		for _, m := range k.Facts.Of() {
			if m.Task == t.ID || slices.ContainsFunc(r.About, func(o ledger.Task) bool { return o.ID == m.Task }) {
				continue
			}
			of, err := b.task(ctx, k.Plan, m.Task)
			if err != nil {
				return err
			}
			r.About = append(r.About, of)
		}
	}
	events, err := once(ctx, b.store, "events "+t.Plan+" "+t.ID, func() ([]ledger.Event, error) {
		return b.store.Events(ctx, ledger.EventFilter{Plan: t.Plan, Task: t.ID})
	})
	r.Stages, r.Talks, r.Events = append(r.Stages, stages...), append(r.Talks, talks...), append(r.Events, events...)
	return err
}

// messagesOf adds a task's notices and the events of the messages that carried them.
func (b base) messagesOf(ctx context.Context, t ledger.Task, r *report.Records) (err error) {
	if r.Notices, err = b.store.Notices(ctx, ledger.NoticeFilter{Plan: t.Plan, Task: t.ID}); err != nil {
		return err
	}
	var ids []string
	for _, n := range r.Notices {
		if n.Message != "" {
			ids = append(ids, n.Message)
		}
	}
	slices.Sort(ids)
	events, err := b.store.MessageEvents(ctx, slices.Compact(ids))
	r.Events = append(r.Events, events...)
	return err
}
