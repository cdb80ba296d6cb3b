package signin

import (
	"context"
	"slices"
	"strings"

	"duban/internal/ledger"
)

// AskedOf is Options.Second as the office has decided it (ledger.OfficeSecondFactor): a
// second factor is asked of an account whose unit is the office or the leadership of any
// plan, or neither, by what is there. unit is the unit of an account of the accounts
// file. While the office has decided nothing it is asked of nobody.
func AskedOf(store *ledger.Store, unit func(account string) (unit string, ok bool)) func(ctx context.Context, account string) (bool, error) {
	return func(ctx context.Context, account string) (bool, error) {
		decided, err := store.Office(ctx)
		if err != nil {
			return false, err
		}
		asked := strings.Split(decided[ledger.OfficeSecondFactor], ",")
		if !slices.ContainsFunc(asked, func(role string) bool { return slices.Contains(ledger.SecondFactorRoles, role) }) {
			return false, nil
		}
		of, ok := unit(account)
		if !ok {
			return true, nil // an account without a known unit is not let in more easily than others
		}
		plans, err := store.PlanIDs(ctx)
		if err != nil {
			return false, err
		}
		other := true
		for _, id := range plans {
			l, _, ok, err := store.Frame(ctx, id)
			if err == nil && !ok {
				l, err = store.Plan(ctx, id)
			}
			if err != nil {
				return false, err
			}
			for role, is := range map[string]string{"office": l.Plan.Directory.Office, "leadership": l.Plan.Directory.Leadership} {
				if of == is {
					other = false
					if slices.Contains(asked, role) {
						return true, nil
					}
				}
			}
		}
		return other && slices.Contains(asked, "unit"), nil
	}
}
