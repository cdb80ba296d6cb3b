package docket

import (
	"context"
	"errors"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Course is the course of a task, an occurrence or a duty as the ledger has it, by the policies
// and the calendar in force. Like everything that workflows are given it has no words that
// people wrote: see act.Case.Keys.
func (d Docket) Course(ctx context.Context, planID, task string) (act.Course, error) {
	_, rules, err := d.Plan(ctx, planID)
	if err != nil {
		return act.Course{}, err
	}
	return d.course(ctx, rules, planID, task)
}

func (d Docket) course(ctx context.Context, rules act.Rules, planID, task string) (act.Course, error) {
	row, err := d.Ledger.Task(ctx, planID, task)
	if err != nil {
		return act.Course{}, err
	}
	return rules.Course(ledger.CaseOf(row)).Keys(), nil
}

// Act works out what an act changes about a task, an occurrence or a duty and its talks, writes
// it into the ledger as one event and starts the messages that the act sends at once. on is the
// course that whoever asks judged the act by. heard is the real time at which the act came in,
// zero of what the engine does itself. Act gives the course from then on. behind: nothing was
// recorded, because the ledger has acts that on does not know; the act is to be judged anew by
// the course given.
func (d Docket) Act(ctx context.Context, planID, task string, a act.Act, on act.Course, heard time.Time) (course act.Course, behind bool, err error) {
	l, rules, err := d.Plan(ctx, planID)
	if err != nil {
		return act.Course{}, false, err
	}
	row, err := d.level(ctx, l, task, on.Case)
	if err != nil {
		return act.Course{}, false, err
	}
	before := rules.Course(ledger.CaseOf(row))
	again := before.Done(a.ID)
	if before.Place() != on.Place() && !again {
		return before.Keys(), true, nil
	}
	if !again {
		if r := d.Accounts.Credible(l, a, heard); r != nil {
			return act.Course{}, false, r
		}
	}
	after, told, refused := rules.Act(before, a)
	if refused != nil {
		return act.Course{}, false, refused
	}
	acted, talks, all, err := d.acted(ctx, l, rules, row, before.Case, after.Case, told, a)
	if err != nil {
		return act.Course{}, false, err
	}
	acted.Place = placing(rules, task, after.Policy, calendar.Day{})
	if acted.Channels, err = d.toAll(ctx, all...); err != nil {
		return act.Course{}, false, err
	}
	facts, digests, err := d.Ledger.Act(ctx, acted, d.when(l.Clock))
	switch {
	case errors.Is(err, ledger.ErrBehind):
		course, err := d.course(ctx, rules, planID, task)
		return course, true, err
	case errors.Is(err, ledger.ErrTaken):
		return act.Course{}, false, act.Taken(a)
	case err != nil:
		return act.Course{}, false, err
	}
	for _, k := range talks {
		revived := !k.GoesOn() && slices.ContainsFunc(acted.Talks, func(t ledger.ActedTalk) bool { return t.Talk == k.ID })
		// When an earlier try has recorded the act, it is not known which talks it revived, nor
		// whether their workflows were started.
		if revived = revived || again && k.GoesOn(); revived && a.Kind != act.Reinstate {
			if err := d.Starter.ReviveTalk(ctx, planID, k.ID); err != nil {
				return act.Course{}, false, err
			}
		}
		if k.GoesOn() {
			if err := d.Starter.LookTalk(ctx, planID, k.ID); err != nil {
				return act.Course{}, false, err
			}
		}
	}
	return rules.Course(facts).Keys(), false, d.StartDigests(ctx, l, digests)
}

// acted is what the ledger is to write of an act on a task, with the talks about the task that
// the act changes. talks are all talks about the task, said is everything that the act says at
// once.
func (d Docket) acted(ctx context.Context, l ledger.Launched, rules act.Rules, row ledger.Task, before, after act.Case, told []plan.Stage, a act.Act) (acted ledger.Acted, talks []ledger.Talk, said []plan.Stage, err error) {
	if talks, err = d.Ledger.TalksAbout(ctx, row.Plan, row.ID); err != nil {
		return acted, nil, nil, err
	}
	acted = ledger.Acted{Plan: row.Plan, Task: row.ID, Act: a, Version: row.Version, Facts: after, Told: told, From: &l.Plan}
	said = told
	for _, k := range talks {
		course, told, ok := rules.AffectedBy(rules.TalkCourse(ledger.TalkCaseOf(&l.Plan, row, k)), row.ID, before, after, a)
		if ok {
			acted.Talks = append(acted.Talks, ledger.ActedTalk{Talk: k.ID, Version: k.Version, Facts: course.TalkCase, Told: told})
			said = append(said, told...)
		}
	}
	return acted, talks, said, nil
}

// Reinstate records that a cancelled task or an ended duty goes on. Its workflow has ended, so
// that none can be asked; the caller starts one. heard is as in Act.
func (d Docket) Reinstate(ctx context.Context, planID, task string, a act.Act, heard time.Time) error {
	for {
		l, err := d.Ledger.Plan(ctx, planID)
		if err != nil {
			return err
		}
		if !l.Ended.IsZero() {
			return act.PlanEnded(calendar.DayOf(l.Ended.In(l.Plan.Location())))
		}
		course, err := d.Course(ctx, planID, task)
		if err != nil {
			return err
		}
		if _, behind, err := d.Act(ctx, planID, task, a, course, heard); err != nil || !behind {
			return err
		}
	}
}

// level is the row of a task. Where the ledger lacks acts that the workflow knows, as after it
// was restored from an old copy, it first gets them back from the workflow's histories
// (Starter.Recover), and takes what is not there either from known, the workflow's case
// (ledger.CatchUp).
func (d Docket) level(ctx context.Context, l ledger.Launched, task string, known act.Case) (ledger.Task, error) {
	row, err := d.Ledger.Task(ctx, l.Plan.ID, task)
	if err != nil || !row.Facts.Place().Before(known.Place()) {
		return row, err
	}
	if err := d.Starter.Recover(ctx, l.Plan.ID, task); err != nil {
		return row, err
	}
	return d.Ledger.CatchUp(ctx, l.Plan.ID, task, known, d.when(l.Clock))
}
