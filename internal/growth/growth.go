// Package growth tells tests how the work of a function grows with what it is given.
package growth

import (
	"math"
	"syscall"
	"time"
)

// Times is how many times the work of small large takes. Work is the processor's time
// of this process, so that other programs do not count; a test that asks runs beside no
// other test of its package. What disturbs a comparison makes it too great or too small
// by chance: it is made up to five times, until one is not above enough, and the least
// is given. Work that grows with the square is above in all five.
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
