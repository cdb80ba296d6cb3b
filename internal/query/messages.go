package query

import (
	"context"
	"fmt"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
)

// MessageFilter chooses messages; empty fields choose all.
type MessageFilter struct {
	Plan        string
	ID          string               // the beginning of a message ID
	States      []ledger.NoticeState // see ledger.Unsettled
	Missed      bool                 // copies of them were not taken
	Recent      time.Duration        // spoken so long ago at most, by the clock of their plan
	Day         calendar.Day         // the day on which they speak, in their plan's zone
	Tried       bool                 // none that was not tried: MessagePage.Untried stays empty
	Counted     bool                 // only MessagePage.Untried and Total: no message is read
	Skip, Limit int                  // of the messages; 0: all
}

// MessagePage is a part of the messages.
type MessagePage struct {
	// Untried are messages that should have gone out a minute ago or earlier and were not
	// tried: no worker reaches the mail server, or none runs. They have no ID yet.
	Untried  []ledger.MessageInfo
	Messages []ledger.MessageInfo // by speaking time and recipient
	Total    int                  // of Messages, on all pages
	Peoples
}

// All are the untried messages, and after them the others.
func (p MessagePage) All() []ledger.MessageInfo {
	return append(append([]ledger.MessageInfo{}, p.Untried...), p.Messages...)
}

// Listing is All, for JSON output.
func (p MessagePage) Listing() any { return p.All() }

// Messages are the chosen messages of the plans of which the viewer may see all.
// ErrNotWhole: the viewer may see all of no plan.
func (r *Reader) Messages(ctx context.Context, v Viewer, f MessageFilter) (page MessagePage, err error) {
	in, err := r.as(v)
	if err != nil {
		return page, err
	}
	plans, every, err := in.messagePlans(ctx, f)
	if err != nil {
		return page, err
	}
	seen, whole, err := in.overseenOf(ctx, plans)
	if err != nil {
		return page, err
	}
	chosen := ledger.MessageFilter{Plan: f.Plan, ID: f.ID, States: f.States, Missed: f.Missed, Skip: f.Skip, Limit: f.Limit}
	page = MessagePage{Messages: []ledger.MessageInfo{}, Peoples: Peoples{}}
	for _, l := range seen {
		page.add(l)
		if !whole || !every {
			chosen.Plans = append(chosen.Plans, l.Plan.ID)
		}
		span := f.span(l)
		if f.Recent > 0 {
			at := l.Clock.Plan(r.Now())
			span.From, span.Before = at.Add(-f.Recent), at.Add(time.Hour)
		}
		if !f.Day.IsZero() || f.Recent > 0 {
			chosen.Spans = append(chosen.Spans, span)
		}
		if f.ID == "" && !f.Tried {
			untried, err := r.store.Untried(ctx, l.Plan.ID, l.Clock.Plan(r.Now()).Add(-time.Minute), span.From, span.Before)
			if err != nil {
				return page, err
			}
			page.Untried = append(page.Untried, untried...)
		}
	}
	if !f.Counted {
		if page.Messages, err = r.store.Messages(ctx, chosen); err != nil {
			return page, err
		}
	}
	page.Total, err = r.store.CountMessages(ctx, chosen)
	return page, err
}

// messagePlans are the plans of which messages are chosen, and whether these are all plans
// or the only one of the filter, so that the ledger need not choose by them: the everyday
// plans, and where a message is named by its ID all plans.
func (r reading) messagePlans(ctx context.Context, f MessageFilter) (chosen func(context.Context) ([]string, error), every bool, err error) {
	all, err := r.allPlans(ctx)
	if err != nil {
		return nil, false, err
	}
	if f.Plan == "" && f.ID != "" {
		return r.allPlans, true, nil
	}
	plans, err := r.planIDs(ctx, f.Plan)
	return func(context.Context) ([]string, error) { return plans, nil }, f.Plan != "" || len(plans) == len(all), err
}

// span is the plan and the chosen day in its zone, from 00:00 to the next 00:00; without a
// chosen day it has no ends.
func (f MessageFilter) span(l ledger.Launched) ledger.Span {
	s := ledger.Span{Plans: []string{l.Plan.ID}}
	if !f.Day.IsZero() {
		s.From, s.Before = f.Day.At(0, 0, l.Plan.Location()), f.Day.AddDays(1).At(0, 0, l.Plan.Location())
	}
	return s
}

// MessageError: no message, or more than one, has an ID that begins so.
type MessageError struct {
	ID    string
	Count int
}

func (e *MessageError) Error() string {
	return fmt.Sprintf("query: %d messages of the ID %s", e.Count, e.ID)
}

// Chosen are the messages whose IDs begin with one of ids, in any state; without ids they are
// the messages of the filter. *MessageError: no message, or more than one, has an ID that
// begins so.
func (r *Reader) Chosen(ctx context.Context, v Viewer, f MessageFilter, ids []string) (MessagePage, error) {
	page, err := r.Messages(ctx, v, f)
	if err != nil || len(ids) == 0 {
		return page, err
	}
	page.Messages = nil
	for _, id := range ids {
		found, err := r.Messages(ctx, v, MessageFilter{Plan: f.Plan, ID: strings.Trim(strings.TrimSpace(id), "<>")})
		if err != nil {
			return page, err
		}
		if n := len(found.Messages); n != 1 {
			return page, &MessageError{ID: id, Count: n}
		}
		page.Messages = append(page.Messages, found.Messages[0])
	}
	return page, nil
}
