package query

import (
	"context"

	"duban/internal/calendar"
)

// Holidays is the calendar of the holiday notices in force: those of the program, of the
// operator, and those in the ledger. Every viewer may read it, for it names nothing of a
// plan.
func (r *Reader) Holidays(ctx context.Context, v Viewer) (*calendar.Calendar, error) {
	if _, err := r.as(v); err != nil {
		return nil, err
	}
	return r.calendar(ctx)
}
