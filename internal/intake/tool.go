package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// toolLimits bound another program that reads a file for us; a test shortens them.
type toolLimits struct {
	pdf, office time.Duration
	text        int // bytes taken of what a program writes
}

var limits = toolLimits{pdf: 60 * time.Second, office: 120 * time.Second, text: 16 << 20}

var errSlow = errors.New("took too long")

// runTool runs a program to its end, at most for limit, and gives what it writes. With
// the limit over, or too much written, the program is killed with all that it started,
// and the error is errSlow or errTooBig. said is the beginning of what it complains of.
func runTool(ctx context.Context, limit time.Duration, prog string, args ...string) (text, said string, err error) {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(bounded, prog, args...)
	alone(cmd)
	cmd.WaitDelay = time.Second // what a killed program has started may hold its output open
	out, complaint := &limitedBuffer{left: limits.text, full: cancel}, &limitedBuffer{left: 4096}
	cmd.Stdout, cmd.Stderr = out, complaint
	if err = cmd.Run(); errors.Is(err, exec.ErrWaitDelay) {
		err = nil // it ended well, and something it started still holds its output
	}
	leave(cmd)
	said = complaint.kept.String()
	switch {
	case out.over:
		return "", said, fmt.Errorf("%s: %w", prog, errTooBig)
	case ctx.Err() != nil:
		return "", said, ctx.Err()
	case bounded.Err() != nil:
		return "", said, fmt.Errorf("%s: %w", prog, errSlow)
	case err != nil:
		return "", said, fmt.Errorf("%s: %w", prog, err)
	}
	return out.kept.String(), said, nil
}

// withFile gives use a folder of its own with the data in a file of the name, and takes
// both away afterwards.
func withFile(name string, data []byte, use func(dir, file string) error) error {
	dir, err := os.MkdirTemp("", "duban-intake-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := dir + string(os.PathSeparator) + name
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	return use(dir, file)
}

// limitedBuffer keeps the first bytes and swallows the rest. The buffer is no embedded
// one: its ReadFrom, which io.Copy would call, knows no limit.
type limitedBuffer struct {
	kept bytes.Buffer
	left int
	over bool
	full func() // called when there is more than was wanted; nil for nothing
}

func (l *limitedBuffer) Write(b []byte) (int, error) {
	n := min(len(b), l.left)
	l.left -= n
	l.kept.Write(b[:n])
	if n < len(b) && !l.over && l.full != nil {
		l.over = true
		l.full()
	}
	return len(b), nil
}
