package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// TestMain lets the scripts under testdata run this program as `starter`.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"starter": main})
}

func TestScripts(t *testing.T) {
	seeds, err := filepath.Abs("../seeds")
	require.NoError(t, err)
	files, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	if !embeds { // those that start an engine wait for it in vain
		files = slices.DeleteFunc(files, func(name string) bool {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			return bytes.Contains(text, []byte("\nexec starter up"))
		})
	}
	testscript.Run(t, testscript.Params{
		Files: files,
		Setup: func(e *testscript.Env) error {
			e.Setenv("SEEDS", seeds)
			e.Setenv("PLAN", filepath.Join(seeds, "jincheng-2021-water", "plan.yaml"))
			e.Setenv("DUBAN_TEMPORAL_PORT", "0")
			e.Setenv("DUBAN_UI_PORT", "0")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"waitfor": waitFor, "terminate": terminate},
	})
}
