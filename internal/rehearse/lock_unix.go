//go:build unix

package rehearse

import (
	"errors"
	"os"
	"syscall"
)

// lock holds f for as long as it is open; the kernel gives it free when the
// process dies, however it dies.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrFolderInUse
	}
	return err
}
