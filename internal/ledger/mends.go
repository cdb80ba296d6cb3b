package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Mend is that a workflow was mended.
type Mend struct {
	At  time.Time // real clock
	Why string    // how it differed from the ledger: an engine.Why
}

// Mends are the mends since an instant (real clock) of workflows of a plan, by workflow
// ID, the earliest first.
func (s *Store) Mends(ctx context.Context, planID string, since time.Time) (map[string][]Mend, error) {
	var rows []struct {
		At   time.Time `db:"real_at"`
		Data string    `db:"data"`
	}
	err := s.all(ctx, &rows, `SELECT real_at, data FROM events WHERE plan = ? AND kind = 'workflow.mended' AND real_at > ? ORDER BY real_at, seq`, planID, instant(since))
	mends := map[string][]Mend{}
	for _, r := range rows {
		var d struct {
			Workflow string `json:"workflow"`
			Why      string `json:"why"`
		}
		if err := json.Unmarshal([]byte(r.Data), &d); err != nil {
			return nil, fmt.Errorf("ledger: mends of %s: %w", planID, err)
		}
		mends[d.Workflow] = append(mends[d.Workflow], Mend{r.At.UTC(), d.Why})
	}
	return mends, err
}
