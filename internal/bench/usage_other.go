//go:build !unix

package main

import "time"

// processor is 0 on this system, which does not tell the processor time used: ratios of it
// mean nothing.
func processor() time.Duration { return 0 }
