package activities

import (
	"context"
	"encoding/json"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/wire"
)

// undecided is something that waits for the leadership: of a task, or of a talk.
type undecided struct {
	notice.Undecided
	task, talk string       // IDs; talk "" of what is about the task itself
	limit      calendar.Day // of the decision
}

// standing is how a plan stands on a day: what is overdue is what every list calls so,
// and what waits for a decision stands among what the leadership owes.
func (a *Activities) standing(ctx context.Context, l ledger.Launched, book act.Book, today calendar.Day) (*notice.Standing, []undecided, error) {
	tasks, err := a.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID, State: ledger.TaskOpen})
	if err != nil {
		return nil, nil, err
	}
	talks, err := a.Ledger.Talks(ctx, l.Plan.ID, "")
	if err != nil {
		return nil, nil, err
	}
	s := &notice.Standing{}
	for _, t := range tasks {
		if book.Measure(ledger.CaseOf(t), today).Overdue {
			s.Overdue++
		}
	}
	for _, k := range talks {
		if k.State == act.TalkOpen && k.What == plan.ProposeTalk {
			s.Talks++
		}
	}
	open := undecidedOf(l, book, tasks, talks)
	s.Proposals = len(open)
	return s, open, nil
}

// undecidedOf is what the leadership owes a decision about: one of each task and talk.
func undecidedOf(l ledger.Launched, book act.Book, tasks []ledger.Task, talks []ledger.Talk) (all []undecided) {
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
		add(book.Owed(ledger.CaseOf(t)), undecided{Undecided: notice.Undecided{Unit: l.Plan.Directory.Name(t.Lead), Title: t.Title}, task: t.ID})
	}
	for _, k := range talks {
		if k.GoesOn() && k.Facts != nil {
			add(book.TalkOwed(ledger.TalkCaseOf(&l.Plan, ledger.Task{}, k)),
				undecided{Undecided: notice.Undecided{What: k.What, Unit: l.Plan.Directory.Name(k.Lead), Title: titles[k.Task]}, task: k.Task, talk: k.ID})
		}
	}
	return all
}

// listedOf are those whose limit has passed by a day and of which a message does not
// speak anyway.
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

// waitingName tells the list of what waits from other words of that instant.
const waitingName = "waiting"

// mondayOf is the Monday of a day's week.
func mondayOf(day calendar.Day) calendar.Day { return day.AddDays(-(int(day.Weekday()) + 6) % 7) }

// remindOfDecisions sends the leadership the list of what waits for its decision, on the
// last office day of a week in which nothing was said to it: else the list goes with the
// week's first message. It speaks at one instant of the day: again, it changes nothing.
func (a *Activities) remindOfDecisions(ctx context.Context, l ledger.Launched, book act.Book, in wire.AuditInput) error {
	today := calendar.DayOf(in.At.In(book.Zone))
	monday := mondayOf(today)
	if today != book.Calendar.OnOrBefore(monday.AddDays(6)) {
		return nil
	}
	standing, open, err := a.standing(ctx, l, book, today)
	if err != nil {
		return err
	}
	list := listedOf(open, nil, today)
	if len(list) == 0 {
		return nil
	}
	dir := l.Plan.Directory
	to := people.Recipient{Unit: dir.Leadership, Role: people.Leader}
	said, err := a.Ledger.Speaks(ctx, l.Plan.ID, to, monday.At(0, 0, book.Zone), today.End(book.Zone))
	if err != nil || said {
		return err
	}
	o, err := a.office(ctx)
	if err != nil {
		return err
	}
	at := book.At(l.Plan.Policies[l.Plan.Policy], today).UTC()
	contact, _ := dir.Contact(to)
	office, _ := dir.Contact(people.Recipient{Unit: dir.Office, Role: people.Office})
	words, err := json.Marshal(notice.Digest{
		Plan: notice.PlanRef{ID: l.Plan.ID, Title: l.Plan.Title, Number: l.Plan.Number}, Recipient: to, Unit: dir.Name(to.Unit),
		Contact: letter.Address{Name: contact.Name, Email: contact.Email}, Post: contact.Post, Desk: notice.Desk{Name: office.Name, Phone: office.Phone}, Link: a.link(to),
		Office: letter.Address{Name: dir.Name(dir.Office), Email: office.Email},
		At:     at, Most: l.Plan.Policies[l.Plan.Policy].Rhythm.Most, Rest: a.listed(l.Plan, to), Open: list, Standing: standing,
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
