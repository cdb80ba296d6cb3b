package ledger

import (
	"context"
	"time"

	"duban/internal/people"
)

// Load is how many messages a seat was sent at one instant, or is to be.
type Load struct {
	Recipient people.Recipient
	SpeakAt   time.Time // plan clock
	N         int
}

// Loads are the messages of a plan that went out, or are tried, by seat and instant.
func (s *Store) Loads(ctx context.Context, planID string) ([]Load, error) {
	var rows []struct {
		Unit    string      `db:"unit"`
		Role    people.Role `db:"role"`
		SpeakAt time.Time   `db:"speak_at"`
		N       int         `db:"n"`
	}
	w := MessageFilter{Plan: planID}.where(s.d)
	w.add("m.state <> 'dropped'")
	err := s.all(ctx, &rows, `SELECT d.unit, d.role, d.speak_at, COUNT(*) AS n FROM messages m JOIN digests d ON d.key = m.digest`+w.String()+`
		GROUP BY d.unit, d.role, d.speak_at ORDER BY d.speak_at, d.unit, d.role`, w.args...)
	if err != nil {
		return nil, err
	}
	out := make([]Load, len(rows))
	for i, r := range rows {
		out[i] = Load{people.Recipient{Unit: r.Unit, Role: r.Role}, r.SpeakAt.UTC(), r.N}
	}
	return out, nil
}
