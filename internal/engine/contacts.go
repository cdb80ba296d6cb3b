package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
)

// OfficeError: only the offices named may do it.
type OfficeError struct{ Offices []string } // names; none when no plan names the unit

func (e *OfficeError) Error() string { return fmt.Sprintf("engine: only %v may do this", e.Offices) }

// SetContact is the function of that name on the engine's ledger, at its present.
func (e *Engine) SetContact(ctx context.Context, seat people.Recipient, c people.Contact, by act.Actor) (before people.Contact, err error) {
	return SetContact(ctx, e.ledger, e.now(), seat, c, by)
}

// SetContact seats somebody in a unit, for every plan and from the next message on, and
// gives who sat there. Only the office of a plan that names the unit may: *OfficeError.
// now is the wall clock. It needs no engine: nothing has to run.
func SetContact(ctx context.Context, store *ledger.Store, now time.Time, seat people.Recipient, c people.Contact, by act.Actor) (before people.Contact, err error) {
	plans, err := store.PlanIDs(ctx)
	if err != nil {
		return before, err
	}
	refused := &OfficeError{}
	for _, id := range plans {
		l, err := store.Plan(ctx, id)
		if err != nil {
			return before, err
		}
		dir := l.Plan.Directory
		if _, named := dir.Unit(seat.Unit); !named {
			continue
		}
		if by.Unit == dir.Office {
			return store.SetContact(ctx, seat, c, by.Account, ledger.When{Real: now, Plan: now})
		}
		if name := dir.Name(dir.Office); !slices.Contains(refused.Offices, name) {
			refused.Offices = append(refused.Offices, name)
		}
	}
	return before, refused
}
