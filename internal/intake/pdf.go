package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

const (
	pdfTime = 60 * time.Second
	pdfText = 16 << 20 // bytes of text taken from a PDF
)

// readPDF takes the text of a PDF with poppler's pdftotext -layout. Without
// that program, or without text in the file, it refuses.
func readPDF(ctx context.Context, s Source) (Document, error) {
	text, err := poppler(ctx, s, "pdftotext", "-layout", "-enc", "UTF-8", "-eol", "unix")
	if err != nil {
		return Document{}, err
	}
	han, pages := 0, max(1, strings.Count(text, "\f"))
	for _, r := range text {
		if unicode.IsLetter(r) {
			han++
		}
	}
	if han < 20 || han/pages < 5 {
		return Document{}, &Refusal{File: s.Name, Key: "refuse_scan"}
	}
	text = unreadable(redrawn(ctx, s, text))
	var bud budget
	if err := bud.text(text); err != nil {
		return Document{}, err
	}
	lines := splitLines(text)
	if len(lines) > maxBlocks {
		return Document{}, fmt.Errorf("lines: %w", errTooBig)
	}
	d, err := assemble(ctx, lines, true, &bud)
	if err == nil { // pages of pictures among pages of text
		for n, page := range strings.Split(strings.TrimSuffix(text, "\f"), "\f") {
			if strings.TrimSpace(page) == "" {
				d.skipped(Unread{Place: Place{Page: n + 1}, What: "page", Lost: true})
			}
		}
	}
	return d, err
}

// poppler runs one of poppler's programs on a PDF and returns what it writes.
func poppler(ctx context.Context, s Source, name string, args ...string) (string, error) {
	prog, err := exec.LookPath(name)
	if err != nil {
		return "", &Refusal{File: s.Name, Key: "refuse_no_pdftotext"}
	}
	dir, err := os.MkdirTemp("", "duban-intake-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	in := filepath.Join(dir, "in.pdf")
	if err := os.WriteFile(in, s.Data, 0o600); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, pdfTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, prog, append(args, in, "-")...)
	cmd.WaitDelay = time.Second
	var problem bytes.Buffer
	cmd.Stderr = &limitedBuffer{Buffer: &problem, left: 4096}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	text, readErr := io.ReadAll(io.LimitReader(out, pdfText+1))
	if len(text) > pdfText {
		cancel()
		_ = cmd.Wait()
		return "", fmt.Errorf("text of the PDF: %w", errTooBig)
	}
	if err := errors.Join(readErr, cmd.Wait()); err != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("reading the PDF took too long: %w", ctx.Err())
		}
		if strings.Contains(problem.String(), "ncorrect password") {
			return "", &Refusal{File: s.Name, Key: "refuse_locked", Err: err}
		}
		return "", fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(problem.String()))
	}
	return string(text), nil
}

// limitedBuffer keeps the first bytes and swallows the rest.
type limitedBuffer struct {
	*bytes.Buffer
	left int
}

func (l *limitedBuffer) Write(b []byte) (int, error) {
	n := min(len(b), l.left)
	l.left -= n
	l.Buffer.Write(b[:n])
	return len(b), nil
}
