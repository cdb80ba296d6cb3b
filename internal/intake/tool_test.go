//go:build unix

package intake

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fake puts a shell script of a program's name before all others. The number of what it starts
// in the background is in the file pid of the folder, which is there only once it is whole.
func fake(t *testing.T, name, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\ncd "+dir+"\n"+script+"\n"), 0o700))
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return dir
}

func limited(t *testing.T, l toolLimits) {
	was := limits
	limits = l
	t.Cleanup(func() { limits = was })
}

const hangs = "sleep 600 & echo $! > writing; mv writing pid; wait"

// TestAPDFProgramThatFails: pdftotext hangs, dies, complains, says nothing or without end:
// the file is refused with the right words, and nothing goes on behind us.
func TestAPDFProgramThatFails(t *testing.T) {
	pdf := Source{Name: "a.pdf", Data: []byte("%PDF-1.4\n")}
	for name, c := range map[string]struct{ script, key string }{
		"hangs":      {hangs, "refuse_slow"},
		"dies":       {"kill -9 $$", "refuse_broken"},
		"refuses":    {"echo 'Command Line Error: Incorrect password' >&2; exit 1", "refuse_locked"},
		"complains":  {"yes wrong | head -c 10000000 >&2; exit 3", "refuse_broken"},
		"is silent":  {"exit 0", "refuse_scan"},
		"never ends": {"yes 水利局工作", "refuse_big"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := fake(t, "pdftotext", c.script)
			l := toolLimits{pdf: 5 * time.Minute, office: 5 * time.Minute, text: 1 << 20}
			if c.key == "refuse_slow" {
				l.pdf = time.Second
			}
			limited(t, l)
			refused(t, pdf, c.key)
			gone(t, dir)
		})
	}
}

// TestAnOfficeProgramThatFails: the same of LibreOffice, whose failure is the old file's
// refusal.
func TestAnOfficeProgramThatFails(t *testing.T) {
	old := Source{Name: "a.doc", Data: append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 512)...)}
	made := `for last; do :; done; cp ` // the file to be made lies beside the one given last
	good := filepath.Join(t.TempDir(), "good.docx")
	require.NoError(t, os.WriteFile(good, docxFile(t, []string{"一、任务", "（一）清淤。6月底前完成清淤。"}, nil), 0o600))
	for name, c := range map[string]struct{ script, key string }{
		"hangs":            {hangs, "refuse_old"},
		"dies":             {"kill -9 $$", "refuse_old"},
		"makes nothing":    {"exit 0", "refuse_old"},
		"makes an old one": {made + `"$last" "$(dirname "$last")/in.docx"`, "refuse_old"},
		"makes rubbish":    {"for last; do :; done; printf 'PK\\003\\004rubbish' > \"$(dirname \"$last\")/in.docx\"", "refuse_broken"},
		"speaks on":        {"yes | head -c 10000000; exit 1", "refuse_old"},
		"leaves one":       {made + good + ` "$(dirname "$last")/in.docx"; sleep 600 & echo $! > writing; mv writing pid`, ""},
		"works":            {made + good + ` "$(dirname "$last")/in.docx"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := fake(t, "soffice", c.script)
			l := toolLimits{pdf: 5 * time.Minute, office: 5 * time.Minute, text: 16 << 20}
			if name == "hangs" {
				l.office = time.Second
			}
			limited(t, l)
			if c.key == "" {
				d, err := Read(context.Background(), old)
				require.NoError(t, err)
				require.Len(t, d.Blocks, 2)
			} else {
				refused(t, old, c.key)
			}
			gone(t, dir)
		})
	}
}

// TestAReaderThatIsStopped: who asked for the import ends it while a program hangs.
func TestAReaderThatIsStopped(t *testing.T) {
	dir := fake(t, "pdftotext", hangs)
	limited(t, toolLimits{pdf: 5 * time.Minute, text: 1 << 20})
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		for {
			if _, err := os.Stat(filepath.Join(dir, "pid")); err == nil {
				stop()
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	_, err := Read(ctx, Source{Name: "a.pdf", Data: []byte("%PDF-1.4\n")})
	require.ErrorIs(t, err, context.Canceled)
	gone(t, dir)
}

// gone waits until what a fake program started has ended, and holds that no file is left.
func gone(t *testing.T, dir string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "pid"))
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || zombie(pid) }, time.Minute, 10*time.Millisecond)
}

// zombie tells a process that has ended and that nobody has asked after.
func zombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, after, ok := strings.Cut(string(stat), ") ")
	return err == nil && ok && strings.HasPrefix(after, "Z")
}
