package engine

import (
	"context"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// ordered gives new rows of a plan the words by which their units hear of them. They
// are written with the rows: no unit is given anything that it is not told of, whatever
// interrupts a launch.
func (r records) ordered(ctx context.Context, p *plan.Plan, book act.Book, rows []ledger.Task) error {
	channels, err := activities.OfficeChannels(ctx, r.ledger)
	if err != nil {
		return err
	}
	for i, row := range rows {
		if s := book.Order(row.Facts); s != nil {
			rows[i].Order = orderOf(p, book, row, *s, channels)
		}
	}
	return nil
}

// orderOf is the word of a new row, put into messages by the rhythm of its policy.
func orderOf(p *plan.Plan, book act.Book, row ledger.Task, s plan.Stage, channels []string) *ledger.Order {
	return &ledger.Order{Stage: s, Channels: channels, From: p, Place: activities.Placer(book, row.ID, row.Facts.Policy, book.Limit(row.Facts, s))}
}
