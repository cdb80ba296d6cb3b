package ledger

import (
	"context"
	"time"
)

// Wait is something that a workflow cannot get done at present. It is tried
// again for ever, in gaps that grow to some minutes.
type Wait struct {
	Workflow string    `db:"workflow" json:"workflow"` // workflow ID
	What     string    `db:"what" json:"what"`         // a word, then what it is about: "stage remind-7"
	Plan     string    `db:"plan" json:"plan"`
	Thing    string    `db:"thing" json:"thing,omitempty"` // ID of the task, duty or talk; "" of the plan itself
	Since    time.Time `db:"since" json:"since"`           // real: when the first round failed
	TriedAt  time.Time `db:"tried_at" json:"tried_at"`     // real: when the last did
	Rounds   int       `db:"rounds" json:"rounds"`
	Error    string    `db:"error" json:"error"` // of the last round
}

// MendWait is the What of a workflow that is mended again and again, in gaps of its own.
const MendWait = "mend"

// lastGap is longer than a workflow ever waits between two tries.
const lastGap = 2 * time.Hour

// LeftOver tells whether the note of a wait is left over: the workflow has not tried again
// for longer than lastGap, so it goes on, or has ended, and could not take its note back.
func (w Wait) LeftOver(now time.Time) bool { return w.What != MendWait && now.Sub(w.TriedAt) > lastGap }

// mostError is how much of an error's text is kept, in bytes.
const mostError = 1000

// PutWait notes that something waits, in place of what was noted of it before.
// It is no event: it says how the machine is, not what the office has done.
func (s *Store) PutWait(ctx context.Context, w Wait) error {
	if len(w.Error) > mostError {
		w.Error = w.Error[:mostError]
	}
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		_, err = t.exec(`INSERT INTO waits (workflow, what, plan, thing, since, tried_at, rounds, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (workflow, what) DO UPDATE SET tried_at = excluded.tried_at, rounds = excluded.rounds, error = excluded.error`,
			w.Workflow, storable(w.What), w.Plan, w.Thing, instant(w.Since), instant(w.TriedAt), w.Rounds, storable(w.Error))
		return none, err
	})
	return err
}

// DropWait forgets that something waited: it goes on. None is no error.
func (s *Store) DropWait(ctx context.Context, workflow, what string) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		_, err = t.exec(`DELETE FROM waits WHERE workflow = ? AND what = ?`, workflow, storable(what))
		return none, err
	})
	return err
}

// Waits are what the workflows of a plan, or of every plan when planID is "",
// cannot get done at present, the longest waiting first.
func (s *Store) Waits(ctx context.Context, planID string) ([]Wait, error) {
	w := where{}
	w.equal("plan", planID)
	var waits []Wait
	if err := s.all(ctx, &waits, `SELECT workflow, what, plan, thing, since, tried_at, rounds, error FROM waits`+w.String()+` ORDER BY since, workflow, what`, w.args...); err != nil {
		return nil, err
	}
	for i := range waits {
		waits[i].Since, waits[i].TriedAt = waits[i].Since.UTC(), waits[i].TriedAt.UTC()
	}
	return waits, nil
}
