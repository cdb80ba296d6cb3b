// Command starter is what a person runs: it checks, previews, launches and
// rehearses plans and reads the ledger. `starter up` is everything in one process.
package main

import (
	"os"
	"runtime/debug"

	"duban/internal/host"
)

func main() { os.Exit(program()) }

// program is this process, and gives its exit status.
func program() int {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // most commands end in a moment, before much memory is worth collecting; those that serve set it back
	}
	ctx, release := host.ToldToStop()
	defer release()
	return run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
}
