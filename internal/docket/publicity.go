package docket

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/publicity"
	"duban/internal/words"
)

// Publicity opens the tasks by which circulars that are out, and talks that were held and are to
// be made public, are exposed 曝光 where the plan's list calls for it. Such a task is closed only
// with the address at which it was made public (plan.Task.Publish). Its title is in the language
// of say and names the unit alone, nobody. Doing it again opens nothing twice; a plan without a
// list in force has nothing to do.
func (d Docket) Publicity(ctx context.Context, planID string, say *words.Words) error {
	l, rules, err := d.Plan(ctx, planID)
	if err != nil || l.Plan.Publicity == nil || !l.Ended.IsZero() || !slices.ContainsFunc(l.Plan.Publicity.Exposure, publicity.Exposure.InForce) {
		return err
	}
	talks, err := d.Ledger.Talks(ctx, planID, "")
	if err != nil {
		return err
	}
	opened, err := d.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID, From: string(act.OriginExposure) + ":"})
	if err != nil {
		return err
	}
	for _, k := range talks {
		on := exposedOn(k)
		at := slices.IndexFunc(opened, func(t ledger.Task) bool { return t.Origin.Of == k.ID })
		if on.IsZero() || at >= 0 && opened[at].Armed {
			continue
		}
		for _, e := range l.Plan.Publicity.Exposure {
			if !e.InForce() || e.Of != k.What || on.String() < e.From {
				continue
			}
			var within plan.Offset
			if err := within.UnmarshalText([]byte(e.Within)); err != nil {
				return err
			}
			due := within.After(on, rules.Calendar)
			if today := calendar.DayOf(d.when(l.Clock).Plan.In(rules.Zone)); due.Before(today) { // the audit saw it late, or the list came into force late
				due = today
			}
			t := plan.Task{ID: "publish-" + strings.ReplaceAll(k.ID, "#", "."), Kind: plan.Dated, Lead: e.Lead, Policy: e.Policy, Publish: true, Due: due,
				Title: say.T("public.task_"+e.Of, words.Data{"What": e.Title, "Unit": l.Plan.Directory.Name(k.Lead)})}
			if at >= 0 { // an earlier call was interrupted: the task stays as it was opened
				t.Due, t.Lead, t.Policy, t.Title = opened[at].Due, opened[at].Lead, opened[at].Policy, opened[at].Title
			}
			if _, err := d.Open(ctx, planID, t, act.Origin{Kind: act.OriginExposure, Of: k.ID}); err != nil {
				return fmt.Errorf("exposure %s of %s: %w", e.ID, k.ID, err)
			}
		}
	}
	return nil
}

// exposedOn is the day on which a circular came out, or on which a talk was held whose notice or
// record says that it is made public; zero where it did not, or was not.
func exposedOn(k ledger.Talk) calendar.Day {
	f := k.Facts
	switch {
	case f == nil: // a stage has called for it, and it has not opened yet
		return calendar.Day{}
	case f.State != act.TalkOpen && f.State != act.TalkClosed:
		return calendar.Day{}
	case k.What == plan.ProposeCircular:
		return f.Opened
	case f.Notice != nil && f.Notice.Public, f.Record != nil && f.Record.Public:
		return f.Taken[act.StepHeld]
	}
	return calendar.Day{}
}
