// Package growth tells tests how the work of a function grows with what it is given.
package growth

import (
	"math"
	"syscall"
	"time"
)

// Times is how many times as much work large takes as small. Work is the processor time of
// this process, so that other programs do not count; a test that calls Times must not run
// beside another test of its package. Since single comparisons vary by chance, up to five
// are made, until one is not above enough, and the least is given. Work that grows with the
// square is above enough in all five.
func Times(enough float64, small, large func()) float64 {
	least := math.Inf(1)
	for range 5 {
		a := max(spent(small), time.Millisecond)
		least = min(least, float64(spent(large))/float64(a))
		if least <= enough {
			break
		}
	}
	return least
}

func spent(work func()) time.Duration {
	began := used()
	work()
	return used() - began
}

func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
