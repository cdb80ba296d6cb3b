package activities

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"

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

// SpeakResult is what is left of a digest after a try.
type SpeakResult struct {
	Left int    `json:"left,omitempty"` // messages still to be delivered
	Why  string `json:"why,omitempty"`  // the last one's failure; "" when nothing was tried
}

// Limits of sending. A message is broken off when it has been under way for the
// first; the answer to its last byte is waited for a little longer (notice.Patience
// says how long), at most the second. The third is for what the ledger is told of it,
// under a context of its own: neither a stop nor a limit of the activity may make a
// doubt of what is known.
const (
	underWay   = 12 * time.Minute
	afterwards = 10 * time.Second
	recordedIn = 15 * time.Second
)

// within is how long a message may be under way.
func (a *Activities) within() time.Duration { return cmp.Or(a.Within, underWay) }

// beginning is a context in which messages may begin. It ends when one that begins
// might not come to its end, receipt and all, before the activity has to. Over a
// channel that answers at once all can begin.
func (a *Activities) beginning(ctx context.Context, quick bool) (context.Context, context.CancelFunc) {
	ends, limited := ctx.Deadline()
	if !limited || quick {
		return context.WithCancel(ctx)
	}
	return context.WithDeadlineCause(ctx, ends.Add(-a.within()-afterwards-2*recordedIn), errors.New("no time for it is left in this try"))
}

// Speak waits for a digest's speaking time, which is seconds away at most,
// gathers what is still true then and sends it over channels that answer at once
// and on which a second copy is the first. What goes over any other channel, and
// what failed, is left to Deliver.
func (a *Activities) Speak(ctx context.Context, in SpeakInput) (SpeakResult, error) {
	o, err := a.office(ctx)
	if err != nil {
		return SpeakResult{}, err
	}
	if !o.quick() {
		return SpeakResult{Left: 1}, nil
	}
	return a.deliver(ctx, o, in.Digest)
}

// Deliver is Speak over any channel: a mail server may take minutes over one
// message. It tells that it is alive, so that a machine that died is soon known,
// and leaves what has not left when its worker is told to stop.
func (a *Activities) Deliver(ctx context.Context, in SpeakInput) (SpeakResult, error) {
	ctx, cancel := beating(ctx)
	defer cancel()
	o, err := a.office(ctx)
	if err != nil {
		return SpeakResult{}, err
	}
	if why := o.unserved(); why != "" {
		return SpeakResult{Left: 1, Why: why}, nil // no try, no intent: another worker's
	}
	return a.deliver(ctx, o, in.Digest)
}

// beating is a context of an activity that tells that it is alive, and ends when the
// worker is told to stop.
func beating(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		beat := time.NewTicker(5 * time.Second)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
				activity.RecordHeartbeat(ctx)
			case <-activity.GetWorkerStopChannel(ctx):
				cancel(errors.New("the worker stops"))
				return
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

func (a *Activities) deliver(ctx context.Context, o office, digest string) (SpeakResult, error) {
	planID, _, _ := strings.Cut(digest, "|")
	l, err := a.launched(ctx, planID)
	if err != nil {
		return SpeakResult{}, translate(err)
	}
	at, err := ledger.SpeakingTime(digest)
	if err != nil {
		return SpeakResult{}, err
	}
	if err := a.until(ctx, l, at); err != nil {
		return SpeakResult{}, err
	}
	parted, err := a.Ledger.Part(ctx, digest, a.when(l.Clock))
	if err != nil {
		return SpeakResult{}, translate(err)
	}
	if err := a.startDigests(ctx, l, parted); err != nil {
		return SpeakResult{}, err
	}
	messages, err := a.Ledger.Gather(ctx, digest, a.when(l.Clock), func(channel string, items []ledger.Item) bool { return o.again(l, channel, items) })
	if err != nil {
		return SpeakResult{}, translate(err)
	}
	var result SpeakResult
	for _, m := range messages {
		why, err := a.send(ctx, l, o, m)
		if err != nil {
			return SpeakResult{}, err
		}
		if why != "" {
			result.Left++
			result.Why = why
		}
	}
	return result, nil
}

// until waits until plan time has reached an instant.
func (a *Activities) until(ctx context.Context, l ledger.Launched, at time.Time) error {
	select {
	case <-time.After(l.Clock.Until(at, a.Now())):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// again tells whether a message that may have arrived is sent once more. Where
// twice is worse than never, it is when it says something grave: see plan.Policy.
func (o office) again(l ledger.Launched, channel string, items []ledger.Item) bool {
	c, ok := o.carrier(channel)
	if !ok || c.Twice() != notice.TwiceIsWorse {
		return ok
	}
	return slices.ContainsFunc(items, func(it ledger.Item) bool {
		return it.Notice.Plan != l.Plan.ID || l.Plan.Policies[it.Task.Policy].Grave(it.Notice.Kind)
	})
}

// send delivers one message and records what became of it. why says what is to be
// tried again for; the error is the ledger's.
func (a *Activities) send(ctx context.Context, l ledger.Launched, o office, m ledger.Message) (why string, err error) {
	outcome := ledger.Outcome{Message: m.ID, Attempt: m.Attempt}
	channel, ok := o.carrier(m.Channel)
	if !ok {
		return "no channel for " + m.Channel, nil // its intent stands: it has not left
	}
	if channel.Name() != m.Channel {
		outcome.Via = channel.Name()
	}
	// A reader who cannot tell a copy from a new message is told.
	mail, err := a.worded(ctx, l, o, m, m.Doubts > 0 && channel.Twice() == notice.TwiceIsWorse)
	if errors.Is(err, errWording) {
		a.Log.Error("Message cannot be worded", "message", m.ID, "error", err)
		outcome.Fate, outcome.Error = ledger.Refused, err.Error()
		return "", a.receipt(ctx, l, outcome)
	}
	if err != nil {
		return "", err
	}
	if err := a.place(ctx, channel); err != nil {
		return err.Error(), nil // it has not left
	}
	defer a.leave(channel)
	if g, gated := channel.(notice.Gated); gated && !g.Ready() { // since it began to wait for its place
		return unreached(channel.Name()), nil // it has not left
	}
	sending, cancel := context.WithTimeoutCause(ctx, a.within(), errors.New("the server took too long"))
	defer cancel()
	err = channel.Send(sending, mail, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, recordedIn)
		defer cancel()
		return a.Ledger.Leaving(ctx, m.ID, m.Attempt, a.when(l.Clock))
	})
	log := a.Log.With("message", m.ID, "digest", m.Digest.Key, "channel", channel.Name(), "attempt", m.Attempt)
	if err != nil {
		outcome.Error = err.Error()
	}
	switch {
	case err == nil:
		outcome.Fate = ledger.Delivered
	case errors.Is(err, ledger.ErrOvertaken):
		log.Warn("Message left to another try", "error", err)
		return outcome.Error, nil
	case errors.Is(err, notice.ErrUnknown):
		outcome.Fate, outcome.Again = ledger.Doubtful, o.again(l, m.Channel, m.Items)
		log.Warn("Message left and no answer came back", "error", err)
	case errors.Is(err, notice.ErrRejected):
		outcome.Fate = ledger.Refused
		log.Error("Message refused", "error", err)
	default:
		outcome.Fate = ledger.PutOff
		log.Warn("Message not delivered, to be tried again", "error", err)
	}
	if err := a.receipt(ctx, l, outcome); err != nil {
		return "", err
	}
	if outcome.Fate == ledger.PutOff || outcome.Again {
		return outcome.Error, nil
	}
	return "", nil
}

// place waits until one more message may be under way over a channel.
func (a *Activities) place(ctx context.Context, c notice.Channel) error {
	if a.Sending == nil || c.Twice() == notice.TwiceIsOne {
		return nil
	}
	ctx, cancel := a.beginning(ctx, false)
	defer cancel()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case a.Sending <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (a *Activities) leave(c notice.Channel) {
	if a.Sending != nil && c.Twice() != notice.TwiceIsOne {
		<-a.Sending
	}
}

// receipt writes an outcome down, also when ctx has ended.
func (a *Activities) receipt(ctx context.Context, l ledger.Launched, o ledger.Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordedIn)
	defer cancel()
	return a.Ledger.Receipt(ctx, o, a.when(l.Clock))
}

// facts are what a message says, as of its speaking time: one digest for each plan
// and seat that it speaks to, the message's own first. What two seats of one person
// were to be told is said to the nearer to the work.
func (a *Activities) facts(ctx context.Context, l ledger.Launched, m ledger.Message) (all []notice.Digest, err error) {
	type seat struct {
		plan string
		to   people.Recipient
	}
	type word struct {
		plan, talk string
		ledger.Effect
	}
	seats, of := []seat{{l.Plan.ID, m.Digest.Recipient}}, map[seat][]ledger.Item{}
	said := map[word]bool{}
	nearest := func(a, b ledger.Item) int {
		return slices.Index(people.Roles, a.Notice.Recipient.Role) - slices.Index(people.Roles, b.Notice.Recipient.Role)
	}
	for _, it := range slices.SortedStableFunc(slices.Values(m.Items), nearest) {
		at := seat{it.Notice.Plan, it.Notice.Recipient}
		if !slices.Contains(seats, at) {
			seats = append(seats, at)
		}
		w := word{it.Notice.Plan, it.Notice.Talk, it.Notice.Effect}
		w.Recipient = people.Recipient{} // to whichever seat
		if !said[w] {
			said[w], of[at] = true, append(of[at], it)
		}
	}
	slices.SortFunc(seats[1:], func(a, b seat) int {
		return cmp.Or(cmp.Compare(a.plan, b.plan), cmp.Compare(a.to.String(), b.to.String()))
	})
	for _, at := range seats {
		part := l
		if at.plan != l.Plan.ID {
			if part, err = a.launched(ctx, at.plan); err != nil {
				return nil, translate(err)
			}
		}
		d, err := a.digestOf(ctx, part, m, at.to, of[at])
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// digestOf is what a message says to one seat of one plan.
func (a *Activities) digestOf(ctx context.Context, l ledger.Launched, m ledger.Message, to people.Recipient, items []ledger.Item) (notice.Digest, error) {
	book, err := BookOf(ctx, a.Ledger, l)
	if err != nil {
		return notice.Digest{}, err
	}
	dir, at := l.Plan.Directory, m.At()
	contact, _ := dir.Contact(to)
	office, _ := dir.Contact(people.Recipient{Unit: dir.Office, Role: people.Office})
	facts := notice.Digest{
		ID: m.ID, Plan: notice.PlanRef{ID: l.Plan.ID, Title: l.Plan.Title, Number: l.Plan.Number},
		Recipient: to, Unit: dir.Name(to.Unit),
		Contact: notice.Address{Name: contact.Name, Email: contact.Email},
		Office:  notice.Address{Name: dir.Name(dir.Office), Email: office.Email},
		At:      at, Date: a.Now(), Zone: book.Zone,
	}
	today := calendar.DayOf(at.In(book.Zone))
	for _, it := range items {
		fact := item(l, book, it, today, at)
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

func item(l ledger.Launched, book act.Book, it ledger.Item, today calendar.Day, at time.Time) notice.Item {
	t, n, c := it.Task, it.Notice, ledger.CaseOf(it.Task)
	changed := n.Kind == plan.Told && !it.Scene.IsZero() && it.Scene.Due != t.Due
	if n.Kind == plan.Told && !it.Scene.IsZero() { // an act's word is of the moment of the act
		t.Title, t.Lead, t.Due, c.Due = it.Scene.Title, it.Scene.Unit, it.Scene.Due, it.Scene.Due
		if n.Talk != "" {
			t.Lead = it.Task.Lead
		}
	}
	p, m := l.Plan.Policies[t.Policy], book.Measure(c, today)
	out := notice.Item{
		Task: t.Shown(), Title: t.Title, Clause: t.Clause, Lead: l.Plan.Directory.Name(t.Lead), Due: t.Due,
		Kind: n.Kind, Stage: n.Stage, Light: n.Light, Left: notice.Distance{Days: m.LeftDays - m.LateDays, Workdays: m.Left - m.Late, Stood: m.Stood},
		Soft: t.Soft, Priority: t.Priority, CatchUp: n.Stage == plan.CatchUp,
	}
	if waited := calendar.DayOf(n.SpeakAt.In(book.Zone)) != today; n.Light == "" || waited || it.Stage != nil && it.Stage.Topic != "" {
		out.Light = m.Light
	}
	if it.Stage != nil {
		matter(&out, l, book, p, it, today)
	}
	if next := nextOf(l, book, it, at); next != nil && !changed {
		out.Next = &notice.Next{
			Kind: next.Kind, Day: calendar.DayOf(next.At.In(book.Zone)), To: roles(next.To), Step: talkStep(next.ID), Topic: next.Topic,
			Approval: next.Kind == plan.Talk && p.Talk != nil && p.Talk.Open == plan.TalkOnApproval,
		}
	}
	if it.Talk != nil {
		out.Talk = talkFacts(l, book, it, today)
		if it.Talk.Lead != t.Lead {
			out.Unit = l.Plan.Directory.Name(it.Talk.Lead)
		}
	}
	return out
}

// matter adds what a stage speaks of when that is not the task's own limit.
func matter(out *notice.Item, l ledger.Launched, lad act.Book, p plan.Policy, it ledger.Item, today calendar.Day) {
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
		out.Unit = l.Plan.Directory.Name(s.Matter.Unit)
	case string(act.Assist):
		assist := it.Task.Assist
		if !it.Scene.IsZero() {
			assist = it.Scene.Assist
		}
		for _, u := range assist {
			out.Assist = append(out.Assist, l.Plan.Directory.Name(u))
		}
	case string(act.SetPolicy):
		out.Policy = cmp.Or(it.Scene.Policy, p.Title)
	case act.TopicExtension, string(act.Extend): // the leadership hears of it at once when it decides
		out.Further = s.Kind != plan.Escalate && slices.Contains(roles(s.To), people.Leader)
	}
}

// nextOf is what comes next of a notice's task, and of the talk it speaks of, after
// an instant, if nobody does anything; nil: nothing.
func nextOf(l ledger.Launched, book act.Book, it ledger.Item, at time.Time) (next *plan.Stage) {
	all := book.Ahead(ledger.CaseOf(it.Task))
	if it.Task.State != ledger.TaskOpen {
		all = nil
	}
	if it.Talk != nil {
		all = append(all, book.TalkAhead(ledger.TalkCaseOf(&l.Plan, it.Task, *it.Talk))...)
	}
	for i, s := range all {
		if s.At.After(at) && (next == nil || s.At.Before(next.At)) {
			next = &all[i]
		}
	}
	return next
}

// talkFacts are what a notice says of its talk: the step it is about and its
// limit; of what an act told, or of a proposal, only what the papers say.
func talkFacts(l ledger.Launched, lad act.Book, it ledger.Item, today calendar.Day) *notice.Talk {
	k, n := *it.Talk, it.Notice
	c := ledger.TalkCaseOf(&l.Plan, it.Task, k)
	if it.Stage != nil && it.Stage.Topic != "" {
		facts := &notice.Talk{ID: it.Task.ShownTalk(k.ID), Proposed: c.State == act.TalkProposed}
		if it.Stage.Topic == string(act.Serve) && c.Notice != nil {
			facts.Facts = *c.Notice
		}
		facts.Facts.What = c.What
		if p := l.Plan.Policies[c.Policy]; it.Stage.Topic == string(act.Approve) && p.Talk != nil {
			facts.Grounds, facts.Limit = c.Grounds, lad.StepLimit(c, act.StepServed)
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
	facts := &notice.Talk{ID: it.Task.ShownTalk(k.ID), Number: k.Number, Step: talkStep(n.Stage), Proposed: n.Kind == plan.Talk && p.Talk.Open == plan.TalkOnApproval}
	if facts.Step == "" && len(p.Talk.Steps) > 0 {
		facts.Step = p.Talk.Steps[0].ID
	}
	if c.Since.IsZero() {
		c.Since = calendar.DayOf(k.OpensAt.In(lad.Zone))
	}
	if facts.Limit = lad.StepLimit(c, facts.Step); facts.Proposed || facts.Limit.IsZero() {
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
