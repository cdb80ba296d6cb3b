//go:build unix

package ledger

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lockFolder keeps other processes out while a file in the folder is being
// made. The lock goes with the process, however it ends, and leaves no file.
func lockFolder(ctx context.Context, dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			f.Close()
			return nil, err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		}
	}
}

// writable tells whether this process may write to a file or into a folder.
func writable(path string) bool { return syscall.Access(path, 2) == nil }
