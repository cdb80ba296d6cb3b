package query

import (
	"context"
)

// Label is reading.label for the operator.
func Label(ctx context.Context, r *Reader, page *EventPage) error {
	in, err := r.as(Operator())
	if err != nil {
		return err
	}
	return in.label(ctx, page)
}
