package ledger

import "context"

// TryWrite commits a write to the disk that changes nothing and appends no event: nil
// when the ledger takes writes, or why it does not.
func (s *Store) TryWrite(ctx context.Context) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		_, err = t.exec(`UPDATE identity SET one = one`)
		return none, err
	})
	return err
}
