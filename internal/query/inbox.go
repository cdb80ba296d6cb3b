package query

import (
	"context"

	"duban/internal/ledger"
	"duban/internal/plan"
)

// InboxFilter chooses what was sent to a unit.
type InboxFilter struct {
	Skip, Limit int // 0: all
}

// InboxLine is one message to a seat of the viewer's unit, and what it spoke of.
type InboxLine struct {
	ledger.MessageInfo
	Unit  string // name
	About []InboxThing
}

// InboxThing is one thing that a message spoke of.
type InboxThing struct {
	Plan, Task, Title string
	Talk              string // when it spoke of a talk
	Stage             string // ID of the stage
	Kind              plan.StageKind
	Light             plan.Light
	State             string // of the word: what was dropped was not said
}

// InboxPage is a part of what was sent.
type InboxPage struct {
	Lines []InboxLine // the latest first
	Total int         // on whatever page
	Peoples
}

// Inbox is what was sent to the viewer's unit, in every plan, the latest first.
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
	titles := map[string]map[string]string{}
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
			line.About = append(line.About, InboxThing{Plan: n.Plan, Task: n.Task, Talk: n.Talk, Stage: n.Stage, Kind: n.Kind, Light: n.Light, State: n.State})
			if titles[n.Plan] == nil {
				titles[n.Plan] = map[string]string{}
			}
			titles[n.Plan][n.Task] = ""
		}
		page.Lines = append(page.Lines, line)
	}
	return page, in.title(ctx, page.Lines, titles)
}

// title gives the things their titles.
func (r reading) title(ctx context.Context, lines []InboxLine, titles map[string]map[string]string) error {
	for id, of := range titles {
		var ids []string
		for task := range of {
			ids = append(ids, task)
		}
		tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: id, IDs: ids})
		if err != nil {
			return err
		}
		for _, t := range tasks {
			of[t.ID] = t.Title
		}
	}
	for i := range lines {
		for j := range lines[i].About {
			a := &lines[i].About[j]
			a.Title = titles[a.Plan][a.Task]
		}
	}
	return nil
}
