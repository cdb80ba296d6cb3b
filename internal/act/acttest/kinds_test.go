package acttest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "../../.."

// kinds are the names of the constants of type Kind of package act.
func kinds(t *testing.T) (names []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), module+"/internal/act/act.go", nil, 0)
	require.NoError(t, err)
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := v.Type.(*ast.Ident); ok && of.Name == "Kind" {
			names = append(names, v.Names[0].Name)
		}
		return true
	})
	require.Greater(t, len(names), 40)
	return names
}

// named are the acts that a declaration names: act.Grant, and in package act Grant.
func named(d ast.Node, kinds []string, own bool) (all []string) {
	add := func(name string) {
		if slices.Contains(kinds, name) && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	var walk func(n ast.Node) bool
	walk = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "act" {
				add(n.Sel.Name)
			}
			return false
		case *ast.CompositeLit:
			if _, is := n.Type.(*ast.MapType); is {
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						ast.Inspect(kv.Key, walk)
					}
				}
			}
		case *ast.KeyValueExpr: // a field of that name is no act
			if _, field := n.Key.(*ast.Ident); !field {
				ast.Inspect(n.Key, walk)
			}
			ast.Inspect(n.Value, walk)
			return false
		case *ast.Ident:
			if own {
				add(n.Name)
			}
		}
		return true
	}
	ast.Inspect(d, walk)
	return all
}

// about are the declarations that name several acts, each with what they are about. One
// that an act must be added to does not belong here: it belongs into the act's row.
var about = map[string]string{
	"activities/letter.go matter":             "what a letter looks up for words of one act: a name, a policy",
	"activities/letter.go digestOf":           "the words that a paper of the talk carries",
	"activities/letter.go talkFacts":          "the papers of the notice and of the approval",
	"internal/audit/lives.go add":             "a proposal is no act on a task's clock, and the end of a pause is foretold with it",
	"internal/audit/lives.go before":          "what was in force before another policy, or another plan, was",
	"internal/act/amend.go ActsOf":            "which act makes which field of a plan so",
	"internal/act/amend.go fieldOf":           "the same, the other way round",
	"internal/act/intime.go inTime":           "what somebody does who does everything in time",
	"internal/act/doc/owed.go cases":          "examples of what can be owed",
	"internal/act/doc/owed.go doing":          "examples",
	"internal/act/doc/owed.go haltsIn":        "examples",
	"internal/act/doc/owed.go taskEnds":       "examples",
	"internal/act/doc/talks.go round":         "examples",
	"internal/act/id.go Named":                "which acts the engine does by itself",
	"internal/act/id.go amends":               "which acts an amendment does",
	"internal/act/id.go follows":              "which acts on its task a complaint does",
	"internal/act/talkcourse.go toldOfTalk":   "the words of the notice, of a circular and of a unit that goes are other papers'",
	"internal/bench/city.go circulars":        "a circular from its proposal to its answer",
	"internal/docket/complaints.go complaint": "what acts on a complaint do on its task",
	"internal/docket/incidents.go Incidents":  "how the engine ends an order's task",
	"internal/engine/amending.go count":       "what an amendment takes out",
	"internal/engine/amending.go once":        "what an amendment does",
	"internal/engine/amending.go alreadySo":   "what an amendment need not do",
	"internal/query/publicity.go published":   "with which acts an address comes",
	"internal/query/incidents.go looks":       "which act a task's own state stands for",
	"internal/engine/handover.go handOver":    "what a unit that goes leaves behind",
	"internal/engine/handover.go passTask":    "what a unit that goes leaves behind",
	"internal/ledger/scene.go sceneOf":        "what the words of one act need from its day",
	"internal/notice/matter.go reader":        "who is no longer what they were by that act",
	"internal/notice/matter.go talkPaper":     "who came, instead of who is called",
	"internal/report/assessed.go Judged":      "which unit led a task when its report was sent back",
	"internal/script/load.go proposals":       "the two answers to a proposal",
	"internal/script/water.go complain":       "what acts on a complaint do on its task",
}

// An act is named where it is meant: in its row and its effect, and where something is
// about that very act. A list of acts, or a switch over them, would be one more place that
// whoever adds an act has to know.
func TestNobodyListsActs(t *testing.T) {
	t.Parallel()
	all := kinds(t)
	for list, found := range map[string]int{ // what would be one more place is seen
		"func f(k act.Kind) bool { switch k { case act.Grant, act.Refuse: return true }; return false }": 2,
		"var urges = map[string]bool{string(act.Chase): true, string(act.Instruct): true}":               2,
		"var of = map[act.Kind]string{act.Chase: \"a\", act.Instruct: \"b\", act.Grant: \"c\"}":          3,
		"func f(a act.Act) bool { return a.Kind == act.Chase }":                                          1,
		"var t = act.News{Words: act.TopicReturn}":                                                       0,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+list, 0)
		require.NoError(t, err)
		require.Len(t, named(f.Decls[0], all, false), found, list)
	}
	met := map[string]bool{}
	err := filepath.WalkDir(module, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(module, path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "internal/laws", "internal/recount"}, rel): // the judges know the acts by themselves
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(filepath.Dir(rel), "test"):
			return nil
		case slices.Contains([]string{"internal/act/act.go", "internal/act/table.go", "internal/act/effects.go", "internal/act/talkeffects.go", "internal/act/assessing.go", "internal/act/complaining.go"}, rel):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		own := filepath.Dir(rel) == "internal/act"
		imports := slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool {
			p, _ := strconv.Unquote(i.Path.Value)
			return p == "duban/internal/act"
		})
		if !own && !imports {
			return nil
		}
		for _, d := range f.Decls {
			name := ""
			switch d := d.(type) {
			case *ast.FuncDecl:
				name = d.Name.Name
			case *ast.GenDecl:
				if d.Tok != token.VAR {
					continue
				}
				name = d.Specs[0].(*ast.ValueSpec).Names[0].Name
			}
			if acts := named(d, all, own); len(acts) > 1 {
				key := rel + " " + name
				met[key] = true
				assert.Contains(t, about, key, "it names %s", strings.Join(acts, ", "))
			}
		}
		return nil
	})
	require.NoError(t, err)
	for key := range about {
		require.True(t, met[key], "%s names several acts no more: take it out", key)
	}
}
