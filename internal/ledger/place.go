package ledger

import "context"

// Settle gives the ledger place as the place where it belongs, when it has none
// yet, and returns the one it has. A place tells the ledger's folder from copies of
// the folder; a copy of the ledger has the place of what it was copied from.
func (s *Store) Settle(ctx context.Context, place string) (string, error) {
	return write(ctx, s, func(t *tx) (has string, err error) {
		if _, err := t.exec(`UPDATE identity SET place = ? WHERE one = 1 AND place = ''`, place); err != nil {
			return "", err
		}
		err = t.one(&has, `SELECT place FROM identity WHERE one = 1`)
		return has, err
	})
}

// Place is where the ledger belongs, or "" before it was settled.
func (s *Store) Place(ctx context.Context) (place string, err error) {
	err = s.one(ctx, &place, `SELECT place FROM identity WHERE one = 1`)
	return place, err
}

// Adopt gives the ledger another place and an ID; ID returns it when the ledger
// is opened anew.
func (s *Store) Adopt(ctx context.Context, place, id string) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		_, err = t.exec(`UPDATE identity SET place = ?, id = ? WHERE one = 1`, place, id)
		return none, err
	})
	return err
}
