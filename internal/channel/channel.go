// Package channel is how finished letters reach people 渠道. A carrier is a sort of channel: mail by SMTP, a folder of
// files. Each has a folder of its own under this one, declares itself in a Carrier, and is in the registry,
// package carriers. Nothing here knows what a letter is about.
package channel

import (
	"context"
	"errors"
	"slices"

	"duban/internal/letter"
)

// What can become of a letter that was given to a channel, besides being accepted. Any error that is none of these means
// that it was not taken and may be tried again later.
var (
	// ErrRejected means refused for good: no such mailbox, no usable address.
	ErrRejected = errors.New("rejected for good")
	// ErrUnknown means that the letter was handed over but no answer came back: it may or may not have arrived, and
	// nobody but the reader knows.
	ErrUnknown = errors.New("handed over, outcome unknown")
	// ErrMachine means that the letter was not taken for a reason that has nothing to do with the letter: this machine
	// does not reach the server, or may not log in there. Every other letter fails here too, and another machine may send.
	ErrMachine = errors.New("this machine cannot send")
)

// Twice says what a second copy of a letter does to its reader.
type Twice int

const (
	// TwiceIsWorse than never: the reader cannot tell it from a new letter.
	TwiceIsWorse Twice = iota
	// TwiceIsBearable: the reader's program knows the copy by its Message-ID.
	TwiceIsBearable
	// TwiceIsOne: the copy takes the place of the first.
	TwiceIsOne
)

// Channel carries letters: one mail server, one folder. It is safe for concurrent use. Its errors never carry a password
// or an address.
type Channel interface {
	// Name is the carrier's name, as the ledger keeps it: smtp, outbox.
	Name() string
	// Send hands one letter over. The error wraps one of those above; after any other error the letter may be tried
	// again. When the context ends, a letter that has not left is given up, and for one that has left Send waits a
	// moment more for the answer.
	//
	// Unless Twice is TwiceIsOne, leaving is called when all but the last byte has gone out. When leaving fails nothing
	// is sent, and Send's error wraps its error.
	Send(ctx context.Context, l letter.Letter, leaving Leaving) error
	// Twice says what sending the same Message-ID again does, and so whether a letter of unknown outcome may be sent
	// once more. The value is the one that the carrier declares.
	Twice() Twice
}

// Leaving is told that a letter is about to go, and which of its copies do not go with it.
type Leaving func(ctx context.Context, missed []Missed) error

// Missed is a copy that was not taken, though the letter itself was: its reader gets the letter all the same, once.
type Missed struct {
	To    letter.Address
	Error string // why, without an address
}

// Checker is a channel that can be tried without sending anything: the error is why nothing can be sent at the moment.
type Checker interface {
	Check(ctx context.Context) error
}

// Gated is a channel that knows that it cannot send at the moment.
type Gated interface {
	Ready() bool
}

// Set is the channels in use, in order of preference.
type Set []Channel

// Get finds a channel by its name.
func (s Set) Get(name string) (Channel, bool) {
	i := slices.IndexFunc(s, func(c Channel) bool { return c.Name() == name })
	if i < 0 {
		return nil, false
	}
	return s[i], true
}
