package rehearse

import "golang.org/x/sys/unix"

// limited sets the file size limit (RLIMIT_FSIZE) of a process to zero, so that it can
// write to no file; free sets the former limit again.
var limited = func(pid int) (free func() error, err error) {
	var usual unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_FSIZE, nil, &usual); err != nil {
		return nil, err
	}
	none := unix.Rlimit{Cur: 0, Max: usual.Max}
	if err := unix.Prlimit(pid, unix.RLIMIT_FSIZE, &none, nil); err != nil {
		return nil, err
	}
	return func() error { return unix.Prlimit(pid, unix.RLIMIT_FSIZE, &usual, nil) }, nil
}
