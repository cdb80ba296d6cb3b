package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
)

// SpeakInput names the digest to speak.
type SpeakInput struct {
	Digest string `json:"digest"`
}

// Speak waits for a digest's speaking time, which is seconds away at most,
// gathers what is still true then and sends it: the intent is in the ledger
// before the message leaves, the receipt after. A message that could
// not be delivered is an error and tried again; one whose fate is unknown is
// sent again only over a channel where that is harmless.
func (a *Activities) Speak(ctx context.Context, in SpeakInput) error {
	planID, _, _ := strings.Cut(in.Digest, "|")
	l, err := a.launched(ctx, planID)
	if err != nil {
		return translate(err)
	}
	if err := a.untilSpeaking(ctx, l, in.Digest); err != nil {
		return err
	}
	messages, err := a.Ledger.Gather(ctx, in.Digest, a.when(l.Clock), a.resendable)
	if err != nil {
		return translate(err)
	}
	var failures []error
	for _, m := range messages {
		if err := a.send(ctx, l, m); err != nil {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// untilSpeaking waits until plan time has reached the instant in a digest's key.
func (a *Activities) untilSpeaking(ctx context.Context, l ledger.Launched, digest string) error {
	at, err := ledger.SpeakingTime(digest)
	if err != nil {
		return err
	}
	select {
	case <-time.After(l.Clock.Until(at, a.Now())):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// GiveUp records a digest's undelivered messages as failed: they are seen by
// the audit and in the ledger.
func (a *Activities) GiveUp(ctx context.Context, in SpeakInput) error {
	planID, _, _ := strings.Cut(in.Digest, "|")
	l, err := a.launched(ctx, planID)
	if err != nil {
		return translate(err)
	}
	messages, err := a.Ledger.Gather(ctx, in.Digest, a.when(l.Clock), a.resendable)
	if err != nil {
		return translate(err)
	}
	for _, m := range messages {
		if err := a.Ledger.Receipt(ctx, m.ID, "given up after a day of tries", true, a.when(l.Clock)); err != nil {
			return translate(err)
		}
	}
	return nil
}

func (a *Activities) resendable(channel string) bool {
	c, ok := a.Channels.Get(channel)
	return ok && c.Resendable()
}

// send delivers one message and records what became of it.
func (a *Activities) send(ctx context.Context, l ledger.Launched, m ledger.Message) error {
	channel, ok := a.Channels.Get(m.Channel)
	if !ok {
		return a.Ledger.Receipt(ctx, m.ID, "channel "+m.Channel+" is not set up any more", true, a.when(l.Clock))
	}
	facts, err := a.facts(ctx, l, m)
	if err != nil {
		return err
	}
	mail, err := notice.Compose(a.Words, facts)
	if err != nil {
		return a.Ledger.Receipt(ctx, m.ID, err.Error(), true, a.when(l.Clock))
	}
	err = channel.Send(ctx, mail)
	switch {
	case err == nil:
		return a.Ledger.Receipt(ctx, m.ID, "", false, a.when(l.Clock))
	case errors.Is(err, notice.ErrUnknown):
		return fmt.Errorf("message %s: %w", m.ID, err) // no receipt: the next try settles it
	case errors.Is(err, notice.ErrRejected):
		a.Log.Error("Message refused", "message", m.ID, "channel", m.Channel, "error", err)
		return a.Ledger.Receipt(ctx, m.ID, err.Error(), true, a.when(l.Clock))
	}
	if recordErr := a.Ledger.Receipt(ctx, m.ID, err.Error(), false, a.when(l.Clock)); recordErr != nil {
		return recordErr
	}
	return fmt.Errorf("message %s: %w", m.ID, err)
}

// facts are what the digest says, as of its speaking time.
func (a *Activities) facts(ctx context.Context, l ledger.Launched, m ledger.Message) (notice.Digest, error) {
	lad, err := a.ladderer(ctx, l)
	if err != nil {
		return notice.Digest{}, err
	}
	dir, d := l.Plan.Directory, m.Digest
	contact, _ := dir.Contact(d.Recipient)
	office, _ := dir.Contact(people.Recipient{Unit: dir.Office, Role: people.Office})
	facts := notice.Digest{
		ID: m.ID, Plan: notice.PlanRef{ID: l.Plan.ID, Title: l.Plan.Title, Number: l.Plan.Number},
		Recipient: d.Recipient, Unit: dir.Name(d.Recipient.Unit),
		Contact: notice.Address{Name: contact.Name, Email: contact.Email},
		Office:  notice.Address{Name: dir.Name(dir.Office), Email: office.Email},
		At:      d.SpeakAt, Date: a.Now(), Zone: lad.Zone,
	}
	today := calendar.DayOf(d.SpeakAt.In(lad.Zone))
	for _, it := range m.Items {
		fact := item(l, lad, it, today)
		if fact.CatchUp {
			if fact.Merged, err = a.missedReminders(ctx, it.Notice); err != nil {
				return notice.Digest{}, err
			}
		}
		facts.Items = append(facts.Items, fact)
	}
	return facts, nil
}

// missedReminders counts the reminders that a catch-up notice stands for.
func (a *Activities) missedReminders(ctx context.Context, n ledger.Notice) (int, error) {
	stages, err := a.Ledger.Stages(ctx, n.Plan, n.Task)
	if err != nil {
		return 0, err
	}
	for _, s := range stages {
		if s.ID == n.Stage && s.Revision == n.Revision {
			return len(s.Merged), nil
		}
	}
	return 0, nil
}

func item(l ledger.Launched, lad plan.Ladderer, it ledger.Item, today calendar.Day) notice.Item {
	t, n := it.Task, it.Notice
	p := l.Plan.Policies[t.Policy]
	out := notice.Item{
		Task: t.ID, Title: t.Title, Clause: t.Clause, Lead: l.Plan.Directory.Name(t.Lead), Due: t.Due,
		Kind: n.Kind, Stage: n.Stage, Light: n.Light, Left: distance(lad.Calendar, today, t.Due),
		Soft: t.Soft, Priority: t.Priority, CatchUp: n.Stage == plan.CatchUp,
	}
	if n.Light == "" || it.Stage != nil && it.Stage.Topic != "" {
		out.Light = lightOf(lad, p, t, today)
	}
	if it.Stage != nil {
		matter(&out, l, lad, p, it, today)
	}
	if it.Next != nil {
		out.Next = &notice.Next{
			Kind: it.Next.Kind, Day: calendar.DayOf(it.Next.At.In(lad.Zone)), To: roles(it.Next.To), Step: talkStep(it.Next.ID), Topic: it.Next.Topic,
			Approval: it.Next.Kind == plan.Talk && p.Talk != nil && p.Talk.Open == plan.TalkOnApproval,
		}
	}
	if it.Talk != nil {
		out.Talk = talkFacts(l, lad, it, today)
		if it.Talk.Lead != t.Lead {
			out.Unit = l.Plan.Directory.Name(it.Talk.Lead)
		}
	}
	return out
}

// matter adds what a stage speaks of when that is not the task's own limit.
func matter(out *notice.Item, l ledger.Launched, lad plan.Ladderer, p plan.Policy, it ledger.Item, today calendar.Day) {
	s := *it.Stage
	if s.Topic == "" {
		return
	}
	out.Matter = s.Matter
	if !s.Limit.IsZero() {
		out.LimitLeft = distance(lad.Calendar, today, s.Limit)
	}
	switch s.Topic {
	case act.TopicPart, string(act.AskPart):
		out.Unit = l.Plan.Directory.Name(s.To[0].Unit)
	case string(act.Reassign):
		out.Unit = l.Plan.Directory.Name(s.To[len(s.To)-1].Unit)
	case string(act.Assist):
		for _, u := range it.Task.Assist {
			out.Assist = append(out.Assist, l.Plan.Directory.Name(u))
		}
	case string(act.SetPolicy):
		out.Policy = p.Title
	case act.TopicExtension, string(act.Extend): // the leadership hears of it at once when it decides
		out.Further = s.Kind != plan.Escalate && slices.Contains(roles(s.To), people.Leader)
	}
}

// lightOf is a task's light on a day, where its stage names none.
func lightOf(lad plan.Ladderer, p plan.Policy, t ledger.Task, today calendar.Day) plan.Light {
	if t.State == string(act.Cancelled) {
		return ""
	}
	if t.State != ledger.TaskOpen || t.Due.IsZero() {
		return t.Light
	}
	return p.LightOn(today, t.Due, lad.Calendar)
}

// talkFacts are what a notice says of its talk: the step it is about and its
// limit; of what an act told, or of a proposal, only what the papers say.
func talkFacts(l ledger.Launched, lad plan.Ladderer, it ledger.Item, today calendar.Day) *notice.Talk {
	k, n := *it.Talk, it.Notice
	c := ledger.TalkCaseOf(&l.Plan, it.Task, k)
	if it.Stage != nil && it.Stage.Topic != "" {
		facts := &notice.Talk{ID: k.ID, Proposed: c.State == act.TalkProposed}
		if it.Stage.Topic == string(act.Serve) && c.Notice != nil {
			facts.Facts = *c.Notice
		}
		facts.Facts.What = c.What
		if p := l.Plan.Policies[c.Policy]; it.Stage.Topic == string(act.Approve) && p.Talk != nil {
			facts.Grounds, facts.Limit = c.Grounds, lad.TalkLimit(p, act.StepServed, c.Since, c.Taken)
			if !facts.Limit.IsZero() {
				facts.Left = distance(lad.Calendar, today, facts.Limit)
			}
		}
		return facts
	}
	p := l.Plan.Policies[c.Policy]
	if p.Talk == nil {
		return nil
	}
	facts := &notice.Talk{ID: k.ID, Number: k.Number, Step: talkStep(n.Stage), Proposed: n.Kind == plan.Talk && p.Talk.Open == plan.TalkOnApproval}
	if facts.Step == "" && len(p.Talk.Steps) > 0 {
		facts.Step = p.Talk.Steps[0].ID
	}
	since := c.Since
	if since.IsZero() {
		since = calendar.DayOf(k.OpensAt.In(lad.Zone))
	}
	if facts.Limit = lad.TalkLimit(p, facts.Step, since, c.Taken); facts.Proposed || facts.Limit.IsZero() {
		facts.Limit = calendar.Day{}
		return facts
	}
	facts.Left = distance(lad.Calendar, today, facts.Limit)
	return facts
}

// talkStep is the step a talk's stage is about: "held" of talk-held-missed.2.
func talkStep(stage string) string {
	step, _ := act.StageStep(stage)
	return step
}

// distance counts the working days left from today, and those over from the day.
func distance(cal *calendar.Calendar, today, day calendar.Day) notice.Distance {
	if day.Before(today) {
		return notice.Distance{Days: day.Sub(today), Workdays: -cal.Workdays(day, today)}
	}
	return notice.Distance{Days: day.Sub(today), Workdays: cal.Workdays(today, day)}
}

func roles(to []people.Recipient) []people.Role {
	var out []people.Role
	for _, r := range to {
		if !slices.Contains(out, r.Role) {
			out = append(out, r.Role)
		}
	}
	return out
}
