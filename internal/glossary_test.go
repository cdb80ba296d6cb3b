package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// owners are words that once meant several things here, each with the folders in whose
// identifiers it may still be, for the one meaning that docs/glossary.md gives it.
var owners = map[string][]string{
	"book":     {"internal/report", "internal/query", "internal/portal", "internal/recount", "internal/terminal", "internal/rehearse", "internal/host", "starter"}, // 台账, as people read and export it
	"workbook": {"internal/report", "internal/intake", "internal/bulletin"},                                                                                        // an Excel file
	"room":     nil,
	"house":    nil,
	"strand":   nil,
	"herd":     nil,
	"stands":   {"internal/act", "internal/docket", "internal/portal"}, // StandsFor: who is stood in for
	"stood":    {"internal/docket", "internal/ledger", "internal/host", "internal/report", "internal/portal"},
}

var (
	wordIn = regexp.MustCompile(`[A-Z]*[a-z]+|[A-Z]+`)
	// spoken are those of the words that comments do without, too.
	spoken = regexp.MustCompile(`(?i)\b(rooms?|houses?|strands?|herds?)\b`)
)

// misnamed are the words of a file's identifiers and comments that belong to other folders.
func misnamed(name string, src any) (out []string, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var walk func(ast.Node) bool
	walk = func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok { // a name of another's is named where it is declared
			ast.Inspect(s.X, walk)
			return false
		}
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		for _, word := range wordIn.FindAllString(id.Name, -1) {
			word = strings.ToLower(word)
			folders, owned := owners[word]
			if owned && !slices.ContainsFunc(folders, func(f string) bool { return strings.HasPrefix(name, f+"/") }) {
				out = append(out, name+": "+id.Name)
			}
		}
		return true
	}
	ast.Inspect(file, walk)
	for _, group := range file.Comments {
		if m := spoken.FindString(group.Text()); m != "" {
			out = append(out, name+": a comment says "+m)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// TestOneWordHasOneMeaning: a word of the glossary is in the identifiers of those packages
// alone that mean by it what the glossary says.
func TestOneWordHasOneMeaning(t *testing.T) {
	t.Parallel()
	found, err := misnamed("internal/act/x.go", "package act\n\n// b is in the House.\nvar newBook, standing = 1, 2\n")
	require.NoError(t, err)
	require.Equal(t, []string{"internal/act/x.go: a comment says House", "internal/act/x.go: newBook"}, found)
	var all []string
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel("..", path)
		if err == nil && d.IsDir() && slices.Contains([]string{".git", "var", "bin", "dist", "testdata"}, d.Name()) {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || name == "internal/glossary_test.go" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found, err := misnamed(name, raw)
		all = append(all, found...)
		return err
	}))
	require.Empty(t, all)
}
