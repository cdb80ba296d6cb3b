package rehearse

import "golang.org/x/sys/unix"

// limited lets no file of a process grow, and gives what undoes it.
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
