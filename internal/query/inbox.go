package query

import (
	"context"
	"maps"
	"slices"

	"duban/internal/ledger"
	"duban/internal/plan"
)

// InboxFilter chooses what was sent to a unit.
type InboxFilter struct {
	Skip, Limit int // 0: all
}

// InboxLine is one message to a seat of the viewer's unit, and what it was about.
type InboxLine struct {
	ledger.MessageInfo
	Unit  string // name
	About []InboxThing
}

// InboxThing is one notice of a message. The IDs of its task and talk are those that people
// use now.
type InboxThing struct {
	Plan, Task, Title string
	Talk              string // "" for a notice about the task itself
	Stage             string // ID of the stage
	Kind              plan.StageKind
	Topic             string // what the stage is about when it is not the task's own due date: see plan.Matter
	Light             plan.Light
	State             ledger.NoticeState // of the notice: a dropped one was not said
}

// InboxPage is a part of what was sent.
type InboxPage struct {
	Lines []InboxLine // the latest first
	Total int         // of all pages
	Peoples
}

// Inbox is a page of the messages to the viewer's unit, in every plan, the latest first. It
// is empty for the operator.
func (r *Reader) Inbox(ctx context.Context, v Viewer, f InboxFilter) (page InboxPage, err error) {
	in, err := r.as(v)
	if err != nil {
		return page, err
	}
	page = InboxPage{Lines: []InboxLine{}, Peoples: Peoples{}}
	if !v.named() {
		return page, nil
	}
	plans, err := r.planIDs(ctx, "")
	if err != nil {
		return page, err
	}
	chosen := ledger.MessageFilter{Unit: v.by.Unit, Plans: []string{}, Latest: true, Skip: f.Skip, Limit: f.Limit}
	for _, id := range plans {
		l, _, err := in.frame(ctx, id)
		if err != nil {
			return page, err
		}
		if v.knows(l.Plan.Directory) {
			page.add(l)
			chosen.Plans = append(chosen.Plans, id)
		}
	}
	messages, err := r.store.Messages(ctx, chosen)
	if err != nil {
		return page, err
	}
	if page.Total, err = r.store.CountMessages(ctx, chosen); err != nil {
		return page, err
	}
	of := map[string]map[string]ledger.Task{} // by plan and ID
	var said []ledger.Notice                  // the notice of each thing, in order
	for _, m := range messages {
		line := InboxLine{MessageInfo: m, Unit: page.Of(m.Plan).People.Name(m.Recipient.Unit), About: []InboxThing{}}
		notices, err := r.store.Notices(ctx, ledger.NoticeFilter{Digest: m.Digest})
		if err != nil {
			return page, err
		}
		for _, n := range notices {
			if n.Channel != m.Channel {
				continue
			}
			said = append(said, n)
			line.About = append(line.About, InboxThing{Plan: n.Plan, Task: n.Task, Talk: n.Talk, Stage: n.Stage, Kind: n.Kind, Light: n.Light, State: n.State})
			if of[n.Plan] == nil {
				of[n.Plan] = map[string]ledger.Task{}
			}
			of[n.Plan][n.Task] = ledger.Task{}
		}
		page.Lines = append(page.Lines, line)
	}
	return page, in.name(ctx, page.Lines, said, of)
}

// name fills in the titles, topics and present IDs of the lines' things. said are the
// things' notices in order; of has, by plan, the IDs of the tasks to read, and gets the
// tasks.
func (r reading) name(ctx context.Context, lines []InboxLine, said []ledger.Notice, of map[string]map[string]ledger.Task) error {
	type word struct {
		plan, task, talk, stage string
		revision                int
	}
	topics := map[word]string{}
	for id, some := range of {
		tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: id, IDs: slices.Collect(maps.Keys(some))})
		if err != nil {
			return err
		}
		for _, t := range tasks {
			some[t.ID] = t
			stages, err := r.store.Stages(ctx, id, t.ID)
			if err != nil {
				return err
			}
			for _, s := range stages {
				topics[word{id, s.Task, s.Talk, s.ID, s.Revision}] = s.Topic
			}
		}
	}
	for i := range lines {
		for j := range lines[i].About {
			a, n := &lines[i].About[j], said[0]
			said = said[1:]
			a.Topic = topics[word{n.Plan, n.Task, n.Talk, n.Stage, n.Revision}]
			t := of[a.Plan][a.Task]
			a.Title, a.Task, a.Talk = t.Title, t.Shown(), t.ShownTalk(a.Talk)
		}
	}
	return nil
}
