package activities

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
)

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
	book, err := a.Ledger.Book(ctx, l)
	if err != nil {
		return notice.Digest{}, err
	}
	dir, at := l.Plan.Directory, m.At()
	contact, _ := dir.Contact(to)
	office, _ := dir.Contact(people.Recipient{Unit: dir.Office, Role: people.Office})
	facts := notice.Digest{
		ID: m.ID, Plan: notice.PlanRef{ID: l.Plan.ID, Title: l.Plan.Title, Number: l.Plan.Number},
		Recipient: to, Unit: dir.Name(to.Unit),
		Contact: letter.Address{Name: contact.Name, Email: contact.Email}, Post: contact.Post, Desk: notice.Desk{Name: office.Name, Phone: office.Phone}, Link: a.link(to),
		Office: letter.Address{Name: dir.Name(dir.Office), Email: office.Email},
		At:     at, Date: a.Now(), Zone: book.Zone,
		Most: l.Plan.Policies[l.Plan.Policy].Rhythm.Most, Rest: a.listed(l.Plan, to),
	}
	today := calendar.DayOf(at.In(book.Zone))
	if to.Role == people.Leader {
		var open []undecided
		if facts.Standing, open, err = a.standing(ctx, l, book, today); err != nil {
			return notice.Digest{}, err
		}
		first := m.Digest.SpeakAt // of the week, its list goes with it
		said, err := a.Ledger.Speaks(ctx, l.Plan.ID, to, mondayOf(calendar.DayOf(first.In(book.Zone))).At(0, 0, book.Zone), first)
		if err != nil {
			return notice.Digest{}, err
		}
		if !said {
			facts.Open = listedOf(open, items, today)
		}
	}
	for _, it := range items {
		fact := item(l, book, it, today, at)
		if fact.CatchUp {
			if fact.Merged, err = a.missedReminders(ctx, it.Notice); err != nil {
				return notice.Digest{}, err
			}
		}
		if called := it.Talk; called != nil && called.What == plan.ProposeTalk && (fact.Kind == plan.Talk && !fact.Talk.Joins || fact.Matter.Topic == string(act.Serve) || fact.Matter.Topic == string(act.Approve)) {
			if fact.Talk.Elsewhere, err = a.calledElsewhere(ctx, l, called.Lead); err != nil {
				return notice.Digest{}, err
			}
		}
		for _, r := range l.Plan.Consequences {
			fact.Rules = append(fact.Rules, l.Plan.RuleTitle(r.ID))
		}
		facts.Items = append(facts.Items, fact)
	}
	return facts, nil
}

// calledElsewhere are the open talks of a unit under other plans of the same office: a talk
// is of one plan, and whoever is called to another one reads that the first goes on.
func (a *Activities) calledElsewhere(ctx context.Context, l ledger.Launched, unit string) (all []notice.Elsewhere, err error) {
	plans, err := a.Ledger.Plans(ctx)
	if err != nil {
		return nil, translate(err)
	}
	var of []ledger.CalledIn
	others := map[string]ledger.Launched{}
	for _, p := range plans {
		if p.ID == l.Plan.ID {
			continue
		}
		other, err := a.launched(ctx, p.ID)
		if err != nil {
			return nil, translate(err)
		}
		if dir := other.Plan.Directory; dir.Office == l.Plan.Directory.Office && dir.Name(unit) == l.Plan.Directory.Name(unit) {
			others[p.ID], of = other, append(of, ledger.CalledIn{Plan: p.ID, Units: []string{unit}})
		}
	}
	talks, _, err := a.Ledger.ListTalks(ctx, ledger.TalkFilter{Of: of, State: act.TalkOpen, What: plan.ProposeTalk})
	if err != nil {
		return nil, translate(err)
	}
	for _, k := range talks {
		if k.Facts != nil {
			all = append(all, notice.Elsewhere{Plan: others[k.Plan].Plan.Title, Number: k.Facts.Nth, Opened: k.Facts.Opened})
		}
	}
	return all, nil
}

// link is the portal's page for a seat, "" where no portal's address is set.
func (a *Activities) link(to people.Recipient) string {
	switch base := strings.TrimSuffix(a.URL, "/"); {
	case base == "":
		return ""
	case to.Role == people.Leader:
		return base + "/lead"
	default:
		return base + "/todo"
	}
}

// listed shows what a message to a seat counts only: the portal's page; without pages the
// command, to the office, which has it at hand. Others ask the office for the list.
func (a *Activities) listed(p plan.Plan, to people.Recipient) string {
	if a.URL != "" {
		return strings.TrimSuffix(a.URL, "/") + "/tasks?plan=" + url.QueryEscape(p.ID)
	}
	if to.Role == people.Office {
		return "starter task list --plan " + p.ID
	}
	return ""
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
		if n.Talk != "" { // the rung that calls to the talk speaks of its own task
			for _, t := range it.Of {
				out.Of = append(out.Of, notice.Called{Task: t.Shown(), Title: t.Title, Due: it.Talk.Missed(t.ID)})
			}
		}
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
	if s.Topic == plan.TopicAcknowledge || s.Topic == string(act.Reassign) || s.Topic == act.TopicOrder {
		c := ledger.CaseOf(it.Task)
		out.ReturnUntil = lad.Course(c).ReturnUntil
	}
	if !s.Limit.IsZero() {
		out.LimitLeft = distance(lad.Calendar, today, s.Limit)
	}
	switch s.Topic {
	case act.TopicPart, string(act.AskPart):
		out.Unit = l.Plan.Directory.Name(s.To[0].Unit)
	case string(act.Reassign):
		out.Unit = l.Plan.Directory.Name(s.Matter.Unit)
	case string(act.Assist), act.TopicOrder:
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
		out.Further = slices.Contains(roles(s.To), people.Leader) && (s.Kind != plan.Escalate || it.Notice.Recipient.Role == people.Leader && it.Task.Facts.Granted > 0)
	}
}

// nextOf is what comes next of what a notice is about, and of the talk it speaks of, after
// an instant, if nobody does anything; nil: nothing. What else is chased under the task is
// no consequence of it.
func nextOf(l ledger.Launched, book act.Book, it ledger.Item, at time.Time) (next *plan.Stage) {
	all := book.Ahead(ledger.CaseOf(it.Task))
	switch {
	case it.Task.State != ledger.TaskOpen:
		all = nil
	case it.Stage != nil && it.Notice.Kind != plan.Told && it.Notice.Talk == "":
		all = slices.DeleteFunc(all, func(s plan.Stage) bool { return act.OwedID(s) != act.OwedID(*it.Stage) })
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
		if facts.Facts.What = c.What; c.What == plan.ProposeTalk && !c.Opened.IsZero() {
			facts.Number = c.Nth
		}
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
	facts := &notice.Talk{ID: it.Task.ShownTalk(k.ID), Number: c.Nth, Step: talkStep(n.Stage), Proposed: n.Kind == plan.Talk && p.Talk.Open == plan.TalkOnApproval}
	facts.Joins = n.Talk == "" && k.Task != it.Task.ID
	for _, s := range p.Talk.Steps { // of the rung that calls to it: where the talk is already
		if _, taken := c.Taken[s.ID]; facts.Step == "" && !taken {
			facts.Step = s.ID
		}
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
