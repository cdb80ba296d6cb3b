//go:build unix && !noembed

package embedded

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// folderLock is held for as long as the server runs. The kernel gives it free when the process dies, however it dies.
type folderLock struct{ file *os.File }

// lockFolder takes dir for this process, or says who has it.
func lockFolder(dir string) (*folderLock, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the engine's folder: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "temporal.lock"), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("open the engine's lock: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		held, _ := io.ReadAll(io.LimitReader(file, 200))
		file.Close()
		return nil, fmt.Errorf("%s: %w (%s): stop that one, or join it by TEMPORAL_ADDRESS", dir, ErrDirInUse, strings.TrimSpace(string(held)))
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	return &folderLock{file}, nil
}

// sign writes who holds the folder, for the message a second process prints.
func (l *folderLock) sign(address string) error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt(fmt.Appendf(nil, "process %d, %s\n", os.Getpid(), address), 0)
	return err
}

func (l *folderLock) release() {
	if l != nil {
		l.file.Close()
	}
}
