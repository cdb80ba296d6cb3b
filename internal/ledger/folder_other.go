//go:build !unix

package ledger

import "context"

// lockFolder does nothing here: start the first process alone.
func lockFolder(context.Context, string) (unlock func(), err error) { return func() {}, nil }

// writable is not known here beforehand.
func writable(string) bool { return true }
