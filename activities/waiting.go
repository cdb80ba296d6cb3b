package activities

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
)

// undecided is a decision about a task or a talk that the leadership owes.
type undecided struct {
	notice.Undecided
	task, talk string       // IDs; talk is "" for a decision about the task itself
	limit      calendar.Day // of the decision
}

// totals are the numbers of a plan on a day, counted as all lists count them: overdue by
// act.Measure, undecided by act.Owed. It gives what the leadership owes a decision about,
// too.
func (a *Activities) totals(ctx context.Context, l ledger.Launched, rules act.Rules, today calendar.Day) (*notice.Totals, []undecided, error) {
	tasks, err := a.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID, State: ledger.TaskOpen})
	if err != nil {
		return nil, nil, err
	}
	talks, err := a.Ledger.Talks(ctx, l.Plan.ID, "")
	if err != nil {
		return nil, nil, err
	}
	s := &notice.Totals{}
	for _, t := range tasks {
		if rules.Measure(ledger.CaseOf(t), today).Overdue {
			s.Overdue++
		}
	}
	for _, k := range talks {
		if k.State == act.TalkOpen && k.What == plan.ProposeTalk {
			s.Talks++
		}
	}
	open := undecidedOf(l, rules, tasks, talks)
	s.Proposals = len(open)
	return s, open, nil
}

// undecidedOf are the decisions that the leadership owes, at most one for each task and talk.
func undecidedOf(l ledger.Launched, rules act.Rules, tasks []ledger.Task, talks []ledger.Talk) (all []undecided) {
	leader := people.Recipient{Unit: l.Plan.Directory.Leadership, Role: people.Leader}
	add := func(owed []act.Owed, u undecided) {
		i := slices.IndexFunc(owed, func(o act.Owed) bool { return o.Runs && slices.Contains(o.By, leader) })
		if i < 0 {
			return
		}
		u.Since, u.limit, u.Topic = owed[i].Since, owed[i].Limit, owed[i].Topic()
		all = append(all, u)
	}
	titles := map[string]string{}
	for _, t := range tasks {
		titles[t.ID] = t.Title
		add(rules.Owed(ledger.CaseOf(t)), undecided{Undecided: notice.Undecided{Unit: l.Plan.Directory.Name(t.Lead), Title: t.Title}, task: t.ID})
	}
	for _, k := range talks {
		if k.GoesOn() && k.Facts != nil {
			add(rules.TalkOwed(ledger.TalkCaseOf(&l.Plan, ledger.Task{}, k)),
				undecided{Undecided: notice.Undecided{What: k.What, Unit: l.Plan.Directory.Name(k.Lead), Title: titles[k.Task]}, task: k.Task, talk: k.ID})
		}
	}
	return all
}

// listedOf are the decisions whose limit has passed on the day today and about which no
// item of the message speaks.
func listedOf(open []undecided, items []ledger.Item, today calendar.Day) (all []notice.Undecided) {
	for _, u := range open {
		said := slices.ContainsFunc(items, func(it ledger.Item) bool {
			return it.Notice.Task == u.task && it.Notice.Talk == u.talk && it.Stage != nil && (u.talk != "" || it.Stage.Topic == u.Topic)
		})
		if u.limit.Before(today) && !said {
			all = append(all, u.Undecided)
		}
	}
	return all
}

// waitingName is the name of the announcement of the list of undecided matters; it ends
// the key of its digest.
const waitingName = "waiting"

// mondayOf is the Monday of a day's week.
func mondayOf(day calendar.Day) calendar.Day { return day.AddDays(-(int(day.Weekday()) + 6) % 7) }

// remindOfDecisions sends the leadership the list of what waits for its decision, on the
// last working day of a week in which it got no other message; in any other week the list
// is in the week's first message. When several weeks end within days, only the last one's
// list is sent. The list speaks at the speaking time of its day, so a second call changes
// nothing.
func (a *Activities) remindOfDecisions(ctx context.Context, l ledger.Launched, rules act.Rules, days []time.Time) error {
	var today, monday calendar.Day
	for _, at := range days {
		day := calendar.DayOf(at.In(rules.Zone))
		if first := mondayOf(day); day == rules.Calendar.OnOrBefore(first.AddDays(6)) {
			today, monday = day, first
		}
	}
	if today == (calendar.Day{}) {
		return nil
	}
	totals, open, err := a.totals(ctx, l, rules, today)
	if err != nil {
		return err
	}
	list := listedOf(open, nil, today)
	if len(list) == 0 {
		return nil
	}
	dir := l.Plan.Directory
	to := people.Recipient{Unit: dir.Leadership, Role: people.Leader}
	said, err := a.Ledger.Speaks(ctx, l.Plan.ID, to, monday.At(0, 0, rules.Zone), today.End(rules.Zone))
	if err != nil || said {
		return err
	}
	o, err := a.office(ctx)
	if err != nil {
		return err
	}
	at := rules.At(l.Plan.Policies[l.Plan.Policy], today).UTC()
	contact, _ := dir.Contact(to)
	office, _ := dir.Contact(people.Recipient{Unit: dir.Office, Role: people.Office})
	words, err := json.Marshal(notice.Digest{
		Plan: notice.PlanRef{ID: l.Plan.ID, Title: l.Plan.Title, Number: l.Plan.Number}, Recipient: to, Unit: dir.Name(to.Unit),
		Contact: letter.Address{Name: contact.Name, Email: contact.Email}, Copies: copies(contact), Post: contact.Post, Desk: notice.Desk{Name: office.Name, Phone: office.Phone}, Link: a.link(to),
		Office: letter.Address{Name: dir.Name(dir.Office), Email: office.Email},
		At:     at, Most: l.Plan.Policies[l.Plan.Policy].Rhythm.Most, Rest: a.listed(l.Plan, to), Open: list, Totals: totals,
	})
	if err != nil {
		return err
	}
	d, err := a.Ledger.Announce(ctx, ledger.Announcement{Name: waitingName, Plan: l.Plan.ID, Recipient: to, SpeakAt: at, Channels: o.channels, Words: words}, a.when(l.Clock))
	if err != nil {
		return err
	}
	return a.docket().StartDigests(ctx, l, []ledger.Digest{d})
}
