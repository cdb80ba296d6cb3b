//go:build unix

package door

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// hold takes f for this process alone. A command that looks whether the folder is held has it
// for a moment, and a program that has just ended until what it started has let go of its files,
// seconds on a busy machine: both are waited for.
func hold(f *os.File) error {
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrInUse
		} else if !errors.Is(err, syscall.EINTR) {
			return err
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// locked tells whether a live engine holds dir.
func locked(dir string) (bool, error) {
	f, err := os.Open(lockFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}
