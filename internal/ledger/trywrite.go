package ledger

import "context"

// TryWrite writes a row as it is, through the disk, and appends nothing: nil when
// the ledger takes writes, or why not.
func (s *Store) TryWrite(ctx context.Context) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		_, err = t.exec(`UPDATE identity SET one = one`)
		return none, err
	})
	return err
}
