package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"unicode/utf8"

	"golang.org/x/term"

	"duban/internal/strictyaml"
)

// Output is the stream that a command prints to. It remembers the first error of writing,
// since tables and lines are printed without looking at errors, and a list that a full disk
// cut off must not end with exit status 0.
type Output struct {
	to  io.Writer
	raw bool // what is printed is no text for a terminal: a file's bytes

	mu    sync.Mutex // one write after another; one may hang for ever
	first atomic.Pointer[error]
}

// Write gives the first error again once there was one: what follows a gap would
// read as if it were whole.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.Fault(); err != nil {
		return 0, err
	}
	shown := p
	if !o.raw {
		shown = Visible(p)
	}
	n, err := o.to.Write(shown)
	if err == nil && n < len(shown) {
		err = io.ErrShortWrite
	}
	if err != nil {
		o.first.Store(&err)
		return min(n, len(p)), err
	}
	return len(p), nil
}

// Visible writes characters that would steer a terminal or turn the direction of reading,
// which people may have typed, as escapes: \u001b. In JSON an escape is the same text.
// Bytes that are not UTF-8 become a replacement character, since some terminals take them
// for commands too.
func Visible(p []byte) []byte {
	hidden := func(r rune) bool { return r == utf8.RuneError || strictyaml.Hidden(r) && r != '\n' && r != '\t' }
	if bytes.IndexFunc(p, hidden) < 0 {
		return p
	}
	var b bytes.Buffer
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		switch {
		case r == utf8.RuneError:
			b.WriteRune(utf8.RuneError)
		case r == '\r' && size < len(p) && p[size] == '\n': // a line's end as CSV has it
			b.WriteByte('\r')
		case hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.Write(p[:size])
		}
		p = p[size:]
	}
	return b.Bytes()
}

// readable is a stream for people's eyes, as Visible has it.
type readable struct{ to io.Writer }

// Readable is a stream for people's eyes: nothing in it steers the terminal.
func Readable(to io.Writer) io.Writer { return readable{to} }

func (s readable) Write(p []byte) (int, error) {
	if _, err := s.to.Write(Visible(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// NewOutput is what a command prints to.
func NewOutput(to io.Writer) *Output { return &Output{to: to} }

// AsItIs writes what follows byte by byte, for another program; not to a terminal, which stays protected.
func (o *Output) AsItIs() { o.raw = !IsTerminal(o.to) }

// Fault is the first error, or nil. It waits for no write.
func (o *Output) Fault() error {
	if err := o.first.Load(); err != nil {
		return *err
	}
	return nil
}

// Closed tells that whoever read the Output went away, such as `head`.
func Closed(err error) bool { return errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) }

func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
