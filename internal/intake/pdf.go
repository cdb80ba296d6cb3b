package intake

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"unicode"
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
func poppler(ctx context.Context, s Source, name string, args ...string) (text string, err error) {
	prog, err := exec.LookPath(name)
	if err != nil {
		return "", &Refusal{File: s.Name, Key: "refuse_no_pdftotext"}
	}
	err = withFile("in.pdf", s.Data, func(_, file string) error {
		var said string
		text, said, err = runTool(ctx, limits.pdf, prog, append(args, file, "-")...)
		switch {
		case errors.Is(err, errSlow):
			return &Refusal{File: s.Name, Key: "refuse_slow", Err: err}
		case err != nil && strings.Contains(said, "ncorrect password"):
			return &Refusal{File: s.Name, Key: "refuse_locked", Err: err}
		case err != nil:
			return fmt.Errorf("%w: %s", err, strings.TrimSpace(said))
		}
		return nil
	})
	return text, err
}
