package main

import (
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

// output is what a command prints to, and remembers the first error of writing
// it: tables and lines are printed without looking, and a list that a full disk
// cut off must not end in success.
type output struct {
	to io.Writer

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
	n, err := o.to.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		o.first.Store(&err)
	}
	return n, err
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
