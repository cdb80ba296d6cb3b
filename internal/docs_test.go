package internal_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	linked = regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)]*)?\)`)
	quoted = regexp.MustCompile("`([^`\n]+)`")
	// named is what is a file or a folder of this project for certain: it begins as one of its
	// folders does, or ends in .go.
	named = regexp.MustCompile(`^(?:\.\./)*((?:internal|activities|workflows|starter|worker|docs|seeds|office)/[\w.*{},/-]+|[\w*-]+\.go)$`)
	// member is what of a package is named behind it: internal/terminal.Screen.
	member = regexp.MustCompile(`\.[A-Z]\w*$`)
)

// gone are the files that a page names and links to and that are not there, each with its page.
func gone(pages map[string]string, there []string) (out []string) {
	has := func(glob string) bool {
		return slices.ContainsFunc(there, func(file string) bool {
			whole, _ := filepath.Match(glob, file)
			alone, _ := filepath.Match(glob, filepath.Base(file))
			return whole || strings.HasPrefix(file, strings.TrimSuffix(glob, "/")+"/") || !strings.Contains(glob, "/") && alone
		})
	}
	for page, text := range pages {
		for _, m := range linked.FindAllStringSubmatch(text, -1) {
			if to := filepath.Join(filepath.Dir(page), m[1]); !has(to) {
				out = append(out, fmt.Sprintf("%s links to %s", page, m[1]))
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			name := named.FindStringSubmatch(m[1])
			if name == nil {
				continue
			}
			head, rest, several := strings.Cut(name[1], "{")
			middle, tail, _ := strings.Cut(rest, "}")
			for one := range strings.SplitSeq(middle, ",") {
				if file := head + one + tail; !has(member.ReplaceAllString(file, "")) {
					out = append(out, fmt.Sprintf("%s names %s", page, file))
				}
				if !several {
					break
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestWhatPagesNameIsThere: every file that a page for readers names or links to exists.
func TestWhatPagesNameIsThere(t *testing.T) {
	t.Parallel()
	var there []string
	pages := map[string]string{}
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel("..", path)
		if err == nil && d.IsDir() && slices.Contains([]string{".git", "var", "bin", "dist"}, d.Name()) {
			there = append(there, name)
			return fs.SkipDir
		}
		if err != nil || d.IsDir() {
			return err
		}
		there = append(there, name)
		if filepath.Ext(name) == ".md" && !strings.HasPrefix(name, "seeds/") && !strings.Contains(name, "testdata/") {
			raw, err := os.ReadFile(path)
			pages[name] = string(raw)
			return err
		}
		return nil
	}))
	require.Greater(t, len(pages), 25)
	require.Empty(t, gone(pages, there))
}

// TestWhatPagesSayToMakeCanBeMade: every target of make that a page names is one.
func TestWhatPagesSayToMakeCanBeMade(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile("../Makefile")
	require.NoError(t, err)
	count := 0
	for _, glob := range []string{"../*.md", "../docs/*.md", "../docs/decisions/*.md"} {
		files, err := filepath.Glob(glob)
		require.NoError(t, err)
		for _, file := range files {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, m := range regexp.MustCompile("(?m)(?:`|^)make ([a-z-]+)").FindAllStringSubmatch(string(raw), -1) {
				require.Regexp(t, "(?m)^"+m[1]+":", string(makefile), "%s says make %s", file, m[1])
				count++
			}
		}
	}
	require.Greater(t, count, 10)
}

// TestWhatPagesNameIsMissed: what a page names and is not there is found.
func TestWhatPagesNameIsMissed(t *testing.T) {
	t.Parallel()
	there := []string{"docs/a.md", "internal/act/owed.go", "internal/words/zh/act.yaml"}
	text := "`internal/act/owed.go`, `internal/act/owe*.go`, `internal/act`, `owed.go`, [a](a.md#x), `internal/words/{zh,en}/act.yaml`, `clock.go`, `internal/act/late.go`, [b](b.md), [c](https://c.md)"
	require.Equal(t, []string{
		"docs/b.md links to b.md", "docs/b.md names clock.go", "docs/b.md names internal/act/late.go", "docs/b.md names internal/words/en/act.yaml",
	}, gone(map[string]string{"docs/b.md": text}, there))
}

// TestDecisionsAreNumbered: each record of a decision bears its own number, in its name and its
// title, and none is left out.
func TestDecisionsAreNumbered(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../docs/decisions/*.md")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 15)
	for i, file := range files {
		number := fmt.Sprintf("%02d", i+1)
		require.True(t, strings.HasPrefix(filepath.Base(file), number+"-"), "%s should be number %s", file, number)
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Regexp(t, fmt.Sprintf(`^# 0?%d\. `, i+1), string(raw), file)
	}
}
