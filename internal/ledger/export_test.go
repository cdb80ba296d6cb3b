package ledger

import "context"

// Rights are what programs do with each table.
var Rights = rights

// Alone gives every write a transaction of its own, to measure what sharing is worth.
func (s *Store) Alone() { s.most = 1 }

// Prepared counts the statements that have names.
func (s *Store) Prepared() (writes, reads int) { return len(s.ready), int(s.kept.Load()) }

// Hold calls inside in the middle of a write, which holds the chain.
func (s *Store) Hold(ctx context.Context, inside func()) error {
	_, err := write(ctx, s, func(*tx) (none struct{}, err error) {
		inside()
		return none, nil
	})
	return err
}

// SetClock gives the ledger another clock than its own: a statement that reads it.
func (s *Store) SetClock(query string) { s.d = clocked{s.d, query} }

type clocked struct {
	dialect
	query string
}

func (c clocked) clock() string { return c.query }
