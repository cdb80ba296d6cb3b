package rehearse

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

var (
	// ErrForeignFolder: the folder holds files that no rehearsal put there. A
	// rehearsal begins by emptying its folder, so it refuses to use such a folder.
	ErrForeignFolder = errors.New("the folder holds something other than a rehearsal")
	// ErrFolderInUse: another rehearsal is running in the folder.
	ErrFolderInUse = errors.New("another rehearsal is running in the folder")
)

// mark is the file that marks a folder as a rehearsal's; a running rehearsal holds a
// lock on the file.
const mark = "rehearsal.lock"

// claim locks dir for this rehearsal until release is called. The folder must be new
// or empty, or one that an earlier rehearsal left: the error wraps ErrForeignFolder
// otherwise, and ErrFolderInUse while another rehearsal runs in it.
func claim(dir string) (release func(), err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("rehearse: %w", err)
	}
	if len(entries) > 0 {
		if _, err := os.Lstat(filepath.Join(dir, mark)); err != nil {
			return nil, fmt.Errorf("rehearse: %s: %w", dir, ErrForeignFolder)
		}
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("rehearse: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, mark), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("rehearse: %w", err)
	}
	if err := lock(f); err != nil {
		return nil, errors.Join(fmt.Errorf("rehearse: %s: %w", dir, err), f.Close())
	}
	return func() { f.Close() }, nil
}

// sweep empties a claimed folder, but for the locked file mark.
func sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	for _, e := range entries {
		if e.Name() == mark {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("rehearse: %w", err)
		}
	}
	return nil
}
