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
	ID          string               // the beginning of one
	States      []ledger.NoticeState // see ledger.Unsettled
	Day         calendar.Day         // of the morning they speak, in their plan's zone
	Skip, Limit int                  // of the messages; 0: all
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

// All are those never tried, and after them the others.
func (p MessagePage) All() []ledger.MessageInfo {
	return append(append([]ledger.MessageInfo{}, p.Untried...), p.Messages...)
}

// Listing is all of them.
func (p MessagePage) Listing() any { return p.All() }

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
	chosen := ledger.MessageFilter{Plan: f.Plan, ID: f.ID, States: f.States, Skip: f.Skip, Limit: f.Limit}
	page = MessagePage{Messages: []ledger.MessageInfo{}, Peoples: Peoples{}}
	for _, l := range seen {
		page.add(l)
		if !whole {
			chosen.Plans = append(chosen.Plans, l.Plan.ID)
		}
		span := f.span(l)
		if !f.Day.IsZero() {
			chosen.Spans = append(chosen.Spans, span)
		}
		if f.ID == "" {
			untried, err := r.store.Untried(ctx, l.Plan.ID, l.Clock.Plan(r.Now()).Add(-time.Minute), span.From, span.Before)
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

// span is the chosen day as a plan has it; without one it has no ends.
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

// Chosen are the messages whose IDs begin as said, whatever their state, or without any
// the messages of a filter. An ID that is nobody's or several messages' is a *MessageError.
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
