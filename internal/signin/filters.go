package signin

import (
	"context"

	"duban/internal/ledger"
)

// MostFilters is how many filters an account keeps.
const MostFilters = 30

// KeepFilter keeps a filter of an account, in place of its filter of that name. It is
// false where the account has as many as it may.
func (s *Service) KeepFilter(ctx context.Context, account string, f ledger.Filter) (kept bool, err error) {
	all, err := s.store.Filters(ctx, account)
	if err != nil {
		return false, err
	}
	others := 0
	for _, o := range all {
		if o.Name != f.Name {
			others++
		}
	}
	if others >= MostFilters {
		return false, nil
	}
	return true, s.store.KeepFilter(ctx, account, f, s.Now())
}

// DropFilter takes a filter of an account away. None is no error.
func (s *Service) DropFilter(ctx context.Context, account, name string) error {
	return s.store.DropFilter(ctx, account, name)
}

// Filters are those of an account, by name.
func (s *Service) Filters(ctx context.Context, account string) ([]ledger.Filter, error) {
	return s.store.Filters(ctx, account)
}
