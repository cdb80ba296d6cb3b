package door

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// ErrInUse: another live engine holds the folder.
var ErrInUse = errors.New("the folder is used by another running engine")

// Lock is an engine's hold on its folder. The kernel gives it free when the
// process dies, however it dies.
type Lock struct {
	dir  string
	file *os.File
}

// locks are the locks that are held. Without it a lock that nobody refers to any more would be collected as garbage, its
// file closed, and the folder free while the engine runs.
var locks sync.Map

func lockFile(dir string) string { return filepath.Join(dir, "temporal.lock") }

// Take takes dir, which is made when missing, for an engine of this process, or
// says who has it. What a dead engine left of its door is removed.
func Take(dir string) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the engine's folder: %w", err)
	}
	f, err := os.OpenFile(lockFile(dir), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("open the engine's lock: %w", err)
	}
	if err := hold(f); err != nil {
		f.Close()
		if errors.Is(err, ErrInUse) {
			return nil, fmt.Errorf("%s: %w%s: stop that one first", dir, ErrInUse, holder(dir))
		}
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	l := &Lock{dir, f}
	locks.Store(l, true)
	if err := l.Shut(); err != nil {
		l.Release()
		return nil, err
	}
	return l, nil
}

// holder is who holds dir, as far as its door says.
func holder(dir string) string {
	var d Door
	raw, err := os.ReadFile(file(dir))
	if err != nil || json.Unmarshal(raw, &d) != nil {
		return ""
	}
	return fmt.Sprintf(" (process %d, %s)", d.PID, d.Address)
}

// Open writes the door: from now on the engine can be found. Only the owner of
// the file can read it.
func (l *Lock) Open(d Door) error {
	d.PID = os.Getpid()
	raw, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	next := file(l.dir) + ".new"
	if err := remove(next); err != nil {
		return err // an older file may be readable by others, so it is not written into
	}
	if err := os.WriteFile(next, append(raw, '\n'), 0o600); err != nil {
		return errors.Join(err, remove(next))
	}
	return os.Rename(next, file(l.dir))
}

// Shut removes the door: the engine is not to be found any more.
func (l *Lock) Shut() error { return remove(file(l.dir)) }

func remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Release removes the door and gives the folder free.
func (l *Lock) Release() {
	_ = l.Shut()
	l.file.Close()
	locks.Delete(l)
}
