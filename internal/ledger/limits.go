package ledger

import (
	"cmp"
	"time"
)

// Limits are how long the ledger waits for a database before it takes the database
// for lost. Zero means the value that standard gives.
type Limits struct {
	Connect time.Duration // to reach the server and be let in
	// Idle, Lock and Statement are kept by PostgreSQL itself in every
	// transaction: between two statements, for another's lock, for one
	// statement. A paused client can hold the chain for Idle at the most; Lock
	// is longer, so that nobody who waits for the chain gives up before that.
	Idle      time.Duration
	Lock      time.Duration
	Statement time.Duration
	Silence   time.Duration // a PostgreSQL connection that owes an answer; longer than Statement
	Busy      time.Duration // one wait for a lock of SQLite's, but for the writer's: see liteTurn
	Blocked   time.Duration // a wait for the chain that is worth a line in the log
	Read      time.Duration // a read with all its tries, unless the caller's context ends first
	Write     time.Duration // a write whose caller sets no deadline
	Bulk      time.Duration // a whole plan or amendment whose caller sets no deadline
	Close     time.Duration // for the writes that have begun
}

func (l Limits) standard() Limits {
	for _, one := range []struct {
		is    *time.Duration
		usual time.Duration
	}{
		{&l.Connect, 5 * time.Second},
		{&l.Idle, 5 * time.Second},
		{&l.Lock, 8 * time.Second},
		{&l.Statement, 10 * time.Second},
		{&l.Silence, 12 * time.Second},
		{&l.Busy, 2 * time.Second},
		{&l.Blocked, 2 * time.Second},
		{&l.Read, 20 * time.Second},
		{&l.Write, 20 * time.Second},
		{&l.Bulk, 5 * time.Minute},
		{&l.Close, 8 * time.Second},
	} {
		*one.is = cmp.Or(*one.is, one.usual)
	}
	return l
}
