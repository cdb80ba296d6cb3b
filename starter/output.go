package main

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

	"duban/internal/strictyaml"
)

// output is what a command prints to, and remembers the first error of writing
// it: tables and lines are printed without looking, and a list that a full disk
// cut off must not end in success.
type output struct {
	to  io.Writer
	raw bool // what is printed is no text for a terminal: a file's bytes

	mu    sync.Mutex // one write after another; one may hang for ever
	first atomic.Pointer[error]
}

// Write gives the first error again once there was one: what follows a gap would
// read as if it were whole.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.fault(); err != nil {
		return 0, err
	}
	shown := p
	if !o.raw {
		shown = visible(p)
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

// visible writes out what would steer a terminal or turn the direction of reading
// instead of being read, as people may have typed it: \u001b. In JSON that is the
// same text. Bytes that are no UTF-8 are a replacement character: some terminals
// take them for commands too.
func visible(p []byte) []byte {
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

// readable is a stream for people's eyes, as visible has it.
type readable struct{ to io.Writer }

func (s readable) Write(p []byte) (int, error) {
	if _, err := s.to.Write(visible(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// fault is the first error, or nil. It waits for no write.
func (o *output) fault() error {
	if err := o.first.Load(); err != nil {
		return *err
	}
	return nil
}

// closed tells that whoever read the output went away, such as `head`.
func closed(err error) bool { return errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) }
