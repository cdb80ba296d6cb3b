package intake

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFilesOfADraftAreReadStrictly: rubbish in an answers or units file is refused before
// it costs anything, whoever reads it; an empty one is as none.
func TestFilesOfADraftAreReadStrictly(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"much": strings.Repeat("- [[[[[[[[[[[[[[[[[[[[[[[[\n", 250_000), "crowded": strings.Repeat("a\n", 1_000_000), "hidden": "- {id: a, answer: \"\\e[2J\"}\n",
		"aliases": "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
		"two":     "[]\n---\n[]\n", "bytes": "\xff\xfe", "syntax": "a: [",
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "answers.yaml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		_, err := readAnswers(file)
		_, unitsErr := readUnitsFile(file)
		for what, err := range map[string]error{"answers": err, "units": unitsErr, "given": GiveAnswers(dir, map[string]string{"a": "b"})} {
			var no *Refusal
			require.True(t, errors.As(err, &no), "%s, %s: %v", name, what, err)
		}
		kept, err := os.ReadFile(file)
		require.NoError(t, err)
		require.True(t, bytes.Equal([]byte(text), kept), name)
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "answers.yaml"), []byte("# nothing yet\n"), 0o600))
	_, err := readAnswers(filepath.Join(dir, "answers.yaml"))
	require.NoError(t, err)
	require.NoError(t, GiveAnswers(dir, map[string]string{"a": "b"}))
	got, err := readAnswers(filepath.Join(dir, "answers.yaml"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"a": "b"}, got.said)
}

// TestQuestionsCanBeReadAgain: what a document hides between its letters does not make our
// own file one that we refuse.
func TestQuestionsCanBeReadAgain(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "answers.yaml")
	q := Question{ID: "q1", Kind: "date", Place: "一\u202e", Words: "限\x1b[2J期\n完成", Ask: "何\u200f时", Options: []string{"a\x07", "b"},
		Items: []Item{{ID: "i1", Place: "二\u2066", Words: "x\x00y"}}}
	require.NoError(t, appendQuestions(file, []Question{q}))
	require.NoError(t, appendQuestions(file, []Question{q, {ID: "q2", Words: "另\u202d一"}}))
	_, err := readAnswers(file)
	require.NoError(t, err)
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(raw), "id: q1"))
	require.Equal(t, 1, strings.Count(string(raw), "id: q2"))
}
