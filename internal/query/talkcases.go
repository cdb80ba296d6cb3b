package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/report"
)

// TalkCase is the case file of a talk's task, narrowed to the talk. The ID of a task
// means its last talk. planID and the errors are as for Case, with a *TalkError in place
// of the *TaskError.
func (r *Reader) TalkCase(ctx context.Context, v Viewer, planID, talk string) (c report.Case, err error) {
	return r.talkCase(ctx, v, planID, talk, reading.caseOf)
}

// TalkFacts is TalkCase of talks of one plan for a page that shows only what each rests on: without
// messages and what workflows wait for. What they rest on is read at once where the plan is named.
func (r *Reader) TalkFacts(ctx context.Context, v Viewer, planID string, talks ...string) ([]report.Case, error) {
	if planID != "" && len(talks) > 1 {
		ctx = Once(ctx)
		if err := r.readTalks(ctx, planID, talks); err != nil {
			return nil, err
		}
	}
	cases := make([]report.Case, len(talks))
	for i, talk := range talks {
		c, err := r.talkCase(ctx, v, planID, talk, reading.briefCaseOf)
		if err != nil {
			return nil, err
		}
		cases[i] = c
	}
	return cases, nil
}

// readTalks reads what the case files of talks are made of, for all of them at once. A talk that the
// ledger does not have by this ID is left to be looked for.
func (r *Reader) readTalks(ctx context.Context, planID string, ids []string) error {
	named, err := r.store.TalksBy(ctx, planID, ids)
	if err != nil {
		return err
	}
	var tasks []string
	for _, k := range named {
		have(ctx, r.store, "talk called "+planID+" "+k.ID, k.ID)
		tasks = append(tasks, k.Task)
	}
	slices.Sort(tasks)
	tasks = slices.Compact(tasks)
	about := slices.Clone(tasks)
	talks, err := r.store.TalksOf(ctx, planID, tasks)
	if err != nil {
		return err
	}
	for _, k := range talks {
		if k.Facts == nil {
			continue
		}
		for _, m := range k.Facts.Of() {
			about = append(about, m.Task)
		}
	}
	slices.Sort(about)
	rows, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: planID, IDs: slices.Compact(about)})
	if err != nil {
		return err
	}
	stages, err := r.store.StagesOf(ctx, planID, tasks)
	if err != nil {
		return err
	}
	events, err := r.store.Events(ctx, ledger.EventFilter{Plan: planID, Tasks: tasks})
	if err != nil {
		return err
	}
	for _, t := range rows {
		have(ctx, r.store, "task "+planID+" "+t.ID, t)
	}
	for _, id := range tasks {
		of := planID + " " + id
		have(ctx, r.store, "talks "+of, only(talks, func(k ledger.Talk) bool { return k.Task == id }))
		have(ctx, r.store, "stages "+of, only(stages, func(s ledger.Stage) bool { return s.Task == id }))
		have(ctx, r.store, "events "+of, only(events, func(e ledger.Event) bool { return e.Task == id }))
	}
	return nil
}

func only[T any](all []T, is func(T) bool) (some []T) {
	for _, one := range all {
		if is(one) {
			some = append(some, one)
		}
	}
	return some
}

func (b base) talksAbout(ctx context.Context, planID, task string) ([]ledger.Talk, error) {
	talks, err := once(ctx, b.store, "talks "+planID+" "+task, func() ([]ledger.Talk, error) { return b.store.Talks(ctx, planID, task) })
	return slices.Clone(talks), err
}

func (r *Reader) talkCase(ctx context.Context, v Viewer, planID, talk string, of func(reading, context.Context, ledger.Task) (report.Case, error)) (c report.Case, err error) {
	in, err := r.as(v)
	if err != nil {
		return c, err
	}
	k, err := in.findTalk(ctx, planID, talk)
	if err != nil {
		return c, err
	}
	l, _, err := r.frame(ctx, k.Plan)
	if err != nil {
		return c, err
	}
	if !v.seesTalk(l.Plan.Directory, k) {
		return c, ErrNotYours
	}
	t, err := in.task(ctx, k.Plan, k.Task)
	if err != nil {
		return c, err
	}
	if c, err = of(in, ctx, t); err != nil {
		return c, err
	}
	if !v.sees(t) {
		c = c.OnlyTalk()
	}
	c, ok := c.OfTalk(k.ID)
	if !ok {
		return c, fmt.Errorf("talk %s of %s: %w", k.ID, k.Plan, ledger.ErrNotFound)
	}
	return c, nil
}

// findTalk is the talk of an ID, or the last talk of the task of that ID. When the viewer
// may see none, but a talk has the ID, it gives that talk, and the caller must refuse.
func (r reading) findTalk(ctx context.Context, planID, id string) (ledger.Talk, error) {
	plans, err := r.planIDs(ctx, planID)
	if err != nil {
		return ledger.Talk{}, err
	}
	var found, others []ledger.Talk
	for _, p := range plans {
		l, _, err := r.frame(ctx, p)
		if err != nil {
			return ledger.Talk{}, err
		}
		id, err := once(ctx, r.store, "talk called "+p+" "+id, func() (string, error) { return r.store.TalkCalled(ctx, p, id) })
		if err != nil {
			return ledger.Talk{}, err
		}
		task, _, _ := strings.Cut(id, "#")
		talks, err := r.talksAbout(ctx, p, task)
		if err != nil {
			return ledger.Talk{}, err
		}
		var last *ledger.Talk
		for _, k := range talks { // by number
			switch {
			case k.ID != id && k.Task != id:
			case r.who.seesTalk(l.Plan.Directory, k):
				last = &k
			case k.ID == id:
				others = append(others, k)
			}
		}
		if last != nil {
			found = append(found, *last)
		}
	}
	if len(found) == 0 && len(others) > 0 {
		return others[0], nil
	}
	switch len(found) {
	case 0:
		return ledger.Talk{}, r.noTalk(ctx, plans, id)
	case 1:
		return r.wholeTalk(ctx, found[0])
	}
	which := &WhichPlanError{Thing: id}
	for _, k := range found {
		which.Plans = append(which.Plans, Choice{k.Plan, k.ID})
	}
	return ledger.Talk{}, which
}

// wholeTalk is the talk that k has joined 合并约谈, or k itself.
func (r reading) wholeTalk(ctx context.Context, k ledger.Talk) (ledger.Talk, error) {
	for k.Host != "" {
		host, err := r.store.Talk(ctx, k.Plan, k.Host)
		if err != nil {
			return k, err
		}
		k = host
	}
	return k, nil
}

func (r reading) noTalk(ctx context.Context, plans []string, typed string) error {
	var ids []string
	for _, p := range plans {
		l, _, err := r.frame(ctx, p)
		if err != nil {
			return err
		}
		talks, err := r.store.Talks(ctx, p, "")
		if err != nil {
			return err
		}
		for _, k := range talks {
			if r.who.seesTalk(l.Plan.Directory, k) {
				ids = append(ids, k.ID)
			}
		}
	}
	return &TalkError{typed, people.Near(typed, ids)}
}
