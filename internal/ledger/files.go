package ledger

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// The system drops all of a process's locks on a file when the process closes
// any descriptor of it. So a file that this process has open as a ledger is
// never opened here beside SQLite: files knows them.
var files struct {
	sync.Mutex
	open []*file
}

type file struct {
	info  os.FileInfo
	users int
}

// useFile notes that this process will have a ledger's file open until release,
// after a look at its beginning: SQLite would take any file for its own when a
// log lies beside it, and write that log into it. A file that is not there or
// empty is ErrNoLedger, one of another kind is ErrForeign.
func useFile(path string) (info os.FileInfo, release func(), err error) {
	files.Lock()
	defer files.Unlock()
	info, err = os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR): // there is a file where a folder should be
		return nil, nil, ErrNoLedger
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular():
		return nil, nil, ErrForeign
	}
	for _, f := range files.open {
		if os.SameFile(f.info, info) {
			f.users++
			return info, sync.OnceFunc(func() { leave(f) }), nil
		}
	}
	if err := looksRight(path, info); err != nil {
		return nil, nil, err
	}
	f := &file{info, 1}
	files.open = append(files.open, f)
	return info, sync.OnceFunc(func() { leave(f) }), nil
}

func leave(f *file) {
	files.Lock()
	defer files.Unlock()
	if f.users--; f.users > 0 {
		return
	}
	for i, other := range files.open {
		if other == f {
			files.open = append(files.open[:i], files.open[i+1:]...)
			return
		}
	}
}

// looksRight reads the first bytes of a file that nobody in this process has open.
func looksRight(path string, info os.FileInfo) error {
	if info.Size() == 0 {
		return ErrNoLedger
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	const magic = "SQLite format 3\x00"
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil || string(head) != magic {
		return ErrForeign
	}
	return nil
}

// newFile makes an empty file for a ledger, or takes the empty one that is
// there, and notes that this process has it open.
func newFile(path string) (info os.FileInfo, release func(), err error) {
	files.Lock()
	defer files.Unlock()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, err
	}
	info, err = f.Stat()
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, nil, err
	}
	one := &file{info, 1}
	files.open = append(files.open, one)
	return info, sync.OnceFunc(func() { leave(one) }), nil
}
