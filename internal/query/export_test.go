package query

import (
	"context"
)

// Label finds what the tasks are called that a page's events name.
func Label(ctx context.Context, r *Reader, page *EventPage) error {
	in, err := r.as(Operator())
	if err != nil {
		return err
	}
	return in.label(ctx, page)
}
