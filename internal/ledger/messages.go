package ledger

import (
	"context"
	"fmt"
)

// MessageEvents are the events of the named messages (intents, receipts and
// what came between), in the order of the chain.
func (s *Store) MessageEvents(ctx context.Context, ids []string) ([]Event, error) {
	var messages []struct {
		ID      string `db:"id"`
		Attempt int    `db:"attempt"`
	}
	if err := s.all(ctx, &messages, `SELECT id, attempt FROM messages WHERE `+s.d.among("id"), s.d.list(ids)); err != nil {
		return nil, err
	}
	var keys []string
	for _, m := range messages {
		keys = append(keys, m.ID+"/sent", m.ID+"/failed", m.ID+"/unknown")
		for n := range m.Attempt {
			keys = append(keys, fmt.Sprintf("%s/intent/%d", m.ID, n+1), fmt.Sprintf("%s/deferred/%d", m.ID, n+1))
		}
	}
	var rows []eventRow
	query := `SELECT seq, key, plan, task, kind, actor, real_at, plan_at, data, prev, hash FROM events WHERE ` + s.d.among("key") + ` ORDER BY seq`
	if err := s.all(ctx, &rows, query, s.d.list(keys)); err != nil {
		return nil, err
	}
	events := make([]Event, len(rows))
	for i, r := range rows {
		events[i] = r.event()
	}
	return events, nil
}
