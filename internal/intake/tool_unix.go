//go:build unix

package intake

import (
	"os/exec"
	"syscall"
)

// alone lets what a program has started die with it: soffice is a script, and the
// program behind it would go on.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// leave ends what a program that has ended left running.
func leave(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // no such group: nothing was left
	}
}
