package portal

import (
	"bytes"
	"html/template"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/words"
)

// TestATextInATemplateIsAsTheCatalogueHasIt: where a template has a text of the catalogue written
// into it, a cell reads the same, byte by byte, as one that asks for the text when it is drawn.
func TestATextInATemplateIsAsTheCatalogueHasIt(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		say := words.New(lang)
		all, err := words.Catalogue(lang)
		require.NoError(t, err)
		written := 0
		for key := range all {
			cell := `<td data-label="{{$.T "` + key + `"}}">{{$.T "` + key + `"}}</td>`
			put := spokenBy(say, cell)
			if put != cell {
				written++
			}
			require.Equal(t, drawn(t, cell, say), drawn(t, put, say), key)
		}
		require.Greater(t, written, len(all)/2, "most texts are plain")
	}
	say := words.New("zh")
	for _, call := range []string{`{{$.T "portal.trying" "Now" .Now}}`, `{{.T "page.look"}}`, `{{if $.T "page.look"}}x{{end}}`} {
		require.Equal(t, call, spokenBy(say, call), "with data, of something else, or not shown")
	}
}

// drawn is a template with say's texts in it.
func drawn(t *testing.T, source string, say *words.Words) string {
	t.Helper()
	tmpl, err := template.New("").Parse(source)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, tmpl.Execute(&out, scene{v: &visit{say: say}}))
	return out.String()
}
