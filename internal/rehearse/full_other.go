//go:build !linux

package rehearse

// limited is nil: this system has no prlimit, with which Linux keeps a process from
// writing.
var limited func(pid int) (free func() error, err error)
