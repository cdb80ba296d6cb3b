package report

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/words"
)

// Every kind of event that the ledger or an activity names has words in both languages. The kinds are taken from the
// sources, so that a new one without words fails here.
func TestEveryKindOfEventHasWords(t *testing.T) {
	constant := regexp.MustCompile(`(?m)^\t?(?:const )?\w+ += "((?:plan|calendar|task|occurrence|duty|stage|notice|message|digest|talk|office|course|workflow|audit)\.[a-z]+)"`)
	var kinds []string
	for _, pattern := range []string{"../ledger/*.go", "../../activities/*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, m := range constant.FindAllSubmatch(raw, -1) {
				kinds = append(kinds, string(m[1]))
			}
		}
	}
	require.Greater(t, len(kinds), 25, kinds)
	for _, lang := range []string{"zh", "en"} {
		s := Speak(words.New(lang))
		for _, kind := range kinds {
			require.NotEqual(t, kind, s.EventName(kind), "%s: event.%s has no words", lang, strings.ReplaceAll(kind, ".", "_"))
		}
	}
}
