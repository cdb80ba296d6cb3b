package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"

	gomail "github.com/wneessen/go-mail"
)

// message builds the one MIME message that every channel sends: the same bytes
// for the same Mail. An address that cannot be used wraps ErrRejected.
func message(m Mail, from Address) (*gomail.Msg, error) {
	if m.ID == "" || m.MessageID == "" || m.Date.IsZero() {
		return nil, fmt.Errorf("message %q lacks its Message-ID or date: %w", m.ID, ErrRejected)
	}
	to, err := address(m.To)
	if err != nil {
		return nil, fmt.Errorf("the address of %s cannot be used: %w", m.Recipient, ErrRejected)
	}
	if m.From.Email != "" {
		from = m.From
	}
	sender, err := address(from)
	if err != nil {
		return nil, fmt.Errorf("the sender's address cannot be used: %w", ErrRejected)
	}
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingB64), gomail.WithCharset(gomail.CharsetUTF8),
		gomail.WithBoundary(boundary(m.MessageID)), gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(sender)
	msg.ToMailAddress(to)
	if reply, err := address(Address{Email: m.ReplyTo}); err == nil {
		msg.ReplyToMailAddress(reply)
	}
	msg.Subject(clean(m.Subject))
	msg.SetDateWithValue(m.Date)
	msg.SetMessageIDWithValue(m.MessageID)
	if m.Thread != "" {
		// The root is never sent: mail programs gather under it all the same.
		msg.SetGenHeader(gomail.HeaderInReplyTo, "<"+m.Thread+">")
		msg.SetGenHeader(gomail.HeaderReferences, "<"+m.Thread+">")
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office replies
	msg.SetGenHeader("X-Duban-Id", clean(m.ID))
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

// address checks an address as a mail server would read it.
func address(a Address) (*mail.Address, error) {
	parsed, err := mail.ParseAddress(a.Email)
	if err != nil || parsed.Address != a.Email {
		return nil, fmt.Errorf("not an e-mail address")
	}
	parsed.Name = clean(a.Name)
	return parsed, nil
}

// boundary is fixed by the message, so that a file written twice is the same.
func boundary(id string) string {
	sum := sha256.Sum256([]byte("boundary " + id))
	return "duban-" + hex.EncodeToString(sum[:16])
}
