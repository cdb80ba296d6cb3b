//go:build !linux

package rehearse

// limited is nil where no process can be kept from writing.
var limited func(pid int) (free func() error, err error)
