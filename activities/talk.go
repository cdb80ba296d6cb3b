package activities

import (
	"context"
	"errors"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// TalkInput opens a talk at the plan instant OpensAt, or asks for what its
// course lacks.
type TalkInput struct {
	Plan    string         `json:"plan"`
	Talk    string         `json:"talk"`
	OpensAt time.Time      `json:"opens_at,omitzero"`
	Course  act.TalkCourse `json:"course"`
}

// OpenTalk opens a talk that a stage called for, or proposes it when its policy
// asks for approval. It gives the talk's course; void when its task was closed,
// suspended or given another ladder before.
func (a *Activities) OpenTalk(ctx context.Context, in TalkInput) (act.TalkCourse, error) {
	l, book, talk, c, err := a.talk(ctx, in.Plan, in.Talk)
	if err != nil {
		return act.TalkCourse{}, translate(err)
	}
	if talk.Course != nil { // people have acted on it: the workflow is behind the ledger
		return a.talkCourse(ctx, l, in.Talk)
	}
	c.State = act.TalkPending // a second try answers as the first
	course := book.OpenTalk(c, in.OpensAt)
	open := plan.TalkAtOnce
	if course.State == act.TalkProposed {
		open = plan.TalkOnApproval
	}
	_, on, err := a.Ledger.OpenTalk(ctx, talk.ID, in.Plan, open, course.Ladder, a.when(l.Clock))
	if err != nil {
		return act.TalkCourse{}, translate(err)
	}
	if !on {
		return course.Void(), nil
	}
	return course, nil
}

// RenewProposal puts the next word about a proposal that nobody has decided on
// its ladder.
func (a *Activities) RenewProposal(ctx context.Context, in TalkInput) (act.TalkCourse, error) {
	l, book, _, _, err := a.talk(ctx, in.Plan, in.Talk)
	if err != nil {
		return act.TalkCourse{}, translate(err)
	}
	course, ok := book.Renew(in.Course)
	if !ok {
		return in.Course, nil
	}
	err = a.Ledger.ExpectTalk(ctx, in.Plan, in.Talk, course, a.when(l.Clock))
	if errors.Is(err, ledger.ErrBehind) {
		return a.talkCourse(ctx, l, in.Talk)
	}
	return course, translate(err)
}

// talkCourse is a talk's to go on from, as the ledger has it.
func (a *Activities) talkCourse(ctx context.Context, l ledger.Launched, id string) (act.TalkCourse, error) {
	k, err := a.Ledger.Talk(ctx, l.Plan.ID, id)
	if err != nil {
		return act.TalkCourse{}, translate(err)
	}
	task, err := a.Ledger.Task(ctx, l.Plan.ID, k.Task)
	if err != nil {
		return act.TalkCourse{}, translate(err)
	}
	stages, err := a.Ledger.Stages(ctx, l.Plan.ID, k.Task)
	if err != nil {
		return act.TalkCourse{}, err
	}
	return ledger.ResumedTalk(&l.Plan, task, k, stages), nil
}

// TalkActInput is one act on a talk whose course stood like this.
type TalkActInput struct {
	Plan   string         `json:"plan"`
	Talk   string         `json:"talk"`
	Act    act.Act        `json:"act"`
	Course act.TalkCourse `json:"course"`
	Heard  time.Time      `json:"heard,omitzero"` // see ActInput
}

// TalkActResult is ActResult of a talk.
type TalkActResult struct {
	act.TalkCourse
	Behind bool `json:"behind,omitempty"`
}

// RecordTalkAct works out what an act on a talk changes, writes it into the
// ledger as one event and sends what it says at once. It gives the course as it
// is from then on; void, and nothing recorded, when the talk's task has ended.
func (a *Activities) RecordTalkAct(ctx context.Context, in TalkActInput) (TalkActResult, error) {
	l, book, _, _, err := a.talk(ctx, in.Plan, in.Talk)
	if err != nil {
		return TalkActResult{}, translate(err)
	}
	if !in.Course.Done(in.Act.ID) {
		if r := a.credible(l.Clock, in.Act, in.Heard); r != nil {
			return TalkActResult{}, Refused(r)
		}
	}
	after, told, refused := book.ActOnTalk(in.Course, in.Act)
	if refused != nil {
		return TalkActResult{}, Refused(refused)
	}
	o, err := a.office(ctx)
	if err != nil {
		return TalkActResult{}, err
	}
	acted := ledger.ActedOnTalk{Plan: in.Plan, Talk: in.Talk, Act: in.Act, Before: &in.Course, Course: after, Told: told, Channels: map[people.Recipient][]string{}}
	for _, s := range told {
		for _, r := range s.To {
			acted.Channels[r] = o.to(r)
		}
	}
	after, digests, err := a.Ledger.ActOnTalk(ctx, acted, a.when(l.Clock))
	if errors.Is(err, ledger.ErrBehind) {
		c, err := a.talkCourse(ctx, l, in.Talk)
		return TalkActResult{c, true}, err
	}
	if err != nil {
		return TalkActResult{}, translate(err)
	}
	if after.State == act.TalkVoid {
		return TalkActResult{TalkCourse: in.Course.Void()}, nil
	}
	return TalkActResult{TalkCourse: after}, a.startDigests(ctx, l, digests)
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
	years, err := store.Calendar(ctx)
	if err != nil {
		return "", nil, err
	}
	book, err := act.NewBook(&l.Plan, calendar.New(years...))
	if err != nil {
		return "", nil, err
	}
	if a.Kind = act.Propose; a.Unit == "" {
		a.Unit = task.Lead
	}
	course := func(number int) (act.TalkCourse, *act.Refusal) {
		c := NewTalkCase(&l.Plan, task, a, rule)
		c.Number = number
		return book.Propose(c, a)
	}
	talk, refused, err := store.ProposeTalk(ctx, ledger.Proposed{Plan: l.Plan.ID, Task: task.ID, Act: a, Proposal: rule, Course: course}, when)
	if refused != nil || err != nil {
		return "", refused, err
	}
	return talk.ID, nil, start.StartTalk(ctx, l, talk)
}

// NewTalkCase is the case of a talk that an act is to propose about a task, not
// numbered yet.
func NewTalkCase(p *plan.Plan, task ledger.Task, a act.Act, rule *act.Proposal) act.TalkCase {
	c := act.TalkCase{
		Task: task.ID, Lead: a.Unit, Office: p.Directory.Office, Leadership: p.Directory.Leadership,
		Policy: ledger.TalkPolicy(p, task), Origin: act.OriginHand, Revision: task.Revision,
	}
	if rule != nil {
		c.Origin, c.Facts = rule.Rule, rule.Facts
	}
	return c
}

// endTalks tells the workflows of a task's void talks that there is nothing more
// to wait for.
func (a *Activities) endTalks(ctx context.Context, planID, task string) error {
	talks, err := a.Ledger.Talks(ctx, planID, task)
	if err != nil {
		return err
	}
	for _, t := range talks {
		if t.State == ledger.TalkVoid {
			if err := a.Starter.EndTalk(ctx, planID, t.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// talk is a talk with what acts on it need.
func (a *Activities) talk(ctx context.Context, planID, id string) (l ledger.Launched, b act.Book, k ledger.Talk, c act.TalkCase, err error) {
	if l, err = a.launched(ctx, planID); err != nil {
		return l, b, k, c, err
	}
	if b, err = a.book(ctx, l); err != nil {
		return l, b, k, c, err
	}
	if k, err = a.Ledger.Talk(ctx, planID, id); err != nil {
		return l, b, k, c, err
	}
	task, err := a.Ledger.Task(ctx, planID, k.Task)
	return l, b, k, ledger.TalkCaseOf(&l.Plan, task, k), err
}
