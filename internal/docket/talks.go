package docket

import (
	"context"
	"errors"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// OpenTalk opens a talk that a stage called for, or proposes it when its policy asks for
// approval. It gives the talk's course as the ledger has it then; the talk is void when an act
// on its task came first.
func (d Docket) OpenTalk(ctx context.Context, planID, id string) (act.TalkCourse, error) {
	l, rules, talk, task, err := d.talk(ctx, planID, id)
	if err != nil {
		return act.TalkCourse{}, err
	}
	if talk.State == act.TalkPending {
		open := func(task ledger.Task, called ledger.Talk) act.TalkCase {
			called.Facts = nil // the talk opens by its task and policy as they are now
			return rules.OpenTalk(ledger.TalkCaseOf(&l.Plan, task, called), called.OpensAt).TalkCase
		}
		opening := ledger.Opening{Plan: planID, Talk: id, Takes: rules.Takes, Open: open, Calls: callsOf(l, rules), Zone: rules.Zone}
		if talk, err = d.Ledger.OpenTalk(ctx, opening, d.when(l.Clock)); err != nil {
			return act.TalkCourse{}, err
		}
	}
	if err := d.tellJoined(ctx, talk); err != nil {
		return act.TalkCourse{}, err
	}
	return rules.TalkCourse(ledger.TalkCaseOf(&l.Plan, task, talk)).Keys(), nil
}

// callsOf gives the calls to talks, up to an instant, that follow from the facts of a task, or
// of an occurrence that its duty has not opened yet, and that are not in the ledger.
func callsOf(l ledger.Launched, rules act.Rules) func(ledger.Task, time.Time) []act.Called {
	return func(row ledger.Task, until time.Time) (all []act.Called) {
		calls := func(row ledger.Task) {
			for _, at := range rules.CallsUntil(ledger.CaseOf(row), until) {
				all = append(all, act.Called{Task: row.ID, At: at})
			}
		}
		if row.Kind != plan.Duty {
			calls(row)
			return all
		}
		d, err := DutyOf(l, rules, row)
		if err != nil || row.Facts.Pause != nil {
			return nil
		}
		for o, ok := d.Next(row.Facts.OpenedUpTo()); ok && !o.Opens.After(until); o, ok = d.Next(o.Due) {
			calls(d.Occurrence(o))
		}
		return all
	}
}

// tellJoined tells the workflows of talks that a talk has joined, or that have joined
// it, to take their courses from the ledger.
func (d Docket) tellJoined(ctx context.Context, talk ledger.Talk) error {
	of := []string{talk.Host}
	if talk.Host == "" {
		parts, err := d.Ledger.JoinedTo(ctx, talk.Plan, talk.ID)
		if err != nil {
			return err
		}
		of = parts
	}
	for _, id := range of {
		if err := d.Starter.LookTalk(ctx, talk.Plan, id); err != nil {
			return err
		}
	}
	return nil
}

// TalkCourse is a talk's course as the ledger has it, by the policies and the
// calendar in force.
func (d Docket) TalkCourse(ctx context.Context, planID, id string) (act.TalkCourse, error) {
	l, rules, talk, task, err := d.talk(ctx, planID, id)
	if err != nil {
		return act.TalkCourse{}, err
	}
	return rules.TalkCourse(ledger.TalkCaseOf(&l.Plan, task, talk)).Keys(), nil
}

// ActOnTalk is Act of a talk.
func (d Docket) ActOnTalk(ctx context.Context, planID, id string, a act.Act, on act.TalkCourse, heard time.Time) (course act.TalkCourse, behind bool, err error) {
	l, rules, talk, task, err := d.talk(ctx, planID, id)
	if err != nil {
		return act.TalkCourse{}, false, err
	}
	if talk, err = d.levelTalk(ctx, l, talk, on.TalkCase); err != nil {
		return act.TalkCourse{}, false, err
	}
	before := rules.TalkCourse(ledger.TalkCaseOf(&l.Plan, task, talk))
	if (before.Place() != on.Place() || before.State != on.State) && !before.Done(a.ID) {
		return before.Keys(), true, nil
	}
	if !before.Done(a.ID) {
		if r := d.Accounts.Credible(l, a, heard); r != nil {
			return act.TalkCourse{}, false, r
		}
	}
	after, told, refused := rules.ActOnTalk(before, a)
	if refused != nil {
		return act.TalkCourse{}, false, refused
	}
	channels, err := d.toAll(ctx, told...)
	if err != nil {
		return act.TalkCourse{}, false, err
	}
	facts, digests, err := d.Ledger.ActOnTalk(ctx, ledger.ActedOnTalk{Plan: planID, Talk: id, Act: a, Version: talk.Version,
		Facts: after.TalkCase, Told: told, From: &l.Plan, Channels: channels, Place: placing(rules, id, after.Policy, calendar.Day{}), Takes: rules.Takes}, d.when(l.Clock))
	switch {
	case errors.Is(err, ledger.ErrBehind):
		c, err := d.TalkCourse(ctx, planID, id)
		return c, true, err
	case errors.Is(err, ledger.ErrTaken):
		return act.TalkCourse{}, false, act.Taken(a)
	case err != nil:
		return act.TalkCourse{}, false, err
	}
	if facts.State == act.TalkJoined { // the proposal was approved, and joins a talk to which the unit is called already
		if err := d.Starter.LookTalk(ctx, planID, facts.Into); err != nil {
			return act.TalkCourse{}, false, err
		}
	}
	return rules.TalkCourse(facts).Keys(), false, d.StartDigests(ctx, l, digests)
}

// Propose writes a proposed talk or circular about the task a.Ref into the ledger, and starts
// its workflow. rule is the proposal of a rule of consequences: the rule is then the talk's
// origin, and its facts are kept; nil when a person proposes. Without a.Unit the task's lead is
// called. a.At and a.On must be set. Propose gives the talk's ID; the same act again makes no
// second talk.
func (d Docket) Propose(ctx context.Context, l ledger.Launched, a act.Act, rule *act.Proposal) (string, error) {
	task, err := d.Ledger.Task(ctx, l.Plan.ID, a.Ref)
	if err != nil {
		return "", err
	}
	rules, err := d.Ledger.Rules(ctx, l)
	if err != nil {
		return "", err
	}
	if a.Kind = act.Propose; a.Unit == "" {
		a.Unit = task.Lead
	}
	number, err := d.nextTalk(ctx, l.Plan.ID, task, time.Time{})
	if err != nil {
		return "", err
	}
	facts := func(number int) (act.TalkCase, *act.Refusal) {
		c := TalkToPropose(&l.Plan, task, a, rule)
		c.Number = number
		course, refused := rules.Propose(c, a)
		return course.TalkCase, refused
	}
	talk, refused, err := d.Ledger.ProposeTalk(ctx, ledger.Proposed{Plan: l.Plan.ID, Task: task.ID, Act: a, Proposal: rule, Number: number, Facts: facts}, d.when(l.Clock))
	switch {
	case err != nil:
		return talk.ID, err
	case refused != nil:
		return talk.ID, refused
	case !talk.GoesOn():
		return talk.ID, nil
	}
	return talk.ID, d.Starter.StartTalk(ctx, l, talk)
}

// nextTalk is the number of a task's next talk. A ledger that was restored from an older copy
// may have forgotten talks: Temporal still knows them, and their numbers are not used again.
func (d Docket) nextTalk(ctx context.Context, planID string, row ledger.Task, opensAt time.Time) (int, error) {
	before, err := d.Ledger.Talks(ctx, planID, row.ID)
	if err != nil {
		return 0, err
	}
	last := row.Facts.TalksBefore()
	for _, k := range before {
		last = max(last, k.Number)
	}
	return d.Starter.UnusedTalk(ctx, planID, row.ID, last+1, opensAt)
}

// TalkToPropose is the case of a talk that an act is to propose about a task, not
// numbered yet.
func TalkToPropose(p *plan.Plan, task ledger.Task, a act.Act, rule *act.Proposal) act.TalkCase {
	c := act.TalkCase{
		Members: []act.Member{{Task: task.ID, About: task.Facts.Number, Due: task.Facts.Due}},
		Task:    task.ID, Lead: a.Unit, Office: p.Directory.Office, Leadership: p.Directory.Leadership,
		Policy: act.TalkPolicy(p, task.Policy), Origin: act.Origin{Kind: act.OriginHand}, About: task.Facts.Number,
	}
	if rule != nil {
		c.Origin, c.Facts = act.Origin{Kind: act.OriginRule, Of: rule.Rule}, rule.Facts
	}
	return c
}

// talk reads a talk, its task and its plan with the rules by which acts on the talk are judged.
func (d Docket) talk(ctx context.Context, planID, id string) (l ledger.Launched, b act.Rules, k ledger.Talk, task ledger.Task, err error) {
	if l, b, err = d.Plan(ctx, planID); err != nil {
		return l, b, k, task, err
	}
	if k, err = d.Ledger.Talk(ctx, planID, id); err != nil {
		return l, b, k, task, err
	}
	task, err = d.Ledger.Task(ctx, planID, k.Task)
	return l, b, k, task, err
}

// levelTalk is level of a talk.
func (d Docket) levelTalk(ctx context.Context, l ledger.Launched, talk ledger.Talk, known act.TalkCase) (ledger.Talk, error) {
	have := act.Place{}
	if talk.Facts != nil {
		have = talk.Facts.Place()
	}
	if !have.Before(known.Place()) {
		return talk, nil
	}
	if err := d.Starter.Recover(ctx, l.Plan.ID, talk.ID); err != nil {
		return talk, err
	}
	return d.Ledger.CatchUpTalk(ctx, l.Plan.ID, talk.ID, known, d.when(l.Clock))
}
