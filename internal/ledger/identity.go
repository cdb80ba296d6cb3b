package ledger

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// ID is which ledger this is: 128 random bits in hex, made once with the
// ledger. A copy of a ledger has the ID of what it was copied from.
func (s *Store) ID() string { return s.id }

// NewID is an ID that no other ledger has.
func NewID() string {
	fresh := make([]byte, 16)
	rand.Read(fresh) // never fails: crypto/rand ends the program first
	return hex.EncodeToString(fresh)
}

// identify reads the ledger's ID and gives a ledger without one its own.
// Processes that do this at the same moment all get the first one's.
func identify(ctx context.Context, db *sqlx.DB) (string, error) {
	fresh := NewID()
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return "", err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	if _, err := tx.ExecContext(ctx, tx.Rebind(`INSERT INTO identity (one, id) VALUES (1, ?) ON CONFLICT (one) DO NOTHING`), fresh); err != nil {
		return "", err
	}
	var id string
	if err := tx.GetContext(ctx, &id, `SELECT id FROM identity WHERE one = 1`); err != nil {
		return "", err
	}
	if err := tx.Commit(); err != nil {
		return "", err
	}
	if len(id) != len(fresh) {
		return "", fmt.Errorf("its identity is %q", id)
	}
	return id, nil
}
