//go:build !linux

package ledger

import (
	"syscall"
	"time"
)

// userTimeout does nothing here: a socket's own limits end what TCP would not.
func userTimeout(time.Duration) func(network, address string, c syscall.RawConn) error { return nil }
