package query

import (
	"context"
	"time"

	"duban/internal/ledger"
)

// MessageFilter chooses messages; empty fields choose all.
type MessageFilter struct {
	Plan         string
	ID           string   // the beginning of one
	States       []string // see ledger.Unsettled
	From, Before time.Time
	Skip, Limit  int // of the messages; 0: all
}

// MessagePage is a part of the messages.
type MessagePage struct {
	// Untried should have gone out a minute ago and more, and nothing was tried: no
	// worker reaches the mail server, or none runs. They have no ID yet.
	Untried  []ledger.MessageInfo
	Messages []ledger.MessageInfo // by speaking time and recipient
	Total    int                  // of Messages, on whatever page
	Peoples
}

// Messages are the chosen messages of the plans of which the viewer may see all.
// Whoever may see all of none is refused with ErrNotWhole.
func (r *Reader) Messages(ctx context.Context, v Viewer, f MessageFilter) (page MessagePage, err error) {
	in, err := r.as(v)
	if err != nil {
		return page, err
	}
	seen, whole, err := in.overseen(ctx, f.Plan)
	if err != nil {
		return page, err
	}
	chosen := ledger.MessageFilter{Plan: f.Plan, ID: f.ID, States: f.States, From: f.From, Before: f.Before, Skip: f.Skip, Limit: f.Limit}
	page = MessagePage{Messages: []ledger.MessageInfo{}, Peoples: Peoples{}}
	for _, l := range seen {
		page.add(l)
		if !whole {
			chosen.Plans = append(chosen.Plans, l.Plan.ID)
		}
		if f.ID == "" {
			untried, err := r.store.Untried(ctx, l.Plan.ID, l.Clock.Plan(r.Now()).Add(-time.Minute), f.From, f.Before)
			if err != nil {
				return page, err
			}
			page.Untried = append(page.Untried, untried...)
		}
	}
	if page.Messages, err = r.store.Messages(ctx, chosen); err != nil {
		return page, err
	}
	page.Total, err = r.store.CountMessages(ctx, chosen)
	return page, err
}
