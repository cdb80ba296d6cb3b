package ledger

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"syscall"
	"time"

	"github.com/lib/pq"
	"modernc.org/sqlite"

	"duban/internal/act"
)

// What a caller may ask for with errors.Is.
var (
	// ErrBehind: what was to be written rests on facts that are not the ledger's any
	// more. Nothing was written.
	ErrBehind    = errors.New("ledger: it was written meanwhile")
	ErrNotFound  = errors.New("not in the ledger")
	ErrNotOpen   = errors.New("the task is not open")
	ErrOvertaken = errors.New("another try has begun or it is settled")
	// ErrOtherTask: a task that was opened for something else has the ID. Nothing was written.
	ErrOtherTask = errors.New("another task has that ID")
	// ErrTaken: another act has the ID. Nothing was written.
	ErrTaken = errors.New("another act has that ID")
	ErrShut  = errors.New("the ledger is shut")
)

// What opening a ledger may find.
var (
	ErrNoLedger    = errors.New("there is no ledger")
	ErrForeign     = errors.New("this database is not a ledger")
	ErrUnreleased  = errors.New("the ledger was made by a program from before the first release (0.2.0), which is not carried over: finish its year with that program")
	ErrSchemaOlder = errors.New("the ledger's schema is older than this program: start the worker of this version, which brings it up to date")
	ErrSchemaNewer = errors.New("the ledger's schema is newer than this program: use the newer program")
)

// Why a ledger cannot do something now. All of them are Later.
var (
	ErrBusy     = errors.New("the ledger is held by another")
	ErrAway     = errors.New("the ledger's database does not answer")
	ErrFull     = errors.New("the ledger's disk or quota is full")
	ErrDamaged  = errors.New("the ledger's database cannot be read or written: the disk fails, or the file is damaged")
	ErrReadOnly = errors.New("the ledger can only be read")
	ErrReplaced = errors.New("the ledger that was opened is not there any more")
	// ErrNoSpace: the temporary folder has no space for the tables that Prove and AsOf make
	// once more from the chain. The error is an ErrFull too.
	ErrNoSpace = errors.New("no space to make the ledger's tables once more in")
)

// Later tells whether an error means that the ledger could not answer now, as
// opposed to an answer: the same call may succeed when the machine is well, and
// of a write it is not known whether it happened.
func Later(err error) bool {
	for _, why := range []error{ErrBusy, ErrAway, ErrFull, ErrDamaged, ErrReadOnly, ErrReplaced, ErrShut, context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, why) {
			return true
		}
	}
	return false
}

// NotCalledError says that the ladder of Task calls the unit to a talk that comes before
// the one that was to open, and that the ledger does not have this talk yet: see OpenTalk.
// Nothing was written.
type NotCalledError act.Called

func (e *NotCalledError) Error() string {
	return fmt.Sprintf("the talk that task %s calls for at %s comes first and is not in the ledger yet", e.Task, e.At.Format(time.RFC3339))
}

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

// fault is what a database error means to the ledger.
type fault int

const (
	noFault   fault = iota
	other           // an answer, or a defect
	transient       // nothing of the transaction happened
	lost            // the connection broke: the transaction may have happened
	full            // nothing happened, for want of space
	damaged         // the disk fails, or the file on it is damaged
	readOnly        // the database takes no writes now
	replaced        // the database is not the one that was opened
)

// classify judges an error by the database's code, never by its text.
func classify(err error) fault {
	var pg *pq.Error
	var lite *sqlite.Error
	var network net.Error
	switch {
	case err == nil:
		return noFault
	case errors.Is(err, ErrReplaced):
		return replaced
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrNotOpen):
		return other
	case errors.As(err, &pg):
		return ofPostgres(string(pg.Code))
	case errors.As(err, &lite):
		return ofSQLite(lite.Code())
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return other
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &network),
		errors.Is(err, pq.ErrInFailedTransaction), errors.Is(err, pq.ErrSSLNotSupported),
		errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, fs.ErrNotExist) && isSocket(err):
		return lost
	}
	return other
}

// isSocket tells whether an error is about a server's socket that is not there, as opposed
// to a file.
func isSocket(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}

// The codes of PostgreSQL for a prepared statement that outlived the schema it was planned for, and
// for one that a pooler lost.
const outlivedSchema, outlivedName = "0A000", "26000"

// outlived tells that a prepared statement has to be prepared anew.
func outlived(err error) bool {
	var pg *pq.Error
	return errors.As(err, &pg) && (pg.Code == outlivedSchema || pg.Code == outlivedName)
}

func ofPostgres(code string) fault {
	switch code {
	case "40001", "40P01", "55P03", // serialization, deadlock, lock not available or not in time
		"57014",                   // cancelled: statement_timeout
		"53300", "53400", "53200", // too many connections, a limit of the configuration, out of memory
		"55006": // object in use
		return transient
	case "57P01", "57P02", "57P03", "57P05", // the server or session is being shut down, starts up, was idle for long
		"25P03", // idle in a transaction for longer than the limit
		"25P04", // a transaction longer than the limit
		outlivedSchema, outlivedName,
		"3D000", "55000": // the database is not there (yet), or takes nobody now
		return lost
	case "25006", "42501": // a read-only transaction: the server became a replica; or an account that may not
		return readOnly
	case "53100":
		return full
	case "58030", "XX001", "XX002", // I/O, damaged data, damaged index
		"42P01": // a table of ours is not there
		return damaged
	}
	switch code[:min(2, len(code))] {
	case "08": // connection
		return lost
	case "53", "58": // resources, the system
		return transient
	}
	return other
}

func ofSQLite(code int) fault {
	const shmSize = 10 | 19<<8 // the shared memory could not be made longer
	if code == shmSize {
		return full
	}
	switch code & 0xff {
	case 5, 6, 15: // BUSY, LOCKED, PROTOCOL: the file is locked in a way that should have passed
		return transient
	case 7, 9: // NOMEM, INTERRUPT
		return transient
	case 8: // READONLY
		return readOnly
	case 13: // FULL
		return full
	case 10, 11, 14, 26: // IOERR, CORRUPT, CANTOPEN, NOTADB
		return damaged
	case 1: // ERROR: a table of ours is missing, since the statements themselves are sound
		return damaged
	}
	return other
}

// again tells whether a fault may pass within seconds.
func (f fault) again() bool {
	return f != noFault && f != other
}

// why is the exported error of a fault; nil where there is none.
func (f fault) why() error {
	switch f {
	case transient:
		return ErrBusy
	case lost:
		return ErrAway
	case full:
		return ErrFull
	case damaged:
		return ErrDamaged
	case readOnly:
		return ErrReadOnly
	}
	return nil
}

// named wraps an error in the exported one for its fault, if there is one.
func named(err error) error {
	why := classify(err).why()
	if why == nil || errors.Is(err, why) {
		return err
	}
	return fmt.Errorf("%w: %w", why, err)
}
