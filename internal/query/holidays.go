package query

import (
	"context"

	"duban/internal/calendar"
)

// Holidays are the notices of holidays in force, by year: those of the program, of the
// operator, and those that the ledger holds. They name nothing of a plan.
func (r *Reader) Holidays(ctx context.Context, v Viewer) (*calendar.Calendar, error) {
	if _, err := r.as(v); err != nil {
		return nil, err
	}
	return r.calendar(ctx)
}
