package terminal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"duban/internal/leftover"
)

// Save writes to the standard output ("-") or to a file that appears whole or
// not at all. Something that is no regular file, such as /dev/stdout or a pipe, is written
// to directly; a symbolic link is followed and kept.
func (sc *Screen) Save(file string, write func(io.Writer) error) (err error) {
	if file == "-" {
		to := sc.Out
		if o, ok := sc.Out.(*Output); ok {
			o.AsItIs()
		}
		out := bufio.NewWriterSize(to, 1<<20)
		return errors.Join(write(out), out.Flush())
	}
	if whole, err := filepath.EvalSymlinks(file); err == nil {
		file = whole
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		out := bufio.NewWriterSize(f, 1<<20)
		return errors.Join(write(out), out.Flush(), f.Close())
	}
	passing := "." + filepath.Base(file) + "-"
	leftover.Clear(filepath.Dir(file), passing)
	f, err := os.CreateTemp(filepath.Dir(file), passing+"*")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("export: %w", err)
			os.Remove(f.Name())
		}
	}()
	out := bufio.NewWriter(f)
	if err := errors.Join(write(out), out.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
