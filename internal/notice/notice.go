// Package notice says things to people: the wording of digests and alarms, and
// the channels that carry them. A digest is composed from plain facts; nothing
// here reads a clock, a database or a setting.
package notice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"duban/internal/people"
)

// What can become of a message. Any error that is none of these means that the
// message was not taken and may be tried again later.
var (
	// ErrRejected means refused for good: no such mailbox, no usable address.
	ErrRejected = errors.New("rejected for good")
	// ErrUnknown means that the message was handed over but no answer came back:
	// it may or may not have arrived, and nobody but the reader knows.
	ErrUnknown = errors.New("handed over, outcome unknown")
	// ErrMachine means that the message was not taken for a reason that is not its
	// own: this machine does not reach the server, or may not log in there. It will
	// be so for every other message too, and may be otherwise on another machine.
	ErrMachine = errors.New("this machine cannot send")
)

// Twice says what a second copy of a message does to its reader.
type Twice int

const (
	// TwiceIsWorse than never: the reader cannot tell it from a new message.
	TwiceIsWorse Twice = iota
	// TwiceIsBearable: the reader's program knows the copy by its Message-ID.
	TwiceIsBearable
	// TwiceIsOne: the copy takes the place of the first.
	TwiceIsOne
)

// Channel is a way to reach people 渠道: an SMTP server, a folder, later a chat
// robot. It is safe for concurrent use. Its errors never carry a password or
// an address.
type Channel interface {
	// Name is the short name kept in the ledger: smtp, outbox.
	Name() string
	// Send hands one message over. The error wraps one of those above, or is one
	// to try again after. The context bounds all of it: its end breaks off what has
	// not left, and what has left waits a moment more for its answer.
	//
	// Unless twice is one, leaving is called when all but the last byte has gone
	// out; its error breaks off, with nothing sent, and is wrapped by Send's.
	Send(ctx context.Context, m Mail, leaving func(context.Context) error) error
	// Twice says what sending the same Message-ID again does: whether an unknown
	// outcome may be settled by sending once more.
	Twice() Twice
}

// Checker is a channel that can be tried without sending anything: the error is
// why nothing can be sent at the moment.
type Checker interface {
	Check(ctx context.Context) error
}

// Gated is a channel that knows that it cannot send at the moment.
type Gated interface {
	Ready() bool
}

var (
	_ Channel = (*SMTP)(nil)
	_ Channel = (*Outbox)(nil)
)

// Picky is implemented by a channel that cannot reach everybody, a chat group
// of some units for example. A channel without it reaches all.
type Picky interface {
	Reaches(people.Recipient) bool
}

// Set is the channels in use, in order of preference.
type Set []Channel

// For names the channels that carry a notice to r: all that reach it.
func (s Set) For(r people.Recipient) []string {
	var names []string
	for _, c := range s {
		if p, ok := c.(Picky); ok && !p.Reaches(r) {
			continue
		}
		names = append(names, c.Name())
	}
	return names
}

// Get finds a channel by the name For gave.
func (s Set) Get(name string) (Channel, bool) {
	i := slices.IndexFunc(s, func(c Channel) bool { return c.Name() == name })
	if i < 0 {
		return nil, false
	}
	return s[i], true
}

// Address is a person or seat and its e-mail address.
type Address struct {
	Name  string
	Email string
}

// Mail is one finished message to one recipient, the same for every channel.
// All of its one-line fields are free of control characters.
type Mail struct {
	ID        string // the message's own name for ever: a digest's key
	MessageID string // worked out from ID, without angle brackets
	Thread    string // Message-ID that one recipient's messages of one plan hang from
	Recipient people.Recipient
	From      Address // the channel's own sender when empty
	To        Address
	ReplyTo   string // the office's address, or ""
	Subject   string
	Text      string    // LF line ends, at most 78 columns where words allow
	HTML      string    // a whole page with its style inside
	Line      string    // the message in one line, for a terminal
	At        time.Time // plan clock: when it speaks
	Date      time.Time // real clock: the Date header
}

// MessageID is the Message-ID of the message named id: always the same for the
// same two words, and ASCII. A short plain id stands in it as it is, so that a
// mail server's log can be searched for it; any other is hashed. The domain is
// its right side, "duban.local" when empty.
func MessageID(id, domain string) string {
	if domain == "" {
		domain = "duban.local"
	}
	left := id
	if id == "" || len(id) > 40 || asciiName(id) != id {
		sum := sha256.Sum256([]byte(id))
		left = hex.EncodeToString(sum[:12])
	}
	return left + "@" + asciiName(domain, '.')
}

// asciiName keeps letters, digits, hyphens and the runes of also; everything
// else becomes a hyphen, so that it can stand in a header or a file name.
func asciiName(s string, also ...rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', slices.Contains(also, r):
			return r
		}
		return '-'
	}, s)
}

// visible replaces control and invisible format characters (line breaks,
// terminal escapes, direction overrides) by spaces.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s)
}

// clean makes one line of what people typed: visible, with runs of spaces made one.
func clean(s string) string {
	return strings.Join(strings.FieldsFunc(visible(s), func(r rune) bool { return r == ' ' }), " ")
}

// within is a text that is put in quotation marks: its own ones become the inner
// ones, where they are in pairs.
func within(s string) string {
	if strings.Count(s, "“") != strings.Count(s, "”") {
		return s
	}
	return strings.NewReplacer("“", "‘", "”", "’").Replace(s)
}

// short cuts s to n runes, with an ellipsis.
func short(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
