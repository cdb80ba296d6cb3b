package laws_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// parsed are the files of a folder without its tests.
func parsed(t *testing.T, dir string) (files []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, f)
	}
	require.NotEmpty(t, files, dir)
	return files
}

// decides are the names of the functions and the variables, such as tables, of a package.
func decides(files []*ast.File) map[string]bool {
	all := map[string]bool{}
	for _, f := range files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					all[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if v, ok := s.(*ast.ValueSpec); ok && d.Tok == token.VAR {
						for _, n := range v.Names {
							all[n.Name] = true
						}
					}
				}
			}
		}
	}
	return all
}

// asked are the names in decides of package act that some files use.
func asked(files []*ast.File, decides map[string]bool) (names []string) {
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "act" && decides[n.Sel.Name] {
					names = append(names, "act."+n.Sel.Name)
				}
			case *ast.ImportSpec:
				if path, _ := strconv.Unquote(n.Path.Value); path == "duban/internal/act" && n.Name != nil {
					names = append(names, "act imported as "+n.Name.Name)
				}
			}
			return true
		})
	}
	return names
}

// Package laws uses the types and constants of package act, and none of its functions and
// variables: a fault there would be a fault of the judge too.
func TestTheJudgeAsksNothingOfWhatItJudges(t *testing.T) {
	t.Parallel()
	table := decides(parsed(t, "../act"))
	require.Empty(t, asked(parsed(t, "."), table))

	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\nvar x = act.Of(act.All[0].On, act.Reject)", 0)
	require.NoError(t, err)
	require.Equal(t, []string{"act.Of", "act.All"}, asked([]*ast.File{f}, table), "and the test sees it when it does")
}
