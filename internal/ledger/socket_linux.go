package ledger

import (
	"syscall"
	"time"
)

// userTimeout lets the system give up a TCP connection whose data the other side has
// not acknowledged for as long as limit (TCP_USER_TIMEOUT).
func userTimeout(limit time.Duration) func(network, address string, c syscall.RawConn) error {
	return func(network, _ string, c syscall.RawConn) error {
		if network != "tcp4" && network != "tcp6" {
			return nil
		}
		const tcpUserTimeout = 0x12
		var failed error
		err := c.Control(func(fd uintptr) {
			failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(limit.Milliseconds()))
		})
		if err != nil {
			return err
		}
		return failed
	}
}
