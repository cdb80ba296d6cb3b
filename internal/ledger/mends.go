package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Mends are the instants (real clock) since one at which workflows of a plan were
// mended, by workflow ID, the earliest first.
func (s *Store) Mends(ctx context.Context, planID string, since time.Time) (map[string][]time.Time, error) {
	var rows []struct {
		At   time.Time `db:"real_at"`
		Data string    `db:"data"`
	}
	err := s.all(ctx, &rows, `SELECT real_at, data FROM events WHERE plan = ? AND kind = 'workflow.mended' AND real_at > ? ORDER BY real_at, seq`, planID, instant(since))
	mends := map[string][]time.Time{}
	for _, r := range rows {
		var d struct {
			Workflow string `json:"workflow"`
		}
		if err := json.Unmarshal([]byte(r.Data), &d); err != nil {
			return nil, fmt.Errorf("ledger: mends of %s: %w", planID, err)
		}
		mends[d.Workflow] = append(mends[d.Workflow], r.At.UTC())
	}
	return mends, err
}
