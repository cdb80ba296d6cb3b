package engine

import (
	"context"
	"fmt"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
)

// OfficeError: only the offices named may do it.
type OfficeError struct{ Offices []string } // names; none when no plan names the unit

func (e *OfficeError) Error() string { return fmt.Sprintf("engine: only %v may do this", e.Offices) }

// SetContact seats somebody in a unit, for every plan and from the next message on, and
// gives who sat there. Only the office of a plan that names the unit may: *OfficeError.
func (e *Engine) SetContact(ctx context.Context, seat people.Recipient, c people.Contact, by act.Actor) (before people.Contact, err error) {
	plans, err := e.ledger.PlanIDs(ctx)
	if err != nil {
		return before, err
	}
	refused := &OfficeError{}
	for _, id := range plans {
		l, err := e.ledger.Plan(ctx, id)
		if err != nil {
			return before, err
		}
		dir := l.Plan.Directory
		if _, named := dir.Unit(seat.Unit); !named {
			continue
		}
		if by.Unit == dir.Office {
			now := e.now()
			return e.ledger.SetContact(ctx, seat, c, by.Account, ledger.When{Real: now, Plan: now})
		}
		refused.Offices = append(refused.Offices, dir.Name(dir.Office))
	}
	return before, refused
}
