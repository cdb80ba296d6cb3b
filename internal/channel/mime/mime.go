// Package mime makes one MIME message of a letter, which mail servers take and mail programs open.
package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"

	gomail "github.com/wneessen/go-mail"

	"duban/internal/channel"
	"duban/internal/letter"
)

// Message is the MIME message of a letter, sent by from unless the letter names another sender. The same letter gives
// the same bytes, but for the boundaries of a letter with files. The error for an address that cannot be used wraps
// channel.ErrRejected.
func Message(m letter.Letter, from letter.Address) (*gomail.Msg, error) {
	if m.ID == "" || m.MessageID == "" || m.Date.IsZero() {
		return nil, fmt.Errorf("message %q lacks its Message-ID or date: %w", m.ID, channel.ErrRejected)
	}
	to, err := Check(m.To)
	if err != nil {
		return nil, fmt.Errorf("the address of %s cannot be used: %w", m.Recipient, channel.ErrRejected)
	}
	if m.From.Email != "" {
		from = m.From
	}
	sender, err := Check(from)
	if err != nil {
		return nil, fmt.Errorf("the sender's address cannot be used: %w", channel.ErrRejected)
	}
	options := []gomail.MsgOption{gomail.WithEncoding(gomail.EncodingB64), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithNoDefaultUserAgent()}
	if len(m.Files) == 0 { // the library would put the same boundary around the words and around words and files
		options = append(options, gomail.WithBoundary(boundary(m.MessageID)))
	}
	msg := gomail.NewMsg(options...)
	msg.FromMailAddress(sender)
	msg.ToMailAddress(to)
	for _, c := range m.Copies {
		if cc, err := Check(c); err == nil {
			msg.AddCcMailAddress(cc)
		}
	}
	if reply, err := Check(letter.Address{Email: m.ReplyTo}); err == nil {
		msg.ReplyToMailAddress(reply)
	}
	msg.Subject(letter.OneLine(m.Subject))
	msg.SetDateWithValue(m.Date)
	msg.SetMessageIDWithValue(m.MessageID)
	if m.Thread != "" {
		// No message with the ID Thread is ever sent; mail programs put the messages that refer to it together all the same.
		msg.SetGenHeader(gomail.HeaderInReplyTo, "<"+m.Thread+">")
		msg.SetGenHeader(gomail.HeaderReferences, "<"+m.Thread+">")
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office replies
	msg.SetGenHeader("X-Duban-Id", letter.OneLine(m.ID))
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	for _, f := range m.Files {
		if err := msg.AttachReader(letter.OneLine(f.Name), bytes.NewReader(f.Data), gomail.WithFileContentType(gomail.ContentType(f.Type))); err != nil {
			return nil, fmt.Errorf("a file that goes with it: %w", err)
		}
	}
	return msg, nil
}

// Check reads an address as a mail server would; the error says only that it is none.
func Check(a letter.Address) (*mail.Address, error) {
	parsed, err := mail.ParseAddress(a.Email)
	if err != nil || parsed.Address != a.Email {
		return nil, fmt.Errorf("not an e-mail address")
	}
	parsed.Name = letter.OneLine(a.Name)
	return parsed, nil
}

// boundary follows from the message's ID, so that a message that is written twice has the same bytes.
func boundary(id string) string {
	sum := sha256.Sum256([]byte("boundary " + id))
	return "duban-" + hex.EncodeToString(sum[:16])
}
