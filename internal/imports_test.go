package internal_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rows is the import law: a package imports only packages of a lower row, never of its own. Packages of row 0 and the
// settings import none of ours. Packages below a named one (plan/plantest and the like) are on its row.
var rows = map[string]int{
	"starter": 9, "worker": 9, "internal/deploy": 9, "internal/bench": 9,
	"internal/portal": 7, "internal/host": 7, "internal/rehearse": 7,
	// Both programs put the portal before a host here, which neither of the two may know.
	"internal/front": 8,
	// What a command shows, from what was read elsewhere.
	"internal/terminal": 8,
	"internal/engine":   6,
	"workflows":         5,
	// What workflows ask of activities is known to both, and to the engine that starts and asks workflows.
	"internal/wire": 3,
	// What would change is asked of the ledger by the engine and by those who read.
	"internal/whatif": 4,
	// What people type becomes an act here, for every door.
	"internal/form": 6,
	// What is read, with whose permission, is decided below every door: the command line
	// today, the portal next. It is above what works rows out and beside the workflows,
	// which read for themselves; nothing that decides or runs may depend on it.
	"internal/query": 5,
	// What the ledger has is judged for the activity that tells of it, and for who examines,
	// rehearses or measures.
	"internal/audit": 5, "activities": 6,
	"internal/report": 4,
	// A script brings monthly tables of sections.
	"internal/script": 5,
	// Things are opened and acts recorded below whoever asks for it: activities, and the
	// engine for what no workflow is asked. What must run because of it is a Starter's.
	"internal/docket": 4,
	// Who may sign in is asked by the doors; it decides nothing about plans.
	"internal/signin": 4,
	// What is prepared and not yet in force is worked out here for a page.
	"internal/draft": 4,
	"internal/watch": 4,
	// Monthly tables of water quality are read by what reads documents.
	"internal/bulletin": 4,
	"internal/intake":   3, "internal/notice": 3, "internal/ledger": 3,
	// Who words a letter does not know what carries it, and the other way round.
	"internal/letter": 1, "internal/channel": 3,
	"internal/act": 2, "internal/rollover": 3, "internal/laws": 3,
	// The page of acts is drawn with the shipped policies, which are read from their file.
	"internal/act/doc": 3,
	// Files become a plan here, and their faults sentences with a place; what a plan is
	// is below and opens no file.
	"internal/planfile": 2,
	"internal/plan":     1, "internal/deadline": 1, "internal/ical": 1,
	// YAML that people write is read by strictyaml, for plans and accounts alike; its
	// faults are worded by the catalogue.
	"internal/accounts": 2, "internal/strictyaml": 1,
	// Pictures are drawn from plain structs.
	"internal/picture":    1,
	"internal/assessment": 0, "internal/people": 0, "internal/words": 0, "internal/version": 0, "internal/settings": 0, "internal/sqlitefile": 0, "internal/leftover": 0, "internal/door": 0, "internal/growth": 0, "seeds": 0,
	// What compensation comes to rests on how water is judged, and a plan has its table.
	"internal/water": -1, "internal/compensation": 0, "internal/incident": 0, "internal/publicity": 0,
	// The limits of complaints are counted in days of the calendar, and a plan has them.
	"internal/calendar": -1, "internal/complaint": 0,
	// The recount judges the book: it imports nothing of ours, and only tests import it.
	"internal/recount":  0,
	"internal/embedded": 1,
}

// onlyFor names packages that few may import.
var onlyFor = map[string][]string{
	// The engine asks workflows by package wire, and opens things by package docket: it calls no activity.
	"activities":        {"internal/host", "internal/front", "internal/rehearse", "internal/bench"},
	"internal/recount":  {},
	"internal/settings": {"starter", "worker", "internal/host", "internal/front", "internal/rehearse", "internal/bench"},
	"internal/embedded": {"internal/host"},
	"internal/door":     {"internal/host", "internal/embedded", "internal/rehearse"},
}

// never names what a package may not import, whether it is ours or not: a package that decides opens no file.
var never = map[string][]string{
	"internal/plan": {"os", "io/fs", "path/filepath", "embed", "gopkg.in/yaml.v3"},
}

// knowsTemporal are the packages that may import Temporal: all others decide, record and show
// without it.
var knowsTemporal = []string{
	"internal/wire", "workflows", "activities", "internal/engine", "internal/host", "internal/embedded", "internal/door",
	"internal/rehearse", "internal/bench", "internal/deploy",
}

// onlyBy names packages of others that few of ours import.
var onlyBy = map[string][]string{
	// What people write in YAML is read strictly, with a place for every fault, by one package.
	// Those beside it write YAML for people, or read what no person writes: the catalogue
	// inside the program, and the services of docker-compose.yml.
	"gopkg.in/yaml.v3": {"internal/strictyaml", "internal/intake", "internal/rollover", "internal/words", "internal/deploy"},
}

type pkg struct {
	ImportPath string
	Imports    []string // of the package itself, not of its tests
}

// packageOf is the path of a package in the module, cut to the one the law names.
func packageOf(t *testing.T, importPath string) string {
	t.Helper()
	path := strings.TrimPrefix(importPath, "duban/")
	for name := path; name != "."; {
		if _, ok := rows[name]; ok {
			return name
		}
		cut := strings.LastIndex(name, "/")
		if cut < 0 {
			break
		}
		name = name[:cut]
	}
	t.Errorf("%s: give it a row in the import law", importPath)
	return ""
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "duban/...").Output()
	require.NoError(t, err)
	var all []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all = append(all, p)
	}
}

// faults are the imports that break the law, as sentences.
func faults(t *testing.T, all []pkg) (out []string) {
	for _, p := range all {
		if p.ImportPath == "duban/internal" {
			continue // this test
		}
		from := packageOf(t, p.ImportPath)
		for _, path := range p.Imports {
			if slices.Contains(never[from], path) {
				out = append(out, p.ImportPath+" may not import "+path)
			}
			if strings.HasPrefix(path, "go.temporal.io/") && !slices.Contains(knowsTemporal, from) {
				out = append(out, p.ImportPath+" may not import Temporal")
			}
			if few, ok := onlyBy[path]; ok && !slices.Contains(few, from) {
				out = append(out, path+" is not for "+p.ImportPath)
			}
			if !strings.HasPrefix(path, "duban/") {
				continue
			}
			to := packageOf(t, path)
			inside := from == to && p.ImportPath != path // a package's own helpers
			if !inside && rows[to] >= rows[from] {
				out = append(out, p.ImportPath+" may not import "+path)
			}
			if few, ok := onlyFor[to]; ok && !inside {
				allowed := false
				for _, name := range few {
					allowed = allowed || name == from
				}
				if !allowed {
					out = append(out, path+" is not for "+p.ImportPath)
				}
			}
		}
	}
	return out
}

func TestImportLaw(t *testing.T) {
	t.Parallel()
	all := packages(t)
	require.Greater(t, len(all), 15, "go list found too little to mean anything")
	require.Empty(t, faults(t, all))
}

// beijing are the folders whose code may name Beijing's zone, and why. Everywhere else the
// zone is a plan's, or the office's.
var beijing = map[string]string{
	"internal/calendar":          "it says what Beijing's zone is, and that it stands for a name that is missing",
	"internal/act/doc":           "an invented task of an invented plan is drawn",
	"internal/bench":             "the plans that are measured are made here",
	"internal/ledger/ledgertest": "the plans of the ledger's tests are made here",
	"internal/ledger":            "a ledger is read as of a day before it has a plan",
	"internal/query":             "what is of no plan, where there is none",
	"starter":                    "a folder without a ledger",
}

// TestThePlansZoneIsCarried: no code takes Beijing's zone for a plan's.
func TestThePlansZoneIsCarried(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != "..":
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		raw, err := os.ReadFile(path)
		folder, _ := filepath.Rel("..", filepath.Dir(path))
		for _, how := range []string{"calendar.Beijing", `calendar.Zone("")`} {
			if strings.Contains(string(raw), how) || folder == "internal/calendar" {
				named[folder] = true
				require.Contains(t, beijing, folder, "%s names %s", path, how)
			}
		}
		return err
	}))
	require.ElementsMatch(t, slices.Collect(maps.Keys(beijing)), slices.Collect(maps.Keys(named)), "no reason is needed any more")
}

// TestImportLawBites: the law finds what it is there to find.
func TestImportLawBites(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"duban/internal/plan may not import os",
		"duban/internal/plan may not import duban/internal/ledger",
		"duban/internal/notice may not import duban/internal/ledger",
		"duban/internal/settings is not for duban/internal/engine",
		"duban/internal/engine may not import duban/activities",
		"duban/activities is not for duban/internal/engine",
		"duban/internal/docket may not import Temporal",
		"gopkg.in/yaml.v3 is not for duban/internal/planfile",
	}, faults(t, []pkg{
		{"duban/internal/plan", []string{"fmt", "os", "duban/internal/calendar", "duban/internal/ledger"}},
		{"duban/internal/notice", []string{"duban/internal/ledger", "duban/internal/words"}},
		{"duban/internal/engine", []string{"duban/internal/settings", "duban/workflows", "duban/activities", "go.temporal.io/sdk/client"}},
		{"duban/internal/docket", []string{"duban/internal/ledger", "go.temporal.io/sdk/temporal"}},
		{"duban/internal/planfile", []string{"gopkg.in/yaml.v3", "duban/internal/strictyaml"}},
		{"duban/internal/strictyaml", []string{"gopkg.in/yaml.v3"}},
		{"duban/internal/ledger/ledgertest", []string{"duban/internal/ledger"}},
		{"duban/worker", []string{"duban/internal/settings", "duban/internal/host"}},
	}))
}

// noClient is a nil in place of a connection to Temporal: code that needs no Temporal is not
// in internal/engine, but in docket, whatif or the ledger.
var noClient = regexp.MustCompile(`engine\.New\(nil\b|\b[Cc]lient: *nil\b`)

func TestNoClientIsNil(t *testing.T) {
	t.Parallel()
	require.Regexp(t, noClient, "e := engine.New(nil, store)")
	out, err := exec.CommandContext(t.Context(), "git", "-C", "..", "ls-files", "*.go").Output()
	require.NoError(t, err)
	files := strings.Fields(string(out))
	require.Greater(t, len(files), 500)
	for _, file := range files {
		raw, err := os.ReadFile(filepath.Join("..", file))
		if errors.Is(err, fs.ErrNotExist) || file == "internal/imports_test.go" {
			continue
		}
		require.NoError(t, err)
		require.NotRegexp(t, noClient, string(raw), file)
	}
}
