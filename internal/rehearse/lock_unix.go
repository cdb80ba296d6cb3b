//go:build unix

package rehearse

import (
	"errors"
	"os"
	"syscall"
)

// lock locks f for as long as it is open; the kernel frees the lock when the process
// ends, also when it is killed. ErrFolderInUse: another process has the lock.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrFolderInUse
	}
	return err
}
