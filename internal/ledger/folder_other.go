//go:build !unix

package ledger

import "context"

// lockFolder does nothing on this system: start the first process alone.
func lockFolder(context.Context, string) (unlock func(), err error) { return func() {}, nil }

// writable is true on this system: whether a write is allowed shows when it is tried.
func writable(string) bool { return true }
