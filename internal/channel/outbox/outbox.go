// Package outbox is the channel that is a folder.
package outbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"duban/internal/channel"
	"duban/internal/channel/mime"
	"duban/internal/leftover"
	"duban/internal/letter"
)

// Box is a folder of .eml files 发件箱 and a line a message on a terminal: what
// a plan uses until a mail server is set. The files are the very messages that
// SMTP would send and open in any mail program.
type Box struct {
	dir  string
	from letter.Address
	mu   sync.Mutex // one line at a time
	out  io.Writer
}

// Carrier is what the outbox declares of itself.
var Carrier = channel.Carrier{
	Name: "outbox", Address: channel.Nobody, Limits: channel.Limits{Format: channel.HTML, Files: true}, Twice: channel.TwiceIsOne,
	Answers: []channel.Answer{
		{When: "the file is written", Fate: channel.Accepted},
		{When: "the address is no e-mail address", Fate: channel.Refused, Do: "channel.mend_address"},
		{When: "the file cannot be written: the folder is gone, the disk is full", Fate: channel.Machine, Do: "channel.mend_folder"},
	},
}

// New makes the folder when it is missing. out may be io.Discard.
func New(dir string, from letter.Address, out io.Writer) (*Box, error) {
	if _, err := mime.Check(from); err != nil {
		return nil, fmt.Errorf("outbox: the sender's address is not an e-mail address")
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	leftover.Clear(dir, writing)
	return &Box{dir: dir, from: from, out: out}, nil
}

// writing begins the names of files that are being written.
const writing = ".writing-"

// Name is "outbox".
func (o *Box) Name() string { return Carrier.Name }

// Twice is TwiceIsOne: the same message is the same file.
func (o *Box) Twice() channel.Twice { return Carrier.Twice }

// Check tries whether a file can be written. Its error wraps ErrMachine.
func (o *Box) Check(context.Context) error {
	path := filepath.Join(o.dir, ".trying")
	err := writeWhole(path, []byte("duban"))
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		return fmt.Errorf("outbox: %w: %w", err, channel.ErrMachine)
	}
	return nil
}

// Send writes the message's file, whole or not at all, and its line unless the
// file was there before.
func (o *Box) Send(ctx context.Context, m letter.Letter, _ channel.Leaving) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	msg, err := mime.Message(m, o.from)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return fmt.Errorf("outbox: writing the message: %w", err)
	}
	path := filepath.Join(o.dir, FileName(m))
	_, statErr := os.Stat(path)
	if err := writeWhole(path, raw.Bytes()); err != nil {
		return fmt.Errorf("outbox: %w: %w", err, channel.ErrMachine)
	}
	if statErr == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	_, _ = fmt.Fprintln(o.out, letter.Visible(m.Line)) // a closed terminal does not undo the file
	return nil
}

// FileName is the message's name in the outbox: plan time in the zone of its date, seat, and
// a mark of the Message-ID, so that a listing is in order and a message sent
// twice is one file. It is made of letters, digits, hyphens and one dot.
func FileName(m letter.Letter) string {
	mark := letter.ASCII(m.MessageID)
	return fmt.Sprintf("%s-%s-%s-%.12s.eml", m.At.In(m.Date.Location()).Format("20060102T150405"),
		part(m.Recipient.Unit), part(string(m.Recipient.Role)), mark)
}

// part is s as part of a file name, at most 40 letters long.
func part(s string) string { return fmt.Sprintf("%.40s", letter.ASCII(s)) }

// writeWhole puts data under path by renaming a finished, synced file.
func writeWhole(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), writing+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
