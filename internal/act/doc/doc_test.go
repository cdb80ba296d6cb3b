package doc_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/act/doc"
)

var update = flag.Bool("update", false, "write ACTS.md and ACTS.zh-CN.md anew")

var pages = map[string]string{"en": "../ACTS.md", "zh": "../ACTS.zh-CN.md"}

func TestThePageIsWhatTheTablesSay(t *testing.T) {
	t.Parallel()
	for lang, path := range pages {
		page, err := doc.Page(lang)
		require.NoError(t, err)
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(page), 0o644))
		}
		written, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(written), page, "%s is not what the tables say: go generate ./internal/act/doc", path)
	}
}

// No word is missing, every act is named, and both pages are linked from the READMEs.
func TestThePageIsWhole(t *testing.T) {
	t.Parallel()
	for lang := range pages {
		page, err := doc.Page(lang)
		require.NoError(t, err)
		require.NotRegexp(t, regexp.MustCompile(`(actdoc|act|term|report)\.[a-z_]+[^a-z_()]`), strings.ReplaceAll(page, "table.go", ""), lang)
		require.NotContains(t, page, "{{")
		require.NotContains(t, page, "<no value>")
		for _, table := range [][]act.Row{act.On(act.OnTask), act.On(act.OnDuty)} {
			for _, row := range table {
				require.Contains(t, page, "`"+string(row.Kind)+"`")
			}
		}
		for _, row := range act.On(act.OnTalk) {
			require.Contains(t, page, "`"+string(row.Kind)+"`")
		}
	}
	for readme, page := range map[string]string{"../../../README.md": "internal/act/ACTS.md", "../../../README.zh-CN.md": "internal/act/ACTS.zh-CN.md"} {
		text, err := os.ReadFile(readme)
		require.NoError(t, err)
		require.Contains(t, string(text), "("+page+")")
	}
}
