package channel

import "time"

// AddressKind is what a carrier needs to know of a reader.
type AddressKind string

const (
	Email  AddressKind = "email"  // an address that mail reaches
	Nobody AddressKind = "nobody" // any e-mail address, also one that nobody reads: the carrier sends nothing out
)

// Format is the richest form of a letter that a carrier carries.
type Format string

const (
	Line Format = "line" // the letter in one line
	Text Format = "text" // the letter as plain text
	HTML Format = "html" // the page, with the text beside it
)

// Limits are what a carrier can take; zero is without a limit.
type Limits struct {
	PerMinute int // letters
	Bytes     int // of one letter, as it goes over the wire
	Format    Format
	Files     bool // the carrier takes files besides the words
}

// Fate is what becomes of a letter by an answer.
type Fate string

const (
	Accepted Fate = "accepted" // the reader has it
	Refused  Fate = "refused"  // for good: ErrRejected
	Later    Fate = "later"    // not taken now, to be tried again
	Machine  Fate = "machine"  // for a reason of this machine: ErrMachine
	Unknown  Fate = "unknown"  // no answer came back: ErrUnknown
)

// fates are the errors of channel by fate; Accepted and Later have none.
var fates = map[Fate]error{Refused: ErrRejected, Machine: ErrMachine, Unknown: ErrUnknown}

// Err is the error that Send wraps for a fate; nil for Accepted and Later.
func (f Fate) Err() error { return fates[f] }

// Answer is one row of what a carrier's answers mean.
type Answer struct {
	When string // the answer, as the carrier's own documents write it
	Fate Fate
	// After is the least time until a letter that is owed is tried again; zero: the gaps between tries grow from a few
	// seconds to hours.
	After time.Duration
	// Do is the key in the catalogue of what a person has to do; "" where nobody has to do anything.
	Do string
}

// Carrier is what a sort of channel declares of itself.
type Carrier struct {
	Name    string // in the ledger and in `office set channels`
	Address AddressKind
	Limits  Limits
	Twice   Twice
	Answers []Answer // the first that fits
}
