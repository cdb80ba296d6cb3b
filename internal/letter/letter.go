// Package letter is a finished message to one reader: package notice composes letters and channels carry them, and
// neither knows the other.
package letter

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode"

	"duban/internal/people"
)

// Address is a person or seat and its e-mail address.
type Address struct {
	Name  string
	Email string
}

// Letter is one finished message to one recipient, the same for every channel. All of its one-line fields are free of
// control characters.
type Letter struct {
	ID        string // the message's own name for ever: a digest's key
	MessageID string // worked out from ID, without angle brackets
	Thread    string // Message-ID that all messages of one plan to one recipient refer to
	Recipient people.Recipient
	From      Address // the channel's own sender when empty
	To        Address
	Copies    []Address // who sit beside the reader, B 岗: a channel that cannot send them one leaves them out
	ReplyTo   string    // the office's address, or ""
	Subject   string
	Text      string    // LF line ends, at most 78 columns where words allow
	HTML      string    // a whole page with its style inside
	Line      string    // the message in one line, for a terminal
	Files     []File    // files that go with the letter
	At        time.Time // plan clock: the message's speaking time
	Date      time.Time // real clock, in the zone of the plan: the Date header
}

// File goes with a letter.
type File struct {
	Name string // one line, without a folder
	Type string // its media type: application/pdf
	Data []byte
}

// Bytes is how many bytes a letter's words and files have, before they are encoded for sending.
func (l Letter) Bytes() int {
	n := len(l.Subject) + len(l.Text) + len(l.HTML) + len(l.Line)
	for _, f := range l.Files {
		n += len(f.Data)
	}
	return n
}

// MessageID is the Message-ID of the message named id, in ASCII and without angle brackets:
// always the same for the same id and domain. A short plain id is part of it as it is, so
// that a mail server's log can be searched for the id; any other id is hashed. The domain
// is the right side, "duban.local" when empty.
func MessageID(id, domain string) string {
	if domain == "" {
		domain = "duban.local"
	}
	left := id
	if id == "" || len(id) > 40 || ASCII(id) != id {
		sum := sha256.Sum256([]byte(id))
		left = hex.EncodeToString(sum[:12])
	}
	return left + "@" + ASCII(domain, '.')
}

// ASCII keeps letters, digits, hyphens and the runes of also; everything else becomes a hyphen, so that it can be in
// a header or a file name.
func ASCII(s string, also ...rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', slices.Contains(also, r):
			return r
		}
		return '-'
	}, s)
}

// Visible replaces control and invisible format characters (line breaks, terminal escapes, direction overrides) by
// spaces.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s)
}

// OneLine makes one line of what people typed: Visible, with runs of spaces made one.
func OneLine(s string) string {
	return strings.Join(strings.FieldsFunc(Visible(s), func(r rune) bool { return r == ' ' }), " ")
}

// Short cuts s to n runes, with an ellipsis.
func Short(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
