package ledger

// Alone gives every write a transaction of its own, to measure what sharing is worth.
func (s *Store) Alone() { s.most = 1 }
