package activities

import (
	"context"
	"errors"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/wire"
)

// OpenTalk opens a talk that a stage called for, or proposes it when its policy
// asks for approval. It gives the talk's course as the ledger has it from then on:
// void when an act on its task came first.
func (a *Activities) OpenTalk(ctx context.Context, in wire.TalkInput) (act.TalkCourse, error) {
	l, book, talk, task, err := a.talk(ctx, in.Plan, in.Talk)
	if err != nil {
		return act.TalkCourse{}, translate(err)
	}
	if talk.State == ledger.TalkPending {
		open := func(task ledger.Task, called ledger.Talk) act.TalkCase {
			called.Facts = nil // by the task and its policy as they are now
			return book.OpenTalk(ledger.TalkCaseOf(&l.Plan, task, called), called.OpensAt).TalkCase
		}
		opening := ledger.Opening{Plan: in.Plan, Talk: in.Talk, Takes: book.Takes, Open: open, Calls: callsOf(l, book), Zone: book.Zone}
		if talk, err = a.Ledger.OpenTalk(ctx, opening, a.when(l.Clock)); err != nil {
			return act.TalkCourse{}, translate(err)
		}
	}
	if err := a.tellJoined(ctx, talk); err != nil {
		return act.TalkCourse{}, err
	}
	return book.TalkCourse(ledger.TalkCaseOf(&l.Plan, task, talk)).Keys(), nil
}

// callsOf gives the talks that a task, or an occurrence that its duty has not opened yet,
// calls for until an instant and that the ledger does not hold: each follows from the facts.
func callsOf(l ledger.Launched, book act.Book) func(ledger.Task, time.Time) []act.Called {
	return func(row ledger.Task, until time.Time) (all []act.Called) {
		calls := func(row ledger.Task) {
			for _, at := range book.CallsUntil(ledger.CaseOf(row), until) {
				all = append(all, act.Called{Task: row.ID, At: at})
			}
		}
		if row.Kind != plan.Duty {
			calls(row)
			return all
		}
		d, err := dutyOf(l, book, row)
		if err != nil || row.Facts.Pause != nil {
			return nil
		}
		for o, ok := d.next(row.Facts.OpenedUpTo()); ok && !o.Opens.After(until); o, ok = d.next(o.Due) {
			calls(d.occurrence(o))
		}
		return all
	}
}

// tellJoined tells the workflows of talks that a talk has joined, or that have joined
// it, to take their courses from the ledger.
func (a *Activities) tellJoined(ctx context.Context, talk ledger.Talk) error {
	of := []string{talk.Host}
	if talk.Host == "" {
		parts, err := a.Ledger.JoinedTo(ctx, talk.Plan, talk.ID)
		if err != nil {
			return translate(err)
		}
		of = parts
	}
	for _, id := range of {
		if err := a.Starter.LookTalk(ctx, talk.Plan, id); err != nil {
			return err
		}
	}
	return nil
}

// DecideTalkStage is DecideStage of a talk.
func (a *Activities) DecideTalkStage(ctx context.Context, in wire.TalkInput) (act.TalkCourse, error) {
	l, book, talk, task, err := a.talk(ctx, in.Plan, in.Talk)
	if err != nil {
		return act.TalkCourse{}, translate(err)
	}
	if talk, err = a.levelTalk(ctx, l, talk, in.Course.TalkCase); err != nil {
		return act.TalkCourse{}, translate(err)
	}
	c, stage := book.TalkCourse(ledger.TalkCaseOf(&l.Plan, task, talk)), *in.Course.Next
	d := ledger.Decision{Plan: in.Plan, Task: talk.Task, Talk: in.Talk, Revision: in.Course.Revision, Version: talk.Version, Stage: stage, From: &l.Plan}
	if d.Channels, err = a.channels(ctx, stage); err != nil {
		return act.TalkCourse{}, err
	}
	switch {
	case isNext(c.Next, stage):
		c, d.Stage = book.DecideOfTalk(c)
		d.Place = Placer(book, in.Talk, c.Policy, book.TalkLimit(c.TalkCase, d.Stage))
		d.TalkFacts = c.TalkCase
	case !c.Speaks(stage):
		return c.Keys(), nil
	}
	digests, _, err := a.Ledger.DecideStage(ctx, d, a.when(l.Clock))
	if errors.Is(err, ledger.ErrBehind) {
		return a.TalkCourse(ctx, wire.LookInput{Plan: in.Plan, Thing: in.Talk})
	}
	if err != nil {
		return act.TalkCourse{}, translate(err)
	}
	return c.Keys(), a.startDigests(ctx, l, digests)
}

// TalkCourse is a talk's course as the ledger has it, by the policies and the
// calendar in force.
func (a *Activities) TalkCourse(ctx context.Context, in wire.LookInput) (act.TalkCourse, error) {
	l, book, talk, task, err := a.talk(ctx, in.Plan, in.Thing)
	if err != nil {
		return act.TalkCourse{}, translate(err)
	}
	return book.TalkCourse(ledger.TalkCaseOf(&l.Plan, task, talk)).Keys(), nil
}

// RecordTalkAct works out what an act on a talk changes, writes it into the
// ledger as one event and sends what it says at once. It gives the course as it
// is from then on.
func (a *Activities) RecordTalkAct(ctx context.Context, in wire.TalkActInput) (wire.TalkActResult, error) {
	l, book, talk, task, err := a.talk(ctx, in.Plan, in.Talk)
	if err != nil {
		return wire.TalkActResult{}, translate(err)
	}
	if talk, err = a.levelTalk(ctx, l, talk, in.Course.TalkCase); err != nil {
		return wire.TalkActResult{}, translate(err)
	}
	before := book.TalkCourse(ledger.TalkCaseOf(&l.Plan, task, talk))
	if (before.Place() != in.Course.Place() || before.State != in.Course.State) && !before.Done(in.Act.ID) {
		return wire.TalkActResult{TalkCourse: before.Keys(), Behind: true}, nil
	}
	if !before.Done(in.Act.ID) {
		if r := a.Accounts.Credible(l.Clock, in.Act, in.Heard); r != nil {
			return wire.TalkActResult{}, wire.Refused(r)
		}
	}
	after, told, refused := book.ActOnTalk(before, in.Act)
	if refused != nil {
		return wire.TalkActResult{}, wire.Refused(refused)
	}
	channels, err := a.channels(ctx, told...)
	if err != nil {
		return wire.TalkActResult{}, err
	}
	facts, digests, err := a.Ledger.ActOnTalk(ctx, ledger.ActedOnTalk{Plan: in.Plan, Talk: in.Talk, Act: in.Act, Version: talk.Version,
		Facts: after.TalkCase, Told: told, From: &l.Plan, Channels: channels, Place: Placer(book, in.Talk, after.Policy, calendar.Day{}), Takes: book.Takes}, a.when(l.Clock))
	if errors.Is(err, ledger.ErrBehind) {
		c, err := a.TalkCourse(ctx, wire.LookInput{Plan: in.Plan, Thing: in.Talk})
		return wire.TalkActResult{TalkCourse: c, Behind: true}, err
	}
	if errors.Is(err, ledger.ErrTaken) {
		return wire.TalkActResult{}, wire.Refused(act.Taken(in.Act))
	}
	if err != nil {
		return wire.TalkActResult{}, translate(err)
	}
	if facts.State == act.TalkJoined { // it was approved, and the unit is called to a talk already
		if err := a.Starter.LookTalk(ctx, in.Plan, facts.Into); err != nil {
			return wire.TalkActResult{}, err
		}
	}
	return wire.TalkActResult{TalkCourse: book.TalkCourse(facts).Keys()}, a.startDigests(ctx, l, digests)
}

// Propose writes a proposed talk or circular about the task a.Ref and starts its
// workflow. rule is what a rule of consequences counted: then the rule is its
// origin, and its facts are kept; nil when a person proposes. Without a.Unit the
// task's lead is called. a.At and a.On are set. It gives the talk's ID, or the
// refusal; the same act again makes no second talk.
func Propose(ctx context.Context, store *ledger.Store, start Starter, l ledger.Launched, a act.Act, rule *act.Proposal, when ledger.When) (string, *act.Refusal, error) {
	task, err := store.Task(ctx, l.Plan.ID, a.Ref)
	if err != nil {
		return "", nil, err
	}
	book, err := BookOf(ctx, store, l)
	if err != nil {
		return "", nil, err
	}
	if a.Kind = act.Propose; a.Unit == "" {
		a.Unit = task.Lead
	}
	number, err := nextTalk(ctx, store, start, l.Plan.ID, task.ID, time.Time{})
	if err != nil {
		return "", nil, err
	}
	facts := func(number int) (act.TalkCase, *act.Refusal) {
		c := NewTalkCase(&l.Plan, task, a, rule)
		c.Number = number
		course, refused := book.Propose(c, a)
		return course.TalkCase, refused
	}
	talk, refused, err := store.ProposeTalk(ctx, ledger.Proposed{Plan: l.Plan.ID, Task: task.ID, Act: a, Proposal: rule, Number: number, Facts: facts}, when)
	if refused != nil || err != nil || !talk.GoesOn() {
		return talk.ID, refused, err
	}
	return talk.ID, nil, start.StartTalk(ctx, l, talk)
}

// nextTalk is the number of a task's next talk. A ledger that was restored may have
// forgotten talks: their numbers do not come twice.
func nextTalk(ctx context.Context, store *ledger.Store, start Starter, planID, task string, opensAt time.Time) (int, error) {
	before, err := store.Talks(ctx, planID, task)
	if err != nil {
		return 0, err
	}
	row, err := store.Task(ctx, planID, task)
	if err != nil {
		return 0, err
	}
	last := row.Facts.TalksBefore()
	for _, k := range before {
		last = max(last, k.Number)
	}
	return start.UnusedTalk(ctx, planID, task, last+1, opensAt)
}

// NewTalkCase is the case of a talk that an act is to propose about a task, not
// numbered yet.
func NewTalkCase(p *plan.Plan, task ledger.Task, a act.Act, rule *act.Proposal) act.TalkCase {
	c := act.TalkCase{
		Members: []act.Member{{Task: task.ID, About: task.Facts.Number, Due: task.Facts.Due}},
		Task:    task.ID, Lead: a.Unit, Office: p.Directory.Office, Leadership: p.Directory.Leadership,
		Policy: act.TalkPolicy(p, task.Policy), Origin: act.OriginHand, About: task.Facts.Number,
	}
	if rule != nil {
		c.Origin, c.Facts = rule.Rule, rule.Facts
	}
	return c
}

// talk is a talk, its task, and what acts on it need.
func (a *Activities) talk(ctx context.Context, planID, id string) (l ledger.Launched, b act.Book, k ledger.Talk, task ledger.Task, err error) {
	if l, b, err = a.plan(ctx, planID); err != nil {
		return l, b, k, task, err
	}
	if k, err = a.Ledger.Talk(ctx, planID, id); err != nil {
		return l, b, k, task, err
	}
	task, err = a.Ledger.Task(ctx, planID, k.Task)
	return l, b, k, task, err
}

// levelTalk is level of a talk.
func (a *Activities) levelTalk(ctx context.Context, l ledger.Launched, talk ledger.Talk, known act.TalkCase) (ledger.Talk, error) {
	have := act.Place{}
	if talk.Facts != nil {
		have = talk.Facts.Place()
	}
	if !have.Before(known.Place()) {
		return talk, nil
	}
	if err := a.Starter.Recover(ctx, l.Plan.ID, talk.ID); err != nil {
		return talk, err
	}
	return a.Ledger.CatchUpTalk(ctx, l.Plan.ID, talk.ID, known, a.when(l.Clock))
}
