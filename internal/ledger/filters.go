package ledger

import (
	"context"
	"time"
)

// Filter is a way to look at the list of tasks that an account keeps.
type Filter struct {
	Name  string `db:"name"`
	Query string `db:"query"` // as in the list's address
}

// KeepFilter keeps a filter of an account, in place of its filter of that name.
func (s *Store) KeepFilter(ctx context.Context, account string, f Filter, at time.Time) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		_, err = t.exec(`INSERT INTO filters (account, name, query, at) VALUES (?, ?, ?, ?) ON CONFLICT (account, name) DO UPDATE SET query = excluded.query, at = excluded.at`,
			account, storable(f.Name), storable(f.Query), instant(at))
		return none, err
	})
	return err
}

// DropFilter takes a filter of an account away. None is no error.
func (s *Store) DropFilter(ctx context.Context, account, name string) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		_, err = t.exec(`DELETE FROM filters WHERE account = ? AND name = ?`, account, name)
		return none, err
	})
	return err
}

// Filters are those of an account, by name.
func (s *Store) Filters(ctx context.Context, account string) (all []Filter, err error) {
	err = s.all(ctx, &all, `SELECT name, query FROM filters WHERE account = ? ORDER BY name`, account)
	return all, err
}
