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
// and seat that it is for, the message's own seat first. A notice for two seats of one
// person is put under the seat that comes first in people.Roles.
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
		w.Recipient = people.Recipient{} // the same notice for another seat is the same word
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

// copies are the addresses of the other persons on a seat, who read what its contact reads.
func copies(c people.Contact) (all []letter.Address) {
	for _, o := range c.Others() {
		all = append(all, letter.Address{Name: o.Name, Email: o.Email})
	}
	return all
}

// digestOf is what a message says to one seat of one plan.
func (a *Activities) digestOf(ctx context.Context, l ledger.Launched, m ledger.Message, to people.Recipient, items []ledger.Item) (notice.Digest, error) {
	rules, err := a.Ledger.Rules(ctx, l)
	if err != nil {
		return notice.Digest{}, err
	}
	dir, at := l.Plan.Directory, m.At()
	contact, _ := dir.Contact(to)
	office, _ := dir.Contact(people.Recipient{Unit: dir.Office, Role: people.Office})
	facts := notice.Digest{
		ID: m.ID, Plan: notice.PlanRef{ID: l.Plan.ID, Title: l.Plan.Title, Number: l.Plan.Number},
		Recipient: to, Unit: dir.Name(to.Unit),
		Contact: letter.Address{Name: contact.Name, Email: contact.Email}, Copies: copies(contact), Post: contact.Post, Desk: notice.Desk{Name: office.Name, Phone: office.Phone}, Link: a.link(to),
		Office: letter.Address{Name: dir.Name(dir.Office), Email: office.Email},
		At:     at, Date: a.Now(), Zone: rules.Zone,
		Most: l.Plan.Policies[l.Plan.Policy].Rhythm.Most, Rest: a.listed(l.Plan, to),
	}
	today := calendar.DayOf(at.In(rules.Zone))
	if to.Role == people.Leader {
		var open []undecided
		if facts.Totals, open, err = a.totals(ctx, l, rules, today); err != nil {
			return notice.Digest{}, err
		}
		first := m.Digest.SpeakAt // the week's first message brings the list of what waits for a decision
		said, err := a.Ledger.Speaks(ctx, l.Plan.ID, to, mondayOf(calendar.DayOf(first.In(rules.Zone))).At(0, 0, rules.Zone), first)
		if err != nil {
			return notice.Digest{}, err
		}
		if !said {
			facts.Open = listedOf(open, items, today)
		}
	}
	for _, it := range items {
		fact := item(l, rules, it, today, at)
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

// calledElsewhere are the open talks of a unit under other plans of the same office. A talk
// belongs to one plan; a unit that is called under a second plan reads that the first talk
// goes on.
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

// listed says where a seat finds the lines that a message only counts: the address of the
// portal's page. Without a portal it is the command for the office, which can run it, and ""
// for anybody else.
func (a *Activities) listed(p plan.Plan, to people.Recipient) string {
	if a.URL != "" {
		return strings.TrimSuffix(a.URL, "/") + "/tasks?plan=" + url.QueryEscape(p.ID)
	}
	if to.Role == people.Office {
		return "starter task list --plan " + p.ID
	}
	return ""
}

// missedReminders counts the stages that were merged into a catch-up stage.
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

// item is what a message says of one notice on the day today; at is the message's instant.
func item(l ledger.Launched, rules act.Rules, it ledger.Item, today calendar.Day, at time.Time) notice.Item {
	t, n, c := it.Task, it.Notice, ledger.CaseOf(it.Task)
	changed := n.Kind == plan.Told && !it.Scene.IsZero() && it.Scene.Due != t.Due
	if n.Kind == plan.Told && !it.Scene.IsZero() { // what is told because of an act has the task's facts at the act
		t.Title, t.Lead, t.Due, c.Due = it.Scene.Title, it.Scene.Unit, it.Scene.Due, it.Scene.Due
		if n.Talk != "" {
			t.Lead = it.Task.Lead
		}
	}
	p, m := l.Plan.Policies[t.Policy], rules.Measure(c, today)
	out := notice.Item{
		Task: t.Shown(), Title: t.Title, Clause: t.Clause, Lead: l.Plan.Directory.Name(t.Lead), Due: t.Due,
		Kind: n.Kind, Stage: n.Stage, Light: n.Light, Left: notice.Distance{Days: m.LeftDays - m.LateDays, Workdays: m.Left - m.Late, Halted: m.Halted},
		Soft: t.Soft, Priority: t.Priority, CatchUp: n.Stage == plan.CatchUp,
	}
	if waited := calendar.DayOf(n.SpeakAt.In(rules.Zone)) != today; n.Light == "" || waited || it.Stage != nil && it.Stage.Topic != "" {
		out.Light = m.Light
	}
	if it.Stage != nil {
		matter(&out, l, rules, p, it, today)
	}
	if next := nextOf(l, rules, it, at); next != nil && !changed {
		out.Next = &notice.Next{
			Kind: next.Kind, Day: calendar.DayOf(next.At.In(rules.Zone)), To: roles(next.To), Step: talkStep(next.ID), Topic: next.Topic,
			Approval: next.Kind == plan.Talk && p.Talk != nil && p.Talk.Open == plan.TalkOnApproval,
		}
	}
	if it.Talk != nil {
		out.Talk = talkFacts(l, rules, it, today)
		if n.Talk != "" { // a notice of the talk's own names all tasks of the talk; one that opens it, only its own task
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

// matter adds what a stage is about when it is not the task's own due date.
func matter(out *notice.Item, l ledger.Launched, lad act.Rules, p plan.Policy, it ledger.Item, today calendar.Day) {
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
	case act.TopicExtension, string(act.Extend): // a second extension, which the leadership decides, goes to it too
		out.Further = slices.Contains(roles(s.To), people.Leader) && (s.Kind != plan.Escalate || it.Notice.Recipient.Role == people.Leader && it.Task.Facts.Granted > 0)
	}
}

// nextOf is the next stage after at, if nobody acts, about the matter of a notice or about
// its talk; nil without one. Stages about other matters of the task do not follow from the
// notice, and are left out.
func nextOf(l ledger.Launched, rules act.Rules, it ledger.Item, at time.Time) (next *plan.Stage) {
	all := rules.Ahead(ledger.CaseOf(it.Task))
	switch {
	case it.Task.State != ledger.TaskOpen:
		all = nil
	case it.Stage != nil && it.Notice.Kind != plan.Told && it.Notice.Talk == "":
		all = slices.DeleteFunc(all, func(s plan.Stage) bool { return act.OwedID(s) != act.OwedID(*it.Stage) })
	}
	if it.Talk != nil {
		all = append(all, rules.TalkAhead(ledger.TalkCaseOf(&l.Plan, it.Task, *it.Talk))...)
	}
	for i, s := range all {
		if s.At.After(at) && (next == nil || s.At.Before(next.At)) {
			next = &all[i]
		}
	}
	return next
}

// talkFacts are what a notice says of its talk: the step it is about, with the step's
// limit; for a notice of an act or about a proposal, only what the talk's papers say.
func talkFacts(l ledger.Launched, lad act.Rules, it ledger.Item, today calendar.Day) *notice.Talk {
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
	for _, s := range p.Talk.Steps { // a stage that opens or joins a talk is about no step: the first not taken
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

// distance is how far day is from today, in calendar days and working days, negative when
// day has passed.
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
