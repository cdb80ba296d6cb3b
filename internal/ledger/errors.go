package ledger

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/lib/pq"
	"modernc.org/sqlite"
)

// What a caller may ask for with errors.Is.
var (
	ErrNotFound    = errors.New("not in the ledger")
	ErrPlanDiffers = errors.New("this plan is in the ledger already, from other files")
	ErrNotOpen     = errors.New("the task is not open")
	ErrShut        = errors.New("the ledger is shut")
)

// BrokenChainError says that the chain of events does not hold at Seq: it was
// edited, removed, inserted or reordered there. Everything before Seq holds.
type BrokenChainError struct {
	Seq    int64
	Reason string
}

func (e *BrokenChainError) Error() string {
	return fmt.Sprintf("the chain does not hold at event %d: %s", e.Seq, e.Reason)
}

// CountError says that a table does not hold what the events, whose chain
// holds, say it should.
type CountError struct {
	What      string
	Rows      int64 // in the table
	FromChain int64 // by the events
}

func (e *CountError) Error() string {
	return fmt.Sprintf("%s: the table holds %d, the events say %d", e.What, e.Rows, e.FromChain)
}

// fault is what a database error means to us.
type fault int

const (
	noFault   fault = iota
	other           // a defect, or the disk
	transient       // try again: nothing of the transaction happened
	lost            // the connection went: the transaction may have happened
)

// classify judges an error by the database's code, never by its text.
func classify(err error) fault {
	var pg *pq.Error
	var lite *sqlite.Error
	var network net.Error
	switch {
	case err == nil:
		return noFault
	case errors.As(err, &pg):
		switch pg.Code {
		case "40001", "40P01", "55P03": // serialization, deadlock, lock not available
			return transient
		case "57P01", "57P02", "57P03": // the server is going down or coming up
			return lost
		}
		if pg.Code.Class() == "08" {
			return lost
		}
	case errors.As(err, &lite):
		switch lite.Code() & 0xff {
		case 5, 6: // SQLITE_BUSY, SQLITE_LOCKED
			return transient
		}
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &network):
		return lost
	}
	return other
}
