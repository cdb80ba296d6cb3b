package strictyaml_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/strictyaml"
)

const largest = 4 << 20

// rubbish are texts as long as a file may be that made the parser work for a minute
// and take a gigabyte, or would by their kind.
func rubbish() map[string]string {
	full := func(unit string) string { return strings.Repeat(unit, largest/len(unit)) }
	var keys, steps, mixed strings.Builder
	for i := 0; keys.Len() < largest-20; i++ {
		fmt.Fprintf(&keys, "a%d: b\n", i)
	}
	for i := 0; steps.Len() < largest-8000; i++ {
		steps.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	for x := uint32(7); mixed.Len() < largest-8; {
		x = x*1664525 + 1013904223
		mixed.WriteByte(" \nab:-[]{},&*\"'|>?#"[x>>16%19])
	}
	return map[string]string{
		"items": full("- a\n"), "fields": full("a: b\n"), "a fault at the end": full("a: b\n")[:largest-10] + "\n\t[: }\n", "flow": full("[a,"), "brackets": full("["),
		"items in items": full("- "), "braces": full("{a: "), "anchors": full("- &a a\n"), "an anchor a word": full("&a "), "questions": full("? "),
		"tabs": full("\t"), "bad lines": full("a: b: c\n"), "comments": full("#x\n"), "stars": full("*"), "tags": full("!a "), "directives": full("%a\n"),
		"one text": full("渝a"), "keys": keys.String(), "steps": steps.String(), "of everything": mixed.String(), "quotes": full("\"a\" "), "documents": full("---\n"),
	}
}

// TestRubbishIsCheap: whatever a file of the greatest size holds, reading it takes
// little memory. (Memory says it without a clock: the parser's time goes with it.)
func TestRubbishIsCheap(t *testing.T) {
	for name, text := range rubbish() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = strictyaml.Document([]byte(text), largest)
		runtime.ReadMemStats(&after)
		require.Less(t, (after.TotalAlloc-before.TotalAlloc)>>20, uint64(250), name)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                             "1:1 empty_file",
		"# nothing\n":                  "1:1 empty_file",
		"a: 1\n---\nb: 2\n":            "2:1 documents",
		"a: 1\nb: \xd0\xd0\n":          "2:0 not_utf8",
		"a: 1\nb: 关\x1b[31m\n":         "2:5 control",
		"a: \"\\e[31m\"\nb: \x07":      "2:4 control",
		"a: 1\nb: \"\\e[31m\"":         "2:4 control",
		"a: 甲\u202e乙":                  "1:5 control",
		"a: 甲\u2066乙":                  "1:5 control",
		"PK\x03\x04":                   "1:0 foreign",
		"a: b\nc: d: e\n":              "2:0 syntax",
		"a: &a [*a]":                   "1:8 alias",
		strings.Repeat("[", 101):       "1:0 crowded",
		strings.Repeat("- ", 102):      "1:0 crowded",
		strings.Repeat("a\n", 5e5):     "400002:0 crowded",
		strings.Repeat(" ", largest+1): "0:0 too_large",
	} {
		root, f := strictyaml.Document([]byte(text), largest)
		require.Nil(t, root)
		require.Equal(t, want, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Key), "%.40q", text)
	}
	root, f := strictyaml.Document([]byte("a: \"甲\\n\"\n\u00e9: [1, {b: -2}]\n"), largest)
	require.Nil(t, f)
	require.Len(t, root.Content, 4)
}

func TestFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "big.yaml")
	require.NoError(t, os.WriteFile(file, make([]byte, 1<<20+1), 0o600))
	for path, want := range map[string]string{dir: "not_file", filepath.Join(dir, "none"): "no_file", file: "too_large", "/dev/zero": "not_file"} {
		_, f := strictyaml.File(path, 1<<20)
		require.Equal(t, want, f.Key, path)
	}
	raw, f := strictyaml.File(file, 2<<20)
	require.Nil(t, f)
	require.Len(t, raw, 1<<20+1)
}

// TestSyntaxErrorsNameTheLineAtFault breaks a long file at one line.
func TestSyntaxErrorsNameTheLineAtFault(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id: x\nclauses:\n")
	for i := range 400 {
		fmt.Fprintf(&b, "  - id: c%d\n    title: 第%d条\n    brackets:\n      - [甲局, 乙局]\n    text: |\n      正文\n", i, i)
	}
	lines := strings.Split(b.String(), "\n")
	for _, c := range []struct {
		line  int
		wrong string
	}{
		{1203, "   title: 缩进少一格"}, {1203, "    title: \"没有收尾"}, {1204, "    brackets: ]"}, {1203, "\ttitle: 制表符"},
	} {
		broken := append([]string(nil), lines...)
		broken[c.line-1] = c.wrong
		raw := []byte(strings.Join(broken, "\n"))
		_, fault := strictyaml.Document(raw, largest)
		require.NotNil(t, fault, c.wrong)
		got := fault.Line
		require.GreaterOrEqual(t, got, c.line, c.wrong)
		require.LessOrEqual(t, got, c.line+2, c.wrong)
	}
}
