package query

import "context"

// Label finds what the tasks are called that a page's events name.
func (r *Reader) Label(ctx context.Context, page *EventPage) error {
	in, err := r.as(Operator())
	if err != nil {
		return err
	}
	return in.label(ctx, page)
}
